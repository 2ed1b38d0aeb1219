#pragma once

#include <sys/file.h>

#include "libregistry/core/fs/file_lock.h"

namespace smbatcher {

/// flock(2) with LOCK_EX (or `kind` LOCK_SH), given up when `deadline` has passed: 0, ETIMEDOUT, or the errno of
/// flock(2). The part of FileLock that deals with time and signals.
///
/// It blocks in the kernel, which serves waiters in turn; a loop of attempts starves under load. What ends the wait is
/// a *repeating* timer that interrupts flock(2) with SIGALRM: a single alarm that fires just before the call is lost.
int flock_until(FileOps& ops, int fd, const LockDeadline& deadline, int kind = LOCK_EX);

}  // namespace smbatcher

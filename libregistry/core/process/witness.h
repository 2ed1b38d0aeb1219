#pragma once

#include <sys/types.h>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// A process that lives as long as we do, or anything that we have started: what a lease is bound to whose work is done
/// by commands. When we are killed, our commands have up to Child::kGrace to end, and nobody is to begin the same work
/// beside them.
///
/// It does nothing but wait for the end of a pipe, of which we hold the other end, and of which every guard gets a copy
/// (ChildSetting::held). No signal that can be held back reaches it, and it leads a group of its own. Who kills it with
/// SIGKILL ends the lease, not the commands; their worker is told so by its next renewal.
/// Source: docs/workers.md, "When a worker dies".
class Witness {
 public:
  /// Errors: kIo as fork(2) and pipe(2) say.
  static Result<Witness> start();

  /// Lets it go, and waits for its end; that is at once when nothing runs any more.
  ~Witness();
  Witness(Witness&& other) noexcept;
  Witness& operator=(Witness&&) = delete;

  pid_t pid() const { return pid_; }
  /// For ChildSetting::held.
  int held() const { return held_; }

 private:
  Witness(pid_t pid, int held) : pid_(pid), held_(held) {}

  pid_t pid_;
  int held_;
};

}  // namespace smbatcher

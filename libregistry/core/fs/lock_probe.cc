#include "libregistry/core/fs/lock_probe.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/stop_signals.h"

namespace smbatcher {
namespace {

/// A file to be locked, and by which name another process opens it.
struct Probe {
  Descriptor file;
  std::string name;
  bool named = false;  // it lies in the folder until it is removed
};

Error at(const std::string& folder, const char* what, int error_number) {
  Error error = io_error(std::string(what) + " in '" + folder + "'", error_number);
  error.where = folder;
  return error;
}

bool lacks_unnamed_files(int error_number) {
  return means_unsupported(error_number) || error_number == EISDIR || error_number == ENOENT;
}

Result<Probe> make_probe(FileOps& ops, const std::string& folder) {
  Probe probe;
  probe.file = open_file(ops, folder, O_TMPFILE | O_RDWR, kPrivateMode);
  if (probe.file.is_open()) {
    probe.name = "/proc/self/fd/" + std::to_string(probe.file.get());
    if (open_file(ops, probe.name, O_RDWR).is_open()) {
      return probe;
    }
  } else if (!lacks_unnamed_files(errno)) {
    return fail(at(folder, "cannot make a file", errno));
  }
  probe.name = folder + "/.lock-probe-" + std::to_string(::getpid());
  probe.file = open_file(ops, probe.name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, kPrivateMode);
  if (!probe.file.is_open()) {
    return fail(at(folder, "cannot make a file", errno));
  }
  probe.named = true;
  return probe;
}

enum ChildAnswer { kKeptOut, kGotIn, kCannotTell };

/// The second process: it opens the file anew, for what is inherited shares the lock.
[[noreturn]] void try_from_outside(FileOps& ops, const Probe& probe) {
  const Descriptor file = open_file(ops, probe.name, O_RDWR);
  if (probe.named) {
    ops.unlink(probe.name);
  }
  if (!file.is_open()) {
    ::_exit(kCannotTell);
  }
  if (ops.flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
    ::_exit(kGotIn);
  }
  ::_exit(errno == EWOULDBLOCK ? kKeptOut : kCannotTell);
}

}  // namespace

Result<bool> flock_excludes(FileOps& ops, const std::string& folder) {
  const BlockStopSignals block;
  SMB_TRY_ASSIGN(const Probe probe, make_probe(ops, folder));
  int error_number = ops.flock(probe.file.get(), LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
  int status = 0;
  if (error_number == 0) {
    const pid_t child = ::fork();
    if (child == 0) {
      try_from_outside(ops, probe);
    }
    error_number = child < 0 ? errno : 0;
    while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  if (probe.named) {
    ops.unlink(probe.name);  // the child has done it already, if it came that far
  }
  if (error_number != 0) {
    Error error = at(folder, "cannot lock a file", error_number);
    if (means_unsupported(error_number) || error_number == ENOLCK) {
      error.reason = ErrorWord("locking_not_supported");
    }
    return fail(std::move(error));
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) == kCannotTell) {
    return fail(at(folder, "a second process could not try the lock", EIO));
  }
  return WEXITSTATUS(status) == kKeptOut;
}

Result<std::string> file_system_kind(const std::string& path) {
  struct Kind {
    unsigned long magic;
    const char* name;
  };
  // Source: statfs(2) and linux/magic.h.
  static constexpr std::array<Kind, 18> kKinds{{{0xEF53, "ext4"},
                                                {0x58465342, "xfs"},
                                                {0x9123683E, "btrfs"},
                                                {0x01021994, "tmpfs"},
                                                {0x794C7630, "overlay"},
                                                {0x6969, "nfs"},
                                                {0xFF534D42, "cifs"},
                                                {0xFE534D42, "smb2"},
                                                {0x65735546, "fuse"},
                                                {0x01021997, "9p"},
                                                {0x2FC12FC1, "zfs"},
                                                {0xF2F52010, "f2fs"},
                                                {0x4D44, "vfat"},
                                                {0x2011BAB0, "exfat"},
                                                {0x00C36400, "ceph"},
                                                {0xCA451A4E, "bcachefs"},
                                                {0x73717368, "squashfs"},
                                                {0x5346544E, "ntfs"}}};
  struct statfs status {};
  if (::statfs(path.c_str(), &status) != 0) {
    return fail(at(path, "cannot tell the file system", errno));
  }
  const auto magic = static_cast<unsigned long>(status.f_type) & 0xFFFFFFFFUL;
  for (const Kind& kind : kKinds) {
    if (kind.magic == magic) {
      return std::string(kind.name);
    }
  }
  std::array<char, 24> text{};
  (void)std::snprintf(text.data(), text.size(), "0x%lx", magic);
  return std::string(text.data());
}

}  // namespace smbatcher

#include "libregistry/sync/sync_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "libregistry/core/base/environment.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/leases/process.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPause{100};

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// What the folder says about its owner.
struct FolderOwner {
  ino_t inode = 0;
  std::string pid;
  std::string host;
  std::string start_time;
  std::string boot_id;
  std::chrono::system_clock::time_point touched{};

  bool operator==(const FolderOwner&) const = default;
};

std::optional<FolderOwner> owner_of(const std::string& folder) {
  struct stat status {};
  if (::lstat(folder.c_str(), &status) != 0) {
    return std::nullopt;
  }
  FolderOwner owner{status.st_ino,
                    text_of(folder + "/pid"),
                    text_of(folder + "/host"),
                    text_of(folder + "/start_time"),
                    text_of(folder + "/boot_id"),
                    std::chrono::system_clock::from_time_t(status.st_mtime)};
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (::lstat(entry.path().c_str(), &status) == 0) {
      owner.touched = std::max(owner.touched, std::chrono::system_clock::from_time_t(status.st_mtime));
    }
  }
  return owner;
}

bool is_stale(const FolderOwner& owner, const Instant& now) {
  if (now.wall - owner.touched > SyncLock::kStale) {
    return true;
  }
  if (owner.host != host_name() || owner.start_time.empty()) {
    return false;  // another machine, or another make: only its age says anything
  }
  pid_t pid = 0;
  if (std::from_chars(owner.pid.data(), owner.pid.data() + owner.pid.size(), pid).ec != std::errc() || pid <= 0) {
    return false;
  }
  if (owner.boot_id != now.boot) {
    return true;
  }
  const auto start = SystemProcessTable().start_time(pid);
  return !start || std::to_string(*start) != owner.start_time;
}

/// A name for what goes. We have the flock, so nobody else of ours uses it; but what another user left under it may not
/// be ours to remove.
std::string aside_of(const std::string& folder) {
  std::string aside = folder + ".dead";
  std::error_code ignored;
  fs::remove_all(aside, ignored);
  return fs::exists(fs::symlink_status(aside, ignored)) ? aside + "-" + std::to_string(::getpid()) : aside;
}

/// By rename, compare, remove: what is not what was judged is put back. False when the folder is still there.
bool clear(const std::string& folder, const FolderOwner& judged) {
  const std::string aside = aside_of(folder);
  if (::rename(folder.c_str(), aside.c_str()) != 0) {
    return errno == ENOENT;
  }
  const auto found = owner_of(aside);
  if (found && *found != judged && ::rename(aside.c_str(), folder.c_str()) == 0) {
    return false;
  }
  std::error_code ignored;
  fs::remove_all(aside, ignored);
  return true;
}

std::string describe(const FolderOwner& owner) {
  if (owner.pid.empty()) {
    return "another sync";
  }
  return "pid " + owner.pid + (owner.host.empty() ? "" : " on " + owner.host);
}

Error deferred(const std::string& holder, const LockDeadline& deadline) {
  Error error{
      Errc::kRefused, FailWord("deferred"), escape_control(holder.empty() ? "another sync" : holder), {}, {}, {}};
  error.message = "another sync of this repository runs (" + error.details + "), also after " +
                  describe_duration(std::chrono::duration_cast<std::chrono::seconds>(deadline.timeout())) +
                  "; nothing was synced: the next run catches up";
  return error;
}

Error nested(const std::string& holder) {
  return refused("nested", escape_control(holder),
                 "a hook of the sync that runs has called this: that sync goes on, and the next one takes what comes "
                 "later");
}

std::string in_tree(const RepositoryPlace& place) { return " in " + escape_control(place.top); }

/// 0 when there is no such process.
pid_t parent_of(pid_t pid) {
  constexpr std::string_view kParent = "PPid:";
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(kParent)) {
      return static_cast<pid_t>(std::strtol(line.c_str() + kParent.size(), nullptr, 10));
    }
  }
  return 0;
}

/// "pid 12 on …": whether we are a child's child of that process.
bool is_ancestor_of_ours(const std::string& holder) {
  constexpr std::string_view kPid = "pid ";
  constexpr int kDeepest = 1'000;
  pid_t wanted = 0;
  if (!holder.starts_with(kPid) ||
      std::from_chars(holder.data() + kPid.size(), holder.data() + holder.size(), wanted).ec != std::errc()) {
    return false;
  }
  pid_t pid = ::getppid();
  for (int depth = 0; depth < kDeepest && pid > 1; ++depth) {
    if (pid == wanted) {
      return true;
    }
    pid = parent_of(pid);
  }
  return false;
}

/// The folder is written apart and then has its name, so that nobody sees one without an owner.
bool make_folder(const std::string& folder, const Instant& now) {
  const std::string fresh = folder + ".new";
  std::error_code error;
  fs::remove_all(fresh, error);
  if (::mkdir(fresh.c_str(), 0777) != 0) {
    errno = errno == EEXIST ? EACCES : errno;  // somebody else's rest, which we may not remove
    return false;
  }
  const auto start = SystemProcessTable().start_time(::getpid());
  const std::array<std::pair<const char*, std::string>, 4> facts{{{"pid", std::to_string(::getpid())},
                                                                  {"host", host_name()},
                                                                  {"start_time", std::to_string(start.value_or(0))},
                                                                  {"boot_id", now.boot}}};
  for (const auto& [name, text] : facts) {
    std::ofstream(fresh + "/" + name) << text << "\n";
  }
  // rename(2) would replace an empty folder, which is how another make may leave its own for a moment.
  const bool made = ::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, folder.c_str(), RENAME_NOREPLACE) == 0;
  const int error_number = errno;
  if (!made) {
    fs::remove_all(fresh, error);
  }
  errno = error_number;
  return made;
}

}  // namespace

Result<SyncLock> SyncLock::acquire(FileOps& ops, const RepositoryPlace& place, const LockDeadline& deadline,
                                   const Clock& clock) {
  const std::string& common_dir = place.common_dir;
  const std::string path = common_dir + "/smbatcher-sync.lock";
  const std::string folder = common_dir + "/claudetools-sync.lock";
  auto lock = FileLock::acquire(ops, path, LockDeadline(std::chrono::milliseconds(0)));
  if (!lock && lock.error().code == Errc::kBusy) {
    const std::string holder = FileLock::read_holder(ops, path);
    if (is_ancestor_of_ours(holder)) {
      return fail(holder.ends_with(in_tree(place)) ? nested(holder)
                                                   : deferred(holder, LockDeadline(std::chrono::milliseconds(0))));
    }
    lock = FileLock::acquire(ops, path, deadline);
  }
  if (!lock) {
    if (lock.error().code == Errc::kBusy) {
      return fail(deferred(FileLock::read_holder(ops, path), deadline));
    }
    return fail(std::move(lock).error());
  }
  lock->write_holder("pid " + std::to_string(::getpid()) + " on " + host_name() + " since " +
                     format_time(clock.now().wall) + in_tree(place));
  while (!make_folder(folder, clock.now())) {
    if (errno != EEXIST) {
      return fail(io_error("cannot make the folder '" + folder + "'", errno));
    }
    const auto owner = owner_of(folder);
    if (owner && is_stale(*owner, clock.now()) && clear(folder, *owner)) {
      continue;
    }
    if (deadline.passed()) {
      return fail(deferred(owner ? describe(*owner) : "", deadline));
    }
    std::this_thread::sleep_for(kPause);
  }
  return SyncLock(std::move(*lock), folder);
}

SyncLock::SyncLock(SyncLock&& other) noexcept
    : lock_(std::move(other.lock_)), folder_(std::exchange(other.folder_, {})) {}

SyncLock::~SyncLock() {
  if (!folder_.empty() && text_of(folder_ + "/pid") == std::to_string(::getpid())) {
    // At one stroke: a folder that is half removed would be nobody's, and wait for its age.
    const std::string aside = aside_of(folder_);
    std::error_code ignored;
    fs::rename(folder_, aside, ignored);
    fs::remove_all(aside, ignored);
  }
}

void SyncLock::touch() const { ::utimensat(AT_FDCWD, folder_.c_str(), nullptr, 0); }

}  // namespace smbatcher

#include "libregistry/sync/ref_locks.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <utility>

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kRefPatience{5};
constexpr std::chrono::milliseconds kRefPause{50};

using Locks = std::map<std::string, ino_t>;

void look_at(const std::string& path, Locks& locks) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
    locks[path] = status.st_ino;
  }
}

Locks find_locks(const RepositoryPlace& place) {
  Locks locks;
  look_at(place.git_dir + "/HEAD.lock", locks);
  look_at(place.git_dir + "/ORIG_HEAD.lock", locks);
  look_at(place.common_dir + "/packed-refs.lock", locks);
  std::error_code error;
  fs::recursive_directory_iterator each(place.common_dir + "/refs", error);
  for (; !error && each != fs::recursive_directory_iterator(); each.increment(error)) {
    if (each->path().extension() == ".lock") {
      look_at(each->path().string(), locks);
    }
  }
  return locks;
}

}  // namespace

void clear_ref_locks(const RepositoryPlace& place) {
  Locks locks = find_locks(place);
  const auto end = std::chrono::steady_clock::now() + kRefPatience;
  while (!locks.empty() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(kRefPause);
    Locks still;
    for (const auto& [path, inode] : locks) {
      look_at(path, still);
    }
    std::erase_if(locks, [&](const auto& lock) {
      const auto found = still.find(lock.first);
      return found == still.end() || found->second != lock.second;
    });
  }
  for (const auto& [path, inode] : locks) {
    ::unlink(path.c_str());
  }
}

}  // namespace smbatcher

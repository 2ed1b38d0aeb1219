#include "libregistry/coordination/known_hash.h"

#include "libregistry/coordination/project_path.h"

namespace smbatcher {
namespace {

constexpr off_t kLarge = off_t{256} * 1024;  // less is read within the time of a lock file's replacement

}  // namespace

std::optional<std::string> KnownHash::of(FileOps& ops, const std::string& path) const {
  struct stat status {};
  if (ops.stat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < kLarge) {
    return file_hash(path);
  }
  return state_ && state_->same_content_as(FileState::of(status)) ? std::optional(hash_) : std::nullopt;
}

void KnownHash::take(FileOps& ops, const std::string& path) {
  struct stat status {};
  state_ = ops.stat(path, &status) == 0 ? std::optional(FileState::of(status)) : std::nullopt;
  hash_ = file_hash(path);
}

}  // namespace smbatcher

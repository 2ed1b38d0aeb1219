#include "libregistry/claims/history_file.h"

#include <algorithm>

#include "libregistry/fs/replace_file.h"
#include "libregistry/fs/sharing.h"
#include "libregistry/registry/registry.h"

namespace smbatcher {

Result<HistoryFile> HistoryFile::open(FileOps& ops, const RegistryPaths& paths, FileAccess access) {
  auto file = AppendFile::open(ops, paths.history, false, access);
  if (!file && file.error().code != Errc::kNotFound) {
    return fail(std::move(file).error());
  }
  return HistoryFile(ops, paths, file ? std::optional(std::move(*file)) : std::nullopt);
}

Result<HistoryMark> HistoryFile::mark() const {
  if (!file_) {
    return HistoryMark{};
  }
  const auto length = static_cast<std::int64_t>(file_->size());
  constexpr std::int64_t kEndBytes = 32;
  const auto end = std::min(length, kEndBytes);
  SMB_TRY_ASSIGN(const std::string ends_with, file_->read(length - end, static_cast<std::size_t>(end)));
  return HistoryMark{length, content_hash(ends_with)};
}

Result<History> HistoryFile::read() const {
  if (!file_) {
    return History{};
  }
  SMB_TRY_ASSIGN(const std::string text, file_->read(0, static_cast<std::size_t>(file_->size())));
  return parse_history(text, path_);
}

Result<void> HistoryFile::append(const std::string& lines) {
  if (!file_) {
    SMB_TRY_ASSIGN(AppendFile file, AppendFile::open(*ops_, path_, true));
    created_ = file.created();
    if (created_) {
      share_like(*ops_, file.descriptor(), model_at(*ops_, registry_));
    }
    file_ = std::move(file);
  }
  return file_->append(lines);
}

Result<void> HistoryFile::append_synced(const std::string& lines) {
  SMB_TRY(append(lines));
  return sync();
}

Result<void> HistoryFile::sync() {
  SMB_TRY(file_->sync());
  return created_ ? sync_folder(*ops_, folder_) : Result<void>();
}

}  // namespace smbatcher

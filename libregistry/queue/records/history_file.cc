#include "libregistry/queue/records/history_file.h"

#include <algorithm>

#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/sharing.h"
#include "libregistry/queue/registry/registry.h"

namespace smbatcher {
namespace {

constexpr std::size_t kEndBytes = 32;

}  // namespace

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
  if (!end_) {
    const auto size = static_cast<std::size_t>(file_->size());
    const std::size_t end = std::min(size, kEndBytes);
    SMB_TRY_ASSIGN(end_, file_->read(static_cast<off_t>(size - end), end));
  }
  return HistoryMark{static_cast<std::int64_t>(file_->size()), content_hash(*end_)};
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
  auto appended = file_->append(lines);
  // What was just written need not be read.
  end_ = appended && lines.size() >= kEndBytes ? std::optional(lines.substr(lines.size() - kEndBytes)) : std::nullopt;
  return appended;
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

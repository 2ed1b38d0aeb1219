#include "libregistry/queue/records/claim_files.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/sharing.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMaxClaimFile = std::size_t{16} << 20U;
constexpr std::size_t kMaxIndex = std::size_t{1} << 30U;
constexpr std::size_t kFirstRead = std::size_t{16} << 10U;
constexpr const char* kIndexName = "/.state";

/// The key that a claim file's stem names.
std::optional<WorkKey> key_of(std::string_view stem) {
  for (const PhaseRule& rule : kPhases) {
    if (stem.size() > rule.name.size() + 1 && stem.starts_with(rule.name) && stem[rule.name.size()] == '-') {
      const std::string_view batch = stem.substr(rule.name.size() + 1);
      return is_batch_id(batch) ? std::optional(WorkKey{rule.phase, std::string(batch)}) : std::nullopt;
    }
  }
  return std::nullopt;
}

/// As much as the index says it has: with one call while it is small.
bool read_index_bytes(FileOps& ops, int fd, std::string& bytes) {
  bytes.resize(kFirstRead);
  std::size_t length = 0;
  for (;;) {
    const ssize_t got = ops.read(fd, bytes.data() + length, bytes.size() - length);
    if (got < 0 && errno != EINTR) {
      return false;
    }
    length += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    const std::size_t size = ClaimIndex::size_of(std::string_view(bytes).substr(0, length));
    if (got == 0 || (size > 0 && length >= size)) {
      bytes.resize(length);
      return true;
    }
    if (length == bytes.size()) {
      if (size == 0 || size > kMaxIndex) {
        return false;
      }
      bytes.resize(size);
    }
  }
}

/// All of `bytes` at `offset`: 0, or the errno of the pwrite(2) that failed.
int write_at(FileOps& ops, int fd, std::string_view bytes, std::size_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ops.pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno != EINTR) {
      return errno;
    }
    if (written == 0) {
      return EIO;
    }
    const auto moved = static_cast<std::size_t>(std::max<ssize_t>(written, 0));
    bytes.remove_prefix(moved);
    offset += moved;
  }
  return 0;
}

}  // namespace

std::optional<IndexFile> ClaimFiles::read_index(FileAccess access) const {
  constexpr int kFlags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  const std::string path = folder_ + kIndexName;
  bool writable = access == FileAccess::kAppend;
  Descriptor file = open_file(*ops_, path, kFlags | (writable ? O_RDWR : O_RDONLY));
  if (!file.is_open() && writable && errno != ENOENT) {
    writable = false;  // another user's: it can still be read, and replaced
    file = open_file(*ops_, path, kFlags | O_RDONLY);
  }
  if (!file.is_open()) {
    return std::nullopt;
  }
  std::string bytes;
  if (!read_index_bytes(*ops_, file.get(), bytes)) {
    return std::nullopt;
  }
  auto index = ClaimIndex::parse(std::move(bytes));
  if (!index) {
    return std::nullopt;
  }
  return IndexFile{std::make_shared<ClaimIndex>(std::move(*index)), std::move(file), writable};
}

bool ClaimFiles::is_folder() const {
  struct stat status {};
  return ops_->stat(folder_, &status) != 0 || S_ISDIR(status.st_mode);
}

Result<ClaimFile> ClaimFiles::read(const WorkKey& key) const {
  const auto text = read_file(*ops_, path_of(key), kMaxClaimFile);
  if (!text) {
    const Error& error = text.error();
    if (error.code == Errc::kNotFound || !is_folder()) {
      return ClaimFile{ClaimFile::Condition::kAbsent, std::nullopt};
    }
    // What the path leads to is not a claim file: that is damage. A fault of the system proves nothing about the file.
    const bool damaged = error.reason == ErrorWord("not_a_regular_file") ||
                         error.reason == ErrorWord("file_too_large") || error.reason == ErrorWord("dangling_link");
    return damaged ? Result<ClaimFile>(ClaimFile{ClaimFile::Condition::kUnreadable, std::nullopt}) : fail(error);
  }
  const auto parsed = parse_json(*text);
  const Json* json = std::get_if<Json>(&parsed);
  if (json != nullptr && is_newer_format(*json)) {
    return ClaimFile{ClaimFile::Condition::kNewer, std::nullopt};
  }
  auto record = json == nullptr ? std::nullopt : record_from_json(*json, key);
  return ClaimFile{record ? ClaimFile::Condition::kReadable : ClaimFile::Condition::kUnreadable, std::move(record)};
}

Result<std::map<WorkKey, WorkRecord>> ClaimFiles::scan() const {
  std::map<WorkKey, WorkRecord> records;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder_, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const auto key = entry->path().extension() == ".json" ? key_of(entry->path().stem().string()) : std::nullopt;
    if (!key) {
      continue;
    }
    SMB_TRY_ASSIGN(ClaimFile file, read(*key));
    if (file.record) {
      records.emplace(*key, std::move(*file.record));
    }
  }
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory) {
    return fail(io_error("cannot read the folder '" + folder_ + "'", error.value()));
  }
  return records;
}

Result<void> ClaimFiles::write_file(const std::string& path, const std::string& text) {
  auto written = write_cache_file(*ops_, path, text, model_);
  if (!written && written.error().reason == ErrorWord("not_found") && !folder_made_) {
    folder_made_ = true;
    // Not synced: it is as easily made again as what is in it.
    if (ops_->mkdir(folder_, 0777) == 0) {
      const Descriptor folder = open_file(*ops_, folder_, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      if (folder.is_open()) {
        smbatcher::share_like(*ops_, folder.get(), model_at(*ops_, folder_of(folder_)));
      }
    }
    written = write_cache_file(*ops_, path, text, model_);
  }
  return written;
}

Result<void> ClaimFiles::write(const WorkKey& key, const WorkRecord& record) {
  return write_file(path_of(key), to_json(key, record).dump() + "\n");
}

Result<void> ClaimFiles::write_index(const ClaimIndex& index) {
  return write_file(folder_ + kIndexName, index.bytes());
}

Result<void> ClaimFiles::update_index(IndexFile& index) {
  if (!index.writable) {
    return write_index(*index.index);
  }
  const std::string_view bytes = index.index->bytes();
  for (const auto& [offset, length] : index.index->take_patches()) {
    if (const int error_number = write_at(*ops_, index.file.get(), bytes.substr(offset, length), offset);
        error_number != 0) {
      return fail(io_error("cannot write '" + folder_ + kIndexName + "'", error_number));
    }
  }
  return {};
}

Result<std::string> ClaimFiles::set_aside_unreadable(const WorkKey& key) {
  const std::string path = path_of(key);
  return set_aside(*ops_, path, path, "corrupt");
}

}  // namespace smbatcher

#include "libregistry/core/fs/append_file.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace smbatcher {
namespace {

constexpr int kCommonFlags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

Error cannot(const char* action, const std::string& path, int error_number) {
  Error error = io_error(std::string("cannot ") + action + " '" + path + "'", error_number);
  error.where = path;
  return error;
}

}  // namespace

Result<AppendFile> AppendFile::open(FileOps& ops, const std::string& path, bool create, FileAccess access) {
  const int flags = kCommonFlags | (access == FileAccess::kRead ? O_RDONLY : O_RDWR | O_APPEND);
  Descriptor file = open_file(ops, path, flags);
  bool created = false;
  if (!file.is_open() && errno == ENOENT && create) {
    file = open_file(ops, path, flags | O_CREAT | O_EXCL, 0666);
    created = file.is_open();
    if (!created && errno == EEXIST) {
      file = open_file(ops, path, flags);  // somebody without the lock was faster
    }
  }
  if (!file.is_open()) {
    return fail(cannot_open_file(ops, path, errno));
  }
  struct stat status {};
  if (ops.fstat(file.get(), &status) != 0) {
    return fail(cannot("read", path, errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(not_a_regular_file(path, status.st_mode));
  }
  return AppendFile(ops, path, std::move(file), status.st_size, created);
}

AppendFile::AppendFile(FileOps& ops, std::string path, Descriptor descriptor, off_t size, bool created)
    : ops_(&ops), path_(std::move(path)), descriptor_(std::move(descriptor)), size_(size), created_(created) {}

Result<std::string> AppendFile::read(off_t offset, std::size_t length) const {
  std::string bytes(length, '\0');
  std::size_t got = 0;
  while (got < length) {
    const ssize_t count =
        ops_->pread(descriptor_.get(), bytes.data() + got, length - got, offset + static_cast<off_t>(got));
    if (count == 0) {
      break;
    }
    if (count < 0 && errno != EINTR) {
      return fail(cannot("read", path_, errno));
    }
    got += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
  bytes.resize(got);
  return bytes;
}

Result<void> AppendFile::append(std::string_view text) {
  if (const int error_number = write_all(*ops_, descriptor_.get(), text); error_number != 0) {
    // If cutting back fails too, a half line stays; readers end it with a newline and ignore it.
    ops_->ftruncate(descriptor_.get(), size_);
    return fail(cannot("append to", path_, error_number));
  }
  size_ += static_cast<off_t>(text.size());
  return {};
}

Result<void> AppendFile::sync() {
  if (sync_error_ == 0 && ops_->fsync(descriptor_.get()) != 0) {
    sync_error_ = errno;
  }
  if (sync_error_ != 0) {
    return fail(cannot("sync", path_, sync_error_));
  }
  return {};
}

}  // namespace smbatcher

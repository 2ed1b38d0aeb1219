#pragma once

#include <string>
#include <string_view>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

enum class FileAccess { kRead, kAppend };

/// A file that only grows, a line at a time, its lines synced where they must be. The caller holds the lock that
/// excludes other writers. It can be moved, not copied.
class AppendFile {
 public:
  /// Opens for reading and appending; creates it (mode 0666 less umask) when `create`. kNotFound when absent and not
  /// `create`. No symbolic link is followed for the last part; "not_a_regular_file" for anything else.
  /// With kRead nothing can be appended, and a read-only file system is fine.
  static Result<AppendFile> open(FileOps& ops, const std::string& path, bool create,
                                 FileAccess access = FileAccess::kAppend);

  off_t size() const { return size_; }  // what this object last saw or wrote
  bool created() const { return created_; }
  int descriptor() const { return descriptor_.get(); }
  /// Bytes [offset, offset + length), shorter at the end of the file.
  Result<std::string> read(off_t offset, std::size_t length) const;
  /// Appends all of `text` (short writes and EINTR handled). On failure the file is cut back to its former length, so
  /// that a full disk leaves no half line.
  Result<void> append(std::string_view text);
  /// fsync(2). After a failure it is never called again on this descriptor: the kernel may have dropped the data.
  Result<void> sync();

 private:
  AppendFile(FileOps& ops, std::string path, Descriptor descriptor, off_t size, bool created);

  FileOps* ops_;
  std::string path_;
  Descriptor descriptor_;
  off_t size_ = 0;
  bool created_ = false;
  int sync_error_ = 0;  // of the fsync(2) that failed
};

}  // namespace smbatcher

#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "libregistry/core/base/pieces.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

/// Of a new file that everybody may see, before the umask takes its part; and of one that is not yet for others' eyes.
inline constexpr mode_t kOpenMode = 0666;
inline constexpr mode_t kPrivateMode = 0600;

/// An open file, closed at the end of its scope. For use inside libregistry/fs.
class Descriptor {
 public:
  Descriptor() = default;
  Descriptor(FileOps& ops, int fd) : ops_(&ops), fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  bool is_open() const { return fd_ >= 0; }
  int get() const { return fd_; }
  /// Closes now and tells whether that worked: some file systems report a failed write only here. The descriptor is
  /// gone either way, so close(2) is not repeated, not even after EINTR.
  int close();

 private:
  FileOps* ops_ = nullptr;
  int fd_ = -1;
};

/// open(2), begun again after EINTR; O_CLOEXEC is added. Not open on failure, with errno set.
Descriptor open_file(FileOps& ops, const std::string& path, int flags, mode_t mode = 0);

/// Writes all of it; 0, or the errno of the write(2) that failed.
int write_all(FileOps& ops, int fd, const Pieces& text);

/// What a read asks for at least. Who reserves the size of a file and this much reads it without moving what was read.
inline constexpr std::size_t kLeastRead = 4096;

/// Appends to `bytes` what read(2) gives until the end of the file or until `bytes` is longer than `limit`; 0, or the
/// errno of the read(2) that failed.
int read_all(FileOps& ops, int fd, std::size_t limit, std::string& bytes);

/// Hands over what read(2) gives, part by part, until the end of the file or until `take` answers false; 0, or the
/// errno of the read(2) that failed. For files that need not be in memory as a whole.
int read_in_parts(FileOps& ops, int fd, const std::function<bool(std::string_view part)>& take);

/// True for the answers of a file system that does not have a call or one of its flags.
bool means_unsupported(int error_number);

/// The error of a path that is a folder, a pipe, a device, a socket or a link that is not followed.
Error not_a_regular_file(const std::string& path, mode_t mode);
/// The error of a file with more than `max_size` bytes.
Error file_too_large(const std::string& path, std::size_t max_size);
/// Why read(2) or fstat(2) of an open file failed.
Error cannot_read(const std::string& path, int error_number);
/// Why open(2) of a file failed: kNotFound "not_found" when there is none, "dangling_link" for a link to nothing.
Error cannot_open_file(FileOps& ops, const std::string& path, int error_number);

}  // namespace smbatcher

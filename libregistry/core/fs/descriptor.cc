#include "libregistry/core/fs/descriptor.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

namespace smbatcher {

Descriptor::Descriptor(Descriptor&& other) noexcept : ops_(other.ops_), fd_(std::exchange(other.fd_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (is_open()) {
      close();
    }
    ops_ = other.ops_;
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (is_open()) {
    close();
  }
}

int Descriptor::close() { return ops_->close(std::exchange(fd_, -1)); }

Descriptor open_file(FileOps& ops, const std::string& path, int flags, mode_t mode) {
  for (;;) {
    const int fd = ops.open(path, flags | O_CLOEXEC, mode);
    if (fd >= 0 || errno != EINTR) {
      return {ops, fd};
    }
  }
}

namespace {

int write_piece(FileOps& ops, int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ops.write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return errno;
    }
    if (written == 0) {
      return EIO;  // no progress and no reason: going on could last forever
    }
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  return 0;
}

}  // namespace

int write_all(FileOps& ops, int fd, const Pieces& text) {
  // Small pieces go together, so that a small file is one write(2).
  constexpr std::size_t kTogether = std::size_t{64} * 1024;
  std::string together;
  const auto flush = [&] {
    const int error_number = write_piece(ops, fd, together);
    together.clear();
    return error_number;
  };
  for (const std::string_view piece : text) {
    const bool is_large = piece.size() >= kTogether || piece.size() == text.size();
    if (is_large || together.size() + piece.size() > kTogether) {
      if (const int error_number = flush(); error_number != 0) {
        return error_number;
      }
    }
    if (!is_large) {
      together += piece;
    } else if (const int error_number = write_piece(ops, fd, piece); error_number != 0) {
      return error_number;
    }
  }
  return flush();
}

int read_in_parts(FileOps& ops, int fd, const std::function<bool(std::string_view part)>& take) {
  constexpr std::size_t kPart = std::size_t{32} * 1024;               // stays in the processor's first cache
  const auto buffer = std::make_unique_for_overwrite<char[]>(kPart);  // NOLINT(modernize-avoid-c-arrays): not cleared
  for (;;) {
    const ssize_t got = ops.read(fd, buffer.get(), kPart);
    if (got < 0 && errno != EINTR) {
      return errno;
    }
    if (got == 0 || (got > 0 && !take({buffer.get(), static_cast<std::size_t>(got)}))) {
      return 0;
    }
  }
}

int read_all(FileOps& ops, int fd, std::size_t limit, std::string& bytes) {
  constexpr std::size_t kMost = std::size_t{256} * 1024;  // resize() writes zeros: they should not leave the cache
  std::size_t length = bytes.size();
  while (length <= limit) {
    // What the caller reserved is used first, so that a small file of known size takes one read and one for its end.
    bytes.resize(std::clamp(bytes.capacity(), length + kLeastRead, length + kMost));
    const ssize_t got = ops.read(fd, bytes.data() + length, bytes.size() - length);
    if (got < 0 && errno != EINTR) {
      const int error_number = errno;
      bytes.resize(length);
      return error_number;
    }
    if (got == 0) {
      break;
    }
    length += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  }
  bytes.resize(length);
  return 0;
}

bool means_unsupported(int error_number) {
  return error_number == EINVAL || error_number == ENOSYS || error_number == EOPNOTSUPP;
}

Error not_a_regular_file(const std::string& path, mode_t mode) {
  const char* kind = S_ISDIR(mode)    ? "a folder"
                     : S_ISFIFO(mode) ? "a named pipe"
                     : S_ISSOCK(mode) ? "a socket"
                     : S_ISLNK(mode)  ? "a symbolic link"
                                      : "a device";
  return {Errc::kIo, ErrorWord("not_a_regular_file"),
          {},        "'" + path + "' is " + kind + "; a regular file is needed: move it away or name another path",
          path,      {}};
}

Error file_too_large(const std::string& path, std::size_t max_size) {
  return {Errc::kIo, ErrorWord("file_too_large"),
          {},        "'" + path + "' is larger than " + std::to_string(max_size) + " bytes; is it the right file?",
          path,      {}};
}

Error cannot_open_file(FileOps& ops, const std::string& path, int error_number) {
  struct stat status {};
  switch (error_number) {
    case ENOENT: {
      if (ops.lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) {
        return {
            Errc::kIo, ErrorWord("dangling_link"),
            {},        "'" + path + "' is a symbolic link to a file that is not there; create that or remove the link",
            path,      {}};
      }
      Error error = not_found("not_found", "there is no file '" + path + "'");
      error.where = path;
      return error;
    }
    case ELOOP:
      return not_a_regular_file(path, S_IFLNK);
    case EISDIR:
      return not_a_regular_file(path, S_IFDIR);
    case ENXIO:
      return not_a_regular_file(path, S_IFSOCK);
    default: {
      Error error = io_error("cannot open '" + path + "'", error_number);
      error.where = path;
      return error;
    }
  }
}

Error cannot_read(const std::string& path, int error_number) {
  Error error = io_error("cannot read '" + path + "'", error_number);
  error.where = path;
  return error;
}

}  // namespace smbatcher

#include "libregistry/base/result.h"

#include <cerrno>
#include <cstring>

namespace smbatcher {
namespace {

std::string_view reason_of(int error_number) {
  switch (error_number) {
    case EACCES:
    case EPERM:
      return "permission_denied";
    case ENOENT:
      return "not_found";
    case ENOSPC:
    case EDQUOT:
      return "no_space";
    case EFBIG:
      return "file_size_limit";
    case EROFS:
      return "read_only_file_system";
    case EMFILE:
    case ENFILE:
      return "too_many_open_files";
    case ENOLCK:
    case EOPNOTSUPP:
      return "not_supported";
    default:
      return "io_error";
  }
}

}  // namespace

Error usage_error(std::string reason, std::string message) {
  return {Errc::kUsage, std::move(reason), {}, std::move(message), {}, {}};
}

Error not_found(std::string reason, std::string message) {
  return {Errc::kNotFound, std::move(reason), {}, std::move(message), {}, {}};
}

Error malformed(std::string reason, std::string where, std::string message) {
  return {Errc::kMalformed, std::move(reason), {}, std::move(message), std::move(where), {}};
}

Error refused(std::string reason, std::string details, std::string message) {
  return {Errc::kRefused, std::move(reason), std::move(details), std::move(message), {}, {}};
}

Error io_error(std::string_view what, int error_number) {
  return {Errc::kIo, std::string(reason_of(error_number)),
          {},        std::string(what) + ": " + std::strerror(error_number),
          {},        {}};
}

}  // namespace smbatcher

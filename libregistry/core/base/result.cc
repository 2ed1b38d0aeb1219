#include "libregistry/core/base/result.h"

#include <cerrno>
#include <cstring>

namespace smbatcher {
namespace {

ErrorWord reason_of(int error_number) {
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

JsonObject Error::json_facts() const {
  JsonObject all = facts;
  if (retry_after) {
    all.emplace_back("retry_after_s", retry_after->count());
  }
  return all;
}

Error usage_error(ErrorWord reason, std::string message) {
  return {Errc::kUsage, reason, {}, std::move(message), {}, {}};
}

Error not_found(ErrorWord reason, std::string message) {
  return {Errc::kNotFound, reason, {}, std::move(message), {}, {}};
}

Error malformed(ErrorWord reason, std::string where, std::string message) {
  return {Errc::kMalformed, reason, {}, std::move(message), std::move(where), {}};
}

Error refused(FailWord reason, std::string details, std::string message) {
  return {Errc::kRefused, reason, std::move(details), std::move(message), {}, {}};
}

Error io_error(std::string_view what, int error_number) {
  return {Errc::kIo, reason_of(error_number), {}, std::string(what) + ": " + std::strerror(error_number), {}, {}};
}

}  // namespace smbatcher

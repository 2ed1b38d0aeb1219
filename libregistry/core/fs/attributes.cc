#include "libregistry/core/fs/attributes.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

#include "libregistry/core/fs/descriptor.h"

namespace smbatcher {
namespace {

constexpr mode_t kPermissions = 07777;
constexpr const char* kAcl = "system.posix_acl_access";
constexpr std::string_view kUserPrefix = "user.";

// EINVAL: an id that the user namespace of this process does not know.
bool means_forbidden(int error_number) {
  return error_number == EPERM || error_number == EACCES || means_unsupported(error_number);
}

Error cannot_keep(const std::string& path, const std::string& what, int error_number) {
  Error error = io_error("cannot keep the " + what + " of '" + path + "'", error_number);
  error.where = path;
  if (means_forbidden(error_number)) {
    error.reason = ErrorWord("cannot_keep_ownership");
    error.message += "; run as its owner, or as a member of its group";
  }
  return error;
}

// Both xattr calls that read answer a length and, for a buffer that is too small, ERANGE. What is read may grow
// between two calls, hence the loop. Nothing on failure, with errno set.
template <class Call>
std::optional<std::string> read_sized(Call call) {
  for (;;) {
    const ssize_t size = call(nullptr, 0);
    if (size < 0) {
      return std::nullopt;
    }
    std::string buffer(static_cast<std::size_t>(size), '\0');
    if (size == 0) {
      return buffer;
    }
    const ssize_t length = call(buffer.data(), buffer.size());
    if (length >= 0) {
      buffer.resize(static_cast<std::size_t>(length));
      return buffer;
    }
    if (errno != ERANGE) {
      return std::nullopt;
    }
  }
}

Result<std::vector<std::string>> xattr_names(FileOps& ops, int fd, const std::string& path) {
  const auto list = read_sized([&](char* buffer, std::size_t size) { return ops.flistxattr(fd, buffer, size); });
  if (!list) {
    if (means_unsupported(errno)) {
      return std::vector<std::string>{};
    }
    return fail(cannot_keep(path, "extended attributes", errno));
  }
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin < list->size();) {
    names.emplace_back(list->c_str() + begin);
    begin += names.back().size() + 1;
  }
  return names;
}

Result<void> copy_xattr(FileOps& ops, int from, int to, const std::string& name, const std::string& path) {
  const auto value =
      read_sized([&](char* buffer, std::size_t size) { return ops.fgetxattr(from, name.c_str(), buffer, size); });
  if (!value && errno == ENODATA) {
    return {};  // removed since it was listed
  }
  if (!value || ops.fsetxattr(to, name.c_str(), value->data(), value->size()) != 0) {
    return fail(cannot_keep(path, name == kAcl ? "ACL" : "attribute '" + name + "'", errno));
  }
  return {};
}

Result<void> keep_owner(FileOps& ops, int fd, const std::string& path, const FileState& fresh,
                        const FileState& original) {
  constexpr auto kUnchanged = static_cast<uid_t>(-1);
  if (fresh.owner != original.owner) {
    if (ops.fchown(fd, original.owner, original.group) == 0) {
      return {};
    }
    if (!means_forbidden(errno)) {
      return fail(cannot_keep(path, "owner", errno));
    }
  }
  if (fresh.group != original.group && ops.fchown(fd, kUnchanged, original.group) != 0) {
    return fail(cannot_keep(path, "group", errno));
  }
  return {};
}

// An ACL that the original does not have comes from the folder's default ACL.
Result<void> keep_acl(FileOps& ops, int from, int to, bool has_acl, const std::string& path) {
  if (has_acl) {
    return copy_xattr(ops, from, to, kAcl, path);
  }
  SMB_TRY_ASSIGN(const std::vector<std::string> inherited, xattr_names(ops, to, path));
  if (std::find(inherited.begin(), inherited.end(), kAcl) != inherited.end() && ops.fremovexattr(to, kAcl) != 0) {
    return fail(cannot_keep(path, "ACL", errno));
  }
  return {};
}

}  // namespace

bool is_in_our_groups(const FileState& original) {
  if (original.group == ::getegid()) {
    return true;
  }
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
  const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
  return count > 0 && std::find(groups.begin(), groups.begin() + count, original.group) != groups.begin() + count;
}

Result<void> keep_attributes(FileOps& ops, int fd, const std::string& path, const FileState& original) {
  const Descriptor source = open_file(ops, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  std::vector<std::string> names;
  if (source.is_open()) {
    SMB_TRY_ASSIGN(names, xattr_names(ops, source.get(), path));
  } else if (errno != ENOENT && errno != ELOOP) {  // gone or replaced: the look before publishing finds that
    return fail(cannot_keep(path, "attributes", errno));
  }

  // User xattrs come first: a mode without write permission forbids to set them, also through an open descriptor.
  for (const std::string& name : names) {
    if (name.starts_with(kUserPrefix)) {
      SMB_TRY(copy_xattr(ops, source.get(), fd, name, path));
    }
  }
  struct stat status {};
  if (ops.fstat(fd, &status) != 0) {
    return fail(cannot_keep(path, "owner", errno));
  }
  SMB_TRY(keep_owner(ops, fd, path, FileState::of(status), original));
  // The ACL after the inherited one is gone, then the mode after chown(2), which takes bits away: an inherited ACL must
  // not be opened by the mode even for a moment.
  const bool has_acl = std::find(names.begin(), names.end(), kAcl) != names.end();
  SMB_TRY(keep_acl(ops, source.get(), fd, has_acl, path));
  if (ops.fchmod(fd, original.mode & kPermissions) != 0) {
    return fail(cannot_keep(path, "mode", errno));
  }
  return {};
}

}  // namespace smbatcher

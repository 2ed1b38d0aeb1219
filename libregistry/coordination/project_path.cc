#include "libregistry/coordination/project_path.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <utility>
#include <vector>

#include "libregistry/core/base/sha1.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/descriptor.h"

namespace smbatcher {
namespace {

constexpr std::size_t kLongestLockName = 250;  // with ".json" a name of 255 bytes, the longest there is
constexpr std::size_t kLongestSideName = 200;  // leaves room for what ours end with
constexpr int kMostLinks = 40;                 // as the kernel
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64url(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 4 / 3 + 4);
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    count += 8;
    while (count >= 6) {
      count -= 6;
      text += kLetters[(bits >> count) & 0x3FU];
    }
    bits &= (1U << count) - 1;
  }
  if (count > 0) {
    text += kLetters[(bits << (6 - count)) & 0x3FU];
  }
  return text;
}

/// The bytes of which base64url() made `letters`; what is not a letter of it ends them.
std::string from_base64url(std::string_view letters) {
  std::string bytes;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char letter : letters) {
    const std::size_t value = kLetters.find(letter);
    if (value == std::string_view::npos) {
      break;
    }
    bits = (bits << 6U) | static_cast<unsigned>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>((bits >> count) & 0xFFU);
      bits &= (1U << count) - 1;
    }
  }
  return bytes;
}

std::string hashed_name(std::string_view relative) { return "h-" + sha1_hex(relative).substr(0, 32); }

/// The parts of `path`, the last one first.
void push_parts(std::vector<std::string>& parts, std::string_view path) {
  std::vector<std::string> found;
  while (!path.empty()) {
    const std::size_t length = std::min(path.find('/'), path.size());
    if (length > 0) {
      found.emplace_back(path.substr(0, length));
    }
    path.remove_prefix(std::min(length + 1, path.size()));
  }
  parts.insert(parts.end(), found.rbegin(), found.rend());
}

/// What a symbolic link says; empty when `path` is none or cannot be looked at (then it is taken as it is written).
std::string link_target(const std::string& path) {
  std::array<char, PATH_MAX> buffer{};
  const ssize_t size = ::readlink(path.c_str(), buffer.data(), buffer.size());
  return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

/// As `realpath -m`: links are followed where there are some, and what does not exist keeps its name.
std::string resolve(const std::string& absolute) {
  std::vector<std::string> parts;
  push_parts(parts, absolute);
  std::string done;  // without a slash at the end; empty for "/"
  int links = 0;
  while (!parts.empty()) {
    const std::string part = std::move(parts.back());
    parts.pop_back();
    if (part == ".") {
      continue;
    }
    if (part == "..") {
      done.resize(std::min(done.rfind('/'), done.size()));
      continue;
    }
    std::string next = done;
    next.append("/").append(part);
    const std::string target = links < kMostLinks ? link_target(next) : std::string();
    if (target.empty()) {
      done = std::move(next);
      continue;
    }
    ++links;
    if (target.front() == '/') {
      done.clear();
    }
    push_parts(parts, target);
  }
  return done.empty() ? "/" : done;
}

}  // namespace

std::string resolved_path(const std::string& working_dir, std::string_view path) {
  return resolve(path.starts_with('/') ? std::string(path) : working_dir + "/" + std::string(path));
}

ProjectPath project_path_of(const CoordinationPlace& place, std::string relative) {
  ProjectPath path;
  path.lock_name = base64url(relative);
  path.side_name = side_name_of(path.lock_name);
  if (path.lock_name.size() > kLongestLockName) {
    path.lock_name = path.side_name;
  }
  path.absolute = (place.root == "/" ? std::string() : place.root) + "/" + relative;
  path.relative = std::move(relative);
  return path;
}

std::string side_name_of(const std::string& lock_name) {
  return lock_name.size() > kLongestSideName ? hashed_name(from_base64url(lock_name)) : lock_name;
}

Result<ProjectPath> project_path(const CoordinationPlace& place, const std::string& working_dir,
                                 std::string_view path) {
  const std::string shown = "'" + escape_control(path) + "'";
  if (path.empty() || path.find('\0') != std::string_view::npos) {
    return fail(usage_error("invalid_path", shown + " is not a path of a file"));
  }
  if (!is_valid_utf8(path)) {
    return fail(usage_error("invalid_path", shown + " is not UTF-8, and a lock file is JSON, which cannot name it"));
  }
  const std::string absolute = resolved_path(working_dir, path);
  const std::string prefix = place.root == "/" ? "/" : place.root + "/";
  if (absolute + "/" == prefix || absolute == prefix) {
    return fail(usage_error("not_a_file", shown + " is the project's root; locks are for single files"));
  }
  if (!absolute.starts_with(prefix)) {
    Error error = usage_error("path_outside_project", shown + " is not below the project's root '" + place.root +
                                                          "'; locks are for the files of the project");
    error.details = escape_control(path);
    return fail(std::move(error));
  }
  struct stat status {};
  const bool folder = ::stat(absolute.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
  if (folder || path.back() == '/') {
    return fail(usage_error("not_a_file", shown + " is a folder; locks are for single files"));
  }
  std::string relative = absolute.substr(prefix.size());
  if (!is_valid_utf8(relative)) {
    return fail(usage_error("invalid_path", shown + " leads to a name that is not UTF-8, which JSON cannot hold"));
  }
  return project_path_of(place, std::move(relative));
}

std::string file_hash(const std::string& path) {
  FileOps& ops = system_file_ops();
  const Descriptor file = open_file(ops, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat status {};
  Sha1 hash;
  const bool readable = file.is_open() && ops.fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
                        read_in_parts(ops, file.get(), [&hash](std::string_view part) {
                          hash.add(part);
                          return true;
                        }) == 0;
  return readable ? hash.hex() : std::string(40, '0');
}

}  // namespace smbatcher

#include "libregistry/sites/designs/outputs_check.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

struct Free {
  void operator()(char* text) const { std::free(text); }  // NOLINT(*-no-malloc): realpath(3) allocates with malloc(3)
};

/// The path without symbolic links; nothing when it leads to nothing. realpath(3) reads links and opens no file.
Result<std::optional<std::string>> resolve(const std::string& path) {
  const std::unique_ptr<char, Free> resolved(::realpath(path.c_str(), nullptr));
  if (resolved) {
    return std::string(resolved.get());
  }
  if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) {
    return std::nullopt;
  }
  Error error = io_error("cannot look at '" + path + "'", errno);
  error.where = path;
  return fail(std::move(error));
}

bool is_filled_file(const struct stat& status) { return S_ISREG(status.st_mode) && status.st_size > 0; }

/// `folder` is a site's folder.
Result<bool> is_output(const std::string& folder, const std::string& name) {
  const std::string named = folder + "/" + name;
  struct stat status {};
  if (name.find('/') == std::string::npos && ::lstat(named.c_str(), &status) == 0 && !S_ISLNK(status.st_mode)) {
    return is_filled_file(status);  // in the folder itself: there is no link that could lead out of it
  }
  SMB_TRY_ASSIGN(const std::optional<std::string> top, resolve(folder));
  SMB_TRY_ASSIGN(const std::optional<std::string> path, resolve(named));
  if (!top || !path || !path->starts_with(*top == "/" ? *top : *top + "/")) {
    return false;
  }
  return ::lstat(path->c_str(), &status) == 0 && is_filled_file(status);
}

}  // namespace

Result<std::string> site_folder(const RegistryPaths& paths, const Config& config, const std::string& domain) {
  if (!is_domain(domain)) {
    return fail(
        usage_error("invalid_domain", "'" + escape_control(domain) + "' is not a host name such as bakery.example")
            .with("domain", domain));
  }
  return paths.work_tree + "/" + config.sites_dir + "/" + domain;
}

Result<std::vector<std::string>> missing_outputs(const std::string& folder,
                                                 const std::vector<std::string>& required_files) {
  std::vector<std::string> missing;
  for (const std::string& name : required_files) {
    SMB_TRY_ASSIGN(const bool is_there, is_output(folder, name));
    if (!is_there) {
      missing.push_back(name);
    }
  }
  return missing;
}

}  // namespace smbatcher

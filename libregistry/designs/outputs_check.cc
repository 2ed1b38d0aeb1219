#include "libregistry/designs/outputs_check.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>

#include "libregistry/base/ids.h"
#include "libregistry/base/text.h"

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

/// `top` is resolved.
Result<bool> is_output(const std::string& top, const std::string& name) {
  SMB_TRY_ASSIGN(const std::optional<std::string> path, resolve(top + "/" + name));
  if (!path || !path->starts_with(top == "/" ? top : top + "/")) {
    return false;
  }
  struct stat status {};
  return ::lstat(path->c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
}

}  // namespace

Result<std::string> site_folder(const RegistryPaths& paths, const Config& config, const std::string& domain) {
  if (!is_domain(domain)) {
    return fail(usage_error("invalid_domain", "'" + escape_control(domain) + "' is no host name such as bakery.example")
                    .with("domain", domain));
  }
  return paths.work_tree + "/" + config.sites_dir + "/" + domain;
}

Result<std::vector<std::string>> missing_outputs(const std::string& folder,
                                                 const std::vector<std::string>& required_files) {
  SMB_TRY_ASSIGN(const std::optional<std::string> top, resolve(folder));
  if (!top) {
    return required_files;
  }
  std::vector<std::string> missing;
  for (const std::string& name : required_files) {
    SMB_TRY_ASSIGN(const bool is_there, is_output(*top, name));
    if (!is_there) {
      missing.push_back(name);
    }
  }
  return missing;
}

}  // namespace smbatcher

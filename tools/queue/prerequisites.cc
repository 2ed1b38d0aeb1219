#include "tools/queue/prerequisites.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/core/fs/lock_probe.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/queue/records/batch_file.h"
#include "tools/queue/environment.h"
#include "tools/queue/open_queue.h"

namespace smbatcher {
namespace {

using Check = Prerequisite;

std::string quoted(const std::string& path) { return "'" + path + "'"; }

Check good(std::string name, std::string detail) { return {std::move(name), true, true, std::move(detail), {}}; }
Check bad(std::string name, std::string detail, std::string next) {
  return {std::move(name), false, true, std::move(detail), std::move(next)};
}

bool may(const std::string& path, int what) { return ::faccessat(AT_FDCWD, path.c_str(), what, AT_EACCESS) == 0; }

bool is_there(FileOps& ops, const std::string& path) {
  struct stat status {};
  return ops.stat(path, &status) == 0 || errno != ENOENT;
}

/// `folder`, or the nearest one above it that is there: what is made in the former is made in the latter.
std::string nearest_folder(FileOps& ops, std::string folder) {
  while (!is_there(ops, folder) && folder_of(folder) != folder) {
    folder = folder_of(folder);
  }
  return folder;
}

std::string how_to_begin(const Context& context) {
  const std::string option = context.common.registry ? " --registry " + shell_quote(*context.common.registry) : "";
  return "smbatcher prepare-register" + option + " --sites \"bakery.example:Bakery:Family bakery:warm\" begins one";
}

Check check_config(FileOps& ops, const RegistryPaths& paths, Config& config) {
  Result<Config> loaded = load_config(paths.config);
  if (!loaded) {
    const Error& error = loaded.error();
    const std::string place = error.where.empty() || error.message.find(error.where) != std::string::npos
                                  ? std::string()
                                  : error.where + ": ";
    return bad("config", place + error.message, "mend it, or remove it: every setting has a default");
  }
  config = std::move(*loaded);
  return good("config", is_there(ops, paths.config) ? quoted(paths.config) + " is valid"
                                                    : "there is no " + quoted(paths.config) + ": the defaults hold");
}

Check check_registry(const Context& context, const RegistryPaths& paths, const Config& config, Prerequisites& found) {
  if (!is_there(context.ops, paths.registry) && !is_there(context.ops, paths.history) &&
      !is_there(context.ops, paths.former_history)) {
    return bad("registry", "there is no " + quoted(paths.registry), how_to_begin(context));
  }
  const Result<LoadedRegistry> loaded = load_registry(context.ops, paths, {&config.columns, true});
  if (!loaded) {
    return bad("registry", loaded.error().message,
               "bring the file back or mend it, e.g. git checkout " + shell_quote(paths.registry));
  }
  const Registry& registry = loaded->registry;
  found.warnings = registry.damages();
  return good("registry",
              quoted(paths.registry) + ", " + counted(registry.sites().size(), "site") + ", " +
                  counted(registry.batches().size(), "batch") +
                  (found.warnings.empty() ? std::string() : ", " + counted(found.warnings.size(), "damaged row")));
}

Check check_folder(FileOps& ops, const std::string& name, const std::string& path) {
  struct stat status {};
  if (ops.stat(path, &status) != 0) {
    return errno == ENOENT ? good(name, quoted(path) + " is not there yet; it is made when it is needed")
                           : bad(name, "cannot look at " + quoted(path) + ": " + std::strerror(errno),
                                 "make it a folder that you may enter");
  }
  if (!S_ISDIR(status.st_mode)) {
    return bad(name, quoted(path) + " is not a folder", "move it away, or name another folder in config.yml");
  }
  return may(path, W_OK | X_OK) ? good(name, quoted(path))
                                : bad(name, "you may not write to " + quoted(path), "get write permission on it");
}

Check check_write(FileOps& ops, const RegistryPaths& paths) {
  const std::string name = "write";
  const std::string folder = nearest_folder(ops, paths.folder);
  if (!may(folder, W_OK | X_OK)) {
    return bad(name, "cannot write to " + quoted(folder) + ": " + std::strerror(errno),
               "get write permission on the folder: the registry is replaced whole");
  }
  for (const std::string& path : {paths.registry, paths.lock, paths.history}) {
    if (is_there(ops, path) && !may(path, R_OK | W_OK)) {
      return bad(name, "cannot write to " + quoted(path) + ": " + std::strerror(errno),
                 "get write permission on the file");
    }
  }
  struct stat status {};
  if (ops.stat(paths.registry, &status) == 0) {
    if (const auto replaceable = check_replaceable(ops, paths.registry, FileState::of(status)); !replaceable) {
      return bad(name, replaceable.error().message, "make it an ordinary file of yours or of a group of yours");
    }
  }
  return good(name, "you may write to " + quoted(folder) + " and to what belongs to the queue in it");
}

Check check_file_system(const std::string& folder) {
  const Result<std::string> kind = file_system_kind(folder);
  return {"file_system", kind.has_value(), false, kind ? *kind + " at " + quoted(folder) : kind.error().message,
          kind ? "" : "see whether the folder can be entered"};
}

Check check_flock(FileOps& ops, const std::string& folder) {
  const Result<bool> kept_out = flock_excludes(ops, folder);
  if (!kept_out) {
    return bad("flock", kept_out.error().message,
               kept_out.error().reason == ErrorWord("locking_not_supported")
                   ? "use a file system that has flock(2)"
                   : "see 'write'; the lock can be tried after that");
  }
  return *kept_out ? good("flock", "a second process was kept out")
                   : bad("flock", "a second process got a lock that was held",
                         "use another file system: here two callers would get the same work");
}

Check check_program(const std::string& name, const std::string& next) {
  const std::string path = environment_value("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find(':', at), path.size());
    const std::string file = path.substr(at, end - at) + "/" + name;
    struct stat status {};
    if (::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && may(file, X_OK)) {
      return {name, true, false, quoted(file), {}};
    }
    at = end + 1;
  }
  return {name, false, false, "no program of this name is on PATH", next};
}

}  // namespace

std::vector<std::string> Prerequisites::missing() const {
  std::vector<std::string> names;
  for (const Check& check : checks) {
    if (check.needed && !check.ok) {
      names.push_back(check.name);
    }
  }
  return names;
}

Prerequisites look_around(const Context& context) {
  Prerequisites found;
  const Result<RegistryPaths> paths = find_registry(context, {{}, {}, true});
  if (!paths) {
    found.checks.push_back(bad("registry", paths.error().message, how_to_begin(context)));
  } else {
    found.registry = paths->registry;
    Config config;
    Check config_check = check_config(context.ops, *paths, config);
    found.checks.push_back(check_registry(context, *paths, config, found));
    found.checks.push_back(std::move(config_check));
    found.checks.push_back(check_folder(context.ops, "sites", paths->work_tree + "/" + config.sites_dir));
    found.checks.push_back(check_folder(context.ops, "batches", batches_folder(*paths, config)));
    found.checks.push_back(check_folder(context.ops, "claims", paths->claims));
    found.checks.push_back(check_folder(context.ops, "logs", paths->folder + "/logs"));
    found.checks.push_back(check_write(context.ops, *paths));
    const std::string folder = nearest_folder(context.ops, paths->folder);
    found.checks.push_back(check_file_system(folder));
    found.checks.push_back(check_flock(context.ops, folder));
  }
  found.checks.push_back(
      check_program("git", "install git: registry, config and batch files belong into a repository"));
  found.checks.push_back(check_program("node", "install Node.js: it reads the scripts of sites"));
  return found;
}

}  // namespace smbatcher

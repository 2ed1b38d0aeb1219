#include "libregistry/registry/locate.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "libregistry/base/text.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = ".smbatcher";
constexpr const char* kRegistryName = "REGISTRY.md";
constexpr const char* kExampleSite = R"( --sites "bakery.example:Bakery:Family bakery:warm")";

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// What may not be looked at counts as there: opening it then says why it cannot be had.
bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error) || error == std::errc::permission_denied;
}

/// The first folder from `start` upwards that holds `name`; empty when there is none.
fs::path find_upwards(const fs::path& start, const char* name) {
  for (fs::path folder = start;; folder = folder.parent_path()) {
    if (is_there(folder / name)) {
      return folder;
    }
    if (folder == folder.parent_path()) {
      return {};
    }
  }
}

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) {
    line.pop_back();
  }
  return line;
}

/// The common git folder of the linked work tree at `tree`; empty when `tree` is an ordinary checkout or a submodule.
fs::path common_folder_of_linked_tree(const fs::path& tree) {
  if (is_folder(tree / ".git")) {
    return {};
  }
  const std::string line = first_line(tree / ".git");
  constexpr std::string_view kKey = "gitdir: ";
  if (!line.starts_with(kKey)) {
    return {};
  }
  const fs::path git_folder = tree / line.substr(kKey.size());
  const std::string common = first_line(git_folder / "commondir");
  return common.empty() ? fs::path() : fs::weakly_canonical(git_folder / common);
}

bool is_bare(const fs::path& common_folder) {
  if (common_folder.filename() != ".git") {
    return true;
  }
  std::ifstream config(common_folder / "config");
  for (std::string line; std::getline(config, line);) {
    std::string compact;
    for (const char c : to_lower(line)) {
      if (c != ' ' && c != '\t') {
        compact += c;
      }
    }
    if (compact == "bare=true") {
      return true;
    }
  }
  return false;
}

/// The folder that holds `.smbatcher/` for a caller in `start`, `found` being the first one upwards (may be empty).
Result<fs::path> folder_with_registry(const fs::path& start, const fs::path& found, const fs::path& tree) {
  const fs::path common = tree.empty() ? fs::path() : common_folder_of_linked_tree(tree);
  if (common.empty()) {
    return found;
  }
  if (is_bare(common)) {
    return fail(usage_error("no_main_checkout",
                            "'" + tree.string() + "' is a work tree of the bare repository '" + common.string() +
                                "', which has no main checkout to keep the queue: set SMBATCHER_REGISTRY"));
  }
  const fs::path main = common.parent_path();
  const fs::path relative = found.lexically_relative(tree);
  const bool inside = !found.empty() && !relative.empty() && *relative.begin() != "..";
  if (inside && is_folder(main / relative / kFolder)) {
    return (main / relative).lexically_normal();
  }
  const fs::path from_main = find_upwards(main / start.lexically_relative(tree), kFolder);
  return from_main.empty() ? main : from_main;
}

/// The registry that the caller named, by option or variable, is not there: says which of the two, and begins there.
Error named_not_found(const LocateRequest& request, const fs::path& path, const std::string& problem) {
  const std::string by = request.registry ? "--registry" : "SMBATCHER_REGISTRY";
  const std::string option = request.registry ? " --registry " + shell_quote(path.string()) : "";
  const fs::path folder = path.parent_path();
  const std::string make_folder = is_there(folder) ? "" : "mkdir -p " + shell_quote(folder.string()) + " && ";
  return not_found("registry_not_found", problem + ", which " + by + " names; begin with: " + make_folder +
                                             "smbatcher prepare-register" + option + kExampleSite);
}

/// Resolves symbolic links. A file that is absent (not yet made, or unlinked by git for a moment) keeps its name.
Result<fs::path> resolve(const LocateRequest& request, const fs::path& path) {
  std::error_code error;
  const fs::file_status link = fs::symlink_status(path, error);
  if (fs::exists(link)) {
    fs::path real = fs::canonical(path, error);
    if (error) {
      return fail(Error{Errc::kIo,
                        "dangling_link",
                        {},
                        "'" + path.string() + "' is a symbolic link that leads nowhere: " + error.message(),
                        path,
                        {}});
    }
    return real;
  }
  const fs::path folder = fs::canonical(path.parent_path(), error);
  if (error) {
    return fail(named_not_found(
        request, path,
        "there is no folder '" + path.parent_path().string() + "' for the registry '" + path.string() + "'"));
  }
  return folder / path.filename();
}

Error registry_not_found(const fs::path& start, const fs::path& tree) {
  std::vector<std::string> searched;
  for (fs::path folder = start;; folder = folder.parent_path()) {
    searched.push_back((folder / kFolder).string());
    if (folder == folder.parent_path()) {
      break;
    }
  }
  std::string message = "no registry in " + join(searched, ", ");
  if (!tree.empty() && !find_upwards(start, kFolder).empty()) {
    message = "no '" + std::string(kRegistryName) + "' in '" + (find_upwards(start, kFolder) / kFolder).string() + "'";
  }
  return not_found("registry_not_found", message + "; begin with: smbatcher prepare-register" + kExampleSite)
      .with("searched", searched);
}

}  // namespace

RegistryPaths paths_beside(const std::string& path) {
  const fs::path registry(path);
  const fs::path folder = registry.parent_path();
  const std::string stem = registry.stem().string();
  // One folder may hold several registries: each has a history and claims of its own.
  const std::string prefix = stem == "REGISTRY" ? "" : stem + ".";
  RegistryPaths paths;
  paths.registry = registry.string();
  paths.folder = folder.string();
  paths.lock = (folder / (stem + ".lock")).string();
  paths.history = (folder / (prefix + "history.jsonl")).string();
  paths.claims = (folder / (prefix + "claims")).string();
  paths.config = (folder / "config.yml").string();
  paths.gitignore = (folder / ".gitignore").string();
  paths.repository = (folder.filename() == kFolder ? folder.parent_path() : folder).string();
  paths.work_tree = paths.repository;
  return paths;
}

namespace {

/// What the caller may override.
RegistryPaths finish(RegistryPaths paths, const LocateRequest& request, const fs::path& tree) {
  const fs::path start(request.working_directory);
  if (request.lock_file) {
    const fs::path lock(*request.lock_file);
    paths.lock = (lock.is_absolute() ? lock : start / lock).string();
  }
  if (request.root) {
    const fs::path root(*request.root);
    paths.work_tree = (root.is_absolute() ? root : start / root).lexically_normal().string();
  } else if (!tree.empty()) {
    paths.work_tree = tree.string();
  }
  return paths;
}

}  // namespace

bool needs_working_directory(const LocateRequest& request) {
  const auto relative = [](const std::optional<std::string>& path) { return path && fs::path(*path).is_relative(); };
  return fs::path(request.registry.value_or(request.environment)).is_relative() || relative(request.lock_file) ||
         relative(request.root);
}

Result<RegistryPaths> locate_registry(const LocateRequest& request) {
  const fs::path start(request.working_directory);
  const fs::path named = request.registry ? fs::path(*request.registry) : fs::path(request.environment);
  const fs::path tree = find_upwards(start, ".git");
  fs::path candidate;
  if (!named.empty()) {
    candidate = named.is_absolute() ? named : start / named;
  } else {
    const fs::path found = find_upwards(start, kFolder);
    SMB_TRY_ASSIGN(fs::path holder, folder_with_registry(start, found, tree));
    if (holder.empty() && request.may_create) {
      holder = tree.empty() ? start : tree;
    }
    if (holder.empty()) {
      return fail(registry_not_found(start, tree));
    }
    candidate = holder / kFolder / kRegistryName;
    if (!request.may_create && !is_folder(holder / kFolder)) {
      return fail(registry_not_found(start, tree));
    }
  }
  if (request.may_create && named.empty() && !is_there(candidate.parent_path())) {
    // The folder is made together with the registry in it.
    SMB_TRY_ASSIGN(const fs::path holder, resolve(request, candidate.parent_path()));
    candidate = holder / candidate.filename();
    return finish(paths_beside(candidate.string()), request, tree);
  }
  SMB_TRY_ASSIGN(const fs::path real, resolve(request, candidate));
  RegistryPaths paths = paths_beside(real.string());
  if (!is_there(real) && !request.may_create && !is_there(paths.history)) {
    return fail(named.empty() ? registry_not_found(start, tree)
                              : named_not_found(request, candidate, "there is no file '" + candidate.string() + "'"));
  }
  return finish(std::move(paths), request, tree);
}

}  // namespace smbatcher

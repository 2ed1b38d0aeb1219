#include "libregistry/registry/locate.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
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

// Every call of every tool comes through here, so the common way goes without fs::path, which splits each path that it
// is given into its parts.

std::string join_path(std::string_view folder, std::string_view name) {
  std::string path(folder);
  if (!path.empty() && path.back() != '/') {
    path += '/';
  }
  return path += name;
}

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return path.substr(0, slash == std::string_view::npos ? 0 : std::max<std::size_t>(slash, 1));
}

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool is_absolute(std::string_view path) { return path.starts_with('/'); }

/// What may not be looked at counts as there: opening it then says why it cannot be had.
bool is_there(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 || errno == EACCES;
}

/// The first folder from `start` upwards that holds `name`; empty when there is none.
std::string find_upwards(std::string_view start, std::string_view name) {
  for (std::string_view folder = start;; folder = parent_of(folder)) {
    if (is_there(join_path(folder, name))) {
      return std::string(folder);
    }
    if (folder == parent_of(folder)) {
      return {};
    }
  }
}

/// `path` without symbolic links; nothing when it does not lead to a file.
std::optional<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::optional<std::string>(real.get()) : std::nullopt;
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
Result<std::string> folder_with_registry(const std::string& start, const std::string& found, const std::string& tree) {
  const fs::path common = tree.empty() ? fs::path() : common_folder_of_linked_tree(tree);
  if (common.empty()) {
    return found;
  }
  if (is_bare(common)) {
    return fail(
        usage_error("no_main_checkout", "'" + tree + "' is a work tree of the bare repository '" + common.string() +
                                            "', which has no main checkout to keep the queue: set SMBATCHER_REGISTRY"));
  }
  const fs::path main = common.parent_path();
  const fs::path relative = fs::path(found).lexically_relative(tree);
  const bool inside = !found.empty() && !relative.empty() && *relative.begin() != "..";
  if (inside && is_folder(main / relative / kFolder)) {
    return (main / relative).lexically_normal().string();
  }
  std::string from_main = find_upwards((main / fs::path(start).lexically_relative(tree)).string(), kFolder);
  return from_main.empty() ? main.string() : from_main;
}

/// The registry that the caller named, by option or variable, is not there: says which of the two, and begins there.
Error named_not_found(const LocateRequest& request, const std::string& path, const std::string& problem) {
  const std::string by = request.registry ? "--registry" : "SMBATCHER_REGISTRY";
  const std::string option = request.registry ? " --registry " + shell_quote(path) : "";
  const std::string folder = fs::path(path).parent_path().string();
  const std::string make_folder = is_there(folder) ? "" : "mkdir -p " + shell_quote(folder) + " && ";
  return not_found("registry_not_found", problem + ", which " + by + " names; begin with: " + make_folder +
                                             "smbatcher prepare-register" + option + kExampleSite);
}

/// Of a path that leads to no file. An absent one (not yet made, or unlinked by git for a moment) keeps its name.
Result<std::string> resolve_absent(const LocateRequest& request, const std::string& path) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(path, error))) {
    const fs::path real = fs::canonical(path, error);
    if (error) {
      return fail(Error{Errc::kIo,
                        "dangling_link",
                        {},
                        "'" + path + "' is a symbolic link that leads nowhere: " + error.message(),
                        path,
                        {}});
    }
    return real.string();  // it has come in between
  }
  const fs::path folder = fs::canonical(fs::path(path).parent_path(), error);
  if (error) {
    return fail(named_not_found(
        request, path,
        "there is no folder '" + fs::path(path).parent_path().string() + "' for the registry '" + path + "'"));
  }
  return (folder / fs::path(path).filename()).string();
}

Error registry_not_found(const std::string& start, const std::string& tree) {
  std::vector<std::string> searched;
  for (std::string_view folder = start;; folder = parent_of(folder)) {
    searched.push_back(join_path(folder, kFolder));
    if (folder == parent_of(folder)) {
      break;
    }
  }
  std::string message = "no registry in " + join(searched, ", ");
  if (const std::string found = find_upwards(start, kFolder); !tree.empty() && !found.empty()) {
    message = "no '" + std::string(kRegistryName) + "' in '" + join_path(found, kFolder) + "'";
  }
  return not_found("registry_not_found", message + "; begin with: smbatcher prepare-register" + kExampleSite)
      .with("searched", searched);
}

}  // namespace

RegistryPaths paths_beside(const std::string& path) {
  const std::string folder(parent_of(path));
  const std::string_view name = name_of(path);
  const std::size_t dot = name.rfind('.');
  const std::string stem(dot == 0 ? name : name.substr(0, dot));
  // One folder may hold several registries: each has a history and claims of its own.
  const std::string prefix = stem == "REGISTRY" ? "" : stem + ".";
  RegistryPaths paths;
  paths.registry = path;
  paths.folder = folder;
  paths.lock = join_path(folder, stem + ".lock");
  paths.history = join_path(folder, prefix + "history.jsonl");
  paths.claims = join_path(folder, prefix + "claims");
  paths.config = join_path(folder, "config.yml");
  paths.gitignore = join_path(folder, ".gitignore");
  paths.repository = name_of(folder) == kFolder ? parent_of(folder) : std::string_view(folder);
  paths.work_tree = paths.repository;
  return paths;
}

namespace {

/// What the caller may override.
RegistryPaths finish(RegistryPaths paths, const LocateRequest& request, const std::string& tree) {
  const std::string& start = request.working_directory;
  if (request.lock_file) {
    paths.lock = is_absolute(*request.lock_file) ? *request.lock_file : join_path(start, *request.lock_file);
  }
  if (request.root) {
    const fs::path root(*request.root);
    paths.work_tree = (root.is_absolute() ? root : start / root).lexically_normal().string();
  } else if (!tree.empty()) {
    paths.work_tree = tree;
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
  const std::string& start = request.working_directory;
  const std::string& named = request.registry ? *request.registry : request.environment;
  const std::string tree = find_upwards(start, ".git");
  std::string folder;  // of a registry that nobody named
  std::string candidate = is_absolute(named) ? named : join_path(start, named);
  if (named.empty()) {
    SMB_TRY_ASSIGN(std::string holder, folder_with_registry(start, find_upwards(start, kFolder), tree));
    if (holder.empty() && request.may_create) {
      holder = tree.empty() ? start : tree;
    }
    if (holder.empty()) {
      return fail(registry_not_found(start, tree));
    }
    folder = join_path(holder, kFolder);
    candidate = join_path(folder, kRegistryName);
  }
  if (const auto real = real_path(candidate)) {
    return finish(paths_beside(*real), request, tree);
  }
  if (named.empty() && !request.may_create && !is_folder(folder)) {
    return fail(registry_not_found(start, tree));
  }
  if (named.empty() && request.may_create && !is_there(folder)) {
    // The folder is made together with the registry in it.
    SMB_TRY_ASSIGN(const std::string real_folder, resolve_absent(request, folder));
    return finish(paths_beside(join_path(real_folder, kRegistryName)), request, tree);
  }
  SMB_TRY_ASSIGN(const std::string real, resolve_absent(request, candidate));
  RegistryPaths paths = paths_beside(real);
  if (!is_there(real) && !request.may_create && !is_there(paths.history)) {
    return fail(named.empty() ? registry_not_found(start, tree)
                              : named_not_found(request, candidate, "there is no file '" + candidate + "'"));
  }
  return finish(std::move(paths), request, tree);
}

}  // namespace smbatcher

#include "libregistry/core/config/locate.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>

#include "libregistry/core/base/text.h"
#include "libregistry/core/git/git_place.h"
#include "libregistry/core/git/tracked.h"

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

/// A registry was here, though git may have unlinked it for the moment.
bool has_history(const RegistryPaths& paths) { return is_there(paths.history) || is_there(paths.former_history); }

/// `path` without symbolic links; nothing when it does not lead to a file.
std::optional<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::optional<std::string>(real.get()) : std::nullopt;
}

bool is_within(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) &&
         (folder.ends_with('/') || path.size() == folder.size() || path[folder.size()] == '/');
}

/// The folder that keeps the queue of a caller, when nobody named a registry.
struct Holder {
  std::string folder;  // holds `.smbatcher/`, or would; empty when there is none
  std::string passed;  // the repository that the walk upwards left to get there
};

/// Where in the main checkout a caller stands who is at `folder` of the work tree.
std::string in_main(const GitPlace& git, const std::string& folder) {
  const std::string inside = is_within(folder, git.tree) ? folder.substr(git.tree.size()) : std::string();
  return git.main + inside;
}

Result<Holder> find_holder(const std::string& start, const GitPlace& git) {
  if (git.found_at.empty()) {
    return Holder{find_upwards(start, kFolder), {}};
  }
  if (git.main.empty() && !git.tree.empty()) {
    return fail(
        usage_error("no_main_checkout", "'" + git.tree + "' is a work tree of the repository '" + git.git_folder +
                                            "', which has no main checkout to keep the queue: set SMBATCHER_REGISTRY"));
  }
  const std::string top = git.main.empty() ? git.found_at : git.main;  // a bare repository is its own top
  std::string holder = find_upwards(git.main.empty() ? start : in_main(git, start), kFolder);
  const bool outer = !holder.empty() && !is_within(holder, top);
  return Holder{std::move(holder), outer ? (git.tree.empty() ? top : git.tree) : std::string()};
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
                        ErrorWord("dangling_link"),
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

std::string absence_of(const std::string& folder, const TrackedFile& tracked) {
  return "git tracks the registry '" + join_path(folder, tracked.path) + "', but " +
         (tracked.sparse ? "the sparse checkout leaves it out" : "it is not checked out") +
         "; bring it back: " + tracked.command;
}

/// The folders in which a registry of the work tree could be, from `start` up to its top, relative to it.
std::vector<std::string> places_in_tree(const std::string& start, const GitPlace& git) {
  std::vector<std::string> places;
  const std::string name = join_path(kFolder, kRegistryName);
  std::string inside = is_within(start, git.tree) ? start.substr(git.tree.size()) : std::string();
  for (; !inside.empty() && inside != "/"; inside = parent_of(inside)) {
    places.push_back(join_path(inside.substr(1), name));
  }
  places.push_back(name);
  return places;
}

/// A registry that git has for this place and that is not in its folder: what to do about it. Empty for none.
std::string not_checked_out(const std::string& start, const GitPlace& git) {
  if (git.main.empty()) {
    return {};
  }
  const std::vector<std::string> places = places_in_tree(start, git);
  if (const auto tracked = first_tracked(git.main, places)) {
    return absence_of(git.main, *tracked);
  }
  if (git.main != git.tree && first_tracked(git.tree, places)) {
    return "the main checkout '" + git.main + "' keeps the queue of '" + git.tree +
           "', and is on a branch without a registry: check out one there that has it";
  }
  return {};
}

Error registry_not_found(const std::string& start, const GitPlace& git) {
  std::vector<std::string> searched;
  for (std::string_view folder = start;; folder = parent_of(folder)) {
    searched.push_back(join_path(folder, kFolder));
    if (folder == parent_of(folder)) {
      break;
    }
  }
  std::string message = not_checked_out(start, git);
  if (message.empty()) {
    message = "no registry in " + join(searched, ", ");
    if (const std::string found = find_upwards(start, kFolder); !git.tree.empty() && !found.empty()) {
      message = "no '" + std::string(kRegistryName) + "' in '" + join_path(found, kFolder) + "'";
    }
    message += "; begin with: smbatcher prepare-register" + std::string(kExampleSite);
  }
  return not_found("registry_not_found", message).with("searched", searched);
}

/// The user whose registries we take without being told: as git's safe.directory, root's sudo included.
bool is_ours(uid_t owner) {
  const uid_t we = ::geteuid();
  if (owner == we) {
    return true;
  }
  const char* const sudo =
      we == 0 ? std::getenv("SUDO_UID") : nullptr;  // NOLINT(concurrency-mt-unsafe): nothing sets it
  return sudo != nullptr && std::to_string(owner) == sudo;
}

/// Who stands in a registry's folder means it. One that was found from elsewhere is used only where it is the caller's
/// own: its settings may name commands.
Result<void> must_be_ours(const RegistryPaths& paths) {
  for (const std::string* path : {&paths.folder, &paths.registry, &paths.config, &paths.state, &paths.history}) {
    struct stat status {};
    if (::stat(path->c_str(), &status) == 0 && !is_ours(status.st_uid)) {
      return fail(usage_error("foreign_registry", "'" + *path + "' belongs to user " + std::to_string(status.st_uid) +
                                                      ", not to you (" + std::to_string(::geteuid()) +
                                                      "), and a registry's settings may name commands: where "
                                                      "you trust it, name it: --registry " +
                                                      shell_quote(paths.registry) + ", or set SMBATCHER_REGISTRY")
                      .with("registry", paths.registry));
    }
  }
  return {};
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
  // Elsewhere `state/` may be somebody's own, and a `.smbatcher/` would be found as one with a registry in it.
  paths.state = join_path(folder, name_of(folder) == kFolder ? "state" : ".smbatcher-state");
  paths.history = join_path(paths.state, prefix + "history.jsonl");
  paths.claims = join_path(paths.state, prefix + "claims");
  paths.former_history = join_path(folder, prefix + "history.jsonl");
  paths.former_claims = join_path(folder, prefix + "claims");
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

Result<RegistryPaths> locate_named(const LocateRequest& request, const std::string& named) {
  const std::string candidate = is_absolute(named) ? named : join_path(request.working_directory, named);
  // Git is not asked: whatever it would say of the place where the caller stands, this registry is meant.
  const std::string tree = request.working_directory.empty() ? "" : folder_with_git(request.working_directory);
  if (const auto real = real_path(candidate)) {
    return finish(paths_beside(*real), request, tree);
  }
  SMB_TRY_ASSIGN(const std::string real, resolve_absent(request, candidate));
  RegistryPaths paths = paths_beside(real);
  if (!is_there(real) && !request.may_create && !has_history(paths)) {
    return fail(named_not_found(request, candidate, "there is no file '" + candidate + "'"));
  }
  return finish(std::move(paths), request, tree);
}

Result<RegistryPaths> locate_unnamed(const LocateRequest& request) {
  const std::string& start = request.working_directory;
  SMB_TRY_ASSIGN(const GitPlace git, find_git_place(start));
  SMB_TRY_ASSIGN(Holder holder, find_holder(start, git));
  if (holder.folder.empty() && git.main.empty() && !git.found_at.empty()) {
    return fail(usage_error("no_main_checkout", "'" + git.found_at +
                                                    "' is a repository without a work tree that "
                                                    "could keep a registry: say with --registry where it is"));
  }
  if (holder.folder.empty() && request.may_create) {
    holder.folder = git.main.empty() ? start : git.main;
  }
  if (holder.folder.empty()) {
    return fail(registry_not_found(start, git));
  }
  const std::string folder = join_path(holder.folder, kFolder);
  const std::string candidate = join_path(folder, kRegistryName);
  RegistryPaths paths;
  if (const auto real = real_path(candidate)) {
    paths = paths_beside(*real);
  } else if (!request.may_create && !is_folder(folder)) {
    return fail(registry_not_found(start, git));
  } else if (request.may_create && !is_there(folder)) {
    // The folder is made together with the registry in it.
    SMB_TRY_ASSIGN(const std::string real_folder, resolve_absent(request, folder));
    paths = paths_beside(join_path(real_folder, kRegistryName));
  } else {
    SMB_TRY_ASSIGN(const std::string absent, resolve_absent(request, candidate));
    paths = paths_beside(absent);
    if (!is_there(absent) && !request.may_create && !has_history(paths)) {
      return fail(registry_not_found(start, git));
    }
  }
  const bool begins = request.may_create && !is_there(paths.registry) && !has_history(paths);
  if (begins || !holder.passed.empty()) {  // a registry of this repository goes before a new and before an outer one
    if (std::string problem = not_checked_out(start, git); !problem.empty()) {
      return fail(not_found("registry_not_found", std::move(problem)));
    }
  }
  if (holder.folder != start) {
    SMB_TRY(must_be_ours(paths));
  }
  paths.passed = holder.passed;
  // The sites of an outer registry are not in the repository where the caller stands.
  return finish(std::move(paths), request, holder.passed.empty() ? git.tree : std::string());
}

}  // namespace

bool needs_working_directory(const LocateRequest& request) {
  const auto relative = [](const std::optional<std::string>& path) { return path && fs::path(*path).is_relative(); };
  return fs::path(request.registry.value_or(request.environment)).is_relative() || relative(request.lock_file) ||
         relative(request.root);
}

Result<RegistryPaths> locate_registry(const LocateRequest& request) {
  const std::string& named = request.registry ? *request.registry : request.environment;
  return named.empty() ? locate_unnamed(request) : locate_named(request, named);
}

std::string way_back(const RegistryPaths& paths) {
  const auto tracked = first_tracked(paths.repository, {paths.registry.substr(paths.repository.size() + 1)});
  return tracked ? absence_of(paths.repository, *tracked) : std::string();
}

}  // namespace smbatcher

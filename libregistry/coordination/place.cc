#include "libregistry/coordination/place.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <memory>

#include "libregistry/core/base/environment.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/core/fs/snapshot.h"

namespace smbatcher {
namespace {

constexpr std::size_t kLargestHead = 4096;

bool has_entry(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

std::string resolved(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  return real == nullptr ? std::string() : std::string(real.get());
}

std::string work_tree_above(std::string folder) {
  for (;;) {
    if (has_entry((folder == "/" ? std::string() : folder) + "/.git")) {
      return folder;
    }
    if (folder == "/" || folder == ".") {
      return {};
    }
    folder = folder_of(folder);
  }
}

Result<CoordinationPlace> place_at(const std::string& named, const std::string& working_dir) {
  const std::string path = named.starts_with('/') ? named : working_dir + "/" + named;
  const std::string root = resolved(path);
  if (root.empty()) {
    return fail(not_found("project_not_found", "there is no folder '" + named +
                                                   "'; name the project's root with --dir or CLAUDE_PROJECT_DIR"));
  }
  struct stat status {};
  if (::stat(root.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return fail(usage_error("not_a_folder", "'" + named + "' is not a folder; name the project's root"));
  }
  return CoordinationPlace{root, (root == "/" ? std::string() : root) + "/.claude/coordination"};
}

std::string first_line(const std::string& path) {
  const Result<std::string> text = read_file(system_file_ops(), path, kLargestHead);
  return text ? text->substr(0, text->find('\n')) : std::string();
}

}  // namespace

PlaceSearch PlaceSearch::of_process(std::optional<std::string> dir) {
  const std::unique_ptr<char, void (*)(void*)> working_dir(::getcwd(nullptr, 0), std::free);
  return {std::move(dir), environment_text("CLAUDE_PROJECT_DIR"),
          working_dir == nullptr ? std::string("/") : std::string(working_dir.get())};
}

Result<CoordinationPlace> find_place(const PlaceSearch& search) {
  if (search.dir) {
    return place_at(*search.dir, search.working_dir);
  }
  if (!search.project_dir.empty()) {
    return place_at(search.project_dir, search.working_dir);
  }
  const std::string work_tree = work_tree_above(search.working_dir);
  return place_at(work_tree.empty() ? search.working_dir : work_tree, search.working_dir);
}

std::vector<CoordinationPlace> places_above(const std::string& file) {
  std::vector<CoordinationPlace> places;
  for (std::string folder = file; folder.size() > 1;) {
    folder = folder_of(folder);
    std::string coordination = (folder == "/" ? std::string() : folder) + "/.claude/coordination";
    struct stat status {};
    if (::stat(coordination.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
      places.push_back({folder, std::move(coordination)});
    }
  }
  return places;
}

std::string current_branch(const std::string& root) {
  const std::string tree = work_tree_above(root);
  std::string folder = tree + "/.git";
  // The .git of a linked work tree is a file that names its folder.
  constexpr std::string_view kFolder = "gitdir: ";
  if (const std::string line = first_line(folder); line.starts_with(kFolder)) {
    const std::string named = line.substr(kFolder.size());
    folder = named.starts_with('/') ? named : tree + "/" + named;
  }
  const std::string head = first_line(folder + "/HEAD");
  constexpr std::string_view kBranch = "ref: refs/heads/";
  constexpr std::size_t kCommit = 12;
  if (!is_valid_utf8(head)) {
    return {};
  }
  return head.starts_with(kBranch) ? head.substr(kBranch.size()) : head.substr(0, kCommit);
}

}  // namespace smbatcher

#include "libregistry/core/git/git_place.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/core/git/ask_git.h"

namespace smbatcher {
namespace {

constexpr std::size_t kLargestPointer = 8192;
constexpr std::size_t kLargestConfig = std::size_t{64} << 10U;

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_entry(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

bool is_same_file(const std::string& one, const std::string& other) {
  struct stat a {};
  struct stat b {};
  return ::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Without symbolic links; empty when it leads nowhere.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::string(real.get()) : std::string();
}

std::string below(const std::string& folder, std::string_view path) {
  return path.starts_with('/') ? std::string(path) : (folder == "/" ? "" : folder) + "/" + std::string(path);
}

/// The line of a file that holds a path; empty when it cannot be had.
std::string pointer_in(const std::string& path) {
  const Result<std::string> text = read_file(system_file_ops(), path, kLargestPointer);
  if (!text) {
    return {};
  }
  std::string_view line = std::string_view(*text).substr(0, text->find('\n'));
  while (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return std::string(line);
}

/// What git takes for a repository's folder; anything else of that name it passes over.
bool is_git_folder(const std::string& path) {
  return is_entry(path + "/HEAD") && is_folder(path + "/objects") && is_folder(path + "/refs");
}

/// False for a config that may say something about work trees, and for one that cannot be read in a moment. The words
/// are looked for anywhere: a branch of such a name costs no more than a question to git.
bool is_plain_config(const std::string& path) {
  if (!is_entry(path)) {
    return true;
  }
  const Result<std::string> text = read_file(system_file_ops(), path, kLargestConfig);
  if (!text || text->size() >= kLargestConfig) {
    return false;
  }
  const std::string lower = to_lower(*text);
  if (lower.find("worktree") != std::string::npos || lower.find("include") != std::string::npos) {
    return false;
  }
  for (std::size_t at = lower.find("bare"); at != std::string::npos; at = lower.find("bare", at + 1)) {
    std::string rest = lower.substr(at, lower.find('\n', at) - at);
    rest.erase(std::remove_if(rest.begin(), rest.end(), [](char c) { return c == ' ' || c == '\t' || c == '\r'; }),
               rest.end());
    if (rest != "bare=false") {
      return false;
    }
  }
  return true;
}

/// Of a git folder.
bool is_plain(const std::string& git_folder) {
  return !is_entry(git_folder + "/commondir") && is_plain_config(git_folder + "/config");
}

/// The linked tree at `tree`, when everything about it is as `git worktree add` makes it.
std::optional<GitPlace> plain_linked_tree(const std::string& tree) {
  const std::string file = tree + "/.git";
  const std::string line = pointer_in(file);
  constexpr std::string_view kKey = "gitdir: ";
  if (!line.starts_with(kKey)) {
    return std::nullopt;
  }
  const std::string own = below(tree, std::string_view(line).substr(kKey.size()));
  const std::string common = pointer_in(own + "/commondir");
  const std::string back = pointer_in(own + "/gitdir");
  if (common.empty() || back.empty() || !is_entry(own + "/HEAD") || is_entry(own + "/config.worktree") ||
      !is_same_file(below(own, back), file)) {
    return std::nullopt;
  }
  const std::string git_folder = resolved(below(own, common));
  if (!git_folder.ends_with("/.git") || !is_git_folder(git_folder) || !is_plain(git_folder)) {
    return std::nullopt;
  }
  return GitPlace{tree, tree, folder_of(git_folder), git_folder};
}

/// Git's refusal, with what helps.
Error refusal(const std::string& folder, const GitAnswer& answer) {
  std::string message = "git cannot say what the repository at '" + folder + "' is: " + answer.complaint;
  if (answer.complaint.find("dubious ownership") == std::string::npos) {
    message += "; was its main checkout moved, run there: git worktree repair " + shell_quote(folder);
  }
  return Error{Errc::kIo, ErrorWord("git_failed"), {}, message + "; or name the registry with --registry", folder, {}};
}

/// The main checkout of a repository, by its common git folder; empty where it has none.
Result<std::string> main_checkout(const std::string& git_folder) {
  const bool beside = git_folder.ends_with("/.git");
  if (beside && is_git_folder(git_folder) && is_plain(git_folder)) {
    return folder_of(git_folder);
  }
  SMB_TRY_ASSIGN(const GitAnswer answer, ask_git(git_folder, {"--git-dir=" + git_folder, "rev-parse",
                                                              "--is-bare-repository", "--show-toplevel"}));
  if (!answer.lines.empty() && answer.lines.front() == "true") {
    return std::string();
  }
  if (!answer.ok() || answer.lines.size() != 2) {
    return fail(refusal(git_folder, answer));
  }
  // Where nothing names a work tree, git takes the folder where it stands for it.
  if (resolved(answer.lines.back()) != git_folder) {
    return resolved(answer.lines.back());
  }
  return beside ? folder_of(git_folder) : std::string();
}

Result<GitPlace> ask_about(const std::string& folder) {
  SMB_TRY_ASSIGN(const GitAnswer answer, ask_git(folder, {"rev-parse", "--is-bare-repository", "--git-dir",
                                                          "--git-common-dir", "--show-toplevel"}));
  constexpr std::size_t kWithoutTree = 3;  // lines: it is the last question that fails
  if (answer.lines.size() < kWithoutTree || (answer.ok() && answer.lines.size() != kWithoutTree + 1)) {
    return fail(refusal(folder, answer));
  }
  GitPlace place{folder, {}, {}, resolved(below(folder, answer.lines[2]))};
  const std::string own = resolved(below(folder, answer.lines[1]));
  if (!answer.ok()) {
    return place;
  }
  place.tree = resolved(answer.lines.back());
  place.main = place.tree;
  if (own != place.git_folder) {
    SMB_TRY_ASSIGN(place.main, main_checkout(place.git_folder));
  }
  return place;
}

/// What git's discovery finds in one folder.
enum class Find { kNothing, kFolder, kFile, kOther };

Find find_in(const std::string& folder) {
  const std::string entry = below(folder, ".git");
  struct stat status {};
  if (::lstat(entry.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode) && is_git_folder(entry)) {
      return Find::kFolder;
    }
    if (S_ISREG(status.st_mode)) {
      return Find::kFile;
    }
    if (S_ISLNK(status.st_mode) && ::stat(entry.c_str(), &status) == 0 &&
        (S_ISREG(status.st_mode) || is_git_folder(entry))) {
      return Find::kOther;
    }
  }
  // A repository's own folder; in the `.git` of a checkout the checkout is meant.
  return !folder.ends_with("/.git") && is_git_folder(folder) ? Find::kOther : Find::kNothing;
}

}  // namespace

Result<GitPlace> find_git_place(const std::string& start) {
  for (std::string folder = start;; folder = folder_of(folder)) {
    const Find found = find_in(folder);
    if (found == Find::kFolder && is_plain(below(folder, ".git"))) {
      return GitPlace{folder, folder, folder, below(folder, ".git")};
    }
    if (found == Find::kFile) {
      if (auto place = plain_linked_tree(folder)) {
        return *std::move(place);
      }
    }
    if (found != Find::kNothing) {
      return ask_about(folder);
    }
    if (folder == folder_of(folder)) {
      return GitPlace{};
    }
  }
}

std::string folder_with_git(const std::string& start) {
  for (std::string folder = start;; folder = folder_of(folder)) {
    if (find_in(folder) != Find::kNothing) {
      return folder;
    }
    if (folder == folder_of(folder)) {
      return {};
    }
  }
}

}  // namespace smbatcher

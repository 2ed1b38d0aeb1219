#include "libregistry/sync/repository.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

std::string short_name(const std::string& branch) {
  constexpr std::string_view kHeads = "refs/heads/";
  return branch.starts_with(kHeads) ? branch.substr(kHeads.size()) : branch;
}

/// The text behind `count` blanks: the path of a line of `git status --porcelain=v2`.
std::string_view after_blanks(std::string_view line, int count) {
  for (; count > 0; --count) {
    line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
  }
  return line;
}

/// "1 XY sub mH mI mW hH hI path"
ChangedPath tracked_change(std::string_view line) {
  ChangedPath change;
  change.path = after_blanks(line, 8);
  const std::string_view codes = line.substr(2, 2);
  const std::string_view submodule = line.substr(5, 4);
  change.is_new = codes[0] == 'A' || codes[1] == 'A';
  change.is_deleted = codes[1] == 'D' || (codes[0] == 'D' && codes[1] == '.');
  change.is_submodule = submodule[0] == 'S';
  change.only_inside = codes == ".M" && change.is_submodule && submodule[1] != 'C';
  return change;
}

}  // namespace

Result<RepositoryPlace> find_repository(const Git& git, const std::string& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return fail(not_found("directory_not_found", "there is no folder '" + folder + "': name a repository's folder"));
  }
  SMB_TRY_ASSIGN(const GitOutput output, git.run({"rev-parse", "--path-format=absolute", "--git-dir",
                                                  "--git-common-dir", "--is-bare-repository", "--show-toplevel"}));
  std::istringstream lines(output.out);
  RepositoryPlace place;
  std::string bare;
  std::getline(lines, place.git_dir);
  std::getline(lines, place.common_dir);
  std::getline(lines, bare);
  std::getline(lines, place.top);
  if (place.common_dir.empty()) {
    return fail(refused("not_a_repository", escape_control(folder),
                        "'" + folder + "' is in no git repository: git says: " + output.complaint()));
  }
  if (bare == "true" || !output.ok() || place.top.empty()) {
    return fail(refused("bare_repository", escape_control(folder),
                        "'" + folder + "' has no work tree: run repo-sync in a clone of it"));
  }
  return place;
}

Result<void> check_nothing_in_progress(const RepositoryPlace& place) {
  struct Sign {
    const char* file;
    FailWord reason;
    const char* what;
  };
  static constexpr std::array<Sign, 6> kSigns{{{"rebase-merge", "rebase_in_progress", "a rebase"},
                                               {"rebase-apply", "rebase_in_progress", "a rebase"},
                                               {"MERGE_HEAD", "merge_in_progress", "a merge"},
                                               {"CHERRY_PICK_HEAD", "cherry_pick_in_progress", "a cherry-pick"},
                                               {"REVERT_HEAD", "revert_in_progress", "a revert"},
                                               {"BISECT_LOG", "bisect_in_progress", "a bisect"}}};
  for (const Sign& sign : kSigns) {
    if (::access((place.git_dir + "/" + sign.file).c_str(), F_OK) == 0) {
      return fail(refused(sign.reason, {},
                          "somebody is in the middle of " + std::string(sign.what) + " in '" + place.top +
                              "': finish or abort it, then sync again"));
    }
  }
  return {};
}

namespace {

/// Whether a submodule lacks the commit that the index has of it: as after a sync that brought a newer one, which
/// leaves the submodule's own files alone. To commit what is checked out would take back what somebody else recorded.
Result<bool> is_behind(const Git& git, std::string_view line, const std::string& path) {
  const std::string_view at_head = after_blanks(line, 6);
  const std::string_view objects = after_blanks(line, 7);
  const std::string recorded(objects.substr(0, objects.find(' ')));
  if (line.substr(2, 2) != ".M" || at_head.substr(0, at_head.find(' ')) != recorded) {
    return false;  // somebody staged it, and means it
  }
  const std::string folder = git.setting().folder + "/" + path;
  SMB_TRY_ASSIGN(const GitOutput output,
                 git.in(folder)
                     .with_environment({"GIT_DIR=" + folder + "/.git", "GIT_WORK_TREE=" + folder})
                     .run({"merge-base", "--is-ancestor", recorded, "HEAD"}));
  return !output.ok();
}

/// git status tells of what lies outside of the sparse checkout too; git add knows it, and says of `to_add` what it
/// would take.
Result<void> leave_out(const Git& git, const std::vector<std::string>& to_add, WorkTreeState& state) {
  SMB_TRY_ASSIGN(const GitOutput sparse, git.run({"config", "--type=bool", "--get", "core.sparseCheckout"}));
  if (to_add.empty() || sparse.out != "true\n") {
    return {};
  }
  std::string paths;
  for (const std::string& path : to_add) {
    paths += path + '\0';
  }
  SMB_TRY_ASSIGN(const GitOutput taken, git.with_environment({"GIT_LITERAL_PATHSPECS=1"})
                                            .run({"add", "--all", "--dry-run", "--ignore-missing",
                                                  "--pathspec-from-file=-", "--pathspec-file-nul"},
                                                 paths));
  if (taken.err.starts_with("fatal: ")) {
    return {};  // then the commit meets the same fault, and says it
  }
  for (const std::string& path : to_add) {
    if (("\n" + taken.out).find("\nadd '" + path + "'\n") == std::string::npos) {
      state.left_out.push_back(path);
      std::erase_if(state.changes, [&](const ChangedPath& change) { return change.path == path; });
    }
  }
  return {};
}

/// The folder of a submodule that the branch has not any more stays where it is, since git throws no work away: its
/// `.git` is a file that leads into .git/modules. It is nothing new.
ChangedPath new_path(const Git& git, const std::string& path) {
  ChangedPath change{path, true};
  if (path.ends_with('/')) {
    std::string link;
    std::getline(std::ifstream(git.setting().folder + "/" + path + ".git"), link);
    change.is_submodule = link.starts_with("gitdir: ") && link.find("/modules/") != std::string::npos;
    change.only_inside = change.is_submodule;
    change.is_new = !change.is_submodule;
  }
  return change;
}

}  // namespace

Result<WorkTreeState> read_state(const Git& git) {
  SMB_TRY_ASSIGN(const std::string out, git.output_of({"status", "--porcelain=v2", "--branch", "-z", "--no-renames",
                                                       "--untracked-files=all", "--ignore-submodules=none"}));
  WorkTreeState state;
  std::vector<std::string> unmerged;
  std::vector<std::string> to_add;
  for (const std::string& line : split_zero(out)) {
    const std::string_view text = line;
    if (text.starts_with("# branch.oid ")) {
      state.head = text.substr(13) == "(initial)" ? "" : std::string(text.substr(13));
    } else if (text.starts_with("# branch.head ")) {
      state.branch = text.substr(14) == "(detached)" ? "" : "refs/heads/" + std::string(text.substr(14));
    } else if (text.starts_with("1 ")) {
      ChangedPath change = tracked_change(text);
      if (change.is_submodule && !change.only_inside && !change.is_deleted) {
        SMB_TRY_ASSIGN(change.is_behind, is_behind(git, text, change.path));
        change.only_inside = change.is_behind;
      }
      if (text[3] != '.' && !change.is_deleted && !change.is_submodule) {
        to_add.push_back(change.path);
      }
      state.changes.push_back(std::move(change));
    } else if (text.starts_with("u ")) {
      unmerged.emplace_back(after_blanks(text, 10));
    } else if (text.starts_with("? ")) {
      state.changes.push_back(new_path(git, std::string(text.substr(2))));
      if (!text.ends_with('/')) {  // else a repository of its own
        to_add.push_back(state.changes.back().path);
      }
    }
  }
  if (!unmerged.empty()) {
    return fail(refused("unmerged_files", escape_control(join(unmerged, " ")),
                        "these files have conflicts that nobody resolved: " + join(unmerged, ", ") +
                            "; resolve them and git add them"));
  }
  if (state.branch.empty()) {
    return fail(refused("detached_head", state.head.substr(0, 12),
                        "HEAD is on no branch, so there is nothing to bring in line: git switch to one"));
  }
  SMB_TRY(leave_out(git, to_add, state));
  return state;
}

namespace {

/// What lets a branch follow one of the remote. git pushes no branch that has no commit yet.
Result<std::string> first_push(const Git& git, const std::string& remote, const std::string& branch) {
  SMB_TRY_ASSIGN(const std::string head, commit_of(git, "HEAD"));
  return (head.empty() ? "git commit --allow-empty -m 'first commit', then " : "") +
         ("git push -u " + shell_quote(remote)) + " " + shell_quote(branch);
}

}  // namespace

Result<Upstream> find_upstream(const Git& git, const std::string& branch) {
  const std::string name = short_name(branch);
  // Asked of the configuration, not of the branch: one without a commit has an upstream, too.
  SMB_TRY_ASSIGN(const GitOutput output,
                 git.run({"config", "-z", "--get-regexp", "^(branch\\..*\\.(remote|merge)|remote\\..*\\.url)$"}));
  Upstream upstream;
  std::string remote;  // the first that there is
  for (const std::string& entry : split_zero(output.out)) {
    const std::size_t end = entry.find('\n');
    const std::string key = entry.substr(0, end);
    const std::string value = end == std::string::npos ? "" : entry.substr(end + 1);
    if (remote.empty() && key.starts_with("remote.")) {
      remote = key.substr(7, key.size() - 7 - 4);  // "remote.<name>.url"
    }
    if (key == "branch." + name + ".remote") {
      upstream.remote = value;
    } else if (key == "branch." + name + ".merge") {
      upstream.remote_ref = value;
    }
  }
  if (remote.empty()) {
    SMB_TRY_ASSIGN(const std::string push, first_push(git, "origin", name));
    return fail(
        refused("no_remote", {}, "the repository has no remote to sync with: git remote add origin URL, then " + push));
  }
  if (upstream.remote.empty() || upstream.remote == "." || !upstream.remote_ref.starts_with("refs/heads/")) {
    SMB_TRY_ASSIGN(const std::string push, first_push(git, remote, name));
    return fail(
        refused("no_upstream", escape_control(name), "branch '" + name + "' follows no branch of a remote: " + push));
  }
  upstream.tracking = "refs/remotes/" + upstream.remote + "/" + short_name(upstream.remote_ref);
  return upstream;
}

Result<std::string> commit_of(const Git& git, const std::string& name) {
  SMB_TRY_ASSIGN(const GitOutput output, git.run({"rev-parse", "-q", "--verify", name + "^{commit}"}));
  return output.ok() ? output.out.substr(0, output.out.find('\n')) : std::string();
}

Result<std::string> tree_or_empty(const Git& git, const std::string& commit) {
  return commit.empty() ? git.line_of({"hash-object", "-t", "tree", "--stdin"}) : Result<std::string>(commit);
}

Result<bool> is_ancestor(const Git& git, const std::string& ancestor, const std::string& commit) {
  if (ancestor == commit) {
    return true;
  }
  SMB_TRY_ASSIGN(const GitOutput output, git.run({"merge-base", "--is-ancestor", ancestor, commit}));
  if (output.status > 1) {
    return fail(refused("git_failed", "merge-base", "git merge-base says: " + output.complaint()));
  }
  return output.ok();
}

}  // namespace smbatcher

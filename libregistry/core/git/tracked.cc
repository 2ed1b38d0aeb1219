#include "libregistry/core/git/tracked.h"

#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/core/git/ask_git.h"

namespace smbatcher {
namespace {

/// `ls-files -t`: the letter of an entry that git leaves out of the work tree on purpose.
constexpr char kSkipped = 'S';

bool is_sparse(const std::string& folder) {
  const auto answer = ask_git(folder, {"config", "--type=bool", "core.sparseCheckout"});
  return answer && answer->ok() && answer->lines == std::vector<std::string>{"true"};
}

TrackedFile with_way_back(const std::string& folder, const std::string& path, bool is_skipped) {
  const std::string git = "git -C " + shell_quote(folder) + " ";
  const std::string checkout = git + "checkout -- " + shell_quote(path);
  if (!is_skipped) {
    return {path, false, checkout};
  }
  return is_sparse(folder)
             ? TrackedFile{path, true, git + "sparse-checkout add " + shell_quote(folder_of(path))}
             : TrackedFile{path, false,
                           git + "update-index --no-skip-worktree " + shell_quote(path) + " && " + checkout};
}

}  // namespace

std::optional<TrackedFile> first_tracked(const std::string& folder, const std::vector<std::string>& paths) {
  std::vector<std::string> args{"--literal-pathspecs", "-c", "core.quotePath=false", "ls-files", "-t", "--"};
  args.insert(args.end(), paths.begin(), paths.end());
  const auto answer = ask_git(folder, args);
  if (!answer || !answer->ok()) {
    return std::nullopt;
  }
  for (const std::string& path : paths) {
    const auto line = std::find_if(answer->lines.begin(), answer->lines.end(), [&](const std::string& entry) {
      return entry.size() > 2 && entry.substr(2) == path;
    });
    if (line == answer->lines.end()) {
      continue;
    }
    return with_way_back(folder, path, line->front() == kSkipped);
  }
  return std::nullopt;
}

}  // namespace smbatcher

#include "libregistry/sync/private_rebase.h"

#include <cstring>
#include <filesystem>
#include <fstream>

#include "libregistry/core/base/text.h"
#include "libregistry/sync/remote.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

/// What registry-merge said of a contradiction, in the output of the rebase.
std::string contradiction_in(const std::string& output) {
  constexpr std::string_view kSign = "FAIL:contradiction:";
  const std::size_t at = output.find(kSign);
  if (at == std::string::npos) {
    return {};
  }
  const std::size_t line = output.find('\n', at);  // the next line has the message
  return line == std::string::npos ? "" : output.substr(line + 1, output.find('\n', line + 1) - line - 1);
}

class PrivateTree {
 public:
  explicit PrivateTree(const RepositoryPlace& place)
      : git_dir_(place.private_dir() + "/git"), tree_(place.private_dir() + "/tree"), common_(place.common_dir) {}
  ~PrivateTree() { drop(); }
  PrivateTree(const PrivateTree&) = delete;
  PrivateTree& operator=(const PrivateTree&) = delete;

  Result<void> make(const std::string& head) const {
    drop();
    std::error_code error;
    fs::create_directories(git_dir_ + "/info", error);
    fs::create_directories(tree_, error);
    std::ofstream(git_dir_ + "/HEAD") << head << "\n";
    std::ofstream(git_dir_ + "/commondir") << common_ << "\n";
    // What decides about merging: the rest of the files need not be there.
    std::ofstream sparse(git_dir_ + "/info/sparse-checkout");
    sparse << ".gitattributes\n**/.smbatcher/config.yml\n";
    sparse.close();
    return sparse ? Result<void>() : fail(io_error("cannot write to '" + git_dir_ + "'", errno));
  }

  Git git(const Git& shared) const {
    Git git = shared.in(tree_).with_environment(
        {"GIT_DIR=" + git_dir_, "GIT_COMMON_DIR=" + common_, "GIT_WORK_TREE=" + tree_});
    for (const auto& [key, value] : {std::pair{"core.sparseCheckout", "true"},
                                     {"core.sparseCheckoutCone", "false"},
                                     {"core.hooksPath", "/dev/null"},
                                     {"core.bare", "false"},
                                     {"rebase.autoStash", "false"},
                                     {"rebase.updateRefs", "false"},
                                     {"rebase.rebaseMerges", "false"},
                                     {"rebase.autoSquash", "false"},
                                     {"rerere.enabled", "false"},
                                     {"index.sparse", "false"},
                                     {"core.splitIndex", "false"},
                                     {"core.untrackedCache", "false"}}) {
      git = git.with_configuration(key, value);
    }
    return git;
  }

 private:
  void drop() const {
    std::error_code ignored;
    fs::remove_all(git_dir_, ignored);
    fs::remove_all(tree_, ignored);
  }

  std::string git_dir_;
  std::string tree_;
  std::string common_;
};

}  // namespace

Result<std::string> rebase_apart(const Git& git, const RepositoryPlace& place, const Rebase& rebase,
                                 const std::string& message) {
  // A rebase takes merges apart, and forgets how somebody resolved them: those are merged once more, as they are.
  std::string merges;
  if (!rebase.drops_merges) {
    SMB_TRY_ASSIGN(merges, git.output_of({"rev-list", "--merges", "-n", "1", rebase.since + ".." + rebase.from}));
  }
  const std::string& start = merges.empty() ? rebase.from : rebase.onto;
  const PrivateTree tree(place);
  SMB_TRY(tree.make(start));
  const Git apart = tree.git(git);
  SMB_TRY(apart.output_of({"read-tree", "-m", "-u", start}));
  SMB_TRY_ASSIGN(const GitOutput output, merges.empty()
                                             ? apart.run({"rebase", "--merge", "--no-autostash", "--empty=drop",
                                                          "--onto", rebase.onto, rebase.since})
                                             : apart.run({"merge", "-q", "--no-ff", "--no-stat", "--no-verify",
                                                          "--allow-unrelated-histories", "-m", message, rebase.from}));
  if (output.ok()) {
    return apart.line_of({"rev-parse", "--verify", "HEAD"});
  }
  SMB_TRY_ASSIGN(const GitOutput unmerged, apart.run({"diff", "--name-only", "--diff-filter=U", "-z"}));
  std::vector<std::string> files = split_zero(unmerged.out);
  const std::string said = contradiction_in(output.out + output.err);
  if (files.empty() && says_signing_failed(output)) {
    return fail(signing_error(output));
  }
  if (files.empty()) {
    return fail(refused("git_failed", merges.empty() ? "rebase" : "merge",
                        (merges.empty() ? "git rebase says: " : "git merge says: ") + output.complaint() +
                            "; nothing was changed in the work tree"));
  }
  const std::string names = escape_control(join(files, " "));
  if (files.size() == 1 && !said.empty()) {
    return fail(refused("registry_conflict", names,
                        "what was changed here contradicts what came from the remote: " + said +
                            "; change one of the two, then sync again; nothing was changed in the work tree")
                    .with("files", files));
  }
  return fail(refused("rebase_conflict", names,
                      "the same lines were changed here and at the remote: " + join(files, ", ") +
                          (said.empty() ? "" : "; " + said) +
                          "; resolve it by hand (git pull --rebase) while nobody else works here; nothing was "
                          "changed in the work tree")
                  .with("files", files));
}

}  // namespace smbatcher

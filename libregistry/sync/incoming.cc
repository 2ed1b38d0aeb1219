#include "libregistry/sync/incoming.h"

#include "libregistry/sync/merge_driver.h"
#include "libregistry/sync/private_rebase.h"

namespace smbatcher {

/// Empty when nothing was taken back.
Result<std::string> Integration::taken_back(const Git& git, const BranchEnds& ends) const {
  SMB_TRY_ASSIGN(const GitOutput fork, git.run({"merge-base", "--fork-point", upstream_.tracking, ends.ours}));
  // What was known counts where the remote's branch has no log here.
  for (const std::string& commit : {fork.ok() ? fork.out.substr(0, fork.out.find('\n')) : "", ends.known}) {
    if (commit.empty() || commit == ends.theirs) {
      continue;
    }
    SMB_TRY_ASSIGN(const bool is_there, is_ancestor(git, commit, ends.theirs));
    SMB_TRY_ASSIGN(const bool is_ours, is_there ? Result<bool>(false) : is_ancestor(git, commit, ends.ours));
    if (is_ours) {
      return commit;
    }
  }
  return std::string();
}

Result<Incoming> Integration::bring_in(const Git& git, const BranchEnds& ends) {
  if (ends.ours.empty()) {
    return Incoming{ends.theirs, {}};
  }
  SMB_TRY_ASSIGN(const bool behind, is_ancestor(git, ends.ours, ends.theirs));
  if (behind) {
    return Incoming{ends.theirs, {}};
  }
  SMB_TRY_ASSIGN(const std::string dropped, taken_back(git, ends));
  if (dropped == ends.ours) {
    return Incoming{ends.theirs, dropped};
  }
  if (dropped.empty()) {
    SMB_TRY_ASSIGN(const bool has_theirs, is_ancestor(git, ends.theirs, ends.ours));
    if (has_theirs) {
      return Incoming{};
    }
  }
  SMB_TRY_ASSIGN(const Git merging, with_merge_driver(git, place_, program_));
  Rebase rebase{ends.ours, dropped.empty() ? ends.theirs : dropped, ends.theirs, !dropped.empty()};
  if (ends.theirs == rebased_on_) {
    SMB_TRY_ASSIGN(const bool goes_on, is_ancestor(git, rebased_, ends.ours));
    if (goes_on) {
      rebase.since = rebased_;
      rebase.onto = rebased_to_;
    }
  }
  SMB_TRY_ASSIGN(rebased_to_, rebase_apart(merging, place_, rebase, message_));
  rebased_on_ = ends.theirs;
  rebased_ = ends.ours;
  return Incoming{rebased_to_, dropped};
}

}  // namespace smbatcher

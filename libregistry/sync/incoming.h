#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/sync/git_command.h"
#include "libregistry/sync/repository.h"

namespace smbatcher {

/// Where our branch and the remote's are.
struct BranchEnds {
  std::string ours;    // empty before the first commit
  std::string theirs;  // what the remote says now
  std::string known;   // what was known of it before we asked; may be empty
};

/// What our branch is to become.
struct Incoming {
  std::string to;          // empty: it has theirs already
  std::string taken_back;  // the newest commit of ours that was taken back at the remote; empty: none
};

/// Puts our commits on top of theirs, apart from the work tree.
///
/// Commits that we have from the remote, and that it has not any more, are left out: somebody took them back
/// (git push --force). They are told from ours as git pull --rebase does it, by what the remote's branch once was here.
class Integration {
 public:
  Integration(const RepositoryPlace& place, const Upstream& upstream, const std::string& program, std::string message)
      : place_(place), upstream_(upstream), program_(program), message_(std::move(message)) {}

  /// Errors: those of rebase_apart(). A call with the same `theirs` as the one before rebases only what is new since:
  /// who saves here all the time would let us fall behind for ever.
  Result<Incoming> bring_in(const Git& git, const BranchEnds& ends);

 private:
  Result<std::string> taken_back(const Git& git, const BranchEnds& ends) const;

  const RepositoryPlace& place_;
  const Upstream& upstream_;
  const std::string& program_;
  std::string message_;     // of a merge
  std::string rebased_;     // our head when it was put on top of
  std::string rebased_on_;  // this one of theirs, which made
  std::string rebased_to_;  // this one
};

}  // namespace smbatcher

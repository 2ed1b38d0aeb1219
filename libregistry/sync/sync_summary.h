#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/result.h"
#include "libregistry/sync/claimed_rows.h"
#include "libregistry/sync/customs/customs.h"
#include "libregistry/sync/git_command.h"

namespace smbatcher {

struct CommitLine {
  std::string id;
  std::string author;
  std::string title;
};

/// What a sync of one repository did, also when it failed in the end.
struct SyncSummary {
  std::string top;
  std::string branch;              // "main"
  std::string head;                // at the end
  std::string committed;           // the last sync commit of this run; empty: none
  std::vector<CommitLine> pulled;  // oldest first
  std::vector<CommitLine> pushed;  // oldest first
  CustomsReport customs;
  std::vector<std::string> kept;         // copies of what somebody saved in the last moment
  std::vector<std::string> submodules;   // with changes inside that were not synced
  std::vector<std::string> behind;       // submodules that are checked out at an older commit than is recorded
  std::vector<std::string> left_out;     // changed, but outside of the sparse checkout
  std::vector<CommitLine> taken_back;    // dropped here, since the remote's branch was set back behind them
  std::vector<CommitLine> waiting;       // here, and not at the remote
  std::vector<ClaimedRow> claimed_rows;  // that came in changed
  std::vector<std::string> planned;      // of a dry run: what would be committed
  bool remote_asked = true;              // false: what is said of the remote is as of the last fetch

  /// pulled, pushed, both, or clean
  std::string state() const;
};

/// The commits of `to` that `from` has not, oldest first.
Result<std::vector<CommitLine>> commits_between(const Git& git, const std::string& from, const std::string& to);
/// The commits of `head` that are in no branch of the remote, as far as is known here, nor in `theirs`; oldest first.
Result<std::vector<CommitLine>> commits_missing_at(const Git& git, const std::string& remote, const std::string& theirs,
                                                   const std::string& head);

Json to_json(const SyncSummary& summary);
/// For people: several lines.
std::string describe(const SyncSummary& summary);

}  // namespace smbatcher

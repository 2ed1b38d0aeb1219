#pragma once

#include <vector>

#include "libregistry/queue/verbs/draft.h"

namespace smbatcher {

/// A row that shows less than the history knows as completed: a stale save or an older checkout brought it back.
struct Rewind {
  WorkKey key;
  std::size_t site = 0;  // in Registry::sites()
  Reached reached;
};

/// The rewound rows of every batch that is partly done: mostly those that somebody works on. Reads their claim files
/// alone.
std::vector<Rewind> find_rewinds(const Draft& draft);
/// Those of every record, also where the row is in another batch now, or in none. Reads all claim files.
std::vector<Rewind> find_all_rewinds(const Draft& draft);
/// Those of `sites` that find_rewinds leaves out, since their rows have left the batch. Reads all claim files.
std::vector<Rewind> find_rewinds_elsewhere(const Draft& draft, const std::vector<std::size_t>& sites);

/// "rewound" for each, or with a line for those above 20 when not `all` are asked for. The work is given out all the
/// same: a person may have wanted that.
std::vector<Warning> describe_rewinds(const Draft& draft, const std::vector<Rewind>& rewinds, bool all = false);

/// Drafts an event that tells of the rewinds that the history does not tell of yet; false when there is none.
bool tell_rewinds(Draft& draft);

}  // namespace smbatcher

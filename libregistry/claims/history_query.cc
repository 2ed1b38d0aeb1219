#include "libregistry/claims/history_query.h"

#include <algorithm>
#include <set>

#include "libregistry/base/text.h"
#include "libregistry/claims/history_file.h"

namespace smbatcher {

std::vector<std::string> batches_of(const Event& event) {
  std::set<std::string, BatchIdLess> batches;
  std::set<std::string, BatchIdLess> found_unclaimed;
  for (const RowChange& row : event.rows) {
    batches.insert(row.batch.empty() ? row.batch_before.value_or("") : row.batch);
  }
  for (const RecordChange& change : event.work) {
    const bool unclaimed =
        !change.before.claim && change.after.claim && change.after.claim->lease.owner == kUnknownOwner;
    (unclaimed ? found_unclaimed : batches).insert(change.key.batch);
  }
  batches.erase("");
  const auto& shown = batches.empty() ? found_unclaimed : batches;
  return {shown.begin(), shown.end()};
}

bool HistoryFilter::matches(const Event& event) const {
  if ((since && event.at < *since) || (owner && event.owner != *owner)) {
    return false;
  }
  if (batch) {
    const auto is_it = [this](const std::string& id) { return id == *batch || same_batch_value(id, *batch); };
    const auto batches = batches_of(event);
    if (std::none_of(batches.begin(), batches.end(), is_it) &&
        std::none_of(event.work.begin(), event.work.end(),
                     [&is_it](const RecordChange& change) { return is_it(change.key.batch); })) {
      return false;
    }
  }
  if (domain) {
    const std::string wanted = to_lower(*domain);
    const auto in_claim = [&wanted](const RecordChange& change) {
      return change.after.claim && std::find(change.after.claim->domains.begin(), change.after.claim->domains.end(),
                                             wanted) != change.after.claim->domains.end();
    };
    return std::any_of(event.rows.begin(), event.rows.end(),
                       [&wanted](const RowChange& row) { return row.domain == wanted; }) ||
           std::any_of(event.work.begin(), event.work.end(), in_claim);
  }
  return true;
}

Result<History> read_history(const Queue& queue, const HistoryFilter& filter) {
  SMB_TRY_ASSIGN(const HistoryFile file, HistoryFile::open(*queue.ops, queue.paths, FileAccess::kRead));
  SMB_TRY_ASSIGN(History history, file.read());
  std::erase_if(history.entries, [&filter](const HistoryEntry& entry) { return !filter.matches(entry.event); });
  if (filter.limit && history.entries.size() > *filter.limit) {
    const auto surplus = static_cast<std::ptrdiff_t>(history.entries.size() - *filter.limit);
    history.entries.erase(history.entries.begin(), history.entries.begin() + surplus);
  }
  return history;
}

}  // namespace smbatcher

#include "libregistry/queue/ledger/history_query.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/records/history_file.h"
#include "libregistry/queue/records/state_folder.h"
#include "libregistry/queue/verbs/attempt.h"

namespace smbatcher {
namespace {

/// A lease that smbatcher gave to work which it found in progress.
bool is_found_unclaimed(const RecordChange& change) {
  return !change.before.claim && change.after.claim && change.after.claim->lease.owner == kUnknownOwner;
}

bool same_attempts(const Attempts& a, const Attempts& b) {
  const auto burial = [](const Attempts& attempts) {
    const Burial buried = attempts.buried.value_or(Burial{});
    return std::tuple(attempts.buried.has_value(), buried.why, buried.by, buried.at);
  };
  return a.count == b.count && a.not_before.has_value() == b.not_before.has_value() && a.delay == b.delay &&
         burial(a) == burial(b);
}

void add_changed_attempts(const RecordChange& change, std::set<std::string>& sites) {
  const auto attempts = [](const WorkRecord& record, const std::string& domain) {
    const auto found = record.sites.find(domain);
    return found == record.sites.end() ? Attempts{} : found->second;
  };
  for (const WorkRecord* record : {&change.before, &change.after}) {
    for (const auto& [domain, ignored] : record->sites) {
      if (!same_attempts(attempts(change.before, domain), attempts(change.after, domain))) {
        sites.insert(domain);
      }
    }
  }
}

/// The domains of a lease that is granted, or that ends. One that ends together with rows of its batch is about those:
/// the domains finished before are none of this event's.
void add_leased(const RecordChange& change, const std::vector<RowChange>& rows, std::set<std::string>& sites) {
  const auto& before = change.before.claim;
  const auto& after = change.after.claim;
  if (before && after && before->lease.token == after->lease.token) {
    return;
  }
  const bool has_rows = std::any_of(rows.begin(), rows.end(), [&change](const RowChange& row) {
    return row.batch == change.key.batch || row.batch_before == change.key.batch;
  });
  if (before && !has_rows) {
    sites.insert(before->domains.begin(), before->domains.end());
  }
  if (after) {
    sites.insert(after->domains.begin(), after->domains.end());
  }
}

/// The domains whose work begins under a lease that goes on.
void add_begun(const RecordChange& change, std::set<std::string>& sites) {
  const auto& before = change.before.claim;
  const auto& after = change.after.claim;
  if (before && after && before->lease.token == after->lease.token) {
    std::copy_if(after->begun.begin(), after->begun.end(), std::inserter(sites, sites.end()),
                 [&before](const std::string& domain) { return !is_begun(*before, domain); });
  }
}

}  // namespace

std::vector<std::string> sites_of(const Event& event) {
  std::set<std::string> sites;
  std::set<std::string> found_unclaimed;
  for (const RowChange& row : event.rows) {
    sites.insert(row.domain);
  }
  for (const RecordChange& change : event.work) {
    std::set<std::string>& about = is_found_unclaimed(change) ? found_unclaimed : sites;
    add_changed_attempts(change, about);
    add_leased(change, event.rows, about);
    add_begun(change, about);
  }
  const auto& shown = sites.empty() ? found_unclaimed : sites;
  return {shown.begin(), shown.end()};
}

std::vector<std::string> batches_of(const Event& event) {
  std::set<std::string, BatchIdLess> batches;
  std::set<std::string, BatchIdLess> found_unclaimed;
  for (const RowChange& row : event.rows) {
    batches.insert(row.batch.empty() ? row.batch_before.value_or("") : row.batch);
  }
  for (const RecordChange& change : event.work) {
    (is_found_unclaimed(change) ? found_unclaimed : batches).insert(change.key.batch);
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
    const auto sites = sites_of(event);
    return std::find(sites.begin(), sites.end(), wanted) != sites.end();
  }
  return true;
}

namespace {

/// Another call may move it meanwhile.
Result<History> read_whole_history(const QueueContext& queue) {
  for (;;) {
    SMB_TRY_ASSIGN(const RegistryPaths paths, paths_in_force(*queue.ops, queue.paths));
    SMB_TRY_ASSIGN(const HistoryFile file, HistoryFile::open(*queue.ops, paths, FileAccess::kRead));
    SMB_TRY_ASSIGN(History history, file.read());
    SMB_TRY_ASSIGN(const RegistryPaths paths_now, paths_in_force(*queue.ops, queue.paths));
    if (paths_now.history == paths.history) {
      return history;
    }
  }
}

}  // namespace

Result<History> read_history(const QueueContext& queue, const HistoryFilter& filter) {
  SMB_TRY_ASSIGN(History history, read_whole_history(queue));
  std::erase_if(history.entries, [&filter](const HistoryEntry& entry) { return !filter.matches(entry.event); });
  if (filter.limit && history.entries.size() > *filter.limit) {
    const auto surplus = static_cast<std::ptrdiff_t>(history.entries.size() - *filter.limit);
    history.entries.erase(history.entries.begin(), history.entries.begin() + surplus);
  }
  return history;
}

}  // namespace smbatcher

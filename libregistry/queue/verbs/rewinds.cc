#include "libregistry/queue/verbs/rewinds.h"

#include <algorithm>

#include "libregistry/core/base/warning_list.h"

namespace smbatcher {
namespace {

void add_rewinds_of(const Draft& draft, const WorkKey& key, std::vector<Rewind>& found) {
  const WorkRecord* record = draft.record(key);
  if (record == nullptr) {
    return;
  }
  for (const auto& [domain, reached] : record->done) {
    const auto site = draft.registry().index_of(domain);
    if (site && !draft.site(*site).damaged && draft.site(*site).status < reached.status) {
      found.push_back({key, *site, reached});
    }
  }
}

Warning describe_rewind(const Draft& draft, const Rewind& rewind) {
  const Site& row = draft.site(rewind.site);
  const std::string under =
      rewind.reached.token == 0 ? std::string() : " under token " + std::to_string(rewind.reached.token);
  return {draft.registry().document().path(), row.line, "rewound",
          "'" + std::string(row.domain) + "' of batch '" + rewind.key.batch + "' was completed to " +
              letter(rewind.reached.status) + under + ", but its row shows " + letter(row.status) +
              ": a stale save or an older checkout; set the row to " + letter(rewind.reached.status) +
              ", or take it as work to be done again"};
}

}  // namespace

std::vector<Rewind> find_rewinds(const Draft& draft) {
  std::vector<Rewind> found;
  for (const WorkKey& key : draft.partly_done()) {
    add_rewinds_of(draft, key, found);
  }
  return found;
}

std::vector<Rewind> find_all_rewinds(const Draft& draft) {
  std::vector<Rewind> found;
  for (const WorkKey& key : draft.keys()) {
    add_rewinds_of(draft, key, found);
  }
  return found;
}

std::vector<Rewind> find_rewinds_elsewhere(const Draft& draft, const std::vector<std::size_t>& sites) {
  const auto has = [](const auto& list, const auto& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  };
  std::vector<Rewind> found = find_all_rewinds(draft);
  const std::vector<WorkKey> told = draft.partly_done();
  std::erase_if(found, [&](const Rewind& rewind) { return !has(sites, rewind.site) || has(told, rewind.key); });
  return found;
}

std::vector<Warning> describe_rewinds(const Draft& draft, const std::vector<Rewind>& rewinds, bool all) {
  const std::string& path = draft.registry().document().path();
  WarningList warnings;
  if (all) {
    warnings.keep_all();
  }
  for (const Rewind& rewind : rewinds) {
    warnings.add("rewound", [&] { return describe_rewind(draft, rewind); });
  }
  return warnings.with_counts(path);
}

bool tell_rewinds(Draft& draft) {
  bool any = false;
  for (const Rewind& rewind : find_rewinds(draft)) {
    if (!rewind.reached.rewound) {
      draft.tell_rewound(rewind.key, draft.site(rewind.site), rewind.reached.status);
      any = true;
    }
  }
  if (any) {
    draft.describe(kRewound, kProgram, 0);
    draft.mark_unsynced();  // what a power failure takes is told again
  }
  return any;
}

}  // namespace smbatcher

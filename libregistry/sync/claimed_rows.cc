#include "libregistry/sync/claimed_rows.h"

#include "libregistry/core/base/text.h"
#include "libregistry/queue/ledger/view.h"

namespace smbatcher {
namespace {

std::string status_text(const Site* site) { return site == nullptr ? "-" : std::string(1, letter(site->status)); }

}  // namespace

std::string ClaimedRow::describe() const {
  return escape_control(domain) + " (batch " + escape_control(batch) + " of " + escape_control(owner) + "): " +
         (after == "-"      ? "the row is gone"
          : before == after ? "now in another batch"
                            : after + ", was " + before);
}

Result<std::vector<ClaimedRow>> claimed_rows_changed(const QueueContext& queue, const std::string& before,
                                                     const std::string& after) {
  SMB_TRY_ASSIGN(const Registry old_rows, Registry::parse(before, queue.paths.registry, queue.config.columns));
  SMB_TRY_ASSIGN(const Registry new_rows, Registry::parse(after, queue.paths.registry, queue.config.columns));
  SMB_TRY_ASSIGN(const View view, read_view(queue));
  std::vector<ClaimedRow> rows;
  for (const auto& [key, record] : view.state.records) {
    if (!record.claim || !is_live(record.claim->lease, view.now, queue.config.clock_skew, *queue.processes)) {
      continue;
    }
    for (const std::string& domain : record.claim->domains) {
      const Site* was = old_rows.find(domain);
      const Site* is = new_rows.find(domain);
      if (was != nullptr && (is == nullptr || is->status != was->status || is->batch != was->batch)) {
        rows.push_back({domain, key.batch, record.claim->lease.owner, status_text(was), status_text(is)});
      }
    }
  }
  return rows;
}

Json to_json(const std::vector<ClaimedRow>& rows) {
  JsonArray all;
  for (const ClaimedRow& row : rows) {
    all.emplace_back(JsonObject{{"domain", row.domain},
                                {"batch", row.batch},
                                {"owner", row.owner},
                                {"before", row.before},
                                {"after", row.after}});
  }
  return all;
}

}  // namespace smbatcher

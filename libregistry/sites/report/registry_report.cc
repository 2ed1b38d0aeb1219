#include "libregistry/sites/report/registry_report.h"

#include <algorithm>
#include <numeric>

#include "libregistry/queue/ledger/history_query.h"
#include "libregistry/queue/ledger/view.h"
#include "libregistry/queue/verbs/authority.h"

namespace smbatcher {
namespace {

std::size_t sum(const std::array<std::size_t, kStatusCount>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

void count_sites(RegistryReport& report, const Registry& registry) {
  for (const Site& site : registry.sites()) {
    ++(site.damaged ? report.damaged : report.by_status[static_cast<std::size_t>(site.status)]);
  }
  for (const Batch batch : registry.batches()) {
    BatchReportRow row;
    row.batch = batch.id;
    for (const std::uint32_t index : batch.sites) {
      const Site& site = registry.sites()[index];
      ++(site.damaged ? row.damaged : row.by_status[static_cast<std::size_t>(site.status)]);
    }
    report.batches.push_back(std::move(row));
  }
}

std::size_t unfinished_sites(const Registry& registry, Phase phase, const Claim& claim) {
  return static_cast<std::size_t>(
      std::count_if(claim.domains.begin(), claim.domains.end(), [&](const std::string& domain) {
        const Site* site = registry.find(domain);
        return site == nullptr || site->status < rule_of(phase).done;
      }));
}

HolderRow holder_of(const QueueContext& queue, const View& view, const WorkKey& key, const Claim& claim) {
  const Lease& lease = claim.lease;
  const milliseconds left = lease.expires.left(view.now, queue.policy().skew);
  HolderRow row;
  row.owner = lease.owner;
  row.batch = key.batch;
  row.phase = key.phase;
  row.token = lease.token;
  row.sites = unfinished_sites(view.loaded.registry, key.phase, claim);
  row.since = lease.acquired;
  row.live = is_live(lease, view.now, queue.policy().skew, *queue.processes);
  row.left = row.live || left.count() < 0 ? std::chrono::ceil<std::chrono::seconds>(left) : std::chrono::seconds(0);
  return row;
}

void read_claims(RegistryReport& report, const QueueContext& queue, const View& view) {
  for (const auto& [key, record] : view.state.records) {
    if (record.claim) {
      report.holders.push_back(holder_of(queue, view, key, *record.claim));
    }
    const auto add = [&key](std::vector<BuriedRow>& rows, const std::string& domain, const Attempts& attempts) {
      if (attempts.buried) {
        rows.push_back({domain, key.batch, key.phase, attempts.buried->why, attempts.buried->by, attempts.buried->at});
      }
    };
    add(report.given_up, "", record.unbegun);
    for (const auto& [domain, attempts] : record.sites) {
      add(report.buried, domain, attempts);
    }
  }
  std::sort(report.holders.begin(), report.holders.end(),
            [](const HolderRow& a, const HolderRow& b) { return a.live != b.live ? a.live : a.left < b.left; });
}

}  // namespace

std::size_t BatchReportRow::sites() const { return sum(by_status) + damaged; }

std::size_t RegistryReport::total() const { return sum(by_status); }

std::size_t RegistryReport::done(Phase phase) const {
  return std::accumulate(by_status.begin() + static_cast<std::ptrdiff_t>(rule_of(phase).done), by_status.end(),
                         std::size_t{0});
}

std::optional<WallTime> RegistryReport::expected_end(Phase phase) const {
  const std::size_t remaining = total() - done(phase);
  const auto needed = remaining == 0 ? std::nullopt : throughput.time_for(phase, remaining);
  return needed ? std::optional(at + *needed) : std::nullopt;
}

Result<RegistryReport> report_of(const QueueContext& queue) {
  SMB_TRY_ASSIGN(const History history, read_history(queue, {}));
  SMB_TRY_ASSIGN(RegistryReport report, read_and(queue, [&](const View& view) -> Result<RegistryReport> {
                   RegistryReport now;
                   now.registry = queue.paths.registry;
                   now.at = view.now.wall;
                   now.warnings = view.state.warnings;
                   const auto& damages = view.loaded.registry.damages();
                   now.warnings.insert(now.warnings.begin(), damages.begin(), damages.end());
                   count_sites(now, view.loaded.registry);
                   read_claims(now, queue, view);
                   return now;
                 }));
  report.throughput = throughput_of(history.entries, report.at);
  report.warnings.insert(report.warnings.end(), history.warnings.begin(), history.warnings.end());
  return report;
}

}  // namespace smbatcher

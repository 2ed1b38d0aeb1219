#include "libregistry/audit/statistics.h"

#include <algorithm>
#include <cmath>

namespace smbatcher {
namespace {

std::int64_t count_of(const Json& statistics, std::string_view key) {
  const Json* const value = statistics.find(key);
  return value == nullptr ? 0 : std::max<std::int64_t>(0, value->integer().value_or(0));
}

std::int64_t percent(std::int64_t part, std::int64_t whole) {
  // The rounding mode is the default one: halves to even.
  return whole == 0 ? 0 : std::llrint(static_cast<double>(part) / static_cast<double>(whole) * 100);
}

}  // namespace

JsonObject with_in_progress(const Json& statistics, int in_progress) {
  JsonObject counts = *statistics.object();
  set_member(counts, "in_progress", in_progress);
  return counts;
}

JsonObject count_audit(const Json& statistics, const CountedAudit& audit) {
  const bool counts_once_more = audit.was_queued || !audit.again;
  const std::int64_t audited = count_of(statistics, "audited") + (counts_once_more ? 1 : 0);
  const std::int64_t remaining = count_of(statistics, "remaining") - (audit.was_queued ? 1 : 0);
  const std::int64_t added = !audit.was_queued && !audit.again ? 1 : 0;
  const std::int64_t total = std::max(count_of(statistics, "total_repositories") + added, audited);
  JsonObject counts = with_in_progress(statistics, 0);
  set_member(counts, "total_repositories", total);
  set_member(counts, "audited", audited);
  set_member(counts, "remaining", std::max<std::int64_t>(0, remaining));
  set_member(counts, "percent_complete", percent(audited, total));
  set_member(counts, "github_ready_count", count_of(statistics, "github_ready_count") + (audit.github_ready ? 1 : 0));
  return counts;
}

}  // namespace smbatcher

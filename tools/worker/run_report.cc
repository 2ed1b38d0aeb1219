#include "tools/worker/run_report.h"

#include <algorithm>

#include "libregistry/base/text.h"

namespace smbatcher {
namespace {

std::string_view name_of(SiteResult::End end) {
  switch (end) {
    case SiteResult::End::kCompleted:
      return "completed";
    case SiteResult::End::kFailed:
      return "failed";
    case SiteResult::End::kPutOff:
      break;
  }
  return "put_off";
}

}  // namespace

void RunReport::add(BatchReport batch) {
  batches_.push_back(std::move(batch.batch));
  std::move(batch.sites.begin(), batch.sites.end(), std::back_inserter(sites_));
  std::move(batch.warnings.begin(), batch.warnings.end(), std::back_inserter(warnings_));
}

std::size_t RunReport::count(SiteResult::End end) const {
  return static_cast<std::size_t>(
      std::count_if(sites_.begin(), sites_.end(), [end](const SiteResult& site) { return site.end == end; }));
}

Outcome& RunReport::tell(Outcome& outcome) const {
  JsonArray sites;
  for (const SiteResult& site : sites_) {
    JsonObject told{{"domain", site.domain}, {"end", name_of(site.end)}, {"log", site.log}};
    if (site.end != SiteResult::End::kCompleted) {
      told.emplace_back("why", site.why);
      told.emplace_back("buried", site.buried);
      outcome.line(std::string(name_of(site.end)) + ": " + site.domain + ": " + site.why +
                   (site.buried ? " (buried: smbatcher kick takes it up again)" : "") + "; log: " + site.log);
    }
    sites.push_back(std::move(told));
  }
  outcome.add("batches", batches_);
  outcome.add("completed", static_cast<std::uint64_t>(completed()));
  outcome.add("failed", static_cast<std::uint64_t>(failed()));
  outcome.add("put_off", static_cast<std::uint64_t>(put_off()));
  outcome.add("sites", std::move(sites));
  return outcome.warn(warnings_);
}

}  // namespace smbatcher

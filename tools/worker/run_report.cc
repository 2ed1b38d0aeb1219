#include "tools/worker/run_report.h"

#include <algorithm>

#include "libregistry/core/base/text.h"

namespace smbatcher {

void RunReport::add(BatchReport batch) {
  batches_.push_back(std::move(batch.batch));
  std::move(batch.sites.begin(), batch.sites.end(), std::back_inserter(sites_));
  std::move(batch.warnings.begin(), batch.warnings.end(), std::back_inserter(warnings_));
}

std::size_t RunReport::count(SiteResult::End end) const {
  return static_cast<std::size_t>(
      std::count_if(sites_.begin(), sites_.end(), [end](const SiteResult& site) { return site.end == end; }));
}

void RunReport::note_setback(std::string line) {
  constexpr std::size_t kMost = 100;  // a loop may go on for weeks
  if (setbacks_.size() == kMost) {
    setbacks_.erase(setbacks_.begin());
  }
  setbacks_.push_back(std::move(line));
}

Outcome& RunReport::tell(Outcome& outcome, bool was_shown) const {
  JsonArray sites;
  for (const SiteResult& site : sites_) {
    JsonObject told{{"domain", site.domain}, {"end", name_of(site.end)}, {"log", site.log}};
    if (site.end != SiteResult::End::kCompleted) {
      told.emplace_back("why", site.why);
      told.emplace_back("buried", site.buried);
    }
    told.emplace_back("seconds", std::chrono::ceil<std::chrono::seconds>(site.took).count());
    sites.push_back(std::move(told));
    if (site.end != SiteResult::End::kCompleted || !was_shown) {
      outcome.line(describe(site));
    }
  }
  for (const std::string& line : setbacks_) {
    outcome.line(line);
  }
  outcome.add("batches", batches_);
  outcome.add("completed", static_cast<std::uint64_t>(completed()));
  outcome.add("failed", static_cast<std::uint64_t>(failed()));
  outcome.add("put_off", static_cast<std::uint64_t>(put_off()));
  outcome.add("sites", std::move(sites));
  if (!setbacks_.empty()) {
    outcome.add("setbacks", setbacks_);
  }
  return outcome.warn(warnings_);
}

}  // namespace smbatcher

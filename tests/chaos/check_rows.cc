#include <algorithm>
#include <map>
#include <set>

#include "tests/chaos/history_checker.h"

namespace smbatcher::test {
namespace {

/// An event is dated before the registry is read, which may take a second while an editor writes.
constexpr std::int64_t kReadingMs = 1500;

/// The steps of each verb, as "<from><to>". Source: docs/registry-format.md, "Status", and docs/claims-and-leases.md.
const std::set<std::string>& steps_of(const std::string& verb) {
  static const std::set<std::string> none;
  static const std::map<std::string, std::set<std::string>> steps{
      {"register", {"-"}},
      {"batch", {"-B"}},
      {"claim", {"Bd", "DO", "Oi", "Di", "dd", "ii"}},
      {"design-complete", {"Bd", "dD", "BD"}},
      {"implement-complete", {"iI", "OI", "DI"}},
      {"lock", {"DO"}},
      {"finish", {"IQ"}},
      {"reopen", {"QO", "IO", "OD", "DB", "B-"}},
  };
  const auto found = steps.find(verb);
  return found == steps.end() ? none : found->second;
}

/// A lease that ends gives its rows back, whichever call ends it; not where rows are only added or grouped.
bool may_step(const std::string& verb, const std::string& step) {
  return steps_of(verb).contains(step) || ((step == "dB" || step == "iO") && verb != "register" && verb != "batch");
}

/// The rows as the events, in their order, leave them.
class Rows {
 public:
  Rows(const Evidence& evidence, std::vector<std::string>& found) : saves_(&evidence.saves), found_(&found) {
    for (const auto& [domain, status] : statuses_in(evidence.begin)) {
      now_[domain] = {status, 0};
    }
  }

  void apply(const PastEvent& event) {
    for (const PastRow& row : event.rows) {
      const std::string step = row.from + row.to;
      if (!may_step(event.verb, step)) {
        found_->push_back("impossible step: " + event.name() + " moves " + row.domain + " '" + row.from + "' -> '" +
                          row.to + "'");
      }
      Now& now = now_[row.domain];
      if (now.status != row.from && !is_saved(row.domain, row.from, now.since_ms, event.at_ms + kReadingMs)) {
        const bool again = now.status == row.to && row.from != row.to;
        found_->push_back((again ? "finished twice: " : "rows not explained: ") + event.name() + " moves " +
                          row.domain + " '" + row.from + "' -> '" + row.to + "', but it was at '" + now.status + "'");
      }
      now = {row.to, event.at_ms};
    }
  }

  void compare(const std::vector<std::pair<std::string, std::string>>& registry) {
    std::map<std::string, std::string> shown;
    for (const auto& [domain, status] : registry) {
      if (!shown.emplace(domain, status).second) {
        found_->push_back("row doubled: " + domain);
      }
    }
    for (const auto& [domain, now] : now_) {
      const auto row = shown.find(domain);
      if (row == shown.end()) {
        found_->push_back("row lost: " + domain);
      } else if (row->second != now.status && !is_saved(domain, row->second, now.since_ms, kForever)) {
        found_->push_back("registry not explained: it shows " + domain + " at '" + row->second +
                          "', and the history ends at '" + now.status + "'");
      }
    }
    for (const auto& [domain, status] : shown) {
      if (!now_.contains(domain)) {
        found_->push_back("registry not explained: nobody registered " + domain);
      }
    }
  }

 private:
  static constexpr std::int64_t kForever = INT64_MAX;
  struct Now {
    std::string status;
    std::int64_t since_ms = 0;
  };

  /// True when an editor can have brought the row to this status between two moments.
  bool is_saved(const std::string& domain, const std::string& status, std::int64_t after_ms,
                std::int64_t before_ms) const {
    return std::any_of(saves_->begin(), saves_->end(), [&](const Save& save) {
      const auto row = save.statuses.find(domain);
      return save.wall_end_ms >= after_ms && save.wall_ms <= before_ms && row != save.statuses.end() &&
             row->second == status;
    });
  }

  const std::vector<Save>* saves_;
  std::vector<std::string>* found_;
  std::map<std::string, Now> now_;
};

}  // namespace

void check_rows(const Evidence& evidence, const PastEvents& past, std::vector<std::string>& found) {
  Rows rows(evidence, found);
  for (const PastEvent& event : past.events) {
    if (event.in_force()) {
      rows.apply(event);
    }
  }
  rows.compare(statuses_in(evidence.registry));
}

}  // namespace smbatcher::test

#include <algorithm>
#include <map>
#include <set>

#include "libregistry/core/base/text.h"
#include "tests/chaos/history_checker.h"

namespace smbatcher::test {
namespace {

/// Wall clock and boot-time clock are read one after the other, each cut to milliseconds.
constexpr std::int64_t kClockGrainMs = 5;
/// Work that was found in progress without a lease: in all rules about who may write it counts as nobody's.
constexpr std::string_view kNobody = "unknown";

bool is_completion(const PastEvent& event) { return event.verb.ends_with("-complete"); }

/// When it happened, on the boot-time clock by which `lease` is judged: both times of a renewal are of one moment.
std::int64_t boot_ms_of(const PastEvent& event, const PastLease& lease) {
  return event.at_ms - (lease.renewed_ms - lease.renewed_boot_ms());
}

class Leases {
 public:
  explicit Leases(std::vector<std::string>& found) : found_(&found) {}

  void apply(const PastEvent& event) {
    check_tokens(event);
    if (!event.in_force()) {
      return;
    }
    if (event.verb == "opened") {
      held_.clear();  // a new history begins with the leases that it knows
    }
    check_authority(event);
    for (const PastWork& work : event.work) {
      change(event, work);
    }
    check_cover(event);
    check_overlap(event);
  }

 private:
  void report(const std::string& kind, const PastEvent& event, const std::string& what) {
    found_->push_back(kind + ": " + event.name() + " " + what);
  }

  /// Tokens of a void event stay used: they may have been printed nowhere, but nobody can know.
  void check_tokens(const PastEvent& event) {
    std::int64_t highest = std::max(highest_, event.floor - 1);
    for (const PastWork& work : event.work) {
      const std::int64_t token = work.after.token;
      if (event.verb == "opened") {
        used_.insert(token);
      } else if (token != 0 && token != work.before.token) {
        if (!used_.insert(token).second) {
          report("token used twice", event, "grants " + work.key() + " with token " + std::to_string(token));
        } else if (token <= highest_) {
          report(
              "token not growing", event,
              "grants " + work.key() + " with token " + std::to_string(token) + " after " + std::to_string(highest_));
        }
      }
      highest = std::max({highest, token, work.last_token});
    }
    highest_ = highest;
  }

  /// Who changes rows that are given to somebody comes with that lease's token.
  void check_authority(const PastEvent& event) {
    if (event.forced || !(is_completion(event) || event.verb == "release")) {
      return;
    }
    for (const PastRow& row : event.rows) {
      const bool of_design = event.verb == "design-complete" || (event.verb == "release" && row.from == "d");
      const PastLease* const lease = held_over(row, of_design ? "design" : "implement");
      const bool is_anybodys = lease == nullptr || lease->owner == kNobody;
      if (event.token == 0 ? !is_anybodys : lease == nullptr || lease->token != event.token) {
        report("stale token accepted", event,
               "changes " + row.domain + " under token " + std::to_string(event.token) + "; its lease is " +
                   (lease == nullptr ? "none" : std::to_string(lease->token) + " of " + lease->owner));
      }
    }
  }

  void change(const PastEvent& event, const PastWork& work) {
    PastLease& held = held_[work.key()];
    if (work.before.token != held.token && event.verb != "opened") {
      report("lease out of nowhere", event,
             "finds " + work.key() + " under token " + std::to_string(work.before.token) + ", which is under " +
                 std::to_string(held.token));
    }
    // The record before the event has the renewals, too.
    const PastLease& old = work.before;
    const bool is_own = event.token == old.token || event.owner == old.owner || event.forced || old.owner == kNobody;
    if (old.token != 0 && work.after.token != old.token && !is_own) {
      const std::int64_t now = boot_ms_of(event, old);
      if (now + kClockGrainMs < old.expires_boot_ms) {
        report("lease taken early", event,
               "ends " + work.key() + " of " + old.owner + " " + std::to_string(old.expires_boot_ms - now) +
                   " ms before its time");
      }
    }
    held = work.after;
  }

  /// What a claim moves forward is under its own lease.
  void check_cover(const PastEvent& event) {
    if (event.verb != "claim" || event.token == 0) {
      return;
    }
    for (const PastRow& row : event.rows) {
      const bool gives_back = (row.from == "i" && row.to == "O") || (row.from == "d" && row.to == "B");
      const bool covered = std::any_of(held_.begin(), held_.end(), [&](const auto& entry) {
        const std::vector<std::string>& domains = entry.second.domains;
        return entry.second.token == event.token &&
               std::find(domains.begin(), domains.end(), row.domain) != domains.end();
      });
      if (!gives_back && !covered) {
        report("claim without lease", event, "moves " + row.domain);
      }
    }
  }

  void check_overlap(const PastEvent& event) {
    for (const PastWork& work : event.work) {
      for (const std::string& domain : work.after.domains) {
        for (const auto& [key, lease] : held_) {
          if (key != work.key() && key.starts_with(work.phase + "-") &&
              std::find(lease.domains.begin(), lease.domains.end(), domain) != lease.domains.end()) {
            report("leases overlap", event,
                   join({"gives", domain, "to", work.after.owner, "while", lease.owner, "holds it in", key}, " "));
          }
        }
      }
    }
  }

  /// The lease by which the row was given; else the one over its batch, whose holder may complete what it finds there
  /// in progress.
  const PastLease* held_over(const PastRow& row, const std::string& phase) const {
    for (const auto& [key, lease] : held_) {
      if (lease.token != 0 && key.starts_with(phase + "-") &&
          std::find(lease.domains.begin(), lease.domains.end(), row.domain) != lease.domains.end()) {
        return &lease;
      }
    }
    const auto of_batch = held_.find(phase + "-" + row.batch);
    return of_batch == held_.end() || of_batch->second.token == 0 ? nullptr : &of_batch->second;
  }

  std::vector<std::string>* found_;
  std::map<std::string, PastLease> held_;
  std::set<std::int64_t> used_;
  std::int64_t highest_ = 0;
};

}  // namespace

void check_leases(const PastEvents& past, std::vector<std::string>& found) {
  Leases leases(found);
  for (const PastEvent& event : past.events) {
    leases.apply(event);
  }
}

}  // namespace smbatcher::test

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>

#include "libregistry/core/base/json_fields.h"
#include "tests/chaos/history_checker.h"

namespace smbatcher::test {
namespace {

/// Why a caller may believe that it holds sites: an answer said so.
struct Hold {
  std::int64_t token = 0;
  std::string owner;
  std::int64_t from_ms = 0;   // the answer was there
  std::int64_t until_ms = 0;  // a lease that began with the call, at the earliest, is over
  std::string phase;
  std::set<std::string> sites;
};

std::string option(const Call& call, const std::string& name) {
  const auto found = std::find(call.words.begin(), call.words.end(), name);
  return found == call.words.end() || found + 1 == call.words.end() ? "" : *(found + 1);
}

class Holds {
 public:
  void add(const Call& call) {
    const Json answer = call.answer();
    const std::string& tool = call.words.front();
    std::erase_if(latest_[call.owner], [&](std::size_t index) { return told_[index].until_ms <= call.start_ms; });
    const std::int64_t token = integer_field(answer, "token").value_or(0);
    const bool claims = tool == "find-next" || tool == "design-start" || tool == "implement-start";
    if (claims) {
      end_others(call, token);
    } else if (tool.ends_with("-complete") || tool == "release") {
      end_own(call, answer);
    }
    if (call.status != 0 || token == 0 || !(claims || tool == "heartbeat")) {
      return;
    }
    Hold& known = known_[token];
    known.token = token;
    known.owner = call.owner;
    known.phase = string_field(answer, "phase").value_or("");
    if (claims) {
      const auto sites = strings_field(answer, "sites").value_or(std::vector<std::string>());
      known.sites.insert(sites.begin(), sites.end());
    }
    Hold hold = known;
    hold.from_ms = call.end_ms;
    hold.until_ms = call.start_ms + 1000 * integer_field(answer, "lease_s").value_or(0);
    // The latest answer counts: a lease can be made shorter.
    cut(call.owner, hold.until_ms, [&](const Hold& earlier) { return earlier.token == token; });
    told_.push_back(hold);
    latest_[call.owner].push_back(told_.size() - 1);
  }

  const std::vector<Hold>& told() const { return told_; }

 private:
  void cut(const std::string& owner, std::int64_t at_ms, const std::function<bool(const Hold&)>& is_meant) {
    for (const std::size_t index : latest_[owner]) {
      Hold& hold = told_[index];
      if (is_meant(hold)) {
        hold.until_ms = std::min(hold.until_ms, at_ms);
      }
    }
  }
  /// A claim of another batch says that the former is over; a call without an answer may have done so.
  void end_others(const Call& call, std::int64_t token) {
    cut(call.owner, call.start_ms, [&](const Hold& hold) { return hold.token != token; });
  }
  /// From the start of the call that gives it up the caller holds it no longer, whether it hears of that or not.
  void end_own(const Call& call, const Json& answer) {
    if (call.status != 0 && !call.outcome_is_unknown()) {
      return;
    }
    cut(call.owner, call.start_ms, [](const Hold&) { return true; });
    const auto known = known_.find(std::strtoll(option(call, "--token").c_str(), nullptr, 10));
    const auto done = strings_field(answer, "sites");
    for (std::size_t i = 0; known != known_.end() && done && i < done->size(); ++i) {
      known->second.sites.erase((*done)[i]);
    }
  }

  std::vector<Hold> told_;
  std::map<std::int64_t, Hold> known_;
  std::map<std::string, std::vector<std::size_t>> latest_;  // of each owner, those that may still run
};

}  // namespace

void check_holds(const std::vector<Call>& calls, std::vector<std::string>& found) {
  std::vector<const Call*> in_order;
  in_order.reserve(calls.size());
  for (const Call& call : calls) {
    in_order.push_back(&call);
  }
  std::stable_sort(in_order.begin(), in_order.end(),
                   [](const Call* a, const Call* b) { return a->start_ms < b->start_ms; });
  Holds holds;
  for (const Call* const call : in_order) {
    holds.add(*call);
  }
  std::vector<const Hold*> told;
  for (const Hold& hold : holds.told()) {
    if (hold.from_ms < hold.until_ms) {
      told.push_back(&hold);
    }
  }
  std::stable_sort(told.begin(), told.end(), [](const Hold* a, const Hold* b) { return a->from_ms < b->from_ms; });
  std::map<std::string, std::vector<const Hold*>> running;  // by phase and site
  for (const Hold* const hold : told) {
    for (const std::string& site : hold->sites) {
      std::vector<const Hold*>& others = running[hold->phase + " " + site];
      std::erase_if(others, [&](const Hold* other) { return other->until_ms <= hold->from_ms; });
      for (const Hold* const other : others) {
        if (other->owner != hold->owner) {
          found.push_back("told twice: " + site + " is held by " + other->owner + " until " +
                          std::to_string(other->until_ms) + " ms, and " + hold->owner + " was told at " +
                          std::to_string(hold->from_ms) + " ms that it holds it");
        }
      }
      others.push_back(hold);
    }
  }
}

}  // namespace smbatcher::test

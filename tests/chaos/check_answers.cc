#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "libregistry/core/base/json_fields.h"
#include "tests/chaos/history_checker.h"

namespace smbatcher::test {
namespace {

/// The verb of the events that a tool makes; empty for one that makes none.
std::string verb_of(const std::string& tool) {
  static const std::map<std::string, std::string> verbs{{"find-next", "claim"},
                                                        {"design-start", "claim"},
                                                        {"implement-start", "claim"},
                                                        {"design-complete", "design-complete"},
                                                        {"lock", "lock"},
                                                        {"implement-complete", "implement-complete"},
                                                        {"release", "release"},
                                                        {"implement-finish", "finish"},
                                                        {"reap", "reap"},
                                                        {"bury", "bury"},
                                                        {"kick", "kick"},
                                                        {"reopen", "reopen"},
                                                        {"prepare-batch", "batch"},
                                                        {"prepare-register", "register"}};
  const auto found = verbs.find(tool);
  return found == verbs.end() ? "" : found->second;
}

/// A start that names sites of its own claim moves no row: it says that the work on them begins.
bool is_of(const PastEvent& event, const std::string& tool) {
  return event.verb == verb_of(tool) || (event.verb == "begin" && tool.ends_with("-start"));
}

/// What any call may do on its way: give work without a lease one, bury what has used up its attempts, close what git
/// or an editor has made pointless, note that rows of finished work were brought back.
bool is_upkeep(const PastEvent& event) {
  return event.verb == "opened" || event.verb == "upkeep" || event.verb == "superseded" || event.verb == "rewound" ||
         (event.verb == "claim" && event.token == 0);
}

bool in_window(const Call& call, const PastEvent& event) {
  return event.at_ms + kClockGrainMs >= call.wall_ms &&
         event.at_ms <= call.wall_ms + (call.end_ms - call.start_ms) + kClockGrainMs;
}

/// True when the event has every row that the answer names.
bool has_changes(const PastEvent& event, const Json& answer) {
  const Json* const changes = answer.find("changes");
  if (changes == nullptr || changes->array() == nullptr) {
    return true;
  }
  return std::all_of(changes->array()->begin(), changes->array()->end(), [&event](const Json& change) {
    return std::any_of(event.rows.begin(), event.rows.end(), [&change](const PastRow& row) {
      return row.domain == string_field(change, "domain") && row.to == string_field(change, "to") &&
             row.from == string_field(change, "from").value_or("");
    });
  });
}

class Answers {
 public:
  Answers(const Evidence& evidence, const PastEvents& past, std::vector<std::string>& found)
      : saves_(&evidence.saves), found_(&found) {
    for (const PastEvent& event : past.events) {
      if (event.in_force()) {
        by_owner_[event.owner].push_back(&event);
        by_token_[event.token].push_back(&event);
        for (const PastWork& work : event.work) {
          if (work.after.token != 0) {
            granted_.insert({work.after.token, work.key()});
          }
        }
      }
    }
  }

  void success(const Call& call) {
    const Json answer = call.answer();
    const std::string verb = verb_of(call.words.front());
    const std::int64_t token = integer_field(answer, "token").value_or(0);
    const bool repeated = answer.find("repeated") != nullptr;
    check_token(call, answer, repeated);
    if (verb == "claim" && token != 0) {
      told_token(call, answer, token);
    }
    if (repeated) {
      return repetition(call, answer, verb);
    }
    if (verb.empty() || (verb == "claim" && token == 0) || (verb == "reap" && integer_field(answer, "count") == 0)) {
      return;
    }
    const std::vector<const PastEvent*>& own = by_owner_[call.owner];
    const auto match = std::find_if(own.begin(), own.end(), [&](const PastEvent* event) {
      return is_of(*event, call.words.front()) && (verb != "claim" || event->token == token) &&
             in_window(call, *event) && !used_.contains(event->number) && has_changes(*event, answer);
    });
    if (match != own.end()) {
      used_.insert((*match)->number);
    } else if (string_field(answer, "action") != "continue" || has_rows(answer)) {
      report_missing(call);  // a mere renewal has none
    }
  }

  /// What no success accounts for: it may only be of a call that was killed, or that does not know.
  void leftovers(const std::vector<Call>& calls) {
    std::map<std::string, std::vector<const Call*>> calls_by;
    for (const Call& call : calls) {
      calls_by[call.owner].push_back(&call);
    }
    for (const auto& [owner, events] : by_owner_) {
      for (const PastEvent* event : events) {
        if (used_.contains(event->number) || is_upkeep(*event)) {
          continue;
        }
        const Call* const call = maker_of(*event, calls_by[owner]);
        if (call == nullptr) {
          found_->push_back("event without call: " + event->name());
        } else if (!call->outcome_is_unknown()) {
          found_->push_back("refused but done: " + event->name() + ", and " + call->name() + " was told " +
                            call->out.substr(0, 200));
        }
      }
    }
  }

 private:
  static bool has_rows(const Json& answer) {
    const Json* const changes = answer.find("changes");
    return changes != nullptr && changes->array() != nullptr && !changes->array()->empty();
  }
  static std::string key_in(const Json& answer) {
    return string_field(answer, "phase").value_or("") + "-" + string_field(answer, "batch").value_or("");
  }

  /// The call that may have made the event. The clocks' grain can leave several, a millisecond apart: one that does not
  /// know what it did, and accounts for nothing yet, goes before one that was refused.
  const Call* maker_of(const PastEvent& event, const std::vector<const Call*>& own) {
    const Call* refused = nullptr;
    for (const Call* const call : own) {
      if (!is_of(event, call->words.front()) || !in_window(*call, event)) {
        continue;
      }
      if (call->outcome_is_unknown() && accounted_.insert(call).second) {
        return call;
      }
      refused = call->outcome_is_unknown() ? refused : call;
    }
    return refused;
  }

  void report_missing(const Call& call) {
    found_->push_back("answer without event: " + call.name() + " was told " + call.out.substr(0, 200));
  }

  /// What was done before was done under the same token, or an editor brought back rows that show it already. Without
  /// a token the rows are as they are, whoever did it.
  void repetition(const Call& call, const Json& answer, const std::string& verb) {
    const std::int64_t end_ms = call.wall_ms + (call.end_ms - call.start_ms) + kClockGrainMs;
    const std::vector<const PastEvent*>& events = by_token_[token_option(call)];
    const auto sites = strings_field(answer, "sites").value_or(std::vector<std::string>());
    const auto was_done = [&](const PastEvent* event) { return event->verb == verb && event->at_ms <= end_ms; };
    const auto was_saved = [&](const Save& save) {
      return !events.empty() && save.wall_end_ms >= events.front()->at_ms && save.wall_ms <= end_ms &&
             std::any_of(sites.begin(), sites.end(), [&](const std::string& site) {
               const auto row = save.statuses.find(site);
               return row != save.statuses.end() && row->second == string_field(answer, "status");
             });
    };
    if (token_option(call) != 0 && std::none_of(events.begin(), events.end(), was_done) &&
        std::none_of(saves_->begin(), saves_->end(), was_saved)) {
      report_missing(call);
    }
  }

  /// 0 when the call names none.
  static std::int64_t token_option(const Call& call) {
    const auto option = std::find(call.words.begin(), call.words.end(), "--token");
    return option == call.words.end() || option + 1 == call.words.end()
               ? 0
               : std::strtoll((option + 1)->c_str(), nullptr, 10);
  }

  void told_token(const Call& call, const Json& answer, std::int64_t token) {
    if (!granted_.contains({token, key_in(answer)})) {
      found_->push_back("answer without event: " + call.name() + " was told token " + std::to_string(token) + " of " +
                        key_in(answer) + ", which was never granted");
    }
    if (const std::string& first = owner_of_.emplace(token, call.owner).first->second; first != call.owner) {
      found_->push_back("one event for two: token " + std::to_string(token) + " was told to " + first + " and to " +
                        call.owner);
    }
    tokens_told_[key_in(answer)].emplace_back(token, call.end_ms);
  }

  /// Nothing is accepted under a token once the caller of a later one has its answer. Calls come in order of their
  /// start, so all that matter have been seen.
  void check_token(const Call& call, const Json& answer, bool repeated) {
    const std::int64_t token = token_option(call);
    if (repeated || token == 0) {
      return;
    }
    for (const auto& [later, told_ms] : tokens_told_[key_in(answer)]) {
      if (later > token && told_ms < call.start_ms) {
        found_->push_back("stale token accepted: " + call.name() + ", though token " + std::to_string(later) + " of " +
                          key_in(answer) + " had been told at " + std::to_string(told_ms) + " ms");
        return;
      }
    }
  }

  const std::vector<Save>* saves_;
  std::vector<std::string>* found_;
  std::map<std::string, std::vector<const PastEvent*>> by_owner_;
  std::map<std::int64_t, std::vector<const PastEvent*>> by_token_;
  std::set<std::pair<std::int64_t, std::string>> granted_;
  std::map<std::int64_t, std::string> owner_of_;
  std::map<std::string, std::vector<std::pair<std::int64_t, std::int64_t>>> tokens_told_;
  std::set<std::int64_t> used_;
  std::set<const Call*> accounted_;  // calls without a known end that explain an event
};

}  // namespace

void check_answers(const Evidence& evidence, const PastEvents& past, std::vector<std::string>& found) {
  if (evidence.calls.empty()) {
    return;  // nobody wrote down what was answered
  }
  std::vector<Call> in_order = evidence.calls;
  std::stable_sort(in_order.begin(), in_order.end(),
                   [](const Call& a, const Call& b) { return a.start_ms < b.start_ms; });
  Answers answers(evidence, past, found);
  for (const Call& call : in_order) {
    if (call.status == 0) {
      answers.success(call);
    }
  }
  answers.leftovers(in_order);
}

}  // namespace smbatcher::test

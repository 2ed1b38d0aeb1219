#pragma once

#include <set>
#include <string>
#include <utility>

#include "tests/unit/queue/ledger/orders_promises.h"

namespace smbatcher::test {

struct Pair {
  Act first;
  Act second;
  bool lapsed;

  std::string name() const {
    return name_of(first) + " and " + name_of(second) + (lapsed ? ", lapsed" : ", live") + " lease";
  }
};

/// The answers and the state that two calls come to, one after the other.
inline std::string in_turn(const Pair& pair, bool second_goes_first) {
  HeldWork work(pair.lapsed);
  Ending ending{{Result<Answer>(), Result<Answer>()}, {}, false};
  for (const bool second : {second_goes_first, !second_goes_first}) {
    ending.answers[second ? 1 : 0] = work.change(verb_of(second ? pair.second : pair.first, work.held, second ? 2 : 1));
  }
  std::string outcome = ending.told_both() + "\n" + state_of(work);
  for (const std::string& violation : PromiseCheck(work, ending, work.held).violations()) {
    ADD_FAILURE() << pair.name() << ", in turn: " << violation << "\n" << outcome;
  }
  return outcome;
}

/// What came of all orders of one pair.
struct Sweep {
  int orders = 0;
  int waited = 0;  // of them, those in which the second actor had to wait for the first
  Violations found;
};

/// Runs all orders of one pair. Whatever they come to must be what they come to one after the other, in one of the two
/// ways, and keep the promises. `meanwhile` is done when the first one has been stopped.
inline Sweep sweep(const Pair& pair, Locking locking, const std::function<void(Bench&)>& meanwhile = nullptr) {
  const std::set<std::string> allowed{in_turn(pair, false), in_turn(pair, true)};
  Sweep result;
  for (int stop = 1;; ++stop) {
    HeldWork work(pair.lapsed);
    const auto ending =
        run_order(work, verb_of(pair.first, work.held, 1), verb_of(pair.second, work.held, 2), stop, locking, [&] {
          if (meanwhile) {
            meanwhile(work);
          }
        });
    if (!ending) {
      return result;
    }
    ++result.orders;
    result.waited += ending->second_waited ? 1 : 0;
    const std::string outcome = ending->told_both() + "\n" + state_of(work);
    Violations found = PromiseCheck(work, *ending, work.held).violations();
    if (!allowed.contains(outcome)) {
      found.push_back("it is what neither order of the two comes to:\n" + outcome);
    }
    for (const std::string& violation : found) {
      result.found.push_back(pair.name() + ", stopped before operation " + std::to_string(stop) + " (" +
                             ending->stopped_before + "): " + violation);
    }
  }
}

}  // namespace smbatcher::test

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crash/seam_sweep.h"

namespace smbatcher::test {
namespace {

const Words kClaim{"find-next", "--claim", "--owner", "anna"};
const Words kDesignClaim{"find-next", "--claim", "--phase", "design", "--owner", "anna"};
const Words kRegister{"prepare-register", "--sites", "new.example:N:T:w", "--owner", "anna"};
const Words kBury{"bury", "s001-0.example", "--why", "no photos", "--owner", "anna"};
const Words kNext{"find-next", "--claim", "--batch", "002", "--owner", "next"};
const Words kNextDesign{"find-next", "--claim", "--phase", "design", "--batch", "002", "--owner", "next"};

std::vector<Scene> verbs() {
  return {
      {"Claim", "O", {}, kClaim},
      {"Lock", "D", {}, {"lock", "001"}, kNext},
      {"DesignStart", "B", {}, {"design-start", "--batch", "001", "--owner", "anna"}, kNextDesign},
      {"ImplementStart", "O", {}, {"implement-start", "--batch", "001", "--owner", "anna"}, kNext},
      {"DesignComplete", "B", {{kDesignClaim}}, {"design-complete", "--token", "TOKEN"}, kNextDesign},
      {"ImplementComplete", "O", {{kClaim}}, {"implement-complete", "--token", "TOKEN"}, kNext},
      {"Finish", "I", {}, {"implement-finish", "--batch", "001"}, {}},
      {"Release", "O", {{kClaim}}, {"release", "--batch", "001", "--token", "TOKEN", "--delay", "0"}, kNext},
      {"Heartbeat", "O", {{kClaim}}, {"heartbeat", "--batch", "001", "--token", "TOKEN"}, kNext},
      {"Reap", "O", {{kClaim}}, {"reap", "--batch", "001", "--force", "--why", "stuck", "--owner", "ben"}, kNext},
      {"Bury", "O", {}, kBury, kNext},
      {"Kick", "O", {{kBury}}, {"kick", "s001-0.example", "--owner", "anna"}, kNext},
      {"Reopen", "O", {}, {"reopen", "s001-0.example", "--why", "broken"}, kNext},
      {"Register", "O", {}, kRegister, kNext, true},
      {"RegisterTheFirst", "", {}, kRegister, {}, true},
      {"Batch", "O", {{kRegister}}, {"prepare-batch", "--owner", "anna"}, kNext, true},
  };
}

/// Killed at each operation from the first that writes of the change, its line in the history or a claim file, to the
/// end of the call: between claim file and publication, too, wherever the call writes these.
Sweep kill_from_intent_on(const Scene& scene, const Builds& builds = {}) {
  const auto is_first = [](const Point& point) {
    return point.is("write", "/history.jsonl") || (point.name == "open" && point.path.ends_with(".json.part"));
  };
  const int first = number_of_point(run_undisturbed(scene).points, is_first);
  const Actions kill = [first](const Point& point) {
    return point.number < first ? std::vector<std::string>{} : std::vector<std::string>{"kill"};
  };
  return sweep(scene, kill, builds);
}

class KillEveryVerb : public ::testing::TestWithParam<Scene> {};

TEST_P(KillEveryVerb, AfterItsIntentIsRepairedByTheNextCall) {
  expect_sound(GetParam(), kill_from_intent_on(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Verbs, KillEveryVerb, ::testing::ValuesIn(verbs()),
                         [](const auto& test) { return test.param.name; });

// The control: a next call that believes every intent is caught.
TEST(KillEveryVerbControl, FindsTheRepairThatDoesNotLook) {
  expect_caught(kill_from_intent_on(verbs().front(), {"faulty", "settle_always_done"}), "statuses[domain]");
}

}  // namespace
}  // namespace smbatcher::test

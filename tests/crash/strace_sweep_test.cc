#include "tests/crash/strace_sweep.h"

#include <algorithm>
#include <iostream>
#include <ostream>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "tests/crash/strace_fixture.h"
#include "tests/crash/strace_run.h"

namespace smbatcher::test {
namespace {

/// How the queue came to where it is: by calls that ended, or with a claim whose process was killed.
enum class Before { kRest, kUnpublishedClaim, kPublishedClaim };

/// Kills a claim at the call that publishes it, or at the first one after that.
void kill_claim(const Scene& scene, const Command& claim, Before before) {
  const TracedRun traced = trace(claim);
  scene.restore();
  auto call = std::find_if(traced.calls.begin(), traced.calls.end(), [](const TracedCall& each) {
    return each.name.starts_with("rename") && each.line.find("/REGISTRY.md\"") != std::string::npos;
  });
  if (call == traced.calls.end()) {
    throw std::runtime_error("no call publishes the claim");
  }
  if (before == Before::kPublishedClaim) {
    ++call;
  }
  EXPECT_EQ(inject(claim, *call, "signal=KILL").result.signal, SIGKILL);
  EXPECT_EQ(scene.shows_old(), before == Before::kUnpublishedClaim);
}

struct Start {
  Scene::Kind kind;
  Before before = Before::kRest;
};

std::ostream& operator<<(std::ostream& out, const Start& start) {
  out << Scene::name_of(start.kind);
  if (start.before != Before::kRest) {
    out << "AfterAKill" << (start.before == Before::kUnpublishedClaim ? "Before" : "After") << "Publication";
  }
  return out;
}

class StraceSweep : public WithStrace, public ::testing::WithParamInterface<Start> {
 protected:
  static void expect_no_violation(Sweep what) {
    const Start& start = GetParam();
    Scene scene(start.kind);
    if (start.before != Before::kRest) {
      scene.begin_with_a_killed_claim([&](const Command& claim) { kill_claim(scene, claim, start.before); });
    }
    const SweepReport report = sweep(scene, what);
    std::cout << "points: traced " << report.traced << ", injected " << report.injected << "; longest run "
              << report.longest.count() << " ms\n";
    EXPECT_GT(report.traced, 0U);
    EXPECT_EQ(report.injected, report.traced);
    for (const std::string& violation : report.violations) {
      ADD_FAILURE() << violation;
    }
  }
};

TEST_P(StraceSweep, KilledAtAnyCallItIsOldOrNewAndTheNextCallWorks) { expect_no_violation(Sweep::kKill); }

TEST_P(StraceSweep, WhateverCallFailsExitStatusAndOutcomeAgree) { expect_no_violation(Sweep::kError); }

TEST_P(StraceSweep, StoppedAtAnyCallItLeavesNoTemporaryFile) { expect_no_violation(Sweep::kSignal); }

using Kind = Scene::Kind;

INSTANTIATE_TEST_SUITE_P(Calls, StraceSweep,
                         ::testing::Values(Start{Kind::kClaim}, Start{Kind::kFirstClaim}, Start{Kind::kCompletion},
                                           Start{Kind::kRegistration}, Start{Kind::kFirstRegistration},
                                           Start{Kind::kRelease}, Start{Kind::kClaim, Before::kUnpublishedClaim},
                                           Start{Kind::kClaim, Before::kPublishedClaim}),
                         ::testing::PrintToStringParamName());

/// The same sweep of a claim with a broken tool.
class StraceSweepControl : public WithStrace {
 protected:
  static void expect_violation(const std::string& variant, Sweep what, const std::string& expected) {
    EXPECT_TRUE(sweep(Scene(Kind::kClaim, variant), what, expected).says(expected));
  }
};

TEST_F(StraceSweepControl, TruncateAndWriteTearsTheRegistry) {
  expect_violation("truncate_and_write", Sweep::kKill, "the registry is neither old nor new");
}

TEST_F(StraceSweepControl, AnIgnoredFailureEndsInSuccess) {
  expect_violation("ignores_failed_publication", Sweep::kError, "exit 0, and the registry is not new");
}

TEST_F(StraceSweepControl, SignalsThatAreNotHeldBackLeaveTemporaryFiles) {
  expect_violation("unblocked_signals", Sweep::kSignal, "was left");
}

}  // namespace
}  // namespace smbatcher::test

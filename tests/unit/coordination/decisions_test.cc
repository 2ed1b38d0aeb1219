#include "libregistry/coordination/decisions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libregistry/core/base/json_fields.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_file_ops.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

using ::testing::SizeIs;

const LockDeadline kAtOnce{std::chrono::milliseconds(0)};

NewDecision decision(const std::string& title = "T") {
  return {"claude-20261120-180000-0123abcd", std::nullopt, "testing", title, "D", "module"};
}

std::string id_of(const Result<DecisionLog::Added>& added) {
  return added ? string_field(added->decision, "decision_id").value_or("") : added.error().message;
}

std::vector<Json> all(const DecisionLog& log) {
  return log.list({.category = {}, .scope = {}, .since = {}, .limit = 1000}).value_or(std::vector<Json>());
}

TEST(Decisions, TheDayIsTodaysAndTheNumberGoesOn) {
  const TempDir dir;
  FakeClock clock;
  DecisionLog log(system_file_ops(), clock, dir.path());
  EXPECT_EQ(id_of(log.add(decision(), kAtOnce, false)), "DEC-20261120-0000");
  clock.advance(std::chrono::hours(24));
  EXPECT_EQ(id_of(log.add(decision(), kAtOnce, false)), "DEC-20261121-0001");
}

TEST(Decisions, WhatACallThatFailedLeftIsNotInTheWayOfTheNext) {
  for (int n = 1;; ++n) {
    SCOPED_TRACE("call " + std::to_string(n) + " fails");
    const TempDir dir;
    const FakeClock clock;
    FaultyFileOps ops;
    DecisionLog log(ops, clock, dir.path());
    ops.pretend_sync();
    ASSERT_EQ(id_of(log.add(decision("first"), kAtOnce, false)), "DEC-20261120-0000");
    const int before = ops.count();
    ops.fail_at(before + n, EIO);
    const Result<DecisionLog::Added> failed = log.add(decision("failed"), kAtOnce, false);
    if (ops.count() < before + n) {
      EXPECT_GT(n, 20);  // the whole call was gone through
      return;
    }
    const std::size_t there = all(log).size();
    if (failed) {
      EXPECT_EQ(there, 2U) << "it was said to be logged";
    } else if (failed.error().reason.text() != "durability_unknown") {
      EXPECT_LE(there, 2U);
    }
    const Result<DecisionLog::Added> next = log.add(decision("next"), kAtOnce, false);
    ASSERT_TRUE(next) << next.error().message;
    const std::vector<Json> decisions = all(log);
    ASSERT_THAT(decisions, SizeIs(there + 1));
    EXPECT_EQ(string_field(decisions.front(), "title"), "first");
    EXPECT_EQ(string_field(decisions.back(), "title"), "next");
    EXPECT_NE(string_field(decisions[there - 1], "decision_id"), string_field(decisions[there], "decision_id"));
  }
}

TEST(Decisions, WhatAPersonSavesMeanwhileIsKept) {
  const TempDir dir;
  const FakeClock clock;
  FaultyFileOps ops;
  DecisionLog log(ops, clock, dir.path());
  ASSERT_TRUE(log.add(decision("first"), kAtOnce, false));
  bool saved = false;
  ops.before = [&](std::string_view call, int) {
    if (call == "rename_with" && !saved) {  // right before it is published
      saved = true;
      std::string text = dir.read("decision-log.json");
      text.replace(text.find("first"), 5, "a person's");
      dir.write("decision-log.json", text);
    }
  };
  const LockDeadline soon{std::chrono::seconds(10)};
  ASSERT_TRUE(log.add(decision("second"), soon, false));
  const std::vector<Json> decisions = all(log);
  ASSERT_THAT(decisions, SizeIs(2));
  EXPECT_EQ(string_field(decisions[0], "title"), "a person's");
  EXPECT_EQ(string_field(decisions[1], "title"), "second");
}

TEST(Decisions, AFifthDigitIsAddedWhenFourAreUsedUp) {
  const TempDir dir;
  const FakeClock clock;
  dir.write("decision-log.json",
            R"({"schema_version":"1.0.0","log_created_at":"","decisions":[{"decision_id":"DEC-20261120-9999"}]})");
  DecisionLog log(system_file_ops(), clock, dir.path());
  EXPECT_EQ(id_of(log.add(decision(), kAtOnce, false)), "DEC-20261120-10000");
  EXPECT_EQ(id_of(log.add(decision(), kAtOnce, false)), "DEC-20261120-10001");
}

}  // namespace
}  // namespace smbatcher::test

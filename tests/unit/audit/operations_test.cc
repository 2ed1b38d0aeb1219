#include "libregistry/audit/operations.h"

#include <gtest/gtest.h>

#include "libregistry/audit/restore.h"
#include "tests/unit/audit/support.h"

namespace smbatcher::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

CompleteRequest completion(const std::string& repo, const std::string& instance) {
  return {repo, "CLEAN", {std::nullopt, instance, std::nullopt, false}, true, false};
}

TEST(AuditLock, FillsInCurrentWorkAsTheFormatHasIt) {
  Queue queue;
  ASSERT_TRUE(queue.lock("b", "i1"));
  EXPECT_EQ(queue.view().document.find("current_work")->dump(),
            R"({"instance_id":"i1","instance_terminal":"unknown","repo":"b","started":"2026-11-20T18:00:00.000000Z",)"
            R"("status":"in_progress","locked":true,"task":"Auditing b"})");
  EXPECT_EQ(queue.view().document.find("statistics")->find("in_progress")->integer(), 1);
}

TEST(AuditLock, NamesTheHolderAndWhatElseThereIs) {
  Queue queue;
  ASSERT_TRUE(queue.lock("a", "i1"));
  const auto refused = queue.lock("b", "i2");
  ASSERT_EQ(reason(refused), "already_locked");
  EXPECT_EQ(refused.error().message, "Repository 'a' already locked by i1");
  EXPECT_EQ(
      Json(refused.error().facts).dump(),
      R"({"locked_repo":"a","locked_by":"i1","suggested_repos":["c"],"expires_at":"2026-11-20T22:00:00.000000Z"})");
}

TEST(AuditLock, OfTheSameInstanceAndRepositoryIsRenewedAndChangesNothingElse) {
  Queue queue;
  const auto first = queue.lock("a", "i1");
  const std::string text = queue.text();
  queue.clock().advance(hours(3));
  const auto again = queue.lock("a", "i1");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->lease->token, first->lease->token);
  EXPECT_EQ(audit_time(again->lease->expires.wall), "2026-11-21T01:00:00.000000Z");
  EXPECT_EQ(queue.text(), text);
  EXPECT_EQ(again->backup, "");
  queue.clock().advance(hours(2));
  EXPECT_EQ(reason(queue.lock("a", "i2")), "already_locked");
  EXPECT_EQ(reason(queue.lock("b", "i1")), "already_locked");
}

TEST(AuditLock, EndsByItsTtlAndIsTakenOverWithAWarning) {
  Queue queue;
  const auto first = queue.lock("a", "i1", minutes(10));
  queue.clock().advance(minutes(10) - milliseconds(1));
  EXPECT_EQ(reason(queue.lock("b", "i2")), "already_locked");
  queue.clock().advance(milliseconds(1));
  const auto taken = queue.lock("b", "i2");
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->warnings, std::vector<std::string>{"The lock of i1 on 'a' expired at 2026-11-20T18:10:00.000000Z"});
  EXPECT_GT(taken->lease->token, first->lease->token);
  EXPECT_EQ(reason(queue.unlock({"a", "i1", {}, false})), "not_owner");
}

TEST(AuditLock, OfAScriptDoesNotEndByItself) {
  Queue queue;
  ASSERT_TRUE(queue.lock("a", "i1", minutes(10)));
  std::string text = queue.text();
  const std::string started = "2026-11-20T18:00:00.000000Z";
  text.replace(text.find("\"started\": \"") + 12, started.size(), "2026-11-20T18:00:00.000001Z");
  queue.write(text);  // another lock of the same instance on the same repository
  queue.clock().advance(hours(1000));
  EXPECT_EQ(reason(queue.lock("b", "i2")), "already_locked");
}

TEST(AuditLock, RunsItsFullLengthAfterARestartAndThenEnds) {
  Queue queue;
  ASSERT_TRUE(queue.lock("a", "i1", hours(1)));
  queue.clock().set_boot("boot-2");
  queue.clock().step_wall(hours(-48));  // a wrong clock
  EXPECT_EQ(reason(queue.lock("b", "i2")), "already_locked");
  queue.clock().advance(hours(1));
  EXPECT_TRUE(queue.lock("b", "i2"));
}

TEST(AuditLock, OutsideTheQueueIsAWarningOrWithStrictARefusal) {
  Queue queue;
  EXPECT_EQ(reason(change_audit(queue.place(), queue.call(),
                                [](const AuditView& view) {
                                  return lock_repo(view, {"x", "i1", hours(1), true});
                                })),
            "not_in_queue");
  const auto locked = queue.lock("x", "i1");
  ASSERT_TRUE(locked);
  EXPECT_EQ(locked->warnings, std::vector<std::string>{"Repository 'x' is not in the work queue"});
}

TEST(AuditLock, LostItsLeaseFileButNotItsTokensOrder) {
  Queue queue;
  const auto first = queue.lock("a", "i1");
  ASSERT_TRUE(queue.unlock({"a", "i1", {}, false}));
  ASSERT_EQ(queue.ops().unlink(queue.place().lease_file), 0);
  queue.clock().advance(seconds(1));
  EXPECT_GT(queue.lock("a", "i1")->lease->token, first->lease->token);
}

TEST(AuditUnlock, TakesTheInstanceOrItsToken) {
  Queue queue;
  const Token token = queue.lock("a", "i1")->lease->token;
  for (const LockOwner& owner : std::vector<LockOwner>{
           {"a", {}, {}, false}, {{}, "i2", {}, false}, {{}, {}, token + 1, false}, {"b", "i1", {}, false}}) {
    const auto refused = queue.unlock(owner);
    ASSERT_EQ(reason(refused), "not_owner");
    EXPECT_EQ(fact(refused.error(), "locked_by"), "\"i1\"");
    EXPECT_EQ(fact(refused.error(), "locked_repo"), "\"a\"");
  }
  ASSERT_TRUE(queue.unlock({{}, {}, token, false}));
  EXPECT_EQ(queue.view().document.find("current_work")->dump(),
            R"({"instance_id":"i1","instance_terminal":"unknown","repo":"a","started":"2026-11-20T18:00:00.000000Z",)"
            R"("status":"unlocked","locked":false,"task":"Auditing a"})");
}

TEST(AuditUnlock, WithForceTakesItFromAnybody) {
  Queue queue;
  ASSERT_TRUE(queue.lock("a", "i1"));
  EXPECT_TRUE(queue.unlock({{}, "i2", {}, true}));
  EXPECT_FALSE(queue.view().work.locked);
}

TEST(AuditUnlock, AgainIsASuccessThatChangesNothing) {
  Queue queue;
  ASSERT_TRUE(queue.lock("a", "i1"));
  ASSERT_TRUE(queue.unlock({"a", "i1", {}, false}));
  const std::string text = queue.text();
  queue.clock().advance(seconds(5));
  EXPECT_TRUE(queue.unlock({"a", "i1", {}, false}));
  EXPECT_EQ(queue.text(), text);
  EXPECT_EQ(reason(queue.unlock({"a", "i2", {}, false})), "not_locked");
  EXPECT_EQ(reason(queue.unlock({"b", "i1", {}, false})), "not_locked");
}

TEST(AuditRenew, IsTheHoldersAlone) {
  Queue queue;
  const auto renewed = [&](const LockOwner& owner, std::optional<seconds> ttl) {
    return change_audit(queue.place(), queue.call(),
                        [&](const AuditView& view) { return renew_lock(view, owner, ttl); });
  };
  EXPECT_EQ(reason(renewed({"a", "i1", {}, false}, {})), "not_locked");
  ASSERT_TRUE(queue.lock("a", "i1", minutes(10)));
  queue.clock().advance(minutes(20));  // over, but nobody took it
  EXPECT_EQ(reason(renewed({"a", "i2", {}, false}, {})), "not_owner");
  EXPECT_EQ(audit_time(renewed({"a", "i1", {}, false}, {})->lease->expires.wall), "2026-11-20T18:30:00.000000Z");
  EXPECT_EQ(audit_time(renewed({{}, "i1", {}, false}, hours(1))->lease->expires.wall), "2026-11-20T19:20:00.000000Z");
  EXPECT_EQ(reason(queue.lock("b", "i2")), "already_locked");
}

TEST(AuditComplete, MovesTheEntryCountsItAndUnlocks) {
  Queue queue;
  ASSERT_TRUE(queue.lock("b", "i1"));
  queue.clock().advance(minutes(5));
  ASSERT_TRUE(queue.complete(completion("b", "i1")));
  const AuditView view = queue.view();
  EXPECT_EQ(view.document.find("completed_audits")->dump(),
            R"([{"repo":"b","status":"CLEAN","auditor":"i1","completed":"2026-11-20T18:05:00.000000Z",)"
            R"("github_ready":true}])");
  EXPECT_EQ(queued_repos(view.document), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(view.document.find("statistics")->dump(),
            R"({"total_repositories":3,"audited":1,"in_progress":0,"remaining":2,"percent_complete":33,)"
            R"("github_ready_count":1,"high_risk_count":0})");
  EXPECT_FALSE(view.work.locked);
  EXPECT_EQ(view.work.status, "completed");
}

TEST(AuditComplete, NeedsTheLockAndAPlaceInTheQueue) {
  Queue queue;
  EXPECT_EQ(reason(queue.complete(completion("a", "i1"))), "not_locked");
  ASSERT_TRUE(queue.lock("x", "i1"));
  EXPECT_EQ(reason(queue.complete(completion("x", "i2"))), "not_owner");
  EXPECT_EQ(reason(queue.complete(completion("a", "i1"))), "not_owner");
  EXPECT_EQ(reason(queue.complete(completion("x", "i1"))), "not_in_queue");
  CompleteRequest added = completion("x", "i1");
  added.add = true;
  ASSERT_TRUE(queue.complete(added));
  EXPECT_EQ(queue.view().document.find("statistics")->find("total_repositories")->integer(), 4);
}

TEST(AuditComplete, AgainIsASuccessThatCountsNothing) {
  Queue queue;
  ASSERT_TRUE(queue.lock("a", "i1"));
  ASSERT_TRUE(queue.complete(completion("a", "i1")));
  const std::string text = queue.text();
  EXPECT_TRUE(queue.complete(completion("a", "i1")));
  EXPECT_EQ(queue.text(), text);
  EXPECT_EQ(reason(queue.complete(completion("a", "i2"))), "not_locked");
}

TEST(AuditComplete, WithoutACompleteReportIsRefused) {
  Queue queue;
  ASSERT_TRUE(queue.lock("a", "i1"));
  const std::string text = queue.text();
  std::string asked;
  const auto refused = change_audit(queue.place(), queue.call(), [&](const AuditView& view) {
    return complete_audit(view, completion("a", "i1"), [&](const std::string& started) {
      asked = started;
      return Result<ReportFindings>(ReportFindings{"/r", {"GIT ANALYSIS"}, {}});
    });
  });
  ASSERT_EQ(reason(refused), "report_incomplete");
  EXPECT_EQ(fact(refused.error(), "missing_sections"), R"(["GIT ANALYSIS"])");
  EXPECT_EQ(asked, "2026-11-20T18:00:00.000000Z");
  EXPECT_EQ(queue.text(), text);
}

TEST(AuditRestore, BringsBackTheNewestBackupThatCanBeRead) {
  Queue queue;
  const std::string before = queue.text();
  ASSERT_TRUE(queue.lock("a", "i1"));
  ASSERT_TRUE(queue.unlock({"a", "i1", {}, false}));
  queue.write("torn");
  queue.dir().write(".coordination_backups/COORDINATION_STATUS_20991231_000000.backup.json", "torn too");
  const auto restored = restore_audit(queue.place(), queue.call(), {});
  ASSERT_TRUE(restored);
  EXPECT_TRUE(queue.view().work.locked);  // as it was before it was unlocked
  ASSERT_EQ(restored->answer.kept.size(), 1U);
  EXPECT_EQ(queue.dir().read(restored->answer.kept[0].substr(queue.dir().path().size() + 1)), "torn");
  EXPECT_EQ(
      reason(restore_audit(queue.place(), queue.call(), {"COORDINATION_STATUS_1.backup.json", {{}, "i1", {}, false}})),
      "backup_not_found");
  EXPECT_EQ(reason(restore_audit(queue.place(), queue.call(), {"../x", {}})), "invalid_argument");
}

TEST(AuditRestore, LeavesALockOfSomebodyElseAlone) {
  Queue queue;
  ASSERT_TRUE(queue.lock("a", "i1"));
  EXPECT_EQ(reason(restore_audit(queue.place(), queue.call(), {})), "not_owner");
  EXPECT_TRUE(restore_audit(queue.place(), queue.call(), {{}, {{}, "i1", {}, false}}));
  EXPECT_FALSE(queue.view().work.locked);
}

TEST(AuditRestore, GivesALockOfTheBackupAnEnd) {
  Queue queue;
  ASSERT_TRUE(queue.lock("a", "i1"));
  ASSERT_TRUE(queue.unlock({"a", "i1", {}, false}));
  ASSERT_TRUE(restore_audit(queue.place(), queue.call(), {}));
  EXPECT_EQ(reason(queue.lock("b", "i2")), "already_locked");
  queue.clock().advance(kUsualLock);
  EXPECT_TRUE(queue.lock("b", "i2"));
}

}  // namespace
}  // namespace smbatcher::test

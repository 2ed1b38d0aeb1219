#include "libregistry/audit/setup.h"

#include <gtest/gtest.h>

#include "libregistry/audit/backups.h"
#include "libregistry/audit/lock.h"
#include "tests/unit/audit/support.h"

namespace smbatcher::test {
namespace {

TEST(AuditSetUp, FindsGitRepositoriesByName) {
  const TempDir dir;
  for (const char* const folder : {"b/.git", "a/.git", "no-repository", "c/src/.git"}) {
    dir.make_dir(folder);
  }
  dir.write("worktree/.git", "gitdir: elsewhere");
  dir.write("file", "");
  dir.make_dir("x\ny/.git");
  const auto found = scan_repos(dir.path());
  ASSERT_TRUE(found);
  std::vector<std::string> names;
  for (const FoundRepo& repo : found->repos) {
    names.push_back(repo.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "worktree"}));
  EXPECT_EQ(found->repos[0].path, dir.at("a"));
  EXPECT_EQ(found->warnings, std::vector<std::string>{"The folder 'x\\ny' is left out: its name cannot be used"});
  EXPECT_EQ(reason(scan_repos(dir.at("none"))), "directory_not_found");
}

TEST(AuditSetUp, WritesEveryKeyInTheOrderOfTheFormat) {
  Queue queue(AuditMode::kReplace, {"a"});
  const std::string text = queue.view().document.dump();
  const std::string begin =
      R"({"version":"2.0","created":"2026-11-20T18:00:00.000000Z","last_updated":"2026-11-20T18:00:00.000000Z",)"
      R"("audit_directory":")" +
      queue.dir().path() +
      R"(","current_work":{"instance_id":null,"instance_terminal":null,"repo":null,"started":null,"status":"idle",)"
      R"("locked":false,"task":null},"completed_audits":[],"work_queue":[{"repo":"a","path":"/projects/a",)"
      R"("priority":"medium","estimated_time":"30-60min","notes":"Found in /projects"}],"audit_methodology":{)";
  EXPECT_EQ(text.substr(0, begin.size()), begin);
  const Json methodology = *queue.view().document.find("audit_methodology");
  EXPECT_EQ(methodology.find("principles")->array()->size(), 6U);
  EXPECT_EQ(methodology.find("required_checks")->array()->size(), 9U);
  EXPECT_EQ(methodology.find("automation_risk_levels")->object()->size(), 5U);
  EXPECT_EQ(queue.view().document.find("notes")->array()->size(), 5U);
  EXPECT_EQ(queue.text().back(), '}');
}

TEST(AuditSetUp, OverwritesOnlyWhenToldAndKeepsABackup) {
  Queue queue;
  ASSERT_TRUE(queue.lock("a", "i1"));
  const std::string text = queue.text();
  queue.dir().write("README.md", "mine");
  SetUpRequest request;
  EXPECT_EQ(reason(set_up_audit(queue.place(), queue.call(), request)), "already_set_up");
  EXPECT_EQ(queue.text(), text);
  request.overwrite = true;
  ASSERT_TRUE(set_up_audit(queue.place(), queue.call(), request));
  EXPECT_FALSE(queue.view().work.locked);
  EXPECT_EQ(queue.dir().read(".coordination_backups/" + (*list_audit_backups(queue.place()))[0]), text);
  EXPECT_EQ(queue.dir().read("README.md"), "mine");
}

TEST(AuditSetUp, OverwritesADamagedQueueAndKeepsIt) {
  Queue queue;
  queue.write("torn");
  SetUpRequest request;
  request.overwrite = true;
  const auto done = set_up_audit(queue.place(), queue.call(), request);
  ASSERT_TRUE(done);
  ASSERT_EQ(done->answer.kept.size(), 1U);
  EXPECT_NE(done->answer.kept[0].find("COORDINATION_STATUS.json.corrupt-"), std::string::npos);
}

TEST(AuditSetUp, RecordsTheModeBesideTheDataAndLeavesTheQueueAlone) {
  Queue queue;
  const std::string text = queue.text();
  SetUpRequest request;
  request.mode = AuditMode::kInPlace;
  EXPECT_FALSE(set_up_audit(queue.place(), queue.call(), request)->created);
  EXPECT_TRUE(is_in_place(queue.ops(), queue.place()));
  EXPECT_EQ(queue.text(), text);
  request.mode = AuditMode::kReplace;
  ASSERT_TRUE(set_up_audit(queue.place(), queue.call(), request));
  EXPECT_FALSE(is_in_place(queue.ops(), queue.place()));
}

}  // namespace
}  // namespace smbatcher::test

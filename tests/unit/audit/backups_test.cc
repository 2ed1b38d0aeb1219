#include "libregistry/audit/backups.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/audit/support.h"

namespace smbatcher::test {
namespace {

Result<AuditAnswer> back_and_forth(Queue& queue, std::size_t keep) {
  AuditCall call = queue.call();
  call.keep = keep;
  return change_audit(queue.place(), call, [](const AuditView& view) {
    return view.work.locked ? unlock_repo(view, {{}, "i1", {}, false})
                            : lock_repo(view, {"a", "i1", kUsualLock, false});
  });
}

TEST(AuditBackups, FiftyChangesOfOneSecondAreFiftyWholeFiles) {
  Queue queue;
  std::vector<std::string> texts;
  for (int i = 0; i < 50; ++i) {
    texts.push_back(queue.text());
    ASSERT_TRUE(back_and_forth(queue, 50));
  }
  const auto names = list_audit_backups(queue.place());
  ASSERT_TRUE(names);
  ASSERT_EQ(names->size(), 50U);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(queue.dir().read(".coordination_backups/" + (*names)[49 - i]), texts[i]) << (*names)[49 - i];
  }
}

TEST(AuditBackups, AreNamedByTheSecondAndThenByANumber) {
  Queue queue;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(back_and_forth(queue, 50));
  }
  std::string first = queue.backups()[0];
  EXPECT_TRUE(std::all_of(first.begin(), first.end(), [](char c) { return c != ':' && c != ' '; }));
  std::vector<std::string> names = *list_audit_backups(queue.place());
  const std::string base = names[2].substr(0, names[2].size() - std::string(".backup.json").size());
  EXPECT_EQ(names, (std::vector<std::string>{base + "-3.backup.json", base + "-2.backup.json", base + ".backup.json"}));
  EXPECT_EQ(base.size(), std::string("COORDINATION_STATUS_20261120_180000").size());
}

TEST(AuditBackups, TheNewestOfOursAreKeptAndThoseOfOthersStay) {
  Queue queue;
  const std::string theirs = ".coordination_backups/COORDINATION_STATUS_20200101_000000.backup.json";
  queue.dir().write(theirs, "theirs");
  std::vector<std::string> texts;
  for (int i = 0; i < 8; ++i) {
    texts.push_back(queue.text());
    ASSERT_TRUE(back_and_forth(queue, 3));
    queue.clock().advance(std::chrono::seconds(1));
  }
  const std::vector<std::string> names = *list_audit_backups(queue.place());
  ASSERT_EQ(names.size(), 4U);
  EXPECT_EQ(queue.dir().read(".coordination_backups/" + names[0]), texts[7]);
  EXPECT_EQ(queue.dir().read(".coordination_backups/" + names[2]), texts[5]);
  EXPECT_EQ(queue.dir().read(theirs), "theirs");
}

TEST(AuditBackups, ANameThatSomebodyTookOverIsTheirs) {
  Queue queue;
  ASSERT_TRUE(back_and_forth(queue, 1));
  const std::string path = ".coordination_backups/" + queue.backups()[0];
  queue.dir().write(path, "theirs now");
  for (int i = 0; i < 3; ++i) {
    queue.clock().advance(std::chrono::seconds(1));
    ASSERT_TRUE(back_and_forth(queue, 1));
  }
  EXPECT_EQ(queue.dir().read(path), "theirs now");
  EXPECT_EQ(queue.backups().size(), 2U);
}

TEST(AuditBackups, ARefusedCallMakesNone) {
  Queue queue;
  ASSERT_TRUE(queue.lock("a", "i1"));
  ASSERT_FALSE(queue.lock("b", "i2"));
  EXPECT_EQ(queue.backups().size(), 1U);
}

}  // namespace
}  // namespace smbatcher::test

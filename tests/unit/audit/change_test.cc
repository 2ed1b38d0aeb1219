#include "libregistry/audit/change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/audit/support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;

TEST(AuditChange, LooksAtDataBeforeAndAfterAndChangesNothingOnAFault) {
  Queue queue;
  const std::string text = queue.text();
  const auto broken = change_audit(queue.place(), queue.call(), [](const AuditView&) -> Result<AuditEdit> {
    AuditEdit edit;
    edit.document = JsonObject{{"no", "queue"}};
    return edit;
  });
  EXPECT_EQ(reason(broken), "invalid_json");
  EXPECT_EQ(queue.text(), text);
  queue.write("{");
  EXPECT_EQ(reason(queue.lock("a", "i1")), "invalid_json");
  EXPECT_EQ(queue.text(), "{");
  EXPECT_TRUE(queue.backups().empty());
}

TEST(AuditChange, KeepsWhatAnEditorSavesMeanwhile) {
  Queue queue;
  std::string saved = queue.text();
  saved.replace(saved.find("\"notes\": \"Found"), 15, "\"notes\": \"Mine!");
  bool done = false;
  queue.ops().before = [&](std::string_view call, int) {
    if (call == "rename_with" && queue.dir().exists(".COORDINATION_STATUS.json.next") && !done) {
      done = true;
      queue.write(saved);
    }
  };
  ASSERT_TRUE(queue.lock("a", "i1"));
  EXPECT_TRUE(done);
  EXPECT_THAT(queue.text(), HasSubstr("Mine!"));
  EXPECT_TRUE(queue.view().work.locked);
}

TEST(AuditChange, KeepsWhatAnEditorSavesIntoTheDisplacedFile) {
  Queue queue;
  ASSERT_TRUE(queue.lock("a", "i1"));
  queue.dir().write(".COORDINATION_STATUS.json.prev", "a save that came too late");
  const auto answer = queue.unlock({"a", "i1", {}, false});
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->kept.size(), 1U);
  EXPECT_EQ(queue.dir().read(answer->kept[0].substr(queue.dir().path().size() + 1)), "a save that came too late");
}

TEST(AuditChange, RemovesItsOwnDisplacedFileWithoutAWord) {
  Queue queue;
  ASSERT_TRUE(queue.lock("a", "i1"));
  EXPECT_TRUE(queue.dir().exists(".COORDINATION_STATUS.json.prev"));
  const auto answer = queue.unlock({"a", "i1", {}, false});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->kept, std::vector<std::string>{});
}

TEST(AuditChange, GivesUpOnAFileThatIsSavedAgainAndAgain) {
  Queue queue;
  queue.ops().before = [&](std::string_view call, int) {
    if (call == "rename_with" && queue.dir().exists(".COORDINATION_STATUS.json.next")) {
      queue.write(queue.text() + " ");
    }
  };
  AuditCall call = queue.call();
  call.lock_timeout = milliseconds(20);
  EXPECT_EQ(reason(change_audit(queue.place(), call,
                                [](const AuditView& view) {
                                  return lock_repo(view, {"a", "i1", kUsualLock, false});
                                })),
            "conflict");
  EXPECT_FALSE(queue.view().work.locked);
}

TEST(AuditChange, OnADryRunWritesNothing) {
  Queue queue;
  const auto names = queue.dir().list();
  const std::string text = queue.text();
  AuditCall call = queue.call();
  call.dry_run = true;
  const auto answer = change_audit(queue.place(), call, [](const AuditView& view) {
    return lock_repo(view, {"a", "i1", kUsualLock, false});
  });
  ASSERT_TRUE(answer);
  EXPECT_TRUE(CurrentWork::of(answer->document).locked);
  EXPECT_EQ(queue.text(), text);
  EXPECT_EQ(queue.dir().list(), names);
  EXPECT_TRUE(queue.backups().empty());
}

class AuditModes : public ::testing::TestWithParam<AuditMode> {};

TEST_P(AuditModes, WhicheverCallFailsTheFileIsOldOrNewAndTheNextCallWorks) {
  int calls = 0;
  {
    Queue queue(GetParam());
    const int before = queue.ops().count();
    ASSERT_TRUE(queue.lock("a", "i1"));
    calls = queue.ops().count() - before;
  }
  for (int n = 1; n <= calls; ++n) {
    Queue queue(GetParam());
    const std::string old_text = queue.text();
    const std::string wanted = [&] {
      AuditCall call = queue.call();
      call.dry_run = true;
      const auto would = change_audit(queue.place(), call, [](const AuditView& view) {
        return lock_repo(view, {"a", "i1", kUsualLock, false});
      });
      return audit_text(would->document);
    }();
    queue.ops().fail_at(queue.ops().count() + n, EIO);
    const bool success = queue.lock("a", "i1").has_value();
    const AuditView view = queue.view();
    EXPECT_TRUE(!success || view.work.locked) << n;
    if (GetParam() == AuditMode::kReplace) {
      EXPECT_TRUE(queue.text() == old_text || queue.text() == wanted) << n;
    }
    ASSERT_TRUE(queue.lock("a", "i1")) << n;
    EXPECT_TRUE(queue.unlock({"a", "i1", {}, false})) << n;
    EXPECT_TRUE(parse_audit_document(queue.text(), "")) << n;
  }
  EXPECT_GT(calls, 30);
}

TEST_P(AuditModes, ALeaseIsThereWheneverTheLockIs) {
  int calls = 0;
  {
    Queue queue(GetParam());
    const int before = queue.ops().count();
    ASSERT_TRUE(queue.lock("a", "i1"));
    calls = queue.ops().count() - before;
  }
  for (int n = 1; n <= calls; ++n) {
    Queue queue(GetParam());
    ASSERT_TRUE(queue.lock("a", "i1", std::chrono::minutes(1)));
    queue.clock().advance(std::chrono::minutes(1));
    queue.ops().fail_at(queue.ops().count() + n, EIO);
    queue.lock("b", "i2", std::chrono::minutes(1));
    EXPECT_TRUE(queue.view().lease) << n;
    queue.clock().advance(std::chrono::minutes(1));
    EXPECT_TRUE(queue.lock("c", "i3")) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(Both, AuditModes, ::testing::Values(AuditMode::kReplace, AuditMode::kInPlace),
                         [](const auto& mode) { return mode.param == AuditMode::kReplace ? "Replace" : "InPlace"; });

}  // namespace
}  // namespace smbatcher::test

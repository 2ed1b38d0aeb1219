#include "libregistry/audit/in_place.h"

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "libregistry/audit/lock.h"
#include "tests/unit/audit/support.h"

namespace smbatcher::test {
namespace {

constexpr const char* kNext = ".COORDINATION_STATUS.json.next";

/// A queue in in-place mode whose last change is put back to a moment in its copy.
class CutCopy {
 public:
  CutCopy() {
    before_ = queue_.text();
    EXPECT_TRUE(queue_.lock("a", "i1"));
    after_ = queue_.text();
    queue_.dir().write(kNext, after_);
  }

  void cut_at(std::size_t bytes) const { queue_.write(after_.substr(0, bytes) + before_.substr(bytes)); }
  Queue& queue() { return queue_; }
  const std::string& before() const { return before_; }
  const std::string& after() const { return after_; }

 private:
  Queue queue_{AuditMode::kInPlace};
  std::string before_;
  std::string after_;
};

TEST(AuditInPlace, KeepsTheInodeThatScriptsLock) {
  Queue queue(AuditMode::kInPlace);
  struct stat before {};
  struct stat after {};
  ASSERT_EQ(::stat(queue.place().data.c_str(), &before), 0);
  ASSERT_TRUE(queue.lock("a", "i1"));
  ASSERT_TRUE(queue.unlock({"a", "i1", {}, false}));
  ASSERT_EQ(::stat(queue.place().data.c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_FALSE(queue.dir().exists(kNext));
}

TEST(AuditInPlace, ReadersSeeAndTheNextCallFinishesACopyThatWasCutAnywhere) {
  CutCopy cut;
  for (std::size_t bytes = 0; bytes < cut.before().size(); bytes += 7) {
    cut.cut_at(bytes);
    cut.queue().dir().write(kNext, cut.after());
    EXPECT_EQ(audit_text(cut.queue().view().document), cut.after()) << bytes;
    const auto renewed = cut.queue().lock("a", "i1");
    ASSERT_TRUE(renewed) << bytes;
    EXPECT_EQ(renewed->kept, std::vector<std::string>{});
    EXPECT_EQ(cut.queue().text(), cut.after()) << bytes;
    EXPECT_FALSE(cut.queue().dir().exists(kNext)) << bytes;
  }
}

TEST(AuditInPlace, FinishesACopyWhosePagesReachedTheDiskInAnyOrder) {
  CutCopy cut;
  std::string text = cut.after();
  text.replace(64, 128, cut.before().substr(64, 128));
  std::fill(text.begin() + static_cast<std::ptrdiff_t>(cut.before().size()), text.end(), '\0');
  cut.queue().write(text);
  ASSERT_TRUE(cut.queue().lock("a", "i1"));
  EXPECT_EQ(cut.queue().text(), cut.after());
}

TEST(AuditInPlace, SyncsACompleteCopyBeforeTheTextBesideItGoes) {
  CutCopy cut;
  cut.queue().write(cut.after());
  cut.queue().ops().fail_always("fsync", EIO);
  EXPECT_FALSE(cut.queue().lock("a", "i1"));
  EXPECT_TRUE(cut.queue().dir().exists(kNext)) << "a power failure would leave neither";
}

TEST(AuditInPlace, LeavesWhatSomebodyWroteLaterAndKeepsTheCopy) {
  CutCopy cut;
  std::string theirs = cut.before();
  theirs.replace(theirs.find("medium"), 6, "urgent");
  cut.queue().write(theirs);
  EXPECT_EQ(audit_text(cut.queue().view().document), theirs);
  const auto answer = cut.queue().lock("b", "i2");
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->kept.size(), 1U);
  EXPECT_NE(cut.queue().text().find("urgent"), std::string::npos);
  EXPECT_EQ(cut.queue().view().work.repo, "b");
}

TEST(AuditInPlace, FinishesWhatCannotBeReadAlsoWithoutTheBackup) {
  CutCopy cut;
  cut.queue().ops().unlink(cut.queue().place().backups + "/.smbatcher-backups.jsonl");
  cut.cut_at(200);
  ASSERT_TRUE(cut.queue().lock("a", "i1"));
  EXPECT_EQ(cut.queue().text(), cut.after());
}

TEST(AuditInPlace, IsFinishedBeforeTheModeChanges) {
  CutCopy cut;
  cut.cut_at(300);
  SetUpRequest request;
  request.mode = AuditMode::kReplace;
  ASSERT_TRUE(set_up_audit(cut.queue().place(), cut.queue().call(), request));
  EXPECT_FALSE(is_in_place(cut.queue().ops(), cut.queue().place()));
  EXPECT_EQ(cut.queue().text(), cut.after());
}

TEST(AuditInPlace, AFullDiskLeavesTheOldTextWhole) {
  Queue queue(AuditMode::kInPlace);
  const std::string before = queue.text();
  queue.ops().fail_always("pwrite", ENOSPC);
  EXPECT_EQ(reason(queue.lock("a", "i1")), "no_space");
  EXPECT_EQ(queue.text(), before);
  EXPECT_FALSE(queue.dir().exists(kNext));
}

TEST(AuditInPlace, AProcessThatEndsAtAnyCallLeavesACopyThatIsFinished) {
  int calls = 0;
  {
    Queue queue(AuditMode::kInPlace);
    const int before = queue.ops().count();
    ASSERT_TRUE(queue.lock("a", "i1"));
    calls = queue.ops().count() - before;
  }
  for (int n = 1; n <= calls; ++n) {
    Queue queue(AuditMode::kInPlace);
    queue.ops().limit_io(97);  // many small writes: the copy is cut in its middle too
    queue.ops().pretend_sync();
    const pid_t child = ::fork();
    if (child == 0) {
      queue.ops().exit_at(queue.ops().count() + n);
      queue.lock("a", "i1");
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(queue.lock("a", "i1")) << n;
    EXPECT_TRUE(parse_audit_document(queue.text(), "")) << n;
    EXPECT_TRUE(queue.view().work.locked) << n;
  }
}

}  // namespace
}  // namespace smbatcher::test

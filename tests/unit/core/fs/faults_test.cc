#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libregistry/core/fs/descriptor.h"
#include "tests/support/faulty_file_ops.h"
#include "tests/unit/core/fs/replacing.h"

namespace smbatcher::test {
namespace {

using ::testing::AnyOf;

int calls_of_one_replacement() {
  Target target;
  FaultyFileOps ops;
  EXPECT_TRUE(replace(ops, target));
  return ops.count();
}

// After a fault the next change must work, whatever was left.
void expect_next_change_works(Target& target, const std::string& context) {
  target.look();
  FaultyFileOps ops;
  ops.pretend_sync();
  const auto done = replace(ops, target, "third");
  ASSERT_TRUE(done) << context << ": " << done.error().message;
  EXPECT_EQ(done->result, Published::kDone) << context;
  EXPECT_EQ(target.now(), "third") << context;
  EXPECT_FALSE(target.dir.exists(".REGISTRY.md.part")) << context;
  EXPECT_FALSE(target.dir.exists(".REGISTRY.md.next")) << context;
}

// The file system without the flags of renameat2(2) takes other ways, which must hold as well.
void without_flags(FaultyFileOps& ops, bool flags) {
  if (!flags) {
    ops.fail_always("rename_with", EINVAL);
  }
}

void expect_no_temporary_file(const Target& target, const std::string& context) {
  EXPECT_FALSE(target.dir.exists(".REGISTRY.md.part")) << context;
  EXPECT_FALSE(target.dir.exists(".REGISTRY.md.next")) << context;
}

TEST(ReplaceFaults, OneFailedCallLeavesOldOrNewAndTheAnswerAgrees) {
  for (const bool flags : {true, false}) {
    for (const int error_number : {EIO, ENOSPC, EINTR, EACCES}) {
      for (int n = 1;; ++n) {
        Target target;
        FaultyFileOps ops;
        ops.pretend_sync();
        without_flags(ops, flags);
        ops.fail_at(n, error_number);
        const auto done = replace(ops, target);
        const std::string context =
            "call " + std::to_string(n) + " (" +
            ops.calls().at(std::min<std::size_t>(static_cast<std::size_t>(n), ops.calls().size()) - 1) + ") errno " +
            std::to_string(error_number) + (flags ? "" : " without flags");
        ASSERT_THAT(target.now(), AnyOf(kOld, kNew)) << context;
        if (done && done->result == Published::kDone) {
          EXPECT_EQ(target.now(), kNew) << context;
        } else if (flags) {
          EXPECT_EQ(target.now(), kOld) << context;
        }
        expect_no_temporary_file(target, context);
        if (ops.count() < n) {
          break;  // the sweep has passed the last call
        }
      }
    }
  }
}

TEST(ReplaceFaults, TwoFailedCallsLeaveOldOrNew) {
  const int calls = calls_of_one_replacement();
  for (int first = 1; first <= calls; ++first) {
    for (int second = first + 1; second <= calls + 8; ++second) {
      Target target;
      FaultyFileOps ops;
      ops.pretend_sync();
      ops.fail_at(first, EIO);
      ops.fail_at(second, EIO);
      const auto done = replace(ops, target);
      const std::string context = std::to_string(first) + " and " + std::to_string(second);
      ASSERT_THAT(target.now(), AnyOf(kOld, kNew)) << context;
      if (done && done->result == Published::kDone) {
        EXPECT_EQ(target.now(), kNew) << context;
      }
      expect_next_change_works(target, context);
    }
  }
}

TEST(ReplaceFaults, DyingAtAnyCallLeavesOldOrNewAndTheNextChangeWorks) {
  for (const bool flags : {true, false}) {
    int status = 9;
    int died = 0;
    for (int n = 1; status == 9; ++n) {
      Target target;
      const pid_t child = ::fork();
      if (child == 0) {
        FaultyFileOps ops;
        ops.pretend_sync();
        without_flags(ops, flags);
        ops.exit_at(n);
        ::_exit(replace(ops, target).has_value() ? 0 : 1);
      }
      int raw = 0;
      ASSERT_EQ(::waitpid(child, &raw, 0), child);
      ASSERT_TRUE(WIFEXITED(raw));
      status = WEXITSTATUS(raw);
      died += status == 9 ? 1 : 0;
      ASSERT_THAT(target.now(), AnyOf(kOld, kNew)) << "call " << n;
      expect_next_change_works(target, "call " + std::to_string(n));
    }
    EXPECT_EQ(status, 0);
    EXPECT_GE(died, 20);
  }
}

// The control: what the sweeps above must catch.
void truncate_and_write(FileOps& ops, const Target& target) {
  const int fd = ops.open(target.names.target, O_WRONLY | O_TRUNC | O_CLOEXEC, 0);
  if (fd >= 0) {
    write_all(ops, fd, kNew);
    ops.close(fd);
  }
}

TEST(ReplaceFaults, SweepCatchesTruncateAndWrite) {
  int mixes = 0;
  for (int n = 1; n <= 5; ++n) {
    Target target;
    FaultyFileOps ops;
    ops.limit_io(8);
    ops.fail_at(n, ENOSPC);
    truncate_and_write(ops, target);
    mixes += target.now() == kOld || target.now() == kNew ? 0 : 1;
  }
  EXPECT_GE(mixes, 3);
}

}  // namespace
}  // namespace smbatcher::test

#include "libregistry/core/fs/lock_probe.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "tests/support/faulty_file_ops.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

/// A file system on which everybody is told that the lock is theirs.
class LyingOps : public FileOps {
 public:
  int flock(int /*fd*/, int /*operation*/) override { return 0; }
};

/// A file system without unnamed files.
class NamedOnlyOps : public FileOps {
 public:
  int open(const std::string& path, int flags, mode_t mode) override {
    if ((flags & O_TMPFILE) == O_TMPFILE) {
      errno = EOPNOTSUPP;
      return -1;
    }
    opened.push_back(path);
    return FileOps::open(path, flags, mode);
  }

  std::vector<std::string> opened;
};

TEST(LockProbe, SaysThatASecondProcessIsKeptOut) {
  const TempDir dir;
  const auto result = flock_excludes(system_file_ops(), dir.path());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(*result);
  EXPECT_TRUE(dir.list().empty());
}

TEST(LockProbe, SaysThatASecondProcessGetsIn) {
  const TempDir dir;
  LyingOps ops;
  const auto result = flock_excludes(ops, dir.path());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_FALSE(*result);
  EXPECT_TRUE(dir.list().empty());
}

TEST(LockProbe, LeavesNoNamedFileBehind) {
  const TempDir dir;
  NamedOnlyOps ops;
  const auto result = flock_excludes(ops, dir.path());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(*result);
  ASSERT_EQ(ops.opened.size(), 1U);  // the child's are counted in the child
  EXPECT_TRUE(ops.opened[0].starts_with(dir.at(".lock-probe-"))) << ops.opened[0];
  EXPECT_TRUE(dir.list().empty());
}

TEST(LockProbe, SaysThatThereAreNoLocks) {
  for (const int error_number : {EOPNOTSUPP, ENOLCK, EINVAL}) {
    const TempDir dir;
    FaultyFileOps ops;
    ops.fail_always("flock", error_number);
    const auto result = flock_excludes(ops, dir.path());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason.text(), "locking_not_supported");
    EXPECT_EQ(result.error().where, dir.path());
    EXPECT_TRUE(dir.list().empty());
  }
}

TEST(LockProbe, SaysThatNothingCanBeMade) {
  const TempDir dir;
  FaultyFileOps ops;
  ops.fail_always("open", EROFS);
  const auto result = flock_excludes(ops, dir.path());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason.text(), "read_only_file_system");
}

TEST(FileSystemKind, HasTheNameThatMountHas) {
  if (::access("/dev/shm", F_OK) != 0) {
    GTEST_SKIP() << "there is no /dev/shm, whose kind is known everywhere";
  }
  const auto kind = file_system_kind("/dev/shm");
  ASSERT_TRUE(kind);
  EXPECT_EQ(*kind, "tmpfs");
  EXPECT_EQ(file_system_kind("/no/where").error().reason.text(), "not_found");
}

}  // namespace
}  // namespace smbatcher::test

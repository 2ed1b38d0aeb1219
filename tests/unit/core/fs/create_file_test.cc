#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/faulty_file_ops.h"
#include "tests/unit/core/fs/replacing.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CreateFile, CreatesWithModeLessUmask) {
  TempDir dir;
  const mode_t before = ::umask(027);
  const auto done = create_file(system_file_ops(), ReplaceNames::of(dir.at("new.md")), kNew, 0666);
  ::umask(before);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(done->durable);
  EXPECT_EQ(dir.read("new.md"), kNew);
  struct stat status {};
  ASSERT_EQ(::stat(dir.at("new.md").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
  EXPECT_THAT(dir.list(), ElementsAre("new.md"));
}

TEST(CreateFile, RefusesAnExistingFileOrLink) {
  for (const bool flags : {true, false}) {
    TempDir dir;
    dir.write("new.md", kOld);
    ASSERT_EQ(::symlink("nowhere", dir.at("link.md").c_str()), 0);
    FaultyFileOps ops;
    if (!flags) {
      ops.fail_always("rename_with", EINVAL);
    }
    for (const char* name : {"new.md", "link.md"}) {
      const auto refused = create_file(ops, ReplaceNames::of(dir.at(name)), kNew, 0666);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, Errc::kRefused);
      EXPECT_EQ(refused.error().reason.text(), "already_exists");
    }
    EXPECT_EQ(dir.read("new.md"), kOld);
    EXPECT_THAT(dir.list(), ElementsAre("link.md", "new.md"));
  }
}

TEST(CreateFile, AnyFailedCallLeavesNothingOrTheWholeFile) {
  for (const bool flags : {true, false}) {
    for (int n = 1;; ++n) {
      TempDir dir;
      FaultyFileOps ops;
      if (!flags) {
        ops.fail_always("rename_with", EOPNOTSUPP);
      }
      ops.fail_at(n, EIO);
      const auto done = create_file(ops, ReplaceNames::of(dir.at("new.md")), kNew, 0666);
      if (done) {
        EXPECT_EQ(dir.read("new.md"), kNew) << n;
        EXPECT_THAT(dir.list(), ElementsAre("new.md")) << n;
      } else {
        EXPECT_THAT(dir.list(), IsEmpty()) << n;
      }
      if (ops.count() < n) {
        break;
      }
    }
  }
}

}  // namespace
}  // namespace smbatcher::test

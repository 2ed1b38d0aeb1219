#include "libregistry/core/fs/append_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/faulty_file_ops.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

TEST(AppendFile, CreatesOnlyWhenAsked) {
  TempDir dir;
  const auto absent = AppendFile::open(system_file_ops(), dir.at("h"), false);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Errc::kNotFound);
  const auto created = AppendFile::open(system_file_ops(), dir.at("h"), true);
  ASSERT_TRUE(created);
  EXPECT_TRUE(created->created());
  EXPECT_EQ(created->size(), 0);
  const auto again = AppendFile::open(system_file_ops(), dir.at("h"), true);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->created());
}

TEST(AppendFile, AppendsAndReads) {
  TempDir dir;
  dir.write("h", "one\n");
  FaultyFileOps ops;
  ops.limit_io(2);
  auto file = AppendFile::open(ops, dir.at("h"), false);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append("two\n"));
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(file->size(), 8);
  EXPECT_EQ(dir.read("h"), "one\ntwo\n");
  EXPECT_EQ(file->read(4, 3).value(), "two");
  EXPECT_EQ(file->read(4, 100).value(), "two\n");
  EXPECT_EQ(file->read(100, 1).value(), "");
}

TEST(AppendFile, ContinuesAfterInterruptions) {
  TempDir dir;
  FaultyFileOps ops;
  auto file = AppendFile::open(ops, dir.at("h"), true);
  ASSERT_TRUE(file);
  ops.fail_at(ops.count() + 1, EINTR);
  ASSERT_TRUE(file->append("line\n"));
  EXPECT_EQ(dir.read("h"), "line\n");
}

TEST(AppendFile, FullDiskLeavesNoHalfLine) {
  TempDir dir;
  dir.write("h", "one\n");
  FaultyFileOps ops;
  ops.limit_io(2);
  auto file = AppendFile::open(ops, dir.at("h"), false);
  ASSERT_TRUE(file);
  ops.fail_at(ops.count() + 2, ENOSPC);
  const auto failed = file->append("two\n");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().reason.text(), "no_space");
  EXPECT_EQ(dir.read("h"), "one\n");
  EXPECT_EQ(file->size(), 4);
  ASSERT_TRUE(file->append("two\n"));
  EXPECT_EQ(dir.read("h"), "one\ntwo\n");
}

TEST(AppendFile, NeverSyncsAgainAfterAFailure) {
  TempDir dir;
  FaultyFileOps ops;
  auto file = AppendFile::open(ops, dir.at("h"), true);
  ASSERT_TRUE(file);
  ops.fail_at(ops.count() + 1, EIO);
  EXPECT_FALSE(file->sync());
  EXPECT_FALSE(file->sync());
  EXPECT_EQ(ops.count("fsync"), 1);
}

TEST(AppendFile, RefusesWhatIsNoRegularFile) {
  TempDir dir;
  dir.write("real", "");
  dir.make_dir("folder");
  ASSERT_EQ(::mkfifo(dir.at("pipe").c_str(), 0666), 0);
  ASSERT_EQ(::symlink("real", dir.at("link").c_str()), 0);
  for (const char* name : {"folder", "pipe", "link"}) {
    const auto refused = AppendFile::open(system_file_ops(), dir.at(name), true);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().reason.text(), "not_a_regular_file") << name;
  }
}

}  // namespace
}  // namespace smbatcher::test

#include "libregistry/core/fs/folders.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/faulty_file_ops.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

using ::testing::MatchesRegex;

TEST(Folders, FolderOfIsWhatANameLiesIn) {
  EXPECT_EQ(folder_of("a/b/c"), "a/b");
  EXPECT_EQ(folder_of("c"), ".");
  EXPECT_EQ(folder_of("/c"), "/");
}

TEST(SetAside, GivesEveryCopyItsOwnName) {
  for (const bool flags : {true, false}) {
    TempDir dir;
    FaultyFileOps ops;
    if (!flags) {
      ops.fail_always("rename_with", EINVAL);
    }
    std::vector<std::string> kept;
    for (const char* text : {"one", "two", "three"}) {
      dir.write("f", text);
      const auto name = set_aside(ops, dir.at("f"), dir.at("f"), "corrupt");
      ASSERT_TRUE(name) << name.error().message;
      EXPECT_THAT(*name, MatchesRegex(".*/f\\.corrupt-[0-9]{8}T[0-9]{6}Z(-[23])?"));
      kept.push_back(*name);
    }
    EXPECT_EQ(dir.list().size(), 3U);
    EXPECT_EQ(dir.read(kept[0].substr(dir.path().size() + 1)), "one");
    EXPECT_EQ(dir.read(kept[2].substr(dir.path().size() + 1)), "three");
  }
}

TEST(SetAside, FailureLeavesTheFile) {
  TempDir dir;
  dir.write("f", "text");
  FaultyFileOps ops;
  ops.fail_always("rename_with", ENOSPC);
  const auto failed = set_aside(ops, dir.at("f"), dir.at("f"), "corrupt");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().reason.text(), "no_space");
  EXPECT_EQ(dir.read("f"), "text");
}

TEST(MakeFolders, CreatesAndSyncsMissingParents) {
  TempDir dir;
  FaultyFileOps ops;
  ASSERT_TRUE(make_folders(ops, dir.at("a/b/c/")));
  EXPECT_TRUE(dir.exists("a/b/c"));
  EXPECT_EQ(ops.count("fsync"), 3);
  ASSERT_TRUE(make_folders(ops, dir.at("a/b/c")));
  EXPECT_EQ(ops.count("fsync"), 3);
}

TEST(MakeFolders, RefusesAFileInTheWay) {
  TempDir dir;
  dir.write("a", "text");
  EXPECT_EQ(make_folders(system_file_ops(), dir.at("a")).error().reason.text(), "not_a_folder");
  EXPECT_FALSE(make_folders(system_file_ops(), dir.at("a/b")));
  ASSERT_EQ(::symlink("nowhere", dir.at("link").c_str()), 0);
  EXPECT_FALSE(make_folders(system_file_ops(), dir.at("link")));
}

TEST(SyncFolder, TellsFailures) {
  TempDir dir;
  EXPECT_TRUE(sync_folder(system_file_ops(), dir.path()));
  EXPECT_FALSE(sync_folder(system_file_ops(), dir.at("absent")));
  FaultyFileOps ops;
  ops.fail_always("fsync", EIO);
  EXPECT_FALSE(sync_folder(ops, dir.path()));
}

}  // namespace
}  // namespace smbatcher::test

#include "libregistry/core/fs/sharing.h"

#include <sys/stat.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "libregistry/core/fs/replace_file.h"
#include "tests/support/faulty_file_ops.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777U;
}

/// A cache file written beside a model of this mode.
struct Written {
  explicit Written(mode_t mode) {
    dir.write("model", "");
    EXPECT_EQ(::chmod(dir.at("model").c_str(), mode), 0);
    model = model_at(ops, dir.at("model"));
  }
  mode_t mode() {
    EXPECT_TRUE(write_cache_file(ops, dir.at("cache"), "{}", model));
    return mode_of(dir.at("cache"));
  }
  TempDir dir;
  FaultyFileOps ops;
  std::optional<FileState> model;
};

TEST(Sharing, GivesThePermissionsOfTheModel) {
  EXPECT_EQ(Written(0664).mode(), 0664U);
  EXPECT_EQ(Written(0666).mode(), 0666U);
  EXPECT_EQ(Written(0600).mode(), 0600U);
}

TEST(Sharing, GivesNoExecutePermissionAndLeavesTheOwnerReadingAndWriting) {
  EXPECT_EQ(Written(0755).mode(), 0644U);
  EXPECT_EQ(Written(0440).mode(), 0640U);
}

TEST(Sharing, GroupThatMayNotBeGivenOpensNothingToAnother) {
  Written written(0664);
  written.model->group += 1;
  written.ops.fail_always("fchown", EPERM);
  EXPECT_EQ(written.mode(), 0644U);
}

TEST(Sharing, FailingIsNoError) {
  Written written(0664);
  written.ops.fail_always("fchmod", EPERM);
  written.mode();
  written.ops.fail_always("fstat", EIO);
  written.mode();
}

TEST(Sharing, ChangesNothingWithoutAModel) {
  Written written(0600);
  written.model = model_at(written.ops, written.dir.at("absent"));
  written.mode();
  EXPECT_EQ(written.ops.count("fchmod"), 0);
}

TEST(Sharing, NewFolderGetsTheWholeModeAndAnOldOneStays) {
  const TempDir dir;
  FileOps& ops = system_file_ops();
  dir.make_dir("model");
  ASSERT_EQ(::chmod(dir.at("model").c_str(), 02775), 0);
  ASSERT_TRUE(make_shared_folder(ops, dir.at("new"), dir.at("model")));
  EXPECT_EQ(mode_of(dir.at("new")), 02775U);
  ASSERT_EQ(::chmod(dir.at("new").c_str(), 0700), 0);
  ASSERT_TRUE(make_shared_folder(ops, dir.at("new"), dir.at("model")));
  EXPECT_EQ(mode_of(dir.at("new")), 0700U);
}

}  // namespace
}  // namespace smbatcher::test

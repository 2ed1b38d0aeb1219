#include "libregistry/coordination/project_path.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "libregistry/coordination/instance_id.h"
#include "libregistry/core/base/sha1.h"
#include "tests/support/temp_dir.h"

namespace smbatcher {
namespace {

using test::TempDir;

class ProjectPathTest : public ::testing::Test {
 protected:
  std::string relative(const std::string& path) const {
    const auto found = project_path(place, dir.at("sub"), path);
    return found ? found->relative : "(" + found.error().reason.text() + ")";
  }

  TempDir dir;
  CoordinationPlace place{dir.path(), dir.path() + "/.claude/coordination"};
};

TEST_F(ProjectPathTest, StartsFromTheWorkingDirectory) {
  EXPECT_EQ(relative("a.py"), "sub/a.py");
  EXPECT_EQ(relative("../a.py"), "a.py");
  EXPECT_EQ(relative("none/../.././a.py"), "a.py");
  EXPECT_EQ(relative("../../a.py"), "(path_outside_project)");
  EXPECT_EQ(relative(dir.at("x//y.py")), "x/y.py");
}

TEST_F(ProjectPathTest, FollowsLinksAlsoInChainsAndLoops) {
  dir.make_dir("sub");
  dir.make_dir("real");
  std::filesystem::create_symlink("../real", dir.at("sub/link"));
  std::filesystem::create_symlink("link", dir.at("sub/again"));
  std::filesystem::create_symlink("loop", dir.at("sub/loop"));
  std::filesystem::create_symlink(dir.at("real/not-yet.py"), dir.at("sub/absolute"));
  EXPECT_EQ(relative("link/a.py"), "real/a.py");
  EXPECT_EQ(relative("again/../b.py"), "b.py");
  EXPECT_EQ(relative("absolute"), "real/not-yet.py");
  EXPECT_EQ(relative("loop"), "sub/loop");
}

TEST_F(ProjectPathTest, RefusesWhatIsNoFile) {
  dir.make_dir("sub/folder");
  EXPECT_EQ(relative("folder"), "(not_a_file)");
  EXPECT_EQ(relative("new/"), "(not_a_file)");
  EXPECT_EQ(relative(".."), "(not_a_file)");
  EXPECT_EQ(relative(""), "(invalid_path)");
  EXPECT_EQ(relative(std::string("a\0b", 3)), "(invalid_path)");
  EXPECT_EQ(relative("\xC3"), "(invalid_path)");
}

TEST_F(ProjectPathTest, NamesLockFilesAsTheShellLibraryDoes) {
  EXPECT_EQ(project_path_of(place, "src/a.py").lock_name, "c3JjL2EucHk");
  EXPECT_EQ(project_path_of(place, "a>>?.py").lock_name, "YT4-Py5weQ");
  EXPECT_EQ(project_path_of(place, "a~?.js").lock_name, "YX4_Lmpz");
  EXPECT_EQ(project_path_of(place, "ab").lock_name, "YWI");
  EXPECT_EQ(project_path_of(place, "a").lock_name, "YQ");
}

TEST_F(ProjectPathTest, HashesNamesThatAreTooLong) {
  const auto longest = project_path_of(place, std::string(187, 'n'));
  EXPECT_EQ(longest.lock_name.size(), 250U);
  EXPECT_EQ(longest.side_name.size(), 34U);
  const auto longer = project_path_of(place, std::string(188, 'n'));
  EXPECT_EQ(longer.lock_name, longer.side_name);
  EXPECT_EQ(longer.lock_name.substr(0, 2), "h-");
  EXPECT_EQ(project_path_of(place, std::string(150, 'n')).side_name.size(), 200U);
}

TEST(Sha1, IsThatOfTheStandard) {
  EXPECT_EQ(sha1_hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(sha1_hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(sha1_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(sha1_hex(std::string(1'000'000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  for (const std::size_t size : {55U, 56U, 63U, 64U, 65U}) {  // around the end of a block
    Sha1 parts;
    for (std::size_t i = 0; i < size; ++i) {
      parts.add("x");
    }
    EXPECT_EQ(parts.hex(), sha1_hex(std::string(size, 'x')));
  }
  EXPECT_EQ(sha1_hex(std::string(64, 'x')), "bb2fa3ee7afb9f54c6dfb5d021f14b1ffe40c163");
}

TEST(FileHash, IsZeroesForWhatIsNotThere) {
  const TempDir dir;
  dir.write("a", "abc");
  EXPECT_EQ(file_hash(dir.at("a")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(file_hash(dir.at("b")), std::string(40, '0'));
  EXPECT_EQ(file_hash(dir.path()), std::string(40, '0'));
}

TEST(InstanceId, HasTheShapeOfTheShellLibrarys) {
  EXPECT_TRUE(is_instance_id("claude-20260108-124532-a3f7b2d1"));
  EXPECT_FALSE(is_instance_id("claude-20260108-124532-a3f7b2d"));
  EXPECT_FALSE(is_instance_id("claude-20260108-124532-a3f7b2dg"));
  EXPECT_FALSE(is_instance_id("claude-2026010a-124532-a3f7b2d1"));
  EXPECT_FALSE(is_instance_id("claude-20260108-124532-a3f7b2d1\n"));
  EXPECT_FALSE(is_instance_id("claude-manual-20260108-124532-a3f7b2d1"));
  EXPECT_TRUE(is_stored_instance_id("claude-manual-20260108-124532-a3f7b2d1"));
  const WallTime time = *parse_time("2026-01-08T12:45:32Z");
  const std::string id = fresh_instance_id(time);
  EXPECT_EQ(id.substr(0, 23), "claude-20260108-124532-");
  EXPECT_TRUE(is_instance_id(id));
  EXPECT_NE(id, fresh_instance_id(time));
}

}  // namespace
}  // namespace smbatcher

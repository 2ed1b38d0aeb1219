#include "libregistry/core/config/locate.h"

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

LocateRequest from(const TempDir& dir, const std::string& folder) {
  LocateRequest request;
  request.working_directory = dir.at(folder);
  return request;
}

std::string found(const LocateRequest& request) {
  const auto paths = locate_registry(request);
  return paths ? paths->registry : paths.error().reason.text();
}

// A repository as git lays it out.
void make_repository(const TempDir& dir, const std::string& folder, const std::string& config = "") {
  dir.write(folder + "/HEAD", "ref: refs/heads/main\n");
  dir.write(folder + "/config", "[core]\n\trepositoryformatversion = 0\n" + config);
  dir.make_dir(folder + "/objects");
  dir.make_dir(folder + "/refs");
}

TEST(Locate, WalksUpToTheFirstFolderWithARegistry) {
  TempDir dir;
  dir.write(".smbatcher/REGISTRY.md", "x");
  dir.make_dir("a/b");
  EXPECT_EQ(found(from(dir, "a/b")), dir.at(".smbatcher/REGISTRY.md"));
  dir.write("a/.smbatcher/REGISTRY.md", "x");
  EXPECT_EQ(found(from(dir, "a/b")), dir.at("a/.smbatcher/REGISTRY.md"));
  EXPECT_EQ(found(from(dir, "")), dir.at(".smbatcher/REGISTRY.md"));
}

TEST(Locate, OptionGoesBeforeEnvironmentBeforeTheWalk) {
  TempDir dir;
  dir.write(".smbatcher/REGISTRY.md", "x");
  dir.write("env.md", "x");
  dir.write("option.md", "x");
  LocateRequest request = from(dir, "");
  request.environment = dir.at("env.md");
  EXPECT_EQ(found(request), dir.at("env.md"));
  request.registry = "option.md";  // relative to the working directory
  EXPECT_EQ(found(request), dir.at("option.md"));
}

TEST(Locate, NamesBesideTheRegistryFollowItsStem) {
  const RegistryPaths plain = paths_beside("/r/.smbatcher/REGISTRY.md");
  EXPECT_EQ(plain.lock, "/r/.smbatcher/REGISTRY.lock");
  EXPECT_EQ(plain.history, "/r/.smbatcher/state/history.jsonl");
  EXPECT_EQ(plain.claims, "/r/.smbatcher/state/claims");
  EXPECT_EQ(plain.repository, "/r");
  const RegistryPaths other = paths_beside("/r/OTHER.md");
  EXPECT_EQ(other.lock, "/r/OTHER.lock");
  EXPECT_EQ(other.history, "/r/.smbatcher-state/OTHER.history.jsonl");
  EXPECT_EQ(other.claims, "/r/.smbatcher-state/OTHER.claims");
  EXPECT_EQ(other.repository, "/r");
}

TEST(Locate, LinksLeadToTheRealFolder) {
  TempDir dir;
  dir.write("real/REGISTRY.md", "x");
  dir.make_dir("tree/.smbatcher");
  ASSERT_EQ(::symlink("../../real/REGISTRY.md", dir.at("tree/.smbatcher/REGISTRY.md").c_str()), 0);
  const auto paths = locate_registry(from(dir, "tree"));
  ASSERT_TRUE(paths);
  EXPECT_EQ(paths->registry, dir.at("real/REGISTRY.md"));
  EXPECT_EQ(paths->lock, dir.at("real/REGISTRY.lock"));
  ASSERT_EQ(::unlink(dir.at("real/REGISTRY.md").c_str()), 0);
  EXPECT_EQ(found(from(dir, "tree")), "dangling_link");
}

TEST(Locate, SaysWhereItSearchedAndHowToBegin) {
  TempDir dir;
  dir.make_dir("a");
  const auto paths = locate_registry(from(dir, "a"));
  ASSERT_FALSE(paths);
  EXPECT_EQ(paths.error().reason.text(), "registry_not_found");
  EXPECT_NE(paths.error().message.find(dir.at("a/.smbatcher")), std::string::npos);
  EXPECT_NE(paths.error().message.find("prepare-register"), std::string::npos);
}

TEST(Locate, AbsentRegistryWithAHistoryIsNoError) {
  TempDir dir;
  dir.make_dir(".smbatcher");
  EXPECT_EQ(found(from(dir, "")), "registry_not_found");
  dir.write(".smbatcher/history.jsonl", "");
  EXPECT_EQ(found(from(dir, "")), dir.at(".smbatcher/REGISTRY.md"));
}

TEST(Locate, CreatesAtTheTopOfTheWorkTreeElseHere) {
  TempDir dir;
  dir.make_dir("a/b");
  LocateRequest request = from(dir, "a/b");
  request.may_create = true;
  EXPECT_EQ(found(request), dir.at("a/b/.smbatcher/REGISTRY.md"));
  dir.make_dir("a/.git");  // not yet what git takes for a repository
  EXPECT_EQ(found(request), dir.at("a/b/.smbatcher/REGISTRY.md"));
  make_repository(dir, "a/.git");
  EXPECT_EQ(found(request), dir.at("a/.smbatcher/REGISTRY.md"));
}

// A linked work tree as git lays it out: its .git is a file, and its git folder has a commondir and a way back.
void link_tree(const TempDir& dir, const std::string& tree, const std::string& common) {
  dir.write(common + "/worktrees/t/commondir", "../..\n");
  dir.write(common + "/worktrees/t/HEAD", "ref: refs/heads/t\n");
  dir.write(common + "/worktrees/t/gitdir", dir.at(tree + "/.git") + "\n");
  dir.write(tree + "/.git", "gitdir: " + dir.at(common + "/worktrees/t") + "\n");
}

TEST(Locate, LinkedWorkTreesShareTheMainCheckoutsQueue) {
  TempDir dir;
  make_repository(dir, "main/.git", "\tbare = false\n");
  dir.write("main/.smbatcher/REGISTRY.md", "x");
  link_tree(dir, "tree", "main/.git");
  dir.write("tree/.smbatcher/REGISTRY.md", "the tracked copy");
  dir.make_dir("tree/sub");
  const auto paths = locate_registry(from(dir, "tree/sub"));
  ASSERT_TRUE(paths) << paths.error().message;
  EXPECT_EQ(paths->registry, dir.at("main/.smbatcher/REGISTRY.md"));
  EXPECT_EQ(paths->work_tree, dir.at("tree"));
  EXPECT_EQ(paths->repository, dir.at("main"));
}

TEST(Locate, WorkTreeOfABareRepositoryHasNoMainCheckout) {
  TempDir dir;
  make_repository(dir, "bare.git", "\tbare = true\n");
  link_tree(dir, "tree", "bare.git");
  dir.write("tree/.smbatcher/REGISTRY.md", "x");
  EXPECT_EQ(found(from(dir, "tree")), "no_main_checkout");
  LocateRequest named = from(dir, "tree");
  named.environment = dir.at("tree/.smbatcher/REGISTRY.md");
  EXPECT_EQ(found(named), dir.at("tree/.smbatcher/REGISTRY.md"));
}

TEST(Locate, SubmoduleIsACheckoutOfItsOwn) {
  TempDir dir;
  dir.write("main/.smbatcher/REGISTRY.md", "x");
  make_repository(dir, "main/.git");
  make_repository(dir, "main/.git/modules/sub", "\tworktree = ../../../sub\n");
  dir.write("main/sub/.git", "gitdir: ../.git/modules/sub\n");
  dir.write("main/sub/.smbatcher/REGISTRY.md", "x");
  EXPECT_EQ(found(from(dir, "main/sub")), dir.at("main/sub/.smbatcher/REGISTRY.md"));
}

TEST(Locate, RootAndLockFileOverride) {
  TempDir dir;
  dir.write(".smbatcher/REGISTRY.md", "x");
  LocateRequest request = from(dir, "");
  request.root = "elsewhere";
  request.lock_file = "my.lock";
  const auto paths = locate_registry(request);
  EXPECT_EQ(paths->work_tree, dir.at("elsewhere"));
  EXPECT_EQ(paths->lock, dir.at("my.lock"));
}

}  // namespace
}  // namespace smbatcher::test

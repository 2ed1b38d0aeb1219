#include <filesystem>

#include <gmock/gmock.h>

#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// Which registry belongs to a caller, in every shape that a repository can have. Git is the judge of shapes.

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<Sandbox::Site> kTrackedSites{{"a1.example", "001", "O"}, {"a2.example", "002", "O"}};

class GitPlaces : public testing::Test {
 protected:
  void git_in(const std::string& folder, const Args& args) const {
    Args all{"-C", at(folder), "-c", "protocol.file.allow=always"};
    all.insert(all.end(), args.begin(), args.end());
    sandbox_.git(all);
  }

  /// A repository with a tracked registry.
  void make_queue(const std::string& folder, const Args& init = {}) const {
    dir().make_dir(folder);
    Args args{"init", "-q", "-b", "main"};
    args.insert(args.end(), init.begin(), init.end());
    git_in(folder, args);
    dir().write(folder + "/.smbatcher/REGISTRY.md", Sandbox::registry_text(kTrackedSites));
    dir().write(folder + "/src/code", "x");
    git_in(folder, {"add", "-A"});
    git_in(folder, {"commit", "-q", "-m", "queue"});
  }

  ProcessResult run_in(const std::string& folder, const std::string& tool, const Args& args,
                       const std::map<std::string, std::optional<std::string>>& env = {}) const {
    Command command = sandbox_.command(tool, args);
    command.cwd = at(folder);
    command.env["HOME"] = at("");
    for (const auto& [name, value] : env) {
      command.env[name] = value;
    }
    ProcessResult result = test::run(command);
    EXPECT_EQ(result.err, "") << result.command;
    return result;
  }
  Json claim_in(const std::string& folder, const std::string& owner,
                const std::map<std::string, std::optional<std::string>>& env = {}) const {
    return json(run_in(folder, "find-next", {"--claim", "--owner", owner}, env));
  }
  /// The registry that a call in `folder` works on; the reason or error where it works on none.
  std::string registry_in(const std::string& folder,
                          const std::map<std::string, std::optional<std::string>>& env = {}) const {
    const Json answer = json(run_in(folder, "find-next", {}, env));
    const std::string error = text_of(answer, "error");
    return error.empty() ? text_of(answer, "registry") : error;
  }

  const TempDir& dir() const { return sandbox_.dir(); }
  std::string at(const std::string& name) const { return name.empty() ? dir().path() : dir().at(name); }
  std::string registry_of(const std::string& folder) const { return at(folder + "/.smbatcher/REGISTRY.md"); }

  Sandbox sandbox_;
};

TEST_F(GitPlaces, TwoTreesWhoseMainCheckoutIsAwayClaimNothing) {
  make_queue("main");
  git_in("main", {"worktree", "add", "-q", "../left"});
  git_in("main", {"worktree", "add", "-q", "../right"});
  EXPECT_EQ(text_of(claim_in("left", "anna"), "registry"), registry_of("main"));
  fs::rename(at("main"), at("moved"));
  for (const char* tree : {"left", "right"}) {
    const ProcessResult result = run_in(tree, "find-next", {"--claim", "--owner", "ben", "--format", "text"});
    expect_error(result, "ERROR:git_failed");
    EXPECT_THAT(result.out, HasSubstr("not a git repository: " + at("main/.git/worktrees/")));
    EXPECT_THAT(result.out, HasSubstr("git worktree repair " + at(tree)));
    EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 1);
    expect_error(run_in(tree, "prepare-register", {"--sites", "n.example:::"}), "ERROR:git_failed");
  }
  git_in("moved", {"worktree", "repair", "../left", "../right"});
  EXPECT_EQ(text_of(claim_in("left", "anna"), "action"), "continue");
  EXPECT_EQ(text_of(claim_in("right", "ben"), "batch"), "002");
}

TEST_F(GitPlaces, ATreeThatMovedFindsItsMainCheckout) {
  make_queue("main");
  git_in("main", {"worktree", "add", "-q", "../tree"});
  fs::rename(at("tree"), at("elsewhere"));
  EXPECT_EQ(registry_in("elsewhere"), registry_of("main"));
  fs::copy(at("elsewhere"), at("copy"), fs::copy_options::recursive);
  EXPECT_EQ(registry_in("copy"), registry_of("main"));
}

TEST_F(GitPlaces, VariablesOfAHookLeadNowhereElse) {
  make_queue("main");
  make_queue("other");
  git_in("main", {"worktree", "add", "-q", "../tree"});
  git_in("main", {"config", "extensions.worktreeConfig", "true"});  // so that git is asked
  const std::map<std::string, std::optional<std::string>> hook{{"GIT_DIR", at("other/.git")},
                                                               {"GIT_WORK_TREE", at("other")},
                                                               {"GIT_COMMON_DIR", at("other/.git")},
                                                               {"GIT_INDEX_FILE", at("other/.git/index")},
                                                               {"GIT_CEILING_DIRECTORIES", at("")}};
  EXPECT_EQ(registry_in("main", hook), registry_of("main"));
  EXPECT_EQ(registry_in("tree/src", hook), registry_of("main"));
}

TEST_F(GitPlaces, ASeparateGitFolderIsNoLinkedTree) {
  make_queue("main", {"--separate-git-dir", at("store")});
  EXPECT_EQ(registry_in("main/src"), registry_of("main"));
  git_in("main", {"worktree", "add", "-q", "../tree"});
  EXPECT_EQ(registry_in("tree"), "no_main_checkout");
  git_in("main", {"config", "core.worktree", at("main")});
  EXPECT_EQ(registry_in("tree"), registry_of("main"));
}

TEST_F(GitPlaces, AnotherWorkTreeIsWhereTheConfigSays) {
  make_queue("main");
  fs::create_directory(at("work"));
  git_in("main", {"config", "core.worktree", at("work")});
  fs::rename(at("main/.smbatcher"), at("work/.smbatcher"));
  EXPECT_EQ(registry_in("main"), registry_of("work"));
}

TEST_F(GitPlaces, ASubmoduleHasAQueueOfItsOwn) {
  make_queue("library");
  make_queue("super");
  git_in("super", {"submodule", "--quiet", "add", at("library"), "lib"});
  EXPECT_EQ(registry_in("super/lib/src"), registry_of("super/lib"));
  git_in("super/lib", {"worktree", "add", "-q", at("tree")});
  EXPECT_EQ(registry_in("tree"), registry_of("super/lib"));
}

TEST_F(GitPlaces, ALinkInPlaceOfTheGitFolderIsFollowed) {
  make_queue("main");
  fs::rename(at("main/.git"), at("store"));
  fs::create_directory_symlink("../store", at("main/.git"));
  EXPECT_EQ(registry_in("main/src"), registry_of("main"));
}

TEST_F(GitPlaces, WorkTreesOfABareRepositoryHaveNoMainCheckout) {
  make_queue("main");
  git_in("", {"clone", "-q", "--bare", "main", "bare.git"});
  git_in("bare.git", {"worktree", "add", "-q", "../tree"});
  EXPECT_EQ(registry_in("tree"), "no_main_checkout");
  expect_error(run_in("bare.git", "find-next", {"--format", "text"}), "ERROR:no_main_checkout");
  expect_error(run_in("bare.git", "prepare-register", {"--sites", "n.example:::"}), "ERROR:no_main_checkout");
  // `bare` in the file of one work tree counts like that of the repository.
  make_queue("second");
  git_in("second", {"worktree", "add", "-q", "../third"});
  git_in("second", {"config", "extensions.worktreeConfig", "true"});
  EXPECT_EQ(registry_in("third"), registry_of("second"));
  git_in("second", {"config", "--unset", "core.bare"});
  git_in("second", {"config", "--worktree", "core.bare", "true"});
  EXPECT_EQ(registry_in("third"), "no_main_checkout");
}

TEST_F(GitPlaces, WithoutGitAPlainShapeIsEnough) {
  make_queue("main");
  git_in("main", {"worktree", "add", "-q", "../tree"});
  const std::map<std::string, std::optional<std::string>> no_git{{"PATH", at("no programs")}};
  EXPECT_EQ(registry_in("main/src", no_git), registry_of("main"));
  EXPECT_EQ(registry_in("tree", no_git), registry_of("main"));
  git_in("main", {"config", "include.path", "more"});
  const ProcessResult result = run_in("tree", "find-next", {"--format", "text"}, no_git);
  expect_error(result, "ERROR:git_not_found");
  EXPECT_THAT(result.out, HasSubstr("--registry"));
  EXPECT_EQ(registry_in("tree", {{"PATH", at("no programs")}, {"SMBATCHER_REGISTRY", registry_of("main")}}),
            registry_of("main"));
}

TEST_F(GitPlaces, ARepositoryThatGitDoesNotTrustIsToldOf) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can give a folder away";
  }
  make_queue("main", {"--separate-git-dir", at("store")});
  ASSERT_EQ(::chown(at("main").c_str(), 4711, 4711), 0);
  ASSERT_EQ(::chown(at("main/.git").c_str(), 4711, 4711), 0);
  ASSERT_EQ(::chown(at("store").c_str(), 4711, 4711), 0);
  const ProcessResult result = run_in("main", "find-next", {"--format", "text"});
  expect_error(result, "ERROR:git_failed");
  EXPECT_THAT(result.out, HasSubstr("dubious ownership"));
  EXPECT_THAT(result.out, HasSubstr("safe.directory"));
  EXPECT_THAT(result.out, Not(HasSubstr("worktree repair")));
}

/// A registry that git tracks and that is not checked out comes back by the command that the answer names.
class TrackedRegistry : public GitPlaces {
 protected:
  void expect_way_back(const std::string& folder) const {
    for (const char* tool : {"find-next", "prepare-register", "prepare-batch"}) {
      const bool registers = std::string_view(tool) == "prepare-register";
      const ProcessResult result =
          run_in(folder, tool, registers ? Args{"--sites", "n.example:::"} : Args{"--format", "text"});
      expect_error(result, "ERROR:registry_not_found");
      EXPECT_THAT(result.out, HasSubstr(":git tracks the registry '" + registry_of("main") + "', but "));
      EXPECT_THAT(result.out, Not(HasSubstr("prepare-register"))) << tool;
      EXPECT_FALSE(fs::exists(registry_of("main")));
    }
    const std::string message = text_of(json(run_in(folder, "find-next", {})), "message");
    const std::string command = message.substr(message.find("git -C "));
    EXPECT_EQ(test::run({.argv = {"sh", "-c", command}, .env = clean_environment()}).status, 0) << command;
    EXPECT_EQ(registry_in(folder), registry_of("main"));
  }
};

TEST_F(TrackedRegistry, LeftOutOfASparseCheckout) {
  make_queue("main");
  git_in("main", {"worktree", "add", "-q", "../tree"});
  git_in("main", {"sparse-checkout", "set", "src"});
  ASSERT_FALSE(dir().exists("main/.smbatcher"));
  expect_way_back("main/src");
  git_in("main", {"sparse-checkout", "set", "src"});
  expect_way_back("tree");
}

TEST_F(TrackedRegistry, LeftOutByASparsePattern) {
  make_queue("main");
  git_in("main", {"sparse-checkout", "set", "--no-cone", "/src/"});
  ASSERT_FALSE(dir().exists("main/.smbatcher"));
  expect_way_back("main");
}

TEST_F(TrackedRegistry, LeftOutBelowAnOuterRegistry) {
  make_queue("main");
  git_in("main", {"sparse-checkout", "set", "src"});
  sandbox_.write_registry(Sandbox::registry_text({{"o.example", "009", "O"}}));
  expect_way_back("main/src");
}

TEST_F(TrackedRegistry, SkippedInTheWorkTree) {
  make_queue("main");
  git_in("main", {"update-index", "--skip-worktree", ".smbatcher/REGISTRY.md"});
  fs::remove(registry_of("main"));
  expect_way_back("main");
}

TEST_F(TrackedRegistry, Deleted) {
  make_queue("main");
  fs::remove_all(at("main/.smbatcher"));
  expect_way_back("main/src");
}

TEST_F(TrackedRegistry, DeletedBesideItsHistory) {
  make_queue("main");
  claim_in("main", "anna");
  fs::remove(registry_of("main"));
  expect_way_back("main");
}

TEST_F(TrackedRegistry, OnABranchOfAnotherWorkTree) {
  dir().make_dir("main");
  git_in("main", {"init", "-q", "-b", "main"});
  git_in("main", {"commit", "-q", "--allow-empty", "-m", "begin"});
  git_in("main", {"worktree", "add", "-q", "../tree"});
  dir().write("tree/.smbatcher/REGISTRY.md", Sandbox::registry_text(kTrackedSites));
  git_in("tree", {"add", "-A"});
  git_in("tree", {"commit", "-q", "-m", "queue"});
  for (const char* tool : {"find-next", "prepare-register"}) {
    const bool registers = std::string_view(tool) == "prepare-register";
    const ProcessResult result =
        run_in("tree", tool, registers ? Args{"--sites", "n.example:::"} : Args{"--format", "text"});
    expect_error(result, "ERROR:registry_not_found");
    EXPECT_THAT(result.out, HasSubstr(":the main checkout '" + at("main") + "' keeps the queue"));
    EXPECT_FALSE(dir().exists("main/.smbatcher"));
  }
}

}  // namespace
}  // namespace smbatcher::test

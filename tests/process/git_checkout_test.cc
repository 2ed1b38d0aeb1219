#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/queue_facts.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A git repository with a tracked registry of one batch at O, and anna's claim on it.
class GitCheckout : public ::testing::Test {
 protected:
  GitCheckout() {
    write_outputs(sandbox_, sites_);
    expect_ok(sandbox_.run("lock", {"001"}), "OK:locked");  // D -> O: the files beside the registry are there now
    git({"init", "-q", "-b", "main"});
    git({"add", "-A"});
    git({"commit", "-q", "-m", "queue"});
    claimed_ = json(sandbox_.run("find-next", {"--claim", "--owner", "anna"}));
  }

  const Sandbox& sandbox() const { return sandbox_; }
  std::int64_t token() const { return number_of(claimed_, "token"); }
  void git(const std::vector<std::string>& args) const { sandbox_.git(args); }
  ProcessResult run_in(const std::string& folder, std::string_view tool, const std::vector<std::string>& args) const {
    Command command = sandbox_.command(tool, args);
    command.cwd = sandbox_.dir().at(folder);
    return test::run(command);
  }
  ProcessResult complete() const {
    return sandbox_.run("implement-complete", {"--batch", "001", "--token", std::to_string(token())});
  }
  void expect_nothing_for(const std::string& owner) const {
    const ProcessResult result = sandbox_.run("find-next", {"--claim", "--owner", owner});
    EXPECT_EQ(text_of(json(result), "reason"), "no_work_found") << result.out;
  }
  std::string site_status() const { return sandbox_.status_of("s001-0.example"); }
  void remove(const std::string& name) const { std::filesystem::remove_all(sandbox_.dir().at(".smbatcher/" + name)); }

 private:
  std::vector<Sandbox::Site> sites_ = fleet(1, 2, "D");
  Sandbox sandbox_{sites_};
  Json claimed_;
};

TEST_F(GitCheckout, FormerBytesTakeNobodysLeaseAway) {
  git({"checkout", "-q", "--", ".smbatcher/REGISTRY.md"});
  ASSERT_EQ(site_status(), "O");
  expect_nothing_for("ben");
  expect_fail(sandbox().run("find-next", {"--claim", "--batch", "001", "--owner", "ben", "--format", "text"}),
              "FAIL:held:anna");
  expect_fail(sandbox().run("implement-start", {"s001-0.example", "--owner", "ben"}), "FAIL:held:anna");
  EXPECT_THAT(sandbox().run("status").out, HasSubstr("held by anna"));
  EXPECT_THAT(sandbox().run("status").out, HasSubstr("; rows of it show ready, but nobody else gets it"));

  const Json again = json(sandbox().run("find-next", {"--claim", "--owner", "anna"}));
  EXPECT_EQ(number_of(again, "token"), token());
  EXPECT_EQ(site_status(), "i");
  git({"checkout", "-q", "--", ".smbatcher/REGISTRY.md"});
  expect_ok(complete(), "OK:marked_complete:2/2");
  EXPECT_EQ(site_status(), "I");
}

TEST_F(GitCheckout, AFormerFileDoesNotVoidACompletion) {
  expect_ok(complete(), "OK:marked_complete:2/2");
  git({"checkout", "-q", "--", ".smbatcher/REGISTRY.md"});
  // The lease has ended, so the work that git brought back is anybody's, under a higher token.
  const Json next = json(sandbox().run("find-next", {"--claim", "--owner", "ben"}));
  EXPECT_GT(number_of(next, "token"), token());
  expect_fail(complete(), "FAIL:stale_claim:ben");
}

TEST_F(GitCheckout, ABranchWithoutTheRowsCanBeCheckedOutAndBack) {
  const std::string ours = sandbox().registry();
  git({"stash", "-q"});
  git({"checkout", "-q", "-b", "empty"});
  sandbox().write_registry(Sandbox::registry_text({{"other.example", "009", "Q"}}));
  git({"commit", "-q", "-a", "-m", "another queue"});
  expect_nothing_for("ben");
  expect_ok(sandbox().run("heartbeat", {"--batch", "001", "--token", std::to_string(token())}), "OK:renewed");
  EXPECT_EQ(sandbox().run("find-next", {"--claim", "--owner", "anna"}).status, 1);
  git({"checkout", "-q", "main"});
  expect_nothing_for("ben");
  git({"stash", "pop", "-q"});
  ASSERT_EQ(sandbox().registry(), ours);
  expect_nothing_for("ben");
  expect_ok(complete(), "OK:marked_complete:2/2");
}

TEST_F(GitCheckout, LinkedWorkTreesShareOneQueue) {
  git({"worktree", "add", "-q", "-b", "side", "tree"});
  ASSERT_TRUE(sandbox().dir().exists("tree/.smbatcher/REGISTRY.md"));
  const std::string tracked = sandbox().dir().read("tree/.smbatcher/REGISTRY.md");
  EXPECT_EQ(text_of(json(run_in("tree", "find-next", {"--claim", "--owner", "ben"})), "why"), "all_held");
  expect_ok(sandbox().run("release", {"--token", std::to_string(token()), "--delay", "0"}), "OK:released");
  const Json there = json(run_in("tree", "find-next", {"--claim", "--owner", "ben"}));
  EXPECT_EQ(text_of(there, "registry"), sandbox().dir().at(".smbatcher/REGISTRY.md"));
  EXPECT_GT(number_of(there, "token"), token());
  expect_nothing_for("anna");
  EXPECT_EQ(site_status(), "i");
  // The sites are where the caller stands.
  std::filesystem::remove_all(sandbox().dir().at("sites"));
  const std::string there_token = std::to_string(number_of(there, "token"));
  expect_fail(sandbox().run("implement-complete", {"--token", there_token}), "FAIL:missing_files");
  expect_ok(run_in("tree", "implement-complete", {"--token", there_token}), "OK:marked_complete:2/2");
  EXPECT_EQ(sandbox().dir().read("tree/.smbatcher/REGISTRY.md"), tracked);
  EXPECT_EQ(sandbox().dir().list("tree/.smbatcher"),
            (std::vector<std::string>{".gitignore", "REGISTRY.md", "config.yml"}));
}

TEST_F(GitCheckout, TwoLinkedWorkTreesRaceForOneQueue) {
  git({"worktree", "add", "-q", "-b", "left", "left"});
  git({"worktree", "add", "-q", "-b", "right", "right"});
  expect_ok(sandbox().run("release", {"--token", std::to_string(token()), "--delay", "0"}), "OK:released");
  std::vector<Command> commands;
  for (int i = 0; i < 32; ++i) {
    commands.push_back(sandbox().command("find-next", {"--claim", "--owner", "a" + std::to_string(i)}));
    commands.back().cwd = sandbox().dir().at(i % 2 == 0 ? "left" : "right");
  }
  int winners = 0;
  for (const ProcessResult& result : run_together(commands)) {
    winners += static_cast<int>(result.status == 0);
  }
  EXPECT_EQ(winners, 1);
}

TEST_F(GitCheckout, AWorkTreeOfABareRepositoryHasNoQueue) {
  git({"clone", "-q", "--bare", ".", "bare.git"});
  git({"-C", "bare.git", "worktree", "add", "-q", "../tree"});
  const ProcessResult result = run_in("tree", "find-next", {"--claim", "--format", "text"});
  expect_error(result, "ERROR:no_main_checkout");
  EXPECT_THAT(result.out, HasSubstr("SMBATCHER_REGISTRY"));
}

TEST_F(GitCheckout, WhatIsDeletedDuringALeaseTakesItFromNobody) {
  for (const std::string& name : {std::string("state/claims"), std::string("state/history.jsonl")}) {
    SCOPED_TRACE(name);
    remove(name);
    expect_nothing_for("ben");
    expect_ok(sandbox().run("check-claim", {"--batch", "001", "--token", std::to_string(token())}), "OK:held");
  }
  expect_ok(complete(), "OK:marked_complete:2/2");
  expect_ok(sandbox().run("reopen", {"--batch", "001", "--why", "again"}), "OK:reopened");
  EXPECT_GT(number_of(json(sandbox().run("find-next", {"--claim", "--owner", "ben"})), "token"), token());
}

TEST_F(GitCheckout, ADeletedHistoryIsFollowedByHigherTokensOnly) {
  remove("state/history.jsonl");
  expect_ok(complete(), "OK:marked_complete:2/2");
  expect_ok(sandbox().run("reopen", {"--batch", "001", "--why", "again"}), "OK:reopened");
  const Json next = json(sandbox().run("find-next", {"--claim", "--owner", "ben"}));
  EXPECT_GT(number_of(next, "token"), token());
  remove("state/history.jsonl");
  expect_ok(sandbox().run("release", {"--token", std::to_string(number_of(next, "token")), "--delay", "0"}),
            "OK:released");
  const Json last = json(sandbox().run("find-next", {"--claim", "--owner", "carl"}));
  EXPECT_GT(number_of(last, "token"), number_of(next, "token"));
  expect_fail(sandbox().run("heartbeat", {"--batch", "001", "--token", std::to_string(token())}),
              "FAIL:stale_claim:carl");
}

TEST_F(GitCheckout, DeletedHistoryAndClaimsLeaveTheWorkWithNobodyElse) {
  remove("state/history.jsonl");
  remove("state/claims");
  expect_nothing_for("ben");  // it is in progress: somebody works on it
  EXPECT_THAT(sandbox().run("status").out, HasSubstr("held by unknown"));
  const ProcessResult stale = complete();
  EXPECT_EQ(stale.status, 1) << stale.out;
  expect_ok(sandbox().run("reap", {"--unclaimed"}), "OK:reaped:1");
  const Json next = json(sandbox().run("find-next", {"--claim", "--owner", "ben"}));
  EXPECT_GT(number_of(next, "token"), token());
  expect_fail(complete(), "FAIL:stale_claim:ben");
}

TEST_F(GitCheckout, ADeletedRegistryIsAnErrorUntilItIsBack) {
  const std::string bytes = sandbox().registry();
  remove("REGISTRY.md");
  expect_error(sandbox().run("find-next", {"--claim", "--owner", "ben", "--format", "text"}),
               "ERROR:registry_not_found");
  EXPECT_FALSE(sandbox().dir().exists(".smbatcher/REGISTRY.md"));
  sandbox().write_registry(bytes);
  expect_nothing_for("ben");
  expect_ok(complete(), "OK:marked_complete:2/2");
}

TEST_F(GitCheckout, ARegistryThatIsAwayForAMomentIsWaitedFor) {
  const std::string bytes = sandbox().registry();
  remove("REGISTRY.md");
  Process waiting(sandbox().command("heartbeat", {"--token", std::to_string(token())}));
  sandbox().write_registry(bytes);
  expect_ok(waiting.wait(), "OK:renewed");
}

TEST_F(GitCheckout, NothingOfTheQueueButTheRegistryIsTracked) {
  expect_ok(complete(), "OK:marked_complete:2/2");
  EXPECT_EQ(sandbox().git({"status", "--porcelain"}), " M .smbatcher/REGISTRY.md\n");
  EXPECT_EQ(sandbox().git({"diff", "--numstat"}), "2\t2\t.smbatcher/REGISTRY.md\n");
}

}  // namespace
}  // namespace smbatcher::test

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/queue_facts.h"

// A queue of the first release, of which every byte was written by its programs; data/former_queue/README.md tells what
// is in it. Today's programs go on with it.

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

const std::map<std::string, std::string> kHolders{{"001", "anna"}, {"002", "ben"}, {"006", "carl"}};

/// The parameter is the registry that the killed call has left: before or after the exchange.
class FormerQueue : public ::testing::TestWithParam<const char*> {
 protected:
  FormerQueue() {
    const std::string data = source_dir() + "/tests/process/data/former_queue/";
    fs::create_directories(sandbox_.dir().at(".smbatcher"));
    fs::copy(data + "history.jsonl", at("history.jsonl"));
    fs::copy(data + "claims", at("claims"));
    fs::copy(data + GetParam(), at("REGISTRY.md"));
    write_outputs(sandbox_, {{"annas-a.example", "", ""},
                             {"annas-b.example", "", ""},
                             {"killed-a.example", "", ""},
                             {"killed-b.example", "", ""}});
    EXPECT_EQ(test::run({.argv = {"git", "init", "-q", sandbox_.dir().path()}, .env = clean_environment()}).status, 0);
    for (const auto& [batch, owner] : kHolders) {
      const Json lease = lease_in("claims", batch);
      EXPECT_EQ(text_of(lease, "owner"), owner);
      tokens_[batch] = number_of(lease, "token");
      renewed_[batch] = text_of(lease, "renewed_at");
    }
  }

  const Sandbox& sandbox() const { return sandbox_; }
  std::string token(const std::string& batch) const { return std::to_string(tokens_.at(batch)); }
  std::int64_t highest_token() const { return tokens_.at("006"); }
  std::string at(const std::string& name) const { return sandbox_.dir().at(".smbatcher/" + name); }
  std::string read(const std::string& name) const { return sandbox_.dir().read(".smbatcher/" + name); }
  Json claim(const std::string& owner) const { return json(sandbox_.run("find-next", {"--claim", "--owner", owner})); }

  /// Leases with their renewals, attempts, burials, the delay, and what is complete.
  void expect_work_as_it_was() const {
    for (const auto& [batch, owner] : kHolders) {
      expect_ok(sandbox_.run("check-claim", {"--batch", batch, "--token", token(batch)}), "OK:held");
      EXPECT_THAT(status(batch), HasSubstr("held by " + owner + ", token " + token(batch)));
    }
    EXPECT_THAT(status("001"), HasSubstr("drawn-a.example  I       0 "));
    EXPECT_EQ(sandbox_.status_of("done-a.example") + sandbox_.status_of("done-b.example"), "II");
    const std::string weak = status("004");
    EXPECT_THAT(weak, ::testing::ContainsRegex("weak-a.example  [Oi]       3 "));
    EXPECT_THAT(weak, HasSubstr("weak-b.example  O       5         -      buried by smbatcher: 5 attempts"));
    EXPECT_THAT(weak, HasSubstr("weak-c.example  O       3         -      buried by somebody: no apples yet"));
    EXPECT_THAT(status("005"), HasSubstr("later-a.example  O       1         -      delayed for "));
    expect_ok(sandbox_.run("check-registry"), "OK:registry_valid");
  }
  /// The old history tells a program of format 1 to go away, and nothing else; all it held is in the state folder.
  void expect_moved(const std::string& old_history) const {
    EXPECT_EQ(read("history.jsonl"), "{\"format\":2,\"moved_to\":\"state\"}\n");
    EXPECT_FALSE(fs::exists(at("claims")));
    EXPECT_EQ(read("state/.gitignore"), "*\n");
    EXPECT_TRUE(read("state/history.jsonl").starts_with(old_history));
    for (const auto& [batch, renewed] : renewed_) {
      EXPECT_EQ(text_of(lease_in("state/claims", batch), "renewed_at"), renewed) << batch;
    }
  }
  /// The event that the killed call left open is closed, before anything that came later.
  void expect_settled(const std::string& old_history) const {
    const std::string added = read("state/history.jsonl").substr(old_history.size());
    const bool is_done = std::string(GetParam()) == "REGISTRY.md";
    EXPECT_TRUE(added.starts_with(std::string("{\"format\":2,\"closes\":22,\"as\":\"") + (is_done ? "done" : "kept")))
        << added;
  }

 private:
  std::string status(const std::string& batch) const { return sandbox_.run("status", {batch}).out; }
  Json lease_in(const std::string& folder, const std::string& batch) const {
    const auto parsed = parse_json(read(folder + "/implement-" + batch + ".json"));
    return *std::get<Json>(parsed).find("claim")->find("lease");
  }

  Sandbox sandbox_;
  std::map<std::string, std::int64_t> tokens_;
  std::map<std::string, std::string> renewed_;
};

TEST_P(FormerQueue, IsShownAsItWasByCallsThatOnlyRead) {
  const std::string history = read("history.jsonl");
  expect_work_as_it_was();
  EXPECT_EQ(read("history.jsonl"), history);
  EXPECT_FALSE(fs::exists(at("state")));
}

TEST_P(FormerQueue, IsMovedByTheFirstClaimAndNothingIsGivenTwice) {
  const std::string history = read("history.jsonl");
  std::vector<std::string> given;
  std::int64_t last = highest_token();
  for (const char* const owner : {"dora", "emil"}) {
    const Json claimed = claim(owner);
    given.push_back(text_of(claimed, "batch"));
    EXPECT_GT(number_of(claimed, "token"), last);
    last = number_of(claimed, "token");
    EXPECT_THAT(claimed.dump(), Not(HasSubstr("warnings")));
    expect_moved(history);
  }
  EXPECT_EQ(given, (std::vector<std::string>{"004", "007"}));
  expect_settled(history);
  expect_work_as_it_was();
  expect_fail(sandbox().run("find-next", {"--claim", "--owner", "fred", "--format", "text"}),
              "FAIL:no_work_found:all_held");
  for (const auto& [batch, owner] : kHolders) {
    expect_fail(sandbox().run("find-next", {"--claim", "--owner", "fred", "--batch", batch, "--format", "text"}),
                "FAIL:held:" + owner);
    const Json continued = claim(owner);
    EXPECT_EQ(text_of(continued, "batch"), batch);
    EXPECT_EQ(std::to_string(number_of(continued, "token")), token(batch));
  }
}

TEST_P(FormerQueue, IsMovedByACompletionWithATokenOfBefore) {
  const std::string history = read("history.jsonl");
  expect_ok(sandbox().run("implement-complete", {"--batch", "001", "--token", token("001")}), "OK:marked_complete:2/2");
  EXPECT_EQ(sandbox().status_of("annas-a.example") + sandbox().status_of("annas-b.example"), "II");
  EXPECT_EQ(read("history.jsonl"), "{\"format\":2,\"moved_to\":\"state\"}\n");
  expect_settled(history);
  expect_fail(sandbox().run("check-claim", {"--batch", "001", "--token", token("001")}), "FAIL:not_claimed");
  ASSERT_EQ(text_of(claim("carl"), "batch"), "006");
  expect_ok(sandbox().run("implement-complete", {"--batch", "006", "--token", token("006")}), "OK:marked_complete:2/2");
}

INSTANTIATE_TEST_SUITE_P(KilledCall, FormerQueue, ::testing::Values("REGISTRY.md", "REGISTRY.md.before"),
                         [](const auto& tested) {
                           return tested.param == std::string("REGISTRY.md") ? "AfterTheExchange" : "BeforeTheExchange";
                         });

}  // namespace
}  // namespace smbatcher::test

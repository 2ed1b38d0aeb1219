#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/queue_facts.h"

namespace smbatcher::test {
namespace {

constexpr int kMixRounds = 8;

/// What a worker knows of its own claim.
struct Worker {
  std::string owner;
  std::string phase;
  std::string batch;
  std::string token;
};

/// Many workers that do the next thing at random, all verbs beside each other.
class Crowd {
 public:
  Crowd(const Sandbox& sandbox, const std::vector<Sandbox::Site>& sites, unsigned seed)
      : sandbox_(&sandbox), sites_(&sites), random_(seed), workers_(kRacers) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      workers_[i].owner = "a" + std::to_string(i);
    }
  }

  void round() {
    std::vector<Command> commands;
    for (const Worker& worker : workers_) {
      std::vector<std::string> words = worker.token.empty() ? without_claim(worker) : with_claim(worker);
      words.insert(words.end(), {"--format", "json", "--owner", worker.owner});
      const std::string tool = words.front();
      words.erase(words.begin());
      commands.push_back(sandbox_->command(tool, words));
    }
    const std::vector<ProcessResult> results = run_together(commands);
    for (std::size_t i = 0; i < results.size(); ++i) {
      // A reopened batch may have lost its last site meanwhile; any other error is none that a race explains.
      const bool batch_is_gone = text_of(json(results[i]), "error") == "batch_not_found";
      EXPECT_TRUE(results[i].status <= 1 || batch_is_gone) << results[i].command << "\n" << results[i].out;
      learn(workers_[i], commands[i].argv[0], json(results[i]), results[i].status == 0);
    }
  }
  int done() const { return done_; }

 private:
  std::size_t pick(std::size_t count) { return random_() % count; }
  const Sandbox::Site& any_site() { return (*sites_)[pick(sites_->size())]; }

  std::vector<std::string> without_claim(const Worker&) {
    const Sandbox::Site& site = any_site();
    const std::vector<std::vector<std::string>> choices{
        {"find-next", "--claim", "--phase", "design"},
        {"find-next", "--claim", "--phase", "implement"},
        {"find-next", "--claim", "--phase", "implement"},
        {"design-start", site.domain},
        {"implement-start", "--batch", site.batch},
        {"lock"},
        {"implement-finish", "--batch", site.batch},
        {"reap"},
        {"bury", site.domain, "--why", "no photos"},
        {"kick", site.domain},
        {"reopen", site.domain, "--why", "reason " + std::to_string(random_())},
        {"prepare-register", "--sites", "new" + std::to_string(random_()) + ".example:New:Text:warm"},
        {"prepare-batch"}};
    return choices[pick(choices.size())];
  }
  std::vector<std::string> with_claim(const Worker& worker) {
    const std::vector<std::string> choices{"heartbeat", "release", "complete", "complete", "continue"};
    const std::string& choice = choices[pick(choices.size())];
    if (choice == "continue") {
      return {"find-next", "--claim", "--phase", worker.phase, "--token", worker.token};
    }
    return {choice == "complete" ? worker.phase + "-complete" : choice, "--batch", worker.batch, "--token",
            worker.token};
  }

  void learn(Worker& worker, const std::string& tool, const Json& answer, bool ok) {
    done_ += static_cast<int>(ok);
    if (!ok || tool.ends_with("/heartbeat")) {
      return;
    }
    const std::int64_t token = number_of(answer, "token");
    worker.token = token < 0 ? "" : std::to_string(token);
    worker.batch = text_of(answer, "batch");
    worker.phase = text_of(answer, "phase");
  }

  const Sandbox* sandbox_;
  const std::vector<Sandbox::Site>* sites_;
  std::mt19937 random_;
  std::vector<Worker> workers_;
  int done_ = 0;
};

TEST(RaceMix, AllVerbsAtOnceLeaveAHistoryThatExplainsTheRegistry) {
  std::vector<Sandbox::Site> sites;
  int first = 1;
  for (const char* const status : {"B", "D", "O", "O", "I", "Q"}) {
    const auto some = fleet(12, 2, status, first);
    sites.insert(sites.end(), some.begin(), some.end());
    first += 12;
  }
  const Sandbox sandbox(sites);
  write_outputs(sandbox, sites);
  sandbox.dir().write(".smbatcher/config.yml", "design:\n  required_headings: [Design]\nretry: {delay: {first: 0}}\n");
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RecordProperty("seed", static_cast<int>(seed));
  Crowd crowd(sandbox, sites, seed);
  for (int i = 0; i < kMixRounds; ++i) {
    crowd.round();
  }
  EXPECT_GT(crowd.done(), kRacers * kMixRounds / 3) << "too few calls changed anything for this to show much";
  expect_history_explains_registry(sandbox, sites);
  // What the claim files cache is what the history says: without them every answer is the same.
  const std::string status = sandbox.run("find-next", {"--mode", "status"}).out;
  const std::string next = sandbox.run("find-next", {"--owner", "new"}).out;
  EXPECT_EQ(run({.argv = {"rm", "-r", sandbox.dir().at(".smbatcher/state/claims")}}).status, 0);
  EXPECT_EQ(sandbox.run("find-next", {"--mode", "status"}).out, status);
  EXPECT_EQ(sandbox.run("find-next", {"--owner", "new"}).out, next);
}

}  // namespace
}  // namespace smbatcher::test

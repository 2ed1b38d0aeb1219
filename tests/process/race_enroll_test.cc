#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/queue_facts.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

std::vector<Command> registrations(const Sandbox& sandbox) {
  std::vector<Command> commands;
  for (int i = 0; i < kRacers; ++i) {
    const std::string number = std::to_string(i);
    commands.push_back(
        sandbox.command("prepare-register", {"--sites", "site" + number + ".example:Site " + number + ":Text:warm"}));
  }
  return commands;
}

std::vector<Sandbox::Site> registered_sites() {
  std::vector<Sandbox::Site> sites;
  for (int i = 0; i < kRacers; ++i) {
    sites.push_back({"site" + std::to_string(i) + ".example", "", ""});
  }
  return sites;
}

TEST(RaceRegister, AllSitesAreThereInANewRegistry) {
  const Sandbox sandbox;
  EXPECT_THAT(outputs(run_together(registrations(sandbox))), ElementsAre(Pair("0 OK:registered:1\n", kRacers)));
  EXPECT_EQ(logged_events(sandbox, "register").size(), static_cast<std::size_t>(kRacers));
  EXPECT_EQ(logged_events(sandbox, "opened").size(), 1U);
  for (const Sandbox::Site& site : registered_sites()) {
    EXPECT_EQ(sandbox.status_of(site.domain), "-");
  }
  expect_history_explains_registry(sandbox, registered_sites());
}

TEST(RaceRegister, OneSiteIsRegisteredOnce) {
  for (const bool begun : {true, false}) {
    const Sandbox sandbox;
    if (begun) {
      expect_ok(sandbox.run("prepare-register", {"--sites", "first.example:F:F:f"}), "OK:registered:1");
    }
    EXPECT_THAT(
        outputs(race(sandbox, kRacers, "prepare-register", {"--sites", "bakery.example:Bakery:Bread:warm"})),
        ElementsAre(Pair("0 OK:registered:1\n", 1),
                    Pair("1 FAIL:already_registered:bakery.example\nnone was added: leave these out and call again\n",
                         kRacers - 1)));
    EXPECT_EQ(sandbox.status_of("bakery.example"), "-");
    EXPECT_EQ(sandbox.run("check-registry").out, "OK:registry_valid\n");
  }
}

TEST(RaceBatch, NoSiteIsInTwoBatchesAndIdsAreDistinct) {
  const Sandbox sandbox;
  run_together(registrations(sandbox));
  std::vector<Command> commands;
  for (int i = 0; i < kRacers; ++i) {
    commands.push_back(sandbox.command("prepare-batch", {"site" + std::to_string(i) + ".example", "--format", "json"}));
  }
  std::set<std::string> ids;
  for (const ProcessResult& result : run_together(commands)) {
    const Json answer = json(result);
    const Json* const batches = answer.find("batches");
    ASSERT_NE(batches, nullptr) << result.out;
    EXPECT_TRUE(ids.insert(*batches->array()->at(0).string()).second) << result.out;
  }
  EXPECT_EQ(*ids.begin(), "001");
  EXPECT_EQ(*ids.rbegin(), "064");
  std::set<std::string> batched;
  for (const LoggedEvent& event : logged_events(sandbox, "batch")) {
    for (const Json& row : event.list("rows")) {
      EXPECT_TRUE(batched.insert(text_of(row, "domain")).second) << text_of(row, "domain") << " was batched twice";
    }
  }
  EXPECT_EQ(batched.size(), static_cast<std::size_t>(kRacers));
  expect_history_explains_registry(sandbox, registered_sites());
}

TEST(RaceBatch, OneCallerGroupsAllSites) {
  const Sandbox sandbox;
  run_together(registrations(sandbox));
  EXPECT_THAT(outputs(race(sandbox, kRacers, "prepare-batch", {"--size", "32"})),
              ElementsAre(Pair("0 OK:batch_created:001, 002\n", 1),
                          Pair("1 FAIL:no_eligible_sites\nno site is at '-': smbatcher prepare-register adds some\n",
                               kRacers - 1)));
  expect_history_explains_registry(sandbox, registered_sites());
}

}  // namespace
}  // namespace smbatcher::test

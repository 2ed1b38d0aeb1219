#include "libregistry/coordination/hook_sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libregistry/coordination/hook_env_file.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

using ::testing::UnorderedElementsAre;

constexpr const char* kOne = "claude-20261120-180000-00000001";
constexpr const char* kTwo = "claude-20261120-180000-00000002";

struct Scene {
  TempDir dir;
  FakeClock clock;
  SystemProcessTable processes;
  Coordination coordination{system_file_ops(), clock, processes, {dir.path(), dir.at(".claude/coordination")}};
  HookSessions sessions{coordination};

  std::string make(const AgentKey& key, const std::string& id) const {
    return sessions.find_or_make(key, [&id]() -> Result<std::string> { return id; }).value_or("");
  }
};

TEST(HookSessions, RemembersTheFirstInstanceOfAnAgent) {
  const Scene scene;
  const AgentKey key{"s1", ""};
  EXPECT_EQ(scene.sessions.find(key), std::nullopt);
  EXPECT_EQ(scene.make(key, kOne), kOne);
  EXPECT_EQ(scene.make(key, kTwo), kOne);
  EXPECT_EQ(scene.sessions.find(key), kOne);
}

TEST(HookSessions, NoTwoAgentsShareAFile) {
  const Scene scene;
  EXPECT_EQ(scene.make({"s1", "a"}, kOne), kOne);
  EXPECT_EQ(scene.make({"s1a", ""}, kTwo), kTwo);
  EXPECT_EQ(scene.sessions.find({"s1", "a"}), kOne);
  EXPECT_EQ(scene.sessions.find({"s1", ""}), std::nullopt);
  EXPECT_TRUE(scene.sessions.is_taken(kOne, {"s2", ""}));
  EXPECT_FALSE(scene.sessions.is_taken(kOne, {"s1", "a"}));
}

TEST(HookSessions, ASessionHasItsSubagents) {
  const Scene scene;
  scene.make({"s1", ""}, kOne);
  scene.make({"s1", "a"}, kTwo);
  scene.make({"s2", ""}, "claude-20261120-180000-00000003");
  EXPECT_THAT(scene.sessions.of_session("s1"), UnorderedElementsAre(kOne, kTwo));
}

TEST(HookSessions, NothingIsRememberedWhereNoInstanceWasMade) {
  const Scene scene;
  const auto made = scene.sessions.find_or_make(
      {"s1", ""}, []() -> Result<std::string> { return fail(usage_error("invalid_argument", "no")); });
  EXPECT_FALSE(made);
  EXPECT_EQ(scene.sessions.find({"s1", ""}), std::nullopt);
}

TEST(HookSessions, ForgetsOldAgentsThatHaveNoHeartbeat) {
  Scene scene;
  scene.make({"s1", ""}, kOne);
  scene.make({"s2", ""}, kTwo);
  scene.dir.write(".claude/coordination/heartbeats/" + std::string(kTwo) + ".json", "{}");
  scene.sessions.forget_older_than(std::chrono::hours(24));
  EXPECT_EQ(scene.sessions.find({"s1", ""}), kOne);
  scene.clock.advance(std::chrono::hours(25));
  scene.sessions.forget_older_than(std::chrono::hours(24));
  EXPECT_EQ(scene.sessions.find({"s1", ""}), std::nullopt);
  EXPECT_EQ(scene.sessions.find({"s2", ""}), kTwo);
}

TEST(HookEnvFile, SaysItOnceAndAgainWhenItHasChanged) {
  const TempDir dir;
  const auto tell = [&](const char* id) {
    EXPECT_TRUE(export_instance(system_file_ops(), dir.at("env"), id));
    return dir.read("env");
  };
  EXPECT_EQ(tell("a"), "export COORD_INSTANCE_ID=a\n");
  EXPECT_EQ(tell("a"), "export COORD_INSTANCE_ID=a\n");
  EXPECT_EQ(tell("b"), "export COORD_INSTANCE_ID=a\nexport COORD_INSTANCE_ID=b\n");
  EXPECT_EQ(tell("a"), "export COORD_INSTANCE_ID=a\nexport COORD_INSTANCE_ID=b\nexport COORD_INSTANCE_ID=a\n");
}

}  // namespace
}  // namespace smbatcher::test

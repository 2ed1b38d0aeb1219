#include <thread>

#include "tests/process/coord_support.h"

namespace smbatcher::test {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

class CoordStatus : public TwoAgents {};

TEST(CoordStatusOfNobody, SaysSo) {
  const Project project;
  EXPECT_EQ(project.run("coord-status").out,
            "======================================\n"
            "  Claude Code Coordination Status\n"
            "======================================\n"
            "\n"
            "Active Instances: 0\n"
            "\n"
            "No active instances.\n"
            "\n"
            "--------------------------------------\n"
            "Total File Locks: 0\n"
            "Total Decisions Logged: 0\n"
            "======================================\n");
  EXPECT_EQ(project.run("coord-status", {"--json"}).out,
            "{\n  \"schema_version\": \"1.0.0\",\n  \"registry_updated_at\": \"\",\n  \"instances\": []\n}\n");
}

TEST_F(CoordStatus, ShowsWhoWorksOnWhat) {
  ASSERT_EQ(instance(kAnna, {"unregister"}).status, 0);
  ASSERT_EQ(
      instance(kBen, {"register", "--id", kBen, "--task", "Create login\ncomponent", "--role", "frontend-ui-developer"})
          .status,
      0);
  ASSERT_EQ(lock(kBen, {"acquire", "src/Login.tsx", "src/App.tsx", "--intent", "Move it"}).status, 0);
  const std::string ping = text_of(project.file(kFolder + "heartbeats/" + kBen + ".json"), "last_ping");
  const std::string until = "Last Heartbeat: " + ping +
                            "\n"
                            "  Locked Files:\n"
                            "    - src/App.tsx\n"
                            "    - src/Login.tsx\n"
                            "\n";
  const std::string end =
      "--------------------------------------\n"
      "Total File Locks: 2\n"
      "Total Decisions Logged: 0\n"
      "======================================\n";
  const std::string start =
      "======================================\n"
      "  Claude Code Coordination Status\n"
      "======================================\n"
      "\n"
      "Active Instances: 1\n"
      "\n"
      "Instance: " +
      std::string(kBen) +
      "\n"
      "  Role: frontend-ui-developer\n"
      "  Task: Create login\\ncomponent\n"
      "  Branch: unknown\n"
      "  Status: active\n"
      "  Files Locked: 2\n"
      "  ";
  EXPECT_EQ(project.run("coord-status").out, start + until + end);
  const std::string holder = std::string(" by ") + kBen + " (Create login\\ncomponent), 5 min left: Move it\n";
  EXPECT_EQ(project.run("coord-status", {"--verbose"}).out,
            start + until + "Lock Details:\n  - src/App.tsx" + holder + "  - src/Login.tsx" + holder + "\n" + end);
}

TEST_F(CoordStatus, TellsStaleFromIdleFromActive) {
  const auto status_after = [this](seconds age) {
    project.dir().write(kFolder + "heartbeats/" + kAnna + ".json", original_heartbeat(kAnna, age));
    project.dir().write(kFolder + "work-registry.json", original_registry(project.dir().path(), kAnna, age));
    const auto instances = json(instance(kAnna, {"list", "--json"}));
    return text_of((*instances.find("instances")->array())[0], "status");
  };
  EXPECT_EQ(status_after(seconds(100)), "active");
  EXPECT_EQ(status_after(seconds(200)), "idle");
  EXPECT_EQ(status_after(seconds(310)), "stale");
}

TEST_F(CoordStatus, CallsAnInstanceCrashedWhenItsProcessIsGone) {
  Process worker({.argv = {"sleep", "1000"}});
  ASSERT_EQ(instance(kAnna, {"register", "--id", kAnna, "--pid", std::to_string(worker.pid())}).status, 0);
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  EXPECT_THAT(project.run("coord-status", {"--metrics"}).out, HasSubstr("instances{status=\"crashed\"} 0\n"));
  worker.kill(SIGKILL);
  (void)worker.wait();
  EXPECT_THAT(project.run("coord-status", {"--metrics"}).out, HasSubstr("instances{status=\"crashed\"} 1\n"));
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 0);  // and its locks are free at once
  EXPECT_EQ(project.instances(), std::vector<std::string>{kBen});
}

TEST_F(CoordStatus, GivesMetricsThatPrometheusReads) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  project.dir().write(kFolder + "locks/Yi5weQ.json", original_lock("b.py", kBen, seconds(-10)));
  const std::string text = project.run("coord-status", {"--metrics"}).out;
  EXPECT_THAT(text, HasSubstr("# TYPE smbatcher_coordination_locks gauge\n"
                              "smbatcher_coordination_locks{state=\"live\"} 1\n"
                              "smbatcher_coordination_locks{state=\"ended\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("smbatcher_coordination_files_locked{instance=\"" + std::string(kAnna) + "\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("smbatcher_coordination_waiters 0\n"));
}

TEST_F(CoordStatus, WatchPrintsAgainWhenSomethingChanged) {
  Process watch(project.command("coord-status", {"--watch", "--interval", "0"}));
  const auto shows = [&watch](const std::string& text) {
    const auto limit = std::chrono::steady_clock::now() + seconds(40);
    while (watch.out_so_far().find(text) == std::string::npos) {
      if (std::chrono::steady_clock::now() > limit) {
        return false;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  };
  EXPECT_TRUE(shows("Total File Locks: 0"));
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  EXPECT_TRUE(shows("Total File Locks: 1"));
  watch.kill(SIGTERM);
  EXPECT_EQ(watch.wait().signal, SIGTERM);
}

}  // namespace
}  // namespace smbatcher::test

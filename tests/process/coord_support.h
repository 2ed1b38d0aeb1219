#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "tests/process/coord_hook_support.h"

namespace smbatcher::test {

inline constexpr const char* kAnna = "claude-20260108-124532-a3f7b2d1";
inline constexpr const char* kBen = "claude-20260108-130012-f9c4e8a2";
inline constexpr const char* kCarl = "claude-20260108-131500-00c0ffee";

/// At once, where they race.
inline constexpr int kCoordRacers = 32;

inline const std::string kFolder = ".claude/coordination/";

/// The id of an instance that nobody else in the test is.
inline std::string numbered_id(int number) {
  std::string digits = std::to_string(number);
  return "claude-20260108-124532-" + std::string(8 - digits.size(), '0') + digits;
}

inline std::string time_from_now(std::chrono::seconds offset) { return format_time(SystemClock().now().wall + offset); }

/// A lock file as the shell library writes it: byte for byte.
inline std::string original_lock(const std::string& path, const std::string& holder, std::chrono::seconds left,
                                 const std::string& hash = std::string(40, '0')) {
  return "{\n  \"schema_version\": \"1.0.0\",\n  \"file_path\": \"" + path +
         "\",\n  \"lock_type\": \"write\",\n  \"locked_by\": {\n    \"instance_id\": \"" + holder +
         "\",\n    \"pid\": 4711\n  },\n  \"locked_at\": \"" + time_from_now(left - std::chrono::seconds(300)) +
         "\",\n  \"expires_at\": \"" + time_from_now(left) + "\",\n  \"file_hash\": \"" + hash +
         "\",\n  \"intent\": \"Editing file\"\n}\n";
}

inline std::string original_heartbeat(const std::string& id, std::chrono::seconds age, int count = 0) {
  return "{\n  \"instance_id\": \"" + id + "\",\n  \"pid\": 4711,\n  \"last_ping\": \"" + time_from_now(-age) +
         "\",\n  \"ping_count\": " + std::to_string(count) + ",\n  \"status\": \"" +
         (count == 0 ? "starting" : "active") + "\"\n}\n";
}

/// One instance, registered as the shell library does it, as its jq prints it.
inline std::string original_registry(const std::string& root, const std::string& id, std::chrono::seconds age) {
  const std::string time = time_from_now(-age);
  return "{\n  \"schema_version\": \"1.0.0\",\n  \"registry_updated_at\": \"" + time +
         "\",\n  \"instances\": [\n    {\n      \"instance_id\": \"" + id + "\",\n      \"worktree_path\": \"" + root +
         "\",\n      \"pid\": 4711,\n      \"current_task\": {\n        \"description\": \"Fix the parser\",\n"
         "        \"agent_role\": \"main\",\n        \"started_at\": \"" +
         time + "\"\n      },\n      \"files_locked\": [],\n      \"heartbeat\": {\n        \"last_ping\": \"" + time +
         "\",\n        \"heartbeat_file\": \"" + root + "/.claude/coordination/heartbeats/" + id +
         ".json\"\n      },\n      \"status\": \"active\",\n      \"metadata\": {\n        \"os\": \"Linux\",\n"
         "        \"branch\": \"main\",\n        \"user\": \"anna\"\n      }\n    }\n  ]\n}\n";
}

/// "a.py" -> "YS5weQ", the name of its lock file in locks/.
inline const std::string kLockOfA = kFolder + "locks/YS5weQ.json";

/// A project in which anna and ben are registered.
class TwoAgents : public ::testing::Test {
 protected:
  TwoAgents() {
    for (const char* id : {kAnna, kBen}) {
      EXPECT_EQ(project.run("coord-instance", {"register", "--id", id, "--task", "Fix the parser"}).status, 0);
    }
  }

  ProcessResult lock(const std::string& id, std::vector<std::string> args) const {
    ProcessResult result = project.run_as(id, "coord-lock", args);
    EXPECT_EQ(result.err, "") << result.command;
    return result;
  }
  ProcessResult instance(const std::string& id, const std::vector<std::string>& args) const {
    ProcessResult result = project.run_as(id, "coord-instance", args);
    EXPECT_EQ(result.err, "") << result.command;
    return result;
  }
  std::vector<std::string> files_locked(const std::string& id) const {
    const Json registry = project.file(kFolder + "work-registry.json");
    for (const Json& each : *registry.find("instances")->array()) {
      if (text_of(each, "instance_id") == id) {
        std::vector<std::string> files;
        for (const Json& file : *each.find("files_locked")->array()) {
          files.push_back(*file.string());
        }
        return files;
      }
    }
    return {"(not registered)"};
  }

  Project project;
};

}  // namespace smbatcher::test

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/coordination/hook.h"
#include "libregistry/coordination/hook_sessions.h"
#include "libregistry/coordination/identity.h"
#include "libregistry/core/fs/file_lock.h"

namespace smbatcher {

/// The agent that calls a hook, in one tree: its instance there, and what its tool calls lock. For use by
/// answer_hook(); what is wrong goes into the answer.
class HookedAgent {
 public:
  HookedAgent(const Coordination& coordination, const HookCaller& caller, const HookInput& input, HookAnswer& answer);
  HookedAgent(const HookedAgent&) = delete;
  HookedAgent& operator=(const HookedAgent&) = delete;

  const CoordinationPlace& place() const { return given_.place; }

  void start_session();
  void end_session();
  void stop_subagent();
  void stop();
  /// A sign of life: the agent is registered when it is not.
  void show_life() { (void)instance(); }

  /// Before its tool writes `paths`, all of this tree: why it must not, or the files are locked for this tool call.
  std::optional<std::string> before_tool(const std::vector<ProjectPath>& paths);
  /// Why it must not write `path` as the agents of this tree know it, to whom the caller does not belong. Locks
  /// nothing.
  std::optional<std::string> held_by_another(const ProjectPath& path);
  /// After the tool, whether or not it has written.
  void after_tool(const std::vector<ProjectPath>& paths, bool written);

 private:
  const Coordination& in_time();
  bool has_session() const { return !input_.session_id.empty() && !caller_.id; }
  std::optional<std::string> instance();
  std::optional<std::string> known_instance();
  IdentitySources sources() const;
  Result<std::string> first_instance();
  Result<std::string> enroll(std::optional<std::string> id);
  void beat(const std::string& id);
  std::optional<std::string> lock(const std::string& id, const std::vector<ProjectPath>& paths);
  void look_for_a_change(const ProjectPath& path);
  void free_tool_use(const std::string& id, const std::optional<std::string>& tool_use);
  void end(const std::string& id);
  void tell(const Error& error);
  void tell(const std::vector<Warning>& warnings);

  Coordination given_;
  LockDeadline deadline_;  // of all that is waited for together
  const HookCaller& caller_;
  const HookInput& input_;
  HookAnswer& answer_;
  HookSessions sessions_;
  AgentKey key_;
};

}  // namespace smbatcher

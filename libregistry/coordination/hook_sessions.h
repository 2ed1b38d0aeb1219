#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/coordination/coordination.h"
#include "libregistry/core/base/result.h"

namespace smbatcher {

/// Which instance an agent is: its session, and of a subagent its own id too, since all of a session share the
/// session's.
struct AgentKey {
  std::string session_id;
  std::string agent_id;  // empty: the session's main agent
};

/// The memory of which agent is which instance: `sessions/<hash of the key>.json` in the coordination folder, one file
/// an agent, written once. It outlives the instance, so that a resumed session is the same one.
/// Source: docs/coordination.md, "Identity".
class HookSessions {
 public:
  explicit HookSessions(const Coordination& coordination);

  /// The instance of this agent; nullopt when it has none, or its file cannot be read or is damaged.
  std::optional<std::string> find(const AgentKey& key) const;

  /// The same, and when there is none `make()` is asked for one, which is remembered; alone, so that two hooks of one
  /// agent get one instance. Errors: those of `make`, of the lock and of the writing; then nothing is remembered.
  Result<std::string> find_or_make(const AgentKey& key, const std::function<Result<std::string>()>& make) const;

  /// True when an agent other than `key` is that instance.
  bool is_taken(const std::string& instance_id, const AgentKey& key) const;

  /// The instances of a session: of its main agent and of its subagents.
  std::vector<std::string> of_session(const std::string& session_id) const;

  /// Forgets the agents that were last registered longer ago than `age` and have no heartbeat file.
  void forget_older_than(std::chrono::seconds age) const;

 private:
  struct Entry;
  std::string path_of(const AgentKey& key) const;
  std::vector<Entry> all() const;

  const Coordination& coordination_;
  std::string folder_;
};

}  // namespace smbatcher

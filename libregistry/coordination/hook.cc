#include "libregistry/coordination/hook.h"

#include <algorithm>
#include <utility>

#include "libregistry/base/text.h"
#include "libregistry/coordination/hook_env_file.h"
#include "libregistry/coordination/hook_sessions.h"
#include "libregistry/coordination/identity.h"
#include "libregistry/coordination/instance_id.h"
#include "libregistry/fs/file_lock.h"

namespace smbatcher {
namespace {

constexpr std::chrono::hours kForgetSessionsAfter{30 * 24};
constexpr std::string_view kOwnFolder = ".claude/coordination/";

std::string shown(std::string_view path) { return "'" + escape_control(path) + "'"; }

std::string denial_of(const std::string& path, const LockView& held) {
  std::string text = shown(path) + " is locked by instance " + escape_control(held.lock.holder);
  if (!held.holder_task.empty()) {
    text += " (task: " + escape_control(held.holder_task) + ")";
  }
  if (const bool by_hook = held.lease && !held.lease->tool_use.empty(); !by_hook && !held.lock.intent.empty()) {
    text += " (intent: " + escape_control(held.lock.intent) + ")";
  }
  return text + " for another " + describe_duration(held.left) +
         " unless it is renewed. Work on something else, or wait for it: smbatcher coord-lock acquire " +
         shell_quote(path) + " --wait 5m";
}

/// One event of one agent.
class Hook {
 public:
  Hook(const Coordination& coordination, const HookCaller& caller, const HookInput& input)
      : given_(coordination),
        deadline_(coordination.lock_timeout),
        caller_(caller),
        input_(input),
        sessions_(given_),
        key_{input.session_id, input.agent_id} {}

  HookAnswer answer(HookEvent event) {
    switch (event) {
      case HookEvent::kSessionStart:
        start_session();
        break;
      case HookEvent::kSessionEnd:
        end_session();
        break;
      case HookEvent::kPreToolUse:
        before_tool();
        break;
      case HookEvent::kPostToolUse:
        after_tool(!input_.failed);
        break;
      case HookEvent::kPostToolUseFailure:
        after_tool(false);
        break;
      case HookEvent::kSubagentStop:
        stop_subagent();
        break;
      case HookEvent::kStop:
        stop();
        break;
    }
    return std::move(answer_);
  }

 private:
  /// With what is left of the time: an agent waits for its hook once, not once for each step of it.
  const Coordination& in_time() {
    given_.lock_timeout = deadline_.left();
    return given_;
  }

  bool has_session() const { return !input_.session_id.empty() && !caller_.id; }

  // ---- who calls -------------------------------------------------------------------------------------------------

  /// The agent's instance, alive: registered at its first event, and again when it was removed as stale. nullopt, and a
  /// message where something is wrong, when there is none.
  std::optional<std::string> instance() {
    bool is_new = false;
    Result<std::string> id = has_session() ? sessions_.find_or_make(key_,
                                                                    [&]() -> Result<std::string> {
                                                                      is_new = true;
                                                                      return first_instance();
                                                                    })
                                           : identify(in_time(), sources());
    if (!id) {
      if (id.error().reason != "no_instance") {
        tell(id.error());
      }
      return std::nullopt;
    }
    if (!is_new) {
      beat(*id);
    }
    return std::move(*id);
  }

  /// The agent's instance as it is known already. Nobody is registered for the sake of an end.
  std::optional<std::string> known_instance() {
    if (has_session()) {
      return sessions_.find(key_);
    }
    Result<std::string> id = identify(in_time(), sources());
    return id ? std::optional(std::move(*id)) : std::nullopt;
  }

  IdentitySources sources() const { return {caller_.id, caller_.environment_id, std::nullopt}; }

  /// A person may have named the session's instance before it began. A name that another agent has already is one that
  /// was inherited from it, and no name of this one.
  Result<std::string> first_instance() {
    const std::string& named = caller_.environment_id;
    if (!key_.agent_id.empty() || !is_instance_id(named) || sessions_.is_taken(named, key_)) {
      return enroll(std::nullopt);
    }
    SMB_TRY_ASSIGN(const Beat beat, heartbeat(in_time(), named));
    return beat.verdict == Verdict::kStale ? enroll(named) : named;
  }

  Result<std::string> enroll(std::optional<std::string> id) {
    Registration registration;
    registration.id = std::move(id);
    registration.task = key_.agent_id.empty() ? "an agent's session" : "a subagent's work";
    if (const std::string& role = input_.agent_type.empty() ? caller_.role : input_.agent_type;
        !role.empty() && role.size() <= kMaxRole) {
      registration.role = role;
    }
    SMB_TRY_ASSIGN(Registered registered, register_instance(in_time(), registration));
    tell(registered.warnings);
    return std::move(registered.id);
  }

  void beat(const std::string& id) {
    const Result<Beat> beat = heartbeat(in_time(), id);
    if (!beat) {
      tell(beat.error());
      return;
    }
    tell(beat->warnings);
    for (const std::string& path : beat->lost) {
      answer_.messages.push_back(
          shown(path) + " was locked by this instance and is another's now: look at the file before you go on");
    }
    if (beat->verdict == Verdict::kStale) {
      if (const auto again = enroll(id); !again) {
        tell(again.error());
      }
    }
  }

  // ---- events ----------------------------------------------------------------------------------------------------

  void start_session() {
    const std::optional<std::string> id = instance();
    if (has_session()) {
      sessions_.forget_older_than(kForgetSessionsAfter);
    }
    if (id && key_.agent_id.empty() && !caller_.env_file.empty()) {
      tell_unless_done(export_instance(given_.ops, caller_.env_file, *id));
    }
  }

  void end_session() {
    std::vector<std::string> ids;
    if (has_session()) {
      ids = sessions_.of_session(input_.session_id);
    } else if (const auto id = known_instance()) {
      ids.push_back(*id);
    }
    for (const std::string& id : ids) {
      end(id);
    }
  }

  void stop_subagent() {
    const std::optional<std::string> id = known_instance();
    if (id && !key_.agent_id.empty()) {
      end(*id);
    } else if (id) {
      beat(*id);
    }
  }

  void stop() {
    if (const std::optional<std::string> id = known_instance()) {
      free_tool_use(*id, std::nullopt);
      beat(*id);
    }
  }

  void before_tool() {
    const std::optional<std::string> id = instance();
    const std::optional<ProjectPath> path = written_path();
    if (!path) {
      return;
    }
    // Looked at first, without a mutex and in a folder that nobody may write to: this must not fail.
    const Result<LockCheck> check = check_lock(in_time(), id.value_or(""), *path);
    if (!check) {
      tell(check.error());
      return;
    }
    tell(check->warnings);
    if (check->verdict == Verdict::kHeld && check->lock) {
      answer_.denial = denial_of(path->relative, *check->lock);
      return;
    }
    if (!id) {
      return;
    }
    if (check->own && check->lock && check->lock->live && !is_of_a_tool_use(*check->lock)) {
      look_for_a_change(*path);  // taken with coord-lock: it stays as it is
      return;
    }
    lock_for_tool(*id, *path);
  }

  void lock_for_tool(const std::string& id, const ProjectPath& path) {
    LockRequest request;
    request.id = id;
    request.paths = {path};
    request.tool_use = tool_use(path);
    const Result<Acquisition> taken = acquire_locks(in_time(), request);
    if (!taken) {
      tell(taken.error());
      return;
    }
    tell(taken->warnings);
    if (taken->verdict != Verdict::kHeld) {
      return;
    }
    answer_.denial = taken->held.empty() ? shown(path.relative) +
                                               " is free, but others wait for it already. Work on something else, or "
                                               "queue up: smbatcher coord-lock acquire " +
                                               shell_quote(path.relative) + " --wait 5m"
                                         : denial_of(path.relative, taken->held.front());
  }

  void look_for_a_change(const ProjectPath& path) {
    const Result<ConflictCheck> conflict = check_conflict(in_time(), path);
    if (conflict && conflict->verdict == Verdict::kConflict) {
      answer_.messages.push_back(shown(path.relative) +
                                 " has changed since it was locked: review the change before it is overwritten");
    }
  }

  void after_tool(bool written) {
    const std::optional<std::string> id = instance();
    const std::optional<ProjectPath> path = written_path();
    if (!id || !path) {
      return;
    }
    free_tool_use(*id, tool_use(*path));
    if (written) {
      if (const Result<bool> refreshed = refresh_hash(in_time(), *id, *path); !refreshed) {
        tell(refreshed.error());
      }
    }
  }

  // ---- parts -----------------------------------------------------------------------------------------------------

  /// What the tool writes to; nullopt for other tools, and for what no lock is about: paths outside the project,
  /// folders, our own files.
  std::optional<ProjectPath> written_path() const {
    if (!input_.writes_a_file() || input_.path.empty()) {
      return std::nullopt;
    }
    Result<ProjectPath> path = project_path(given_.place, caller_.working_dir, as_agents_take(input_.path));
    return path && !path->relative.starts_with(kOwnFolder) ? std::optional(std::move(*path)) : std::nullopt;
  }

  /// Agents drop slashes at the end of a path, and their `~` is the home of who runs them.
  std::string as_agents_take(std::string path) const {
    while (path.size() > 1 && path.back() == '/') {
      path.pop_back();
    }
    return path.starts_with("~/") && !caller_.home.empty() ? caller_.home + path.substr(1) : path;
  }

  /// Agents that do not number their tool calls make one at a time.
  std::string tool_use(const ProjectPath& path) const {
    return input_.tool_use_id.empty() ? "of " + path.relative : input_.tool_use_id;
  }

  static bool is_of_a_tool_use(const LockView& lock) { return lock.lease && !lock.lease->tool_use.empty(); }

  void free_tool_use(const std::string& id, const std::optional<std::string>& tool_use) {
    const Result<LockAnswer> freed = release_tool_use(in_time(), id, tool_use);
    if (!freed) {
      tell(freed.error());
      return;
    }
    tell(freed->warnings);
  }

  void end(const std::string& id) {
    const Result<Unregistered> ended = unregister_instance(in_time(), id);
    if (!ended) {
      tell(ended.error());
      return;
    }
    tell(ended->warnings);
  }

  void tell(const Error& error) {
    if (std::find(answer_.messages.begin(), answer_.messages.end(), error.message) == answer_.messages.end()) {
      answer_.messages.push_back(error.message);
    }
  }

  void tell(const std::vector<Warning>& warnings) {
    for (const Warning& warning : warnings) {
      answer_.messages.push_back((warning.file.empty() ? "" : shown(warning.file) + ": ") + warning.message);
    }
  }

  void tell_unless_done(const Result<void>& result) {
    if (!result) {
      tell(result.error());
    }
  }

  Coordination given_;
  LockDeadline deadline_;  // of all that is waited for together
  const HookCaller& caller_;
  const HookInput& input_;
  HookSessions sessions_;
  AgentKey key_;
  HookAnswer answer_;
};

}  // namespace

Json HookAnswer::to_json() const {
  JsonObject json;
  if (denial) {
    json.emplace_back("hookSpecificOutput", JsonObject{{"hookEventName", "PreToolUse"},
                                                       {"permissionDecision", "deny"},
                                                       {"permissionDecisionReason", *denial}});
  } else {
    json = {{"continue", true}, {"suppressOutput", true}};
  }
  if (!messages.empty()) {
    json.emplace_back("systemMessage", "smbatcher: " + join(messages, "; "));
  }
  return json;
}

HookAnswer answer_hook(const Coordination& coordination, const HookCaller& caller, HookEvent event,
                       const HookInput& input) {
  return Hook(coordination, caller, input).answer(event);
}

}  // namespace smbatcher

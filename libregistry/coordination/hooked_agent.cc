#include "libregistry/coordination/hooked_agent.h"

#include <algorithm>
#include <utility>

#include "libregistry/coordination/hook_env_file.h"
#include "libregistry/coordination/hook_texts.h"
#include "libregistry/coordination/instance_id.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr std::chrono::hours kForgetSessionsAfter{30 * 24};

bool is_of_a_tool_use(const LockView& lock) { return lock.lease && !lock.lease->tool_use.empty(); }

/// Agents that do not number their tool calls make one at a time.
std::string tool_use(const HookInput& input, const std::vector<ProjectPath>& paths) {
  return input.tool_use_id.empty() ? "of " + paths.front().relative : input.tool_use_id;
}

}  // namespace

HookedAgent::HookedAgent(const Coordination& coordination, const HookCaller& caller, const HookInput& input,
                         HookAnswer& answer)
    : given_(coordination),
      deadline_(coordination.lock_timeout),
      caller_(caller),
      input_(input),
      answer_(answer),
      sessions_(given_),
      key_{input.session_id, input.agent_id} {}

/// With what is left of the time: an agent waits for its hook once, not once for each step of it.
const Coordination& HookedAgent::in_time() {
  given_.lock_timeout = deadline_.left();
  return given_;
}

// ---- who calls -----------------------------------------------------------------------------------------------------

/// The agent's instance, alive: registered at its first event, and again when it was removed as stale. nullopt, and a
/// message where something is wrong, when there is none.
std::optional<std::string> HookedAgent::instance() {
  bool is_new = false;
  Result<std::string> id = has_session() ? sessions_.find_or_make(key_,
                                                                  [&]() -> Result<std::string> {
                                                                    is_new = true;
                                                                    return first_instance();
                                                                  })
                                         : identify(in_time(), sources());
  if (!id) {
    if (id.error().reason != ErrorWord("no_instance")) {
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
std::optional<std::string> HookedAgent::known_instance() {
  if (has_session()) {
    return sessions_.find(key_);
  }
  Result<std::string> id = identify(in_time(), sources());
  return id ? std::optional(std::move(*id)) : std::nullopt;
}

IdentitySources HookedAgent::sources() const { return {caller_.id, caller_.environment_id, std::nullopt}; }

/// A person may have named the session's instance before it began. A name that another agent has already is one that
/// was inherited from it, and no name of this one.
Result<std::string> HookedAgent::first_instance() {
  const std::string& named = caller_.environment_id;
  if (!key_.agent_id.empty() || !is_instance_id(named) || sessions_.is_taken(named, key_)) {
    return enroll(std::nullopt);
  }
  SMB_TRY_ASSIGN(const Beat beat, heartbeat(in_time(), named));
  return beat.verdict == Verdict::kStale ? enroll(named) : named;
}

Result<std::string> HookedAgent::enroll(std::optional<std::string> id) {
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

void HookedAgent::beat(const std::string& id) {
  const Result<Beat> beat = heartbeat(in_time(), id);
  if (!beat) {
    tell(beat.error());
    return;
  }
  tell(beat->warnings);
  for (const std::string& path : beat->lost) {
    answer_.messages.push_back(quoted_path(path) +
                               " was locked by this instance and is another's now: look at the file before you go on");
  }
  if (beat->verdict == Verdict::kStale) {
    if (const auto again = enroll(id); !again) {
      tell(again.error());
    }
  }
}

// ---- events --------------------------------------------------------------------------------------------------------

void HookedAgent::start_session() {
  const std::optional<std::string> id = instance();
  if (has_session()) {
    sessions_.forget_older_than(kForgetSessionsAfter);
  }
  if (id && key_.agent_id.empty() && !caller_.env_file.empty()) {
    if (const Result<void> done = export_instance(given_.ops, caller_.env_file, *id); !done) {
      tell(done.error());
    }
  }
}

void HookedAgent::end_session() {
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

void HookedAgent::stop_subagent() {
  const std::optional<std::string> id = known_instance();
  if (id && !key_.agent_id.empty()) {
    end(*id);
  } else if (id) {
    beat(*id);
  }
}

void HookedAgent::stop() {
  if (const std::optional<std::string> id = known_instance()) {
    free_tool_use(*id, std::nullopt);
    beat(*id);
  }
}

std::optional<std::string> HookedAgent::before_tool(const std::vector<ProjectPath>& paths) {
  const std::optional<std::string> id = instance();
  std::vector<ProjectPath> free;
  for (const ProjectPath& path : paths) {
    // Looked at first, without a mutex and in a folder that nobody may write to: this must not fail.
    const Result<LockCheck> check = check_lock(in_time(), id.value_or(""), path);
    if (!check) {
      tell(check.error());
      continue;
    }
    tell(check->warnings);
    if (check->verdict == Verdict::kHeld && check->lock) {
      return held_text(path, *check->lock, lock_commands(path, given_.place, caller_.working_dir, id.value_or("")));
    }
    if (check->own && check->lock && check->lock->live && !is_of_a_tool_use(*check->lock)) {
      look_for_a_change(path);  // taken with coord-lock: it stays as it is
    } else {
      free.push_back(path);
    }
  }
  return id && !free.empty() ? lock(*id, free) : std::nullopt;
}

std::optional<std::string> HookedAgent::lock(const std::string& id, const std::vector<ProjectPath>& paths) {
  LockRequest request;
  request.id = id;
  request.paths = paths;
  request.length = kToolCallLength;
  request.kept = true;  // while a person is asked for permission, the agent gives no sign of life
  if (caller_.process) {
    const Result<ProcessRef> agent = reference_to(*caller_.process, given_.clock.now().boot, given_.processes);
    request.agent = agent ? std::optional(*agent) : std::nullopt;
  }
  request.tool_use = tool_use(input_, paths);
  const Result<Acquisition> taken = acquire_locks(in_time(), request);
  if (!taken) {
    tell(taken.error());
    return std::nullopt;
  }
  tell(taken->warnings);
  if (taken->verdict != Verdict::kHeld) {
    return std::nullopt;
  }
  const std::string denied = taken->held.empty() ? taken->queued.front() : taken->held.front().lock.path;
  const ProjectPath path = project_path_of(given_.place, denied);
  const LockCommands commands = lock_commands(path, given_.place, caller_.working_dir, id);
  return taken->held.empty() ? queued_text(path, commands) : held_text(path, taken->held.front(), commands);
}

std::optional<std::string> HookedAgent::held_by_another(const ProjectPath& path) {
  const std::string id = known_instance().value_or("");
  const Result<LockCheck> check = check_lock(in_time(), id, path);
  if (!check) {
    tell(check.error());
    return std::nullopt;
  }
  return check->verdict == Verdict::kHeld && check->lock
             ? std::optional(held_text(path, *check->lock, lock_commands(path, given_.place, caller_.working_dir, id)))
             : std::nullopt;
}

void HookedAgent::look_for_a_change(const ProjectPath& path) {
  const Result<ConflictCheck> conflict = check_conflict(in_time(), path);
  if (conflict && conflict->verdict == Verdict::kConflict) {
    answer_.messages.push_back(quoted_path(path.relative) +
                               " has changed since it was locked: review the change before it is overwritten");
  }
}

void HookedAgent::after_tool(const std::vector<ProjectPath>& paths, bool written) {
  const std::optional<std::string> id = instance();
  // By its number alone, where the call has one: what it locked may be a folder by now, and no path of a lock.
  if (!id || (paths.empty() && (input_.paths.empty() || input_.tool_use_id.empty()))) {
    return;
  }
  free_tool_use(*id, tool_use(input_, paths));
  for (const ProjectPath& path : paths) {
    if (const Result<bool> refreshed = written ? refresh_hash(in_time(), *id, path) : false; !refreshed) {
      tell(refreshed.error());
    }
  }
}

// ---- parts ---------------------------------------------------------------------------------------------------------

void HookedAgent::free_tool_use(const std::string& id, const std::optional<std::string>& tool_use) {
  const Result<LockAnswer> freed = release_tool_use(in_time(), id, tool_use);
  if (!freed) {
    tell(freed.error());
    return;
  }
  tell(freed->warnings);
}

void HookedAgent::end(const std::string& id) {
  const Result<Unregistered> ended = unregister_instance(in_time(), id);
  if (!ended) {
    tell(ended.error());
    return;
  }
  tell(ended->warnings);
}

void HookedAgent::tell(const Error& error) {
  if (std::find(answer_.messages.begin(), answer_.messages.end(), error.message) == answer_.messages.end()) {
    answer_.messages.push_back(error.message);
  }
}

void HookedAgent::tell(const std::vector<Warning>& warnings) {
  for (const Warning& warning : warnings) {
    answer_.messages.push_back((warning.file.empty() ? "" : quoted_path(warning.file) + ": ") + warning.message);
  }
}

}  // namespace smbatcher

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/coordination/coordination.h"
#include "libregistry/coordination/hook_input.h"
#include "libregistry/core/base/json.h"

namespace smbatcher {

/// What a hook is answered with, in the form of the agent that asks: nothing of it can stop a session, and nothing of
/// it skips the person's own permission prompt. Source: docs/coordination.md, "Hooks".
struct HookAnswer {
  std::optional<std::string> denial;  // of PreToolUse: why this write must not be made
  std::vector<std::string> messages;  // what is wrong, for the person

  Json to_json(AnswerForm form) const;
};

struct HookCaller {
  std::optional<std::string> id;   // --id
  std::string environment_id;      // COORD_INSTANCE_ID; empty when unset
  std::string role;                // CLAUDE_SUBAGENT_ROLE; empty when unset
  std::string env_file;            // CLAUDE_ENV_FILE: what it exports, commands of the session see; empty when unset
  std::string working_dir;         // what relative paths start from
  std::optional<pid_t> process{};  // the agent's own, where it can be told
  std::string home;                // HOME: what `~/` starts from
};

/// Does what the event asks for and answers, whatever happens: an error becomes a message.
///
/// An agent is registered at its first event, and again when it was removed as stale. Every event is a heartbeat.
///   PreToolUse           of a tool that writes files: denied while another live instance holds one, or waits for it;
///                        else the files are locked for this tool call, those that the instance has not locked already.
///                        A file outside the agent's own tree is locked in the nearest coordinated one above it, where
///                        the agent is an instance too; and every coordinated folder above a file is looked at
///   PostToolUse,         frees what was locked for the tool call; after a write that succeeded, a lock taken with
///   PostToolUseFailure   coord-lock has the hash of what was written
///   Stop                 frees what was locked for tool calls that never reported their end
///   sign of life         nothing further
///   SubagentStop         the subagent's instance ends
///   SessionStart         tells the session's commands which instance they are
///   SessionEnd           the session's instances end, and with them their locks
HookAnswer answer_hook(const Coordination& coordination, const HookCaller& caller, HookEvent event,
                       const HookInput& input);

}  // namespace smbatcher

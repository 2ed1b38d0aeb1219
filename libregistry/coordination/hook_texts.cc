#include "libregistry/coordination/hook_texts.h"

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

/// The command to take the lock ends the text: agents copy it from there.
std::string advice(const LockCommands& commands) {
  return "Work on something else. Or wait for it, write, and give it back with `" + commands.release +
         "`; to wait: " + commands.acquire;
}

}  // namespace

std::string quoted_path(std::string_view path) { return "'" + escape_control(path) + "'"; }

LockCommands lock_commands(const ProjectPath& path, const CoordinationPlace& place, const std::string& working_dir,
                           const std::string& id) {
  const Result<CoordinationPlace> of_shell = find_place({std::nullopt, "", working_dir});
  std::string arguments = " " + shell_quote(working_dir == place.root ? path.relative : path.absolute);
  if (!of_shell || of_shell->root != place.root) {
    arguments += " --dir " + shell_quote(place.root);
  }
  arguments += id.empty() ? "" : " --id " + id;
  return {"smbatcher coord-lock acquire" + arguments + " --wait 5m", "smbatcher coord-lock release" + arguments};
}

std::string held_text(const ProjectPath& path, const LockView& held, const LockCommands& commands) {
  std::string text = quoted_path(path.relative) + " is locked by instance " + escape_control(held.lock.holder);
  if (!held.holder_task.empty()) {
    text += " (task: " + escape_control(held.holder_task) + ")";
  }
  if (const bool by_hook = held.lease && !held.lease->tool_use.empty(); by_hook) {
    text += ", which is writing it";
  } else if (!held.lock.intent.empty()) {
    text += " (intent: " + escape_control(held.lock.intent) + ")";
  }
  return text + " for another " + describe_duration(held.left) + " unless it is renewed. " + advice(commands);
}

std::string queued_text(const ProjectPath& path, const LockCommands& commands) {
  return quoted_path(path.relative) + " is free, but others wait for it already. " + advice(commands);
}

}  // namespace smbatcher

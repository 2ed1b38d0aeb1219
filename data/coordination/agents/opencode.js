// OpenCode asks smbatcher before a tool writes a file. Laid out by `smbatcher coord-hook install --agent opencode`.
// Without smbatcher on PATH nothing is coordinated, and the agent goes on.
import { spawnSync } from "node:child_process";

/** The answer of one hook; an empty one when there is none. */
function ask(event, input) {
  const hook = spawnSync("smbatcher", ["coord-hook", event, "--agent", "opencode"], {
    input: JSON.stringify(input),
    encoding: "utf8",
    timeout: 15000,
  });
  try {
    return JSON.parse(hook.stdout);
  } catch {
    return {};
  }
}

export const SmbatcherCoordination = async ({ directory }) => {
  const calls = new Map(); // what a call was given, for the hook after it
  return {
    "tool.execute.before": async (input, output) => {
      const call = { ...input, args: output.args, directory };
      const { hookSpecificOutput } = ask("PreToolUse", call);
      if (hookSpecificOutput?.permissionDecision === "deny") {
        throw new Error(hookSpecificOutput.permissionDecisionReason);
      }
      calls.set(input.callID, call);
    },
    "tool.execute.after": async (input) => {
      ask("PostToolUse", calls.get(input.callID) ?? { ...input, directory });
      calls.delete(input.callID);
    },
    event: async ({ event }) => {
      const about = event.properties ?? {};
      if (event.type === "session.idle") {
        ask("Stop", { sessionID: about.sessionID, directory });
      } else if (event.type === "session.deleted") {
        ask("SessionEnd", { sessionID: about.info?.id ?? about.sessionID, directory });
      }
    },
  };
};

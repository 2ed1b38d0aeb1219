#include "libregistry/coordination/hook.h"

#include <algorithm>
#include <list>
#include <utility>

#include "libregistry/coordination/hooked_agent.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr std::string_view kOwnFolder = ".claude/coordination/";

/// One event of one agent: in its own tree, and in those of the files that its tool writes.
class Hook {
 public:
  Hook(const Coordination& coordination, const HookCaller& caller, const HookInput& input)
      : given_(coordination), deadline_(coordination.lock_timeout), caller_(caller), input_(input) {
    trees_.emplace_back(given_, caller_, input_, answer_);
  }

  HookAnswer answer(HookEvent event) {
    HookedAgent& agent = trees_.front().agent;
    switch (event) {
      case HookEvent::kSessionStart:
        agent.start_session();
        break;
      case HookEvent::kSessionEnd:
        agent.end_session();
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
        agent.stop_subagent();
        break;
      case HookEvent::kStop:
        agent.stop();
        break;
      case HookEvent::kSignOfLife:
        agent.show_life();
        break;
    }
    return std::move(answer_);
  }

 private:
  struct Tree {
    Tree(const Coordination& coordination, const HookCaller& caller, const HookInput& input, HookAnswer& answer)
        : agent(coordination, caller, input, answer) {}

    HookedAgent agent;
    std::vector<ProjectPath> paths;  // what the tool writes there
  };

  Coordination in(const CoordinationPlace& place) const {
    Coordination there = given_;
    there.place = place;
    there.lock_timeout = deadline_.left();
    return there;
  }

  void before_tool() {
    sort_paths();
    for (Tree& tree : trees_) {
      deny(tree.paths.empty() ? (tree.agent.show_life(), std::nullopt) : tree.agent.before_tool(tree.paths));
    }
    // Only now: of two that ask in two trees at once, both may be denied, but never both go on.
    for (const Tree& tree : trees_) {
      for (const ProjectPath& path : tree.paths) {
        look_from_elsewhere(tree.agent.place(), path);
      }
    }
    if (answer_.denial) {
      for (Tree& tree : trees_) {
        tree.agent.after_tool(tree.paths, false);
      }
    } else if (input_.pathless) {
      answer_.messages.push_back("the input of '" + escape_control(input_.tool_name) +
                                 "' names no file that is known here: nothing was checked or locked");
    }
  }

  void after_tool(bool written) {
    sort_paths();
    for (Tree& tree : trees_) {
      tree.agent.after_tool(tree.paths, written);
    }
  }

  void deny(const std::optional<std::string>& why) {
    if (why && !answer_.denial) {
      answer_.denial = why;
    }
  }

  /// Whether the agents of another tree, below or around this one, hold the file.
  void look_from_elsewhere(const CoordinationPlace& place, const ProjectPath& path) {
    for (const CoordinationPlace& other : places_above(path.absolute)) {
      if (const Result<ProjectPath> same = project_path(other, "/", path.absolute); same && other.root != place.root) {
        deny(HookedAgent(in(other), caller_, input_, answer_).held_by_another(*same));
      }
    }
  }

  /// A file belongs to the agent's own tree when it lies below it, else to the nearest one that is coordinated. Left
  /// out is what no lock is about: other files, folders, our own files.
  void sort_paths() {
    for (const std::string& named : input_.paths) {
      const std::string file = as_agents_take(named);
      Result<ProjectPath> path = project_path(given_.place, caller_.working_dir, file);
      Tree* tree = &trees_.front();
      if (!path && path.error().reason == ErrorWord("path_outside_project")) {
        const std::vector<CoordinationPlace> above = places_above(resolved_path(caller_.working_dir, file));
        if (above.empty()) {
          continue;
        }
        tree = &tree_of(above.front());
        path = project_path(above.front(), caller_.working_dir, file);
      }
      if (path && !path->relative.starts_with(kOwnFolder)) {
        tree->paths.push_back(std::move(*path));
      }
    }
  }

  Tree& tree_of(const CoordinationPlace& place) {
    for (Tree& tree : trees_) {
      if (tree.agent.place().root == place.root) {
        return tree;
      }
    }
    return trees_.emplace_back(in(place), caller_, input_, answer_);
  }

  /// Agents drop slashes at the end of a path, and their `~` is the home of who runs them.
  std::string as_agents_take(std::string path) const {
    while (path.size() > 1 && path.back() == '/') {
      path.pop_back();
    }
    return path.starts_with("~/") && !caller_.home.empty() ? caller_.home + path.substr(1) : path;
  }

  const Coordination& given_;
  LockDeadline deadline_;  // of all trees together
  const HookCaller& caller_;
  const HookInput& input_;
  HookAnswer answer_;
  std::list<Tree> trees_;  // the agent's own first
};

JsonObject denial_json(AnswerForm form, const std::string& why) {
  switch (form) {
    case AnswerForm::kGemini:
      return {{"decision", "deny"}, {"reason", why}};
    case AnswerForm::kCursor:
      return {{"permission", "deny"}, {"user_message", why}, {"agent_message", why}};
    case AnswerForm::kCopilot:
      return {{"permissionDecision", "deny"}, {"permissionDecisionReason", why}};
    case AnswerForm::kClaude:
    case AnswerForm::kPlain:
      break;
  }
  return {
      {"hookSpecificOutput",
       JsonObject{{"hookEventName", "PreToolUse"}, {"permissionDecision", "deny"}, {"permissionDecisionReason", why}}}};
}

}  // namespace

Json HookAnswer::to_json(AnswerForm form) const {
  JsonObject json = denial ? denial_json(form, *denial) : JsonObject{{"continue", true}};
  if (!denial && form == AnswerForm::kClaude) {
    json.emplace_back("suppressOutput", true);
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

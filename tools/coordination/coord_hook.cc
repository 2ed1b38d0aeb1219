#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <filesystem>

#include "libregistry/coordination/hook.h"
#include "libregistry/coordination/install.h"
#include "libregistry/core/base/environment.h"
#include "libregistry/core/base/text.h"
#include "tools/coordination/agent_process.h"
#include "tools/coordination/hook_stdin.h"
#include "tools/support/run_tool.h"
#include "tools/support/standard_output.h"

namespace smbatcher {
namespace {

constexpr std::string_view kInstall = "install";

/// True when the agent's hooks would find no smbatcher: then they let everything pass.
bool is_on_path(std::string_view program) {
  const std::string path = environment_text("PATH");
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find(':', at), path.size());
    const std::filesystem::path file = std::filesystem::path(path.substr(at, end - at)) / program;
    std::error_code ignored;
    if (std::filesystem::is_regular_file(file, ignored)) {
      return true;
    }
    at = end + 1;
  }
  return false;
}

struct CoordHook {
  static constexpr std::string_view kSummary = "answer an agent's hooks, and install them in a project";
  static constexpr Effect kEffect = Effect::kChanges;
  static constexpr bool kHasRegistry = false;
  std::optional<std::string> event;
  std::optional<std::string> dir;
  std::optional<std::string> id;
  std::optional<std::string> agent;
  std::vector<std::string> events;
  bool force = false;
  bool dry_run = false;

  void declare(OptionSet& options) {
    options.positional(
        "EVENT", event,
        "install; or SessionStart, SessionEnd, PreToolUse, PostToolUse, PostToolUseFailure, SubagentStop, "
        "Stop, as the agent calls them, else what the JSON on standard input says: always one JSON object and exit "
        "code 0");
    options.text("--dir DIR", dir, "the project's folder; else CLAUDE_PROJECT_DIR, else the git work tree's");
    options.text("--id ID", id, "the instance that calls; else that of the agent's session");
    options.choice("--agent", agent, {"claude", "codex", "gemini", "cursor", "copilot", "vscode", "opencode"},
                   "whose hook it is, else what its JSON shows; of install: whose hooks to install (default: claude)");
    options.list("--events EVENT", events,
                 "of install: a further event, which older versions of the agent do not accept; all: all of them");
    options.flag("--force", force, "of install: replace files that say something else, and keep those beside");
    options.flag("--dry-run", dry_run, "of install: say what would change and change nothing");
    options.example("smbatcher coord-hook install", "lay out the stubs and add the hooks to .claude/settings.json");
    options.example("smbatcher coord-hook install --agent gemini", "the same for Gemini CLI, in .gemini/settings.json");
    options.example("smbatcher coord-hook PreToolUse < call.json", "may this tool call write its file?");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const CoordinationPlace place, find_place(PlaceSearch::of_process(dir)));
    InstallRequest request;
    request.agent = agent.value_or(request.agent);
    request.events = events;
    request.force = force;
    request.dry_run = dry_run;
    request.home = environment_text("HOME");
    request.config_dir = environment_text("CLAUDE_CONFIG_DIR");
    if (context.common.lock_timeout) {
      request.lock_timeout = *context.common.lock_timeout;
    }
    SMB_TRY_ASSIGN(Installation done, install_coordination(context.ops, place, request));
    Outcome outcome = Outcome::ok(dry_run ? OkWord("dry_run") : OkWord("installed"));
    if (dry_run) {
      outcome.add("would", OkWord("installed").text());
    }
    outcome.add("root", place.root)
        .add("created", done.created)
        .add("replaced", done.replaced)
        .add("unchanged", done.unchanged)
        .add("kept", done.kept)
        .add("settings", done.settings)
        .add("hooks_added", done.added);
    tell(outcome, done);
    if (!is_on_path("smbatcher")) {
      done.warnings.push_back(
          {"", 0, "not_on_path", "no smbatcher is on PATH: where agents run without it, the hooks do nothing"});
    }
    return std::move(outcome.warn(std::move(done.warnings)));
  }

 private:
  void tell(Outcome& outcome, const Installation& done) const {
    const std::string would = dry_run ? "would be " : "";
    const auto tagged = [&would](std::string_view tag, const std::string& path) {
      std::string line = would;
      line += tag;
      return line += path;
    };
    for (const std::string& path : done.created) {
      outcome.line(tagged("created: ", path));
    }
    for (const std::string& path : done.replaced) {
      outcome.line(tagged("replaced: ", path));
    }
    for (const std::string& path : done.kept) {
      outcome.line("kept: " + path);
    }
    outcome.line(done.added.empty() ? "unchanged: " + done.settings
                                    : would + "added to " + done.settings + ": " + counted(done.added.size(), "hook"));
  }
};

// ---- what an agent calls -------------------------------------------------------------------------------------------

/// How long a hook waits for others before the agent goes on.
constexpr std::chrono::milliseconds kLockTime{5000};
/// How long it waits for a file that looks half written.
constexpr std::chrono::milliseconds kPatience{5};

/// The options, as far as they can be understood; what is wrong with them is a message.
CoordHook options_of(int argc, const char* const* argv, std::vector<std::string>& messages) {
  CoordHook call;
  // Every tool takes these, so an agent's settings may name them. A hook always answers with JSON and waits for as long
  // as it does; it must not fail over them.
  CommonOptions unused;
  std::string format = "json";
  OptionSet options("coord-hook", "");
  call.declare(options);
  options.choice("--format", format, {"text", "json"}, "");
  options.flag("--json", unused.json, "");
  options.duration("--lock-timeout TIME", unused.lock_timeout, "");
  if (const auto parsed = options.parse(argc, argv); !parsed) {
    messages.push_back(parsed.error().message);
    call = CoordHook();
    for (int i = 1; i < argc; ++i) {
      if (hook_event_named(argv[i])) {
        call.event = argv[i];
      }
    }
  }
  return call;
}

/// `form` becomes that of the agent that asks, once it is known.
HookAnswer answer_agent(int argc, const char* const* argv, AnswerForm& form) {
  HookAnswer answer;
  const CoordHook call = options_of(argc, argv, answer.messages);
  const auto say = [&answer](const Error& error) {
    answer.messages.push_back(error.message);
    return answer;
  };
  const Result<std::string> text = read_hook_input();
  if (!text) {
    return say(text.error());
  }
  const HookAgent* const named = hook_agent_named(call.agent.value_or(""));
  form = named == nullptr ? form : named->form;
  const Result<HookInput> input = parse_hook_input(*text, HookVariables::of_process(), named, call.event.value_or(""));
  if (!input) {
    return say(input.error());
  }
  form = input->agent->form;
  std::optional<HookEvent> event = hook_event_named(call.event.value_or(input->event));
  if (!event) {
    answer.messages.push_back("no hook event is called '" + escape_control(call.event.value_or(input->event)) + "'");
    event = hook_event_named(input->event);
  }
  if (!event) {
    return answer;
  }
  PlaceSearch search = PlaceSearch::of_process(call.dir);
  if (input->cwd.starts_with('/')) {
    search.working_dir = input->cwd;
  }
  const Result<CoordinationPlace> place = find_place(search);
  if (!place) {
    return say(place.error());
  }
  const SystemClock clock;
  const SystemProcessTable processes;
  const Coordination coordination{system_file_ops(), clock, processes, *place, kLockTime, kPatience};
  const HookCaller caller{call.id,
                          environment_text("COORD_INSTANCE_ID"),
                          environment_text("CLAUDE_SUBAGENT_ROLE"),
                          environment_text("CLAUDE_ENV_FILE"),
                          search.working_dir,
                          agent_process(),
                          environment_text("HOME")};
  HookAnswer done = answer_hook(coordination, caller, *event, *input);
  done.messages.insert(done.messages.begin(), answer.messages.begin(), answer.messages.end());
  return done;
}

/// Whatever goes wrong, the agent goes on.
int run_hook(int argc, const char* const* argv) {
  if (!prepare_standard_output()) {
    return 0;
  }
  std::string text;
  AnswerForm form = AnswerForm::kClaude;
  try {
    const HookAnswer answer = answer_agent(argc, argv, form);
    text = answer.to_json(form).dump();
  } catch (const std::exception& error) {
    HookAnswer answer;
    answer.messages.emplace_back(error.what());
    text = answer.to_json(form).dump();
  }
  (void)finish_standard_output(text + "\n");
  return 0;
}

/// For a person, with faults as every tool has them; everything else is an agent's hook.
bool is_for_a_person(int argc, const char* const* argv) {
  constexpr auto kWords = std::to_array<std::string_view>({kInstall, "--help", "-h", "--version", "-V", "--schema"});
  for (int i = 1; i < argc; ++i) {
    if (std::find(kWords.begin(), kWords.end(), argv[i]) != kWords.end()) {
      return true;
    }
  }
  return false;
}

}  // namespace

int coord_hook_main(const Operation& self, int argc, const char* const* argv) {
  return is_for_a_person(argc, argv) ? run_tool<CoordHook>(self, argc, argv) : run_hook(argc, argv);
}

}  // namespace smbatcher

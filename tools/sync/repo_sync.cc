#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/core/process/signal_queue.h"
#include "libregistry/sync/customs/customs.h"
#include "libregistry/sync/merge_driver.h"
#include "libregistry/sync/sync_repository.h"
#include "tools/queue/environment.h"
#include "tools/support/own_program.h"
#include "tools/support/run_tool.h"
#include "tools/support/write_options.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

constexpr int kTemporaryFailure = 75;  // EX_TEMPFAIL of sysexits.h: deferred, not failed
constexpr std::chrono::seconds kRegistryTimeout{60};
constexpr std::size_t kMostIdentity = 1U << 20U;

std::string with_home(const std::string& path) {
  return path.starts_with("~/") ? environment_value("HOME").value_or("") + path.substr(1) : path;
}

/// What people see before the rest.
void tell(Outcome& outcome, const std::vector<SyncSummary>& summaries) {
  JsonArray repositories;
  std::string text;
  for (const SyncSummary& summary : summaries) {
    repositories.push_back(to_json(summary));
    text += summary.customs.notes_text();
  }
  for (const SyncSummary& summary : summaries) {
    if (!summary.branch.empty()) {
      text += (summaries.size() > 1 ? escape_control(summary.top) + ":\n" : "") + describe(summary);
    }
  }
  outcome.add("repositories", repositories);
  outcome.block(text);
}

std::string warning_of(const std::vector<std::string>& logs) {
  std::string text = "[WARNING] Found " + std::to_string(logs.size()) + " uncommitted session log(s):\n";
  for (const std::string& log : logs) {
    text += "- " + escape_control(log) + "\n";
  }
  return text +
         "These contain work context that will be auto-committed with a generic\n"
         "\"sync: auto-sync\" message if you proceed. Run /save instead to capture\n"
         "a proper narrative summary before syncing.\n";
}

std::vector<std::string> texts_of(const Json& value) {
  std::vector<std::string> texts;
  if (value.array() != nullptr) {
    for (const Json& text : *value.array()) {
      texts.push_back(text.string() != nullptr ? *text.string() : "");
    }
  }
  return texts;
}

struct RepoSync {
  static constexpr std::string_view kSummary =
      "bring a repository in line with its remote: commit, fetch, rebase, push";
  static constexpr Effect kEffect = Effect::kChanges;
  static constexpr bool kHasRegistry = false;
  std::optional<std::string> repository;
  std::vector<std::string> also;
  SyncOptions sync;
  std::optional<std::chrono::seconds> wait;
  std::optional<std::chrono::seconds> git_timeout;
  bool copies_commands = false;
  std::optional<std::string> commands_to;
  bool setup = false;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.text("--repo PATH", repository, "the repository; else the one of the working directory");
    options.list("--also PATH", also,
                 "another repository, synced afterwards; else vault_path of .claude/identity.json");
    options.text("--message TEXT", sync.message, "the message of the commits, for repositories with rules for it");
    options.flag("--proceed", sync.accept_session_logs, "commit unsaved session logs as they are");
    options
        .text("--save-first CMD", sync.save_first, "a command that saves session logs, run when there are unsaved ones")
        .excludes("--proceed");
    options.list("--paths PATH", sync.rules.paths, "commit only this file or folder, relative to the top");
    options.list("--include PATTERN", sync.rules.include,
                 "commit new files of this name that look like secrets or are large");
    options.duration("--wait TIME", wait, "how long to wait for another sync (default: 120s)");
    options.duration("--git-timeout TIME", git_timeout, "how long one command of git may take (default: 10m)");
    options.flag("--copy-commands", copies_commands, "copy .claude/commands/*.md to the user's folder, too");
    options.text("--commands-to PATH", commands_to, "that folder (default: ~/.claude/commands)");
    options.flag("--setup", setup, "have git itself merge registries row by row in this repository; syncs nothing");
    write.declare(options);
    options.example("smbatcher repo-sync", "commit everything, fetch, rebase, push");
    options.example("smbatcher repo-sync --proceed --wait 10m", "from a timer");
    options.example("smbatcher repo-sync --setup", "once for each clone");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY(write.named_owner());
    if (sync.message && trim(*sync.message).empty()) {
      return fail(usage_error("invalid_argument", "--message: a commit needs a message"));
    }
    clear_git_environment();
    SMB_TRY_ASSIGN(const SignalQueue signals, SignalQueue::take_over({SIGINT, SIGTERM, SIGHUP}));
    const SyncSurroundings surroundings{context.ops, context.clock, &signals};
    SyncOptions options = sync;
    options.dry_run = write.dry_run;
    options.wait = wait.value_or(options.wait);
    options.git_timeout = git_timeout.value_or(options.git_timeout);
    options.registry_timeout = context.common.lock_timeout.value_or(kRegistryTimeout);
    options.program = own_program();
    const std::string folder = fs::absolute(repository.value_or(".")).lexically_normal().string();
    if (setup) {
      return set_up(context, options, folder);
    }
    std::vector<SyncSummary> summaries;
    SyncResult result = sync_repository(folder, options, surroundings);
    summaries.push_back(std::move(result.summary));
    if (result.failure) {
      return stopped(*result.failure, summaries);
    }
    SMB_TRY_ASSIGN(const CopiedCommands commands, copy(context, summaries.front().top));
    SMB_TRY_ASSIGN(const std::vector<std::string> others, other_repositories(context, summaries.front().top));
    const auto held = std::move(result.held);
    SyncSurroundings within_run = surroundings;
    within_run.held = held.get();
    for (const std::string& other : others) {
      SyncOptions there = options;
      there.rules.paths.clear();
      result = sync_repository(other, there, within_run);
      summaries.push_back(std::move(result.summary));
      if (result.failure) {
        Outcome outcome = stopped(*result.failure, summaries);
        outcome.exit_as(1);
        return outcome;
      }
    }
    return done(summaries, commands);
  }

 private:
  static Outcome stopped(const Error& error, const std::vector<SyncSummary>& summaries) {
    if (error.reason == FailWord("nested")) {
      return std::move(Outcome::ok("nested", error.details).add("folder", summaries.back().top)).line(error.message);
    }
    Outcome outcome = Outcome::of(error);
    outcome.add("folder", summaries.back().top);
    for (const auto& [key, value] : error.facts) {
      if (key == "session_logs") {
        outcome.block(warning_of(texts_of(value)));
      } else if (const auto words = texts_of(value); key == "said" && words.size() > 1) {
        outcome.block("it said:\n  " + join(words, "\n  ") + "\n");
      }
    }
    tell(outcome, summaries);
    if (error.reason == FailWord("deferred")) {
      outcome.exit_as(kTemporaryFailure);
    }
    return outcome;
  }

  Outcome done(const std::vector<SyncSummary>& summaries, const CopiedCommands& commands) const {
    bool changed = false;
    for (const SyncSummary& summary : summaries) {
      changed = changed || !summary.committed.empty() || summary.state() != "clean" || !summary.taken_back.empty() ||
                !summary.planned.empty();
    }
    Outcome outcome = Outcome::ok(write.dry_run ? OkWord("dry_run")
                                  : changed     ? OkWord("synced")
                                                : OkWord("up_to_date"),
                                  summaries.front().head.substr(0, 10));
    outcome.add("copied", commands.copied).add("kept_commands", commands.kept);
    tell(outcome, summaries);
    if (!commands.copied.empty()) {
      outcome.line("command files copied: " + join(commands.copied, ", "));
    }
    if (!commands.kept.empty()) {
      outcome.line("command files that you have changed, kept: " + join(commands.kept, ", "));
    }
    return outcome;
  }

  Result<CopiedCommands> copy(const Context& context, const std::string& top) const {
    if (!copies_commands && !commands_to) {
      return CopiedCommands{};
    }
    return copy_commands(context.ops, top + "/.claude/commands", with_home(commands_to.value_or("~/.claude/commands")),
                         write.dry_run);
  }

  Result<std::vector<std::string>> other_repositories(const Context& context, const std::string& top) const {
    std::vector<std::string> others;
    for (const std::string& path : also) {
      others.push_back(fs::absolute(with_home(path)).lexically_normal().string());
    }
    if (!others.empty()) {
      return others;
    }
    const std::string path = top + "/.claude/identity.json";
    const auto text = read_file(context.ops, path, kMostIdentity);
    if (!text) {
      return text.error().code == Errc::kNotFound ? Result<std::vector<std::string>>(others) : fail(text.error());
    }
    const auto parsed = parse_json(*text);
    const Json* json = std::get_if<Json>(&parsed);
    if (json == nullptr) {
      return fail(malformed("invalid_json", path, "the file is no JSON: " + std::get<JsonError>(parsed).message));
    }
    if (const auto vault = string_field(*json, "vault_path"); vault && !vault->empty()) {
      others.push_back((fs::path(top) / with_home(*vault)).lexically_normal().string());
    }
    return others;
  }

  Result<Outcome> set_up(const Context& context, const SyncOptions& options, const std::string& folder) const {
    GitSetting setting;
    setting.folder = folder;
    setting.time_limit = options.git_timeout;
    const Git git(setting);
    SMB_TRY_ASSIGN(const RepositoryPlace place, find_repository(git, folder));
    SMB_TRY_ASSIGN(const std::vector<std::string> changed,
                   set_up_merge_driver(context.ops, git.in(place.top), place, options.program, write.dry_run));
    Outcome outcome = Outcome::ok(write.dry_run ? OkWord("dry_run") : OkWord("set_up"));
    outcome.add("changed", changed);
    outcome.line(changed.empty() ? "all was there already" : "changed: " + join(changed, ", "));
    return outcome;
  }
};

}  // namespace

int repo_sync_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<RepoSync>(self, argc, argv);
}

}  // namespace smbatcher

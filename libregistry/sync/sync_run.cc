#include "libregistry/sync/sync_run.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "libregistry/core/base/environment.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/config/config.h"
#include "libregistry/core/config/locate.h"
#include "libregistry/queue/records/ignore_file.h"
#include "libregistry/sync/attempts.h"
#include "libregistry/sync/claimed_rows.h"
#include "libregistry/sync/incoming.h"
#include "libregistry/sync/index_lock.h"
#include "libregistry/sync/ref_locks.h"
#include "libregistry/sync/remote.h"
#include "libregistry/sync/sync_record.h"
#include "libregistry/sync/work_tree_update.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

// A push that loses against others is tried again at least so often, and a tree that others change.
constexpr int kLeastPushes = 4;
constexpr int kLeastUpdates = 8;
constexpr std::chrono::seconds kLongestBusy{20};
// The branch moves so often before nobody else may commit while we rebase.
constexpr int kMostMoves = 2;
// git refuses so often in a row, with nothing to commit: then it is not a race.
constexpr int kMostRefusals = 3;

std::string message_of(const Clock& clock) {
  return "sync: auto-sync from " + host_name() + " at " + format_time(clock.now().wall);
}

class Run {
 public:
  Run(Git git, RepositoryPlace place, const SyncLock& lock, const SyncOptions& options,
      const SyncSurroundings& surroundings, SyncSummary& summary)
      : place_(std::move(place)),
        options_(options),
        surroundings_(surroundings),
        summary_(summary),
        git_(std::move(git)) {
    GitSetting setting = git_.setting();
    setting.folder = place_.top;
    if (::access((place_.top + "/.git").c_str(), F_OK) != 0) {  // core.worktree: nothing leads from there to it
      setting.environment = {"GIT_DIR=" + place_.git_dir, "GIT_WORK_TREE=" + place_.top};
    }
    setting.held = lock.descriptor();
    setting.tick = [&lock, run = surroundings.held] {
      lock.touch();
      if (run != nullptr) {
        run->lock.touch();
      }
    };
    git_ = Git(std::move(setting));
  }

  Result<void> run() {
    SMB_TRY(read_columns());
    SMB_TRY(clean_up());
    SMB_TRY(check_nothing_in_progress(place_));
    SMB_TRY(keep_own_files_out());
    SMB_TRY_ASSIGN(const WorkTreeState state, read_state(git_));
    note_head(state.branch, state.head);
    SMB_TRY_ASSIGN(upstream_, find_upstream(git_, state.branch));
    const std::vector<ChangedPath> changes = chosen(state.changes, options_.rules);
    SMB_TRY(session_logs_in(changes, options_.accept_session_logs));
    SMB_TRY(check_rules(place_, changes, options_.rules));
    summary_.left_out = state.left_out;
    for (const ChangedPath& change : changes) {
      if (change.is_submodule && change.only_inside) {
        (change.is_behind ? summary_.behind : summary_.submodules).push_back(change.path);
      }
    }
    if (options_.dry_run) {
      return plan(changes);
    }
    branch_ = state.branch;
    SMB_TRY(make_private_dir());  // there for as long as a git of ours may change something: clean_up() looks for it
    auto done = commit_and_bring_in_line(state);
    if (!done && (done.error().reason == FailWord("git_timeout") || done.error().reason == FailWord("interrupted"))) {
      clear_ref_locks(place_);
    }
    auto told = tell();
    if (!read_record(place_)) {  // one that is still there is for the next sync
      std::error_code ignored;
      fs::remove_all(place_.private_dir(), ignored);
    }
    SMB_TRY(done);
    return told;
  }

 private:
  void note_head(const std::string& branch, const std::string& head) {
    summary_.top = place_.top;
    summary_.branch = branch.substr(std::string_view("refs/heads/").size());
    summary_.head = head;
  }

  Result<void> read_columns() {
    SMB_TRY_ASSIGN(const Config config, load_config(place_.top + "/.smbatcher/config.yml"));
    columns_ = config.columns;
    return {};
  }

  WorkTreeUpdate update() const {
    return {git_, place_, {surroundings_.ops, surroundings_.clock, options_.registry_timeout, columns_}};
  }

  /// After a sync that died.
  Result<void> clean_up() {
    std::error_code error;
    if (options_.dry_run || (!fs::exists(place_.private_dir(), error) && !IndexLock::is_left_behind(place_))) {
      return {};
    }
    SMB_TRY(make_private_dir());
    clear_ref_locks(place_);
    SMB_TRY_ASSIGN(summary_.kept, update().finish_interrupted());
    return {};
  }

  /// What belongs to this machine (the lock, the history, claims) is not to be committed: two clones would have a
  /// conflict at once.
  Result<void> keep_own_files_out() const {
    const RegistryPaths paths = paths_beside(place_.top + "/.smbatcher/REGISTRY.md");
    if (options_.dry_run || ::access(paths.registry.c_str(), F_OK) != 0) {
      return {};
    }
    return write_ignore_file(surroundings_.ops, paths);
  }

  Result<void> make_private_dir() const {
    if (::mkdir(place_.private_dir().c_str(), 0777) != 0 && errno != EEXIST) {
      return fail(io_error("cannot make the folder '" + place_.private_dir() + "'", errno));
    }
    return {};
  }

  /// From what is known here: to ask the remote would change what this repository knows of it.
  Result<void> plan(const std::vector<ChangedPath>& changes) {
    summary_.remote_asked = false;
    for (const ChangedPath& change : changes) {
      if (!change.only_inside) {
        summary_.planned.push_back(change.path);
      }
    }
    SMB_TRY_ASSIGN(const std::string known, commit_of(git_, upstream_.tracking));
    if (!summary_.head.empty()) {
      SMB_TRY_ASSIGN(summary_.pushed, commits_between(git_, known, summary_.head));
    }
    if (!known.empty()) {
      SMB_TRY_ASSIGN(summary_.pulled, commits_between(git_, summary_.head, known));
    }
    return {};
  }

  std::string message(const std::string& usual) const { return options_.message.value_or(usual); }

  Result<void> commit(const WorkTreeState& state) {
    const std::vector<ChangedPath> changes = chosen(state.changes, options_.rules);
    SMB_TRY_ASSIGN(const std::vector<std::string> logs, session_logs_in(changes, options_.accept_session_logs));
    SMB_TRY(check_rules(place_, changes, options_.rules));
    if (changes.empty()) {
      return {};
    }
    SMB_TRY_ASSIGN(const std::string made,
                   commit_changes(git_, place_, state, options_.rules, message(message_of(surroundings_.clock))));
    if (!made.empty()) {
      summary_.committed = made;
      summary_.head = made;
      std::vector<std::string>& all = summary_.customs.session_logs;
      all.insert(all.end(), logs.begin(), logs.end());
    }
    return {};
  }

  Result<void> commit_and_bring_in_line(const WorkTreeState& state) {
    SMB_TRY(commit(state));
    first_ = summary_.head;
    SMB_TRY_ASSIGN(known_, commit_of(git_, upstream_.tracking));
    SyncAttempts pushes(kLeastPushes, options_.wait);
    SyncAttempts updates(kLeastUpdates, std::min<std::chrono::seconds>(options_.wait, kLongestBusy));
    bool asks = true;  // not again because of a file that was saved here: the longer it takes, the more are
    for (;;) {
      if (asks) {
        SMB_TRY_ASSIGN(theirs_, fetch(git_, place_, upstream_));
        SMB_TRY(check_still_there());
      }
      SMB_TRY_ASSIGN(const bool in_line, take_in());
      if (!in_line) {
        asks = false;
        SMB_TRY_ASSIGN(const bool again, look_again(updates));
        if (!again) {
          return fail(refused("busy_tree", escape_control(summary_.branch),
                              "files, or the branch, changed so fast that nothing could be brought in line; nothing is "
                              "lost, the next run tries again"));
        }
        continue;
      }
      if (summary_.head == theirs_) {
        return {};
      }
      push_is_open_ = true;
      SMB_TRY_ASSIGN(const Pushed pushed, push_head());
      push_is_open_ = false;
      if (pushed == Pushed::kDone) {
        before_push_ = theirs_;
        pushed_ = true;
        return {};
      }
      asks = true;
      SMB_TRY_ASSIGN(const bool again, pushes.again(surroundings_.signals));
      if (!again) {
        return fail(refused("push_rejected", std::to_string(pushes.count()),
                            "others were faster " + counted(static_cast<std::size_t>(pushes.count()), "time") +
                                "; nothing is lost, the next run tries again"));
      }
    }
  }

  Result<Pushed> push_head() {
    auto pushed = push(git_, place_, upstream_, theirs_, summary_.head);
    // When the connection broke or we were stopped, nobody knows here whether the commits arrived.
    push_is_open_ = !pushed && (pushed.error().reason == FailWord("git_timeout") ||
                                pushed.error().reason == FailWord("interrupted") ||
                                pushed.error().reason == FailWord("remote_unreachable"));
    return pushed;
  }

  /// A branch that the remote had, and has not any more, is not made again.
  Result<void> check_still_there() const {
    return theirs_.empty() && !known_.empty() ? fail(upstream_gone(upstream_)) : Result<void>();
  }

  /// After somebody changed something here: commits it. False when it is time to give up.
  Result<bool> look_again(SyncAttempts& updates) {
    SMB_TRY_ASSIGN(bool again, updates.again(surroundings_.signals));
    SMB_TRY_ASSIGN(const WorkTreeState now, read_state(git_));
    const std::string before = summary_.head;
    if (now.branch != branch_) {
      return false;
    }
    summary_.head = now.head;
    SMB_TRY(commit(now));
    refusals_ = objection_.git_says.empty() || summary_.head != before ? 0 : refusals_ + 1;
    if (refusals_ == kMostRefusals) {
      return fail(local_changes("git would not write over what lies here (" + objection_.git_says +
                                "), and it is not to be committed, as of a file that is marked skip-worktree or "
                                "assume-unchanged (git ls-files -v), or lies outside of the sparse checkout: take the "
                                "mark away, or the file"));
    }
    return again;
  }

  Error local_changes(const std::string& why) const {
    return refused("local_changes", escape_control(join(objection_.paths, " ")),
                   why + "; nothing was changed in the work tree")
        .with("files", objection_.paths);
  }

  /// Puts our commits on top of theirs. False: somebody changed something meanwhile, so look again.
  Result<bool> take_in() {
    objection_ = {};
    if (theirs_.empty() || theirs_ == summary_.head) {
      return true;
    }
    std::optional<IndexLock> index;
    if (moves_ >= kMostMoves) {
      SMB_TRY_ASSIGN(IndexLock lock, IndexLock::acquire(place_));
      index.emplace(std::move(lock));
      SMB_TRY_ASSIGN(summary_.head, commit_of(git_, branch_));
    }
    SMB_TRY_ASSIGN(const Incoming incoming, integration_.bring_in(git_, {summary_.head, theirs_, known_}));
    if (!incoming.taken_back.empty()) {
      SMB_TRY_ASSIGN(summary_.taken_back, commits_between(git_, theirs_, incoming.taken_back));
    }
    if (incoming.to.empty()) {
      return true;
    }
    SMB_TRY_ASSIGN(WorkTreeUpdate::Report report, update().run(branch_, summary_.head, incoming.to, std::move(index)));
    summary_.kept.insert(summary_.kept.end(), report.kept.begin(), report.kept.end());
    if (report.done()) {
      summary_.head = incoming.to;
      note_claimed_rows(report.registries);
      return true;
    }
    moves_ += report.moved ? 1 : 0;
    objection_ = std::move(report.objection);
    if (objection_.kind == Objection::Kind::kInTheWay) {
      return fail(refused("would_overwrite", escape_control(join(objection_.paths, " ")),
                          "files that git does not know are in the way of what comes from the remote: " +
                              escape_control(join(objection_.paths, ", ")) +
                              "; move them away, or add them; nothing was changed in the work tree")
                      .with("files", objection_.paths));
    }
    if (objection_.kind == Objection::Kind::kChanged && !options_.rules.paths.empty()) {
      return fail(local_changes("files that are not among --paths have changes here and at the remote: " +
                                escape_control(join(objection_.paths, ", ")) + "; commit them"));
    }
    return false;
  }

  void note_claimed_rows(const std::vector<WorkTreeUpdate::ChangedRegistry>& registries) {
    static const SystemProcessTable processes;
    for (const auto& [path, before, after] : registries) {
      QueueContext queue;
      queue.ops = &surroundings_.ops;
      queue.clock = &surroundings_.clock;
      queue.processes = &processes;
      queue.paths = paths_beside(place_.top + "/" + path);
      if (auto config = load_config(queue.paths.config)) {
        queue.config = std::move(*config);
      }
      // Only to be said: a registry that cannot be read now does not undo what came in.
      if (const auto rows = claimed_rows_changed(queue, before, after)) {
        summary_.claimed_rows.insert(summary_.claimed_rows.end(), rows->begin(), rows->end());
      }
    }
  }

  /// What came in and went out.
  Result<void> tell() {
    const Git git = git_.steady();
    if (pushed_) {
      SMB_TRY_ASSIGN(summary_.pushed, commits_between(git, before_push_, summary_.head));
    } else if (!summary_.head.empty() && summary_.head != theirs_ && !push_is_open_) {
      SMB_TRY_ASSIGN(summary_.waiting, commits_missing_at(git, upstream_.remote, theirs_, summary_.head));
    }
    if (theirs_.empty() || first_ == theirs_) {
      return {};
    }
    SMB_TRY_ASSIGN(const bool took_theirs, is_ancestor(git, theirs_, summary_.head));
    if (!took_theirs) {
      return {};
    }
    SMB_TRY_ASSIGN(summary_.pulled, commits_between(git, first_, theirs_));
    if (summary_.pulled.empty() || first_.empty()) {
      return {};
    }
    SMB_TRY_ASSIGN(const GitOutput common, git.run({"merge-base", first_, theirs_}));
    if (!common.ok()) {
      return {};  // no common past: there is nothing to compare with
    }
    const std::string base = common.out.substr(0, common.out.find('\n'));
    return add_incoming_customs(summary_.customs, git, base, theirs_);
  }

  RepositoryPlace place_;
  const SyncOptions& options_;
  const SyncSurroundings& surroundings_;
  SyncSummary& summary_;
  Git git_;
  std::map<std::string, std::string> columns_;
  Upstream upstream_;
  Integration integration_{place_, upstream_, options_.program, message("sync: merged")};
  std::string branch_;
  std::string first_;   // our head before anything came in
  std::string known_;   // where the remote's was when we came
  std::string theirs_;  // the remote's
  std::string before_push_;
  bool pushed_ = false;
  bool push_is_open_ = false;  // whether it arrived is not known
  Objection objection_;        // to the last attempt of an update
  int moves_ = 0;              // of the branch, while we made an update
  int refusals_ = 0;           // of git in a row, with nothing to commit
};

}  // namespace

Result<void> run_sync(Git git, const RepositoryPlace& place, const SyncLock& lock, const SyncOptions& options,
                      const SyncSurroundings& surroundings, SyncSummary& summary) {
  return Run(std::move(git), place, lock, options, surroundings, summary).run();
}

}  // namespace smbatcher

#include <unistd.h>

#include <array>
#include <functional>

#include "libregistry/core/base/text.h"
#include "tools/coordination/identity.h"
#include "tools/coordination/lock_report.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct CoordLock {
  static constexpr std::string_view kSummary = "lock files against other agent instances, and release them";
  static constexpr Effect kEffect = Effect::kChanges;
  static constexpr bool kHasRegistry = false;
  std::vector<std::string> operands;
  CoordinationOptions where;
  std::string intent;
  std::optional<std::chrono::seconds> length;
  std::optional<std::chrono::seconds> wait;
  std::optional<std::uint64_t> pid;
  bool all = false;
  bool dry_run = false;

  void declare(OptionSet& options) {
    options.positionals("VERB", operands, "acquire, release, renew, check or conflict PATH…; list or cleanup")
        .required();
    options.text("--intent TEXT", intent, "of acquire: what for, at most 100 characters");
    options.duration("--ttl TIME", length, "of acquire and renew: how long the lock lasts (default: 5m)");
    options.duration("--wait TIME", wait, "of acquire: wait so long for it, first come first served");
    options.number("--pid PID", pid, "of acquire: the locks end when this process ends, too");
    options.flag("--all", all, "of release: everything that the instance holds");
    options.flag("--dry-run", dry_run, "of cleanup: say what would be removed and change nothing");
    where.declare(options);
    options.example("smbatcher coord-lock acquire src/a.py --intent 'Rename the parser'", "lock a file for 5 minutes");
    options.example("smbatcher coord-lock acquire src/a.py src/b.py --wait 30s", "both or none, in turn");
    options.example("smbatcher coord-lock release src/a.py", "release it");
    options.example("smbatcher coord-lock check src/a.py", "exit 0: free or own, 10: another's, 11: expired");
    options.example("smbatcher coord-lock list", "all locks, with their holders");
  }

  Result<Outcome> run(const Context& context) const {
    using Verb = Result<Outcome> (CoordLock::*)(const Coordination&) const;
    struct Entry {
      std::string_view name;
      Verb verb;
      bool takes_paths;
    };
    static constexpr auto kVerbs = std::to_array<Entry>({{"acquire", &CoordLock::acquire, true},
                                                         {"release", &CoordLock::release, true},
                                                         {"renew", &CoordLock::renew, true},
                                                         {"check", &CoordLock::check, true},
                                                         {"conflict", &CoordLock::conflict, true},
                                                         {"list", nullptr, false},
                                                         {"cleanup", nullptr, false}});
    for (const Entry& entry : kVerbs) {
      if (operands.empty() || operands.front() != entry.name) {
        continue;
      }
      SMB_TRY(check_options(entry.name, entry.takes_paths));
      SMB_TRY_ASSIGN(const Coordination coordination, where.open(context));
      if (entry.verb == nullptr) {
        return entry.name == "list" ? list(coordination) : cleanup(coordination);
      }
      return (this->*entry.verb)(coordination);
    }
    return fail(usage_error("invalid_argument",
                            "'" + escape_control(operands.empty() ? "" : operands.front()) +
                                "' is not a verb: acquire, release, renew, check, conflict, list or cleanup"));
  }

 private:
  Result<void> check_options(std::string_view verb, bool takes_paths) const {
    if (all && verb != "release") {
      return fail(usage_error("invalid_argument", "--all is of release"));
    }
    if ((takes_paths && !all) != (operands.size() > 1)) {
      return fail(usage_error(takes_paths && !all ? ErrorWord("missing_argument") : ErrorWord("invalid_argument"),
                              "coord-lock " + std::string(verb) +
                                  (all           ? " --all takes no PATH"
                                   : takes_paths ? " needs a PATH"
                                                 : " takes no PATH")));
    }
    if (dry_run && verb != "cleanup") {
      return fail(usage_error("invalid_argument", "--dry-run is of cleanup; `coord-lock check` asks without locking"));
    }
    if (length && length->count() == 0) {
      return fail(usage_error("invalid_argument", "--ttl 0: a lock lasts at least a second"));
    }
    return {};
  }

  Result<std::vector<ProjectPath>> paths(const Coordination& coordination) const {
    const std::string working_dir = PlaceSearch::of_process(std::nullopt).working_dir;
    std::vector<ProjectPath> paths;
    for (std::size_t i = 1; i < operands.size(); ++i) {
      SMB_TRY_ASSIGN(ProjectPath path, project_path(coordination.place, working_dir, operands[i]));
      paths.push_back(std::move(path));
    }
    return paths;
  }

  Result<Outcome> acquire(const Coordination& coordination) const {
    LockRequest request;
    SMB_TRY_ASSIGN(request.id, where.identify(coordination));
    SMB_TRY_ASSIGN(request.paths, paths(coordination));
    request.intent = intent;
    request.length = length.value_or(kDefaultLockLength);
    request.kept = length.has_value();
    request.wait = wait.value_or(std::chrono::seconds(0));
    if (pid) {
      request.pid = static_cast<pid_t>(*pid);
    }
    SMB_TRY_ASSIGN(const Acquisition acquired, acquire_locks(coordination, request));
    Outcome outcome = Outcome::ok("acquired", std::to_string(acquired.grants.size()));
    if (acquired.verdict == Verdict::kHeld) {
      outcome = held_by_others(acquired.held, acquired.queued);
    } else {
      JsonArray grants;
      for (const Grant& grant : acquired.grants) {
        JsonObject json{{"file_path", grant.path},
                        {"expires_at", format_time(grant.expires_at)},
                        {"token", grant.token},
                        {"renewed", grant.renewed},
                        {"changed", grant.changed}};
        if (!grant.taken_from.empty()) {
          json.emplace_back("taken_from", grant.taken_from);
        }
        grants.push_back(std::move(json));
      }
      outcome.add("instance_id", request.id).add("locks", Json(std::move(grants)));
    }
    outcome.add("removed", Json(acquired.removed)).warn(acquired.warnings);
    return outcome;
  }

  /// What release and renew say when they may not.
  static std::optional<Outcome> refusal(const LockAnswer& answer, const std::string& id) {
    if (answer.verdict == Verdict::kStale) {
      return stale_instance(id);
    }
    if (answer.verdict == Verdict::kHeld) {
      return held_by_others(answer.held, {});
    }
    return std::nullopt;
  }

  Result<Outcome> release(const Coordination& coordination) const {
    SMB_TRY_ASSIGN(const std::string id, where.identify(coordination));
    SMB_TRY_ASSIGN(const auto files, paths(coordination));
    SMB_TRY_ASSIGN(const LockAnswer answer,
                   all ? release_all_locks(coordination, id) : release_locks(coordination, id, files));
    Outcome outcome = Outcome::ok("released", std::to_string(answer.done.size()));
    outcome.add("files", Json(answer.done)).add("not_locked", Json(answer.none));
    outcome = refusal(answer, id).value_or(outcome);
    return outcome.warn(answer.warnings);
  }

  Result<Outcome> renew(const Coordination& coordination) const {
    SMB_TRY_ASSIGN(const std::string id, where.identify(coordination));
    SMB_TRY_ASSIGN(const auto files, paths(coordination));
    SMB_TRY_ASSIGN(const LockAnswer answer, renew_locks(coordination, id, files, length));
    Outcome outcome = Outcome::ok("renewed", std::to_string(answer.done.size()));
    if (const auto refused = refusal(answer, id)) {
      outcome = *refused;
    } else if (!answer.none.empty()) {
      outcome = Outcome::fail("not_locked", escape_control(answer.none.front()),
                              "nobody holds a lock on it, and nothing was renewed; acquire it");
      outcome.add("files", Json(answer.none));
    } else {
      JsonArray locks;
      for (std::size_t i = 0; i < answer.done.size(); ++i) {
        locks.push_back(JsonObject{{"file_path", answer.done[i]}, {"expires_at", format_time(answer.expires[i])}});
      }
      outcome.add("instance_id", id).add("locks", Json(std::move(locks)));
    }
    return outcome.warn(answer.warnings);
  }

  Result<Outcome> check(const Coordination& coordination) const {
    SMB_TRY_ASSIGN(const std::string id, where.identify_if_named(coordination));
    SMB_TRY_ASSIGN(const auto files, paths(coordination));
    std::vector<LockView> own;
    std::vector<LockView> held;
    std::vector<LockView> expired;
    std::vector<Warning> warnings;
    for (const ProjectPath& path : files) {
      SMB_TRY_ASSIGN(const LockCheck check, check_lock(coordination, id, path));
      if (check.lock) {
        (check.verdict == Verdict::kHeld      ? held
         : check.verdict == Verdict::kExpired ? expired
                                              : own)
            .push_back(*check.lock);
      }
      warnings.insert(warnings.end(), check.warnings.begin(), check.warnings.end());
    }
    Outcome outcome =
        Outcome::ok(own.size() == files.size() ? OkWord("own") : OkWord("free"), std::to_string(files.size()));
    if (!held.empty()) {
      outcome = held_by_others(held, {});
    } else if (!expired.empty()) {
      outcome = Outcome::fail("lock_expired", escape_control(expired.front().lock.holder),
                              "the lock on '" + escape_control(expired.front().lock.path) + "' has ended (" +
                                  expired.front().why_free + "): acquire takes it over");
      outcome.add("locks", list_of(expired)).exit_as(static_cast<int>(Verdict::kExpired));
    } else {
      outcome.add("locks", list_of(own));
    }
    return outcome.warn(std::move(warnings));
  }

  static Json list_of(const std::vector<LockView>& views) {
    JsonArray list;
    for (const LockView& view : views) {
      list.push_back(to_json(view));
    }
    return list;
  }

  Result<Outcome> conflict(const Coordination& coordination) const {
    SMB_TRY_ASSIGN(const auto files, paths(coordination));
    std::vector<std::string> changed;
    std::vector<std::string> not_locked;
    for (const ProjectPath& path : files) {
      SMB_TRY_ASSIGN(const ConflictCheck check, check_conflict(coordination, path));
      if (check.verdict == Verdict::kConflict) {
        changed.push_back(path.relative);
      } else if (!check.lock) {
        not_locked.push_back(path.relative);
      }
    }
    if (changed.empty()) {
      return Outcome::ok("unchanged", std::to_string(files.size())).add("not_locked", Json(not_locked));
    }
    Outcome outcome = Outcome::fail("conflict", escape_control(changed.front()),
                                    "it is not what it was when it was locked; look at the change, then acquire again");
    outcome.add("files", Json(changed)).exit_as(static_cast<int>(Verdict::kConflict));
    return outcome;
  }

  static Result<Outcome> list(const Coordination& coordination) {
    SMB_TRY_ASSIGN(const LockList locks, list_locks(coordination));
    Outcome outcome = Outcome::ok("locks", std::to_string(locks.locks.size()));
    for (const LockView& view : locks.locks) {
      outcome.line(describe(view));
    }
    outcome.add("locks", list_of(locks.locks)).warn(locks.warnings);
    return outcome;
  }

  Result<Outcome> cleanup(const Coordination& coordination) const {
    SMB_TRY_ASSIGN(const Cleanup cleaned, clean_up(coordination, dry_run));
    const std::string counts = std::to_string(cleaned.instances.size()) + ":" + std::to_string(cleaned.locks.size());
    Outcome outcome = dry_run ? Outcome::ok("dry_run") : Outcome::ok("cleaned_up", counts);
    if (dry_run) {
      outcome.add("would", OkWord("cleaned_up").text());
    }
    outcome.line((dry_run ? "would remove " : "removed ") + counted(cleaned.instances.size(), "instance") + " and " +
                 counted(cleaned.locks.size(), "lock"));
    outcome.add("instances", Json(cleaned.instances)).add("locks", Json(cleaned.locks)).warn(cleaned.warnings);
    return outcome;
  }
};

}  // namespace

int coord_lock_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CoordLock>(self, argc, argv);
}

}  // namespace smbatcher

#include <unistd.h>

#include <algorithm>
#include <array>

#include "libregistry/audit/operations.h"
#include "libregistry/audit/restore.h"
#include "libregistry/core/base/text.h"
#include "tools/audit/audit_answer.h"
#include "tools/audit/audit_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct AuditSync {
  static constexpr std::string_view kSummary = "lock, unlock, renew and complete repository audits";
  static constexpr Effect kEffect = Effect::kChanges;
  static constexpr bool kHasRegistry = false;
  static constexpr Format kDefaultFormat = Format::kJson;

  std::optional<std::string> operation;
  std::vector<std::string> arguments;
  AuditFileOption file;
  std::optional<std::chrono::seconds> ttl;
  std::optional<std::uint64_t> token;
  bool strict = false;
  bool add = false;
  bool force = false;
  std::uint64_t keep = 50;
  bool dry_run = false;

  void declare(OptionSet& options) {
    options.positional("OPERATION", operation, "lock, unlock, renew, complete, status or restore").required();
    options.positionals("ARGUMENT", arguments,
                        "lock REPO INSTANCE; unlock or renew [REPO] [INSTANCE]; complete REPO STATUS INSTANCE "
                        "GITHUB_READY; restore [BACKUP]. INSTANCE is AUDIT_INSTANCE where it is left out");
    file.declare(options);
    options.duration("--ttl TIME", ttl, "lock, renew: how long the lock lasts (default: 4h, or as it was)");
    options.number("--token N", token, "unlock, renew, complete, restore: the number that lock gave, for INSTANCE");
    options.flag("--strict", strict, "lock: refuse a repository that is not in the queue");
    options.flag("--add", add, "complete: also a repository that is not in the queue");
    options.flag("--force", force, "unlock, restore: also when somebody else holds the lock");
    options.number("--keep N", keep, "how many backups of ours are kept");
    options.flag("--dry-run", dry_run, "say what would change and change nothing");
    options.example("smbatcher audit-sync lock portfolio s000_pid46135", "take a repository");
    options.example("smbatcher audit-sync complete portfolio CLEAN s000_pid46135 true", "hand in its audit");
    options.example("smbatcher audit-sync status", "print the queue");
  }

  Result<Outcome> run(const Context& context) const {
    auto answer = carry_out(context);
    return answer ? std::move(*answer) : audit_failure(answer.error());
  }

 private:
  Result<Outcome> carry_out(const Context& context) const {
    constexpr auto kOperations =
        std::to_array<std::string_view>({"lock", "unlock", "renew", "complete", "status", "restore"});
    if (std::find(kOperations.begin(), kOperations.end(), *operation) == kOperations.end()) {
      return fail(usage_error("invalid_argument", "Unknown operation '" + escape_control(*operation) + "'"));
    }
    const bool may_be_missing = *operation == "restore";
    SMB_TRY(check_arguments());
    SMB_TRY_ASSIGN(const AuditPlace place,
                   file.find(context.ops, may_be_missing ? AuditFile::kMayBeMissing : AuditFile::kMustExist));
    AuditCall call = audit_call(context);
    call.keep = keep;
    call.dry_run = dry_run;
    if (*operation == "status") {
      SMB_TRY_ASSIGN(const AuditView view, read_audit(place, call));
      return Outcome::verbatim(audit_text(view.document) + "\n", 0);
    }
    if (*operation == "restore") {
      return restore(place, call);
    }
    SMB_TRY_ASSIGN(const AuditAnswer answer,
                   change_audit(place, call, [&](const AuditView& view) { return edit(context, place, view); }));
    return audit_success(*operation, answer, dry_run);
  }

  Result<AuditEdit> edit(const Context& context, const AuditPlace& place, const AuditView& view) const {
    if (*operation == "lock") {
      return lock_repo(view, {arguments[0], *instance(1), ttl.value_or(kUsualLock), strict, caller(context)});
    }
    if (*operation == "unlock") {
      LockOwner who = owner(argument(0), 1);
      who.caller = caller(context);
      return unlock_repo(view, who);
    }
    if (*operation == "renew") {
      return renew_lock(view, owner(argument(0), 1), ttl);
    }
    CompleteRequest request{arguments[0], arguments[1], owner(arguments[0], 2), is_ready(), add};
    request.owner.force = false;
    return complete_audit(view, request, [&](const std::string& started) {
      return find_report(context.ops, report_folders(context.ops, place, AuditSurroundings::of_process()), request.repo,
                         ReportDays::since(started, view.now.wall));
    });
  }

  Result<Outcome> restore(const AuditPlace& place, const AuditCall& call) const {
    SMB_TRY_ASSIGN(const Restored restored, restore_audit(place, call, {argument(0), owner(std::nullopt, 1)}));
    return audit_success("restore", restored.answer, dry_run, {{"restored_from", restored.from}});
  }

  Result<void> check_arguments() const {
    const std::size_t most = *operation == "complete"  ? 4
                             : *operation == "status"  ? 0
                             : *operation == "restore" ? 1
                                                       : 2;
    if (arguments.size() > most) {
      return fail(
          usage_error("invalid_argument", *operation + " takes no argument '" + escape_control(arguments[most]) + "'"));
    }
    if (*operation == "lock" && (arguments.empty() || !instance(1))) {
      return fail(usage_error("missing_argument", "lock requires <repo> <instance_id>"));
    }
    if (*operation == "complete" && arguments.size() < 2) {
      return fail(usage_error("missing_argument", "complete requires <repo> <status>"));
    }
    const bool names_a_repo = *operation != "restore" && *operation != "status";
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (names_a_repo && i == 0 ? !is_repo_name(arguments[i]) : !is_audit_name(arguments[i])) {
        return fail(usage_error("invalid_argument",
                                "'" + escape_control(arguments[i]) +
                                    "' cannot be used: 1 to 128 characters of UTF-8, " +
                                    (i == 0 ? "no slash, no control characters" : "no control characters")));
      }
    }
    if (*operation == "complete" && arguments.size() == 4 && !is_ready() && to_lower(arguments[3]) != "false") {
      return fail(
          usage_error("invalid_argument", "'" + arguments[3] + "' is neither true nor false: is it ready for GitHub?"));
    }
    if (const auto named = instance(arguments.size()); named && !is_audit_name(*named)) {
      return fail(usage_error("invalid_argument", "AUDIT_INSTANCE has control characters or is too long"));
    }
    return {};
  }

  std::optional<std::string> argument(std::size_t index) const {
    return index < arguments.size() ? std::optional(arguments[index]) : std::nullopt;
  }

  bool is_ready() const { return arguments.size() == 4 && to_lower(arguments[3]) == "true"; }

  /// The argument, else AUDIT_INSTANCE.
  std::optional<std::string> instance(std::size_t index) const {
    if (index < arguments.size()) {
      return arguments[index];
    }
    const char* const variable = std::getenv("AUDIT_INSTANCE");  // NOLINT(concurrency-mt-unsafe): nothing sets it
    return variable == nullptr || *variable == '\0' ? std::nullopt : std::optional<std::string>(variable);
  }

  /// The process that runs this one: an agent, or a script, that calls lock and then unlock.
  static std::optional<ProcessRef> caller(const Context& context) {
    const SystemProcessTable processes;
    Result<ProcessRef> parent = reference_to(::getppid(), context.clock.now().boot, processes);
    return parent ? std::optional(std::move(*parent)) : std::nullopt;
  }

  LockOwner owner(std::optional<std::string> repo, std::size_t instance_at) const {
    return {std::move(repo), instance(instance_at), token, force && *operation != "renew", std::nullopt};
  }
};

}  // namespace

int audit_sync_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<AuditSync>(self, argc, argv);
}

}  // namespace smbatcher

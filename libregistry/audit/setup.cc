#include "libregistry/audit/setup.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "libregistry/audit/in_place.h"
#include "libregistry/audit/lock.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/sharing.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

constexpr const char* kReadme = R"(# Audits of repositories

`COORDINATION_STATUS.json` is the queue: who audits which repository, what is left and what is done. Programs write it,
one at a time; look at it with `smbatcher audit-status`.

| to | type |
|----|------|
| take a repository | `smbatcher audit-sync lock REPO INSTANCE` |
| stay its auditor beyond four hours | `smbatcher audit-sync renew REPO INSTANCE` |
| check a report before handing it in | `smbatcher verify-audit REPO` |
| hand it in | `smbatcher audit-sync complete REPO STATUS INSTANCE true` |
| give it back undone | `smbatcher audit-sync unlock REPO INSTANCE` |
| bring the queue back from a backup | `smbatcher audit-sync restore` |

A report is `REPO_COMPLETE_AUDIT_YYYY-MM-DD.txt` in this folder. Backups are in `.coordination_backups`.
)";

Json methodology() {
  return JsonObject{
      {"principles",
       JsonArray{"Read every file to its end", "Do not simplify to save time", "Report what is there, good or bad",
                 "Leave nothing out", "Take the time that it needs", "Look hardest at what runs by itself"}},
      {"required_checks", JsonArray{"What the repository is", "The source files", "The documentation", "Sensitive data",
                                    "Automation", "Archived and disabled files", "Readiness for publication",
                                    "The audit report", "The queue is up to date"}},
      {"automation_risk_levels", JsonObject{{"CRITICAL", "It runs and can do harm in somebody's name"},
                                            {"HIGH", "It does not run, but is there and holds sensitive data"},
                                            {"MEDIUM", "A framework or a demonstration: to be looked at"},
                                            {"LOW", "Little that runs by itself"},
                                            {"NONE", "Nothing runs by itself"}}}};
}

Result<void> create_readme(const AuditPlace& place, const AuditCall& call) {
  const ReplaceNames names = ReplaceNames::of(place.folder + "/README.md");
  const auto created = create_file(call.ops, names, kReadme, 0666, model_at(call.ops, place.data));
  return created || created.error().reason == FailWord("already_exists") ? Result<void>() : fail(created.error());
}

/// Under the lock of the queue, so that nobody is between reading the mode and writing.
Result<void> set_mode(const AuditPlace& place, const AuditCall& call, AuditMode mode) {
  SMB_TRY_ASSIGN(const AuditLock lock, AuditLock::acquire(call.ops, place, LockDeadline(call.lock_timeout)));
  if ((mode == AuditMode::kInPlace) == lock.in_place()) {
    return {};
  }
  if (lock.data() != nullptr) {
    SMB_TRY(finish_cut_copy(call.ops, place, *lock.data(), AuditBackups::load(call.ops, place)));
  }
  if (mode == AuditMode::kInPlace) {
    return write_own_file(call.ops, place.in_place_mark, "scripts lock and write the data file itself\n",
                          model_at(call.ops, place.data));
  }
  if (call.ops.unlink(place.in_place_mark) != 0 && errno != ENOENT) {
    return fail(io_error("cannot remove '" + place.in_place_mark + "'", errno));
  }
  return sync_folder(call.ops, place.folder);
}

Error already_set_up(const AuditPlace& place) {
  Error error = refused("already_set_up", place.data,
                        "there is a queue in '" + place.data +
                            "': look at it with audit-status, or overwrite it with --force (it is backed up first)");
  error.where = place.data;
  return error;
}

}  // namespace

Result<FoundRepos> scan_repos(const std::string& folder) {
  std::error_code error;
  FoundRepos found;
  fs::directory_iterator each(fs::absolute(folder, error), error);
  if (error) {
    Error fault = not_found("directory_not_found", "cannot read the folder '" + folder + "': " + error.message());
    fault.details = folder;
    return fail(std::move(fault));
  }
  for (; !error && each != fs::directory_iterator(); each.increment(error)) {
    std::error_code ignored;
    if (!fs::is_directory(each->path(), ignored) || !fs::exists(each->path() / ".git", ignored)) {
      continue;
    }
    const std::string name = each->path().filename().string();
    if (is_repo_name(name)) {
      found.repos.push_back({name, each->path().lexically_normal().string()});
    } else {
      found.warnings.push_back("The folder '" + escape_control(name) + "' is left out: its name cannot be used");
    }
  }
  if (error) {
    return fail(io_error("cannot read the folder '" + folder + "'", error.value()));
  }
  std::sort(found.repos.begin(), found.repos.end(),
            [](const FoundRepo& a, const FoundRepo& b) { return a.name < b.name; });
  return found;
}

Json new_audit_document(const AuditPlace& place, const FoundRepos& found, const std::string& scanned, WallTime now) {
  JsonArray queue;
  for (const FoundRepo& repo : found.repos) {
    queue.push_back(JsonObject{{"repo", repo.name},
                               {"path", repo.path},
                               {"priority", "medium"},
                               {"estimated_time", "30-60min"},
                               {"notes", "Found in " + scanned}});
  }
  const std::string time = audit_time(now);
  const auto count = static_cast<std::int64_t>(queue.size());
  return JsonObject{{"version", "2.0"},
                    {"created", time},
                    {"last_updated", time},
                    {"audit_directory", place.folder},
                    {"current_work", JsonObject{{"instance_id", nullptr},
                                                {"instance_terminal", nullptr},
                                                {"repo", nullptr},
                                                {"started", nullptr},
                                                {"status", "idle"},
                                                {"locked", false},
                                                {"task", nullptr}}},
                    {"completed_audits", JsonArray{}},
                    {"work_queue", std::move(queue)},
                    {"audit_methodology", methodology()},
                    {"statistics", JsonObject{{"total_repositories", count},
                                              {"audited", 0},
                                              {"in_progress", 0},
                                              {"remaining", count},
                                              {"percent_complete", 0},
                                              {"github_ready_count", 0},
                                              {"high_risk_count", 0}}},
                    {"notes", JsonArray{"The queue was set up by smbatcher", "Set priorities in work_queue as needed",
                                        "audit-status shows how far it is", "audit-sync takes and gives back work",
                                        "verify-audit checks a report"}}};
}

Result<SetUp> set_up_audit(const AuditPlace& place, const AuditCall& call, const SetUpRequest& request) {
  const bool there = exists(call.ops, place.data);
  if (there && !request.overwrite && !request.mode) {
    return fail(already_set_up(place));
  }
  const AuditMode now = is_in_place(call.ops, place) ? AuditMode::kInPlace : AuditMode::kReplace;
  SetUp done{!there || request.overwrite, request.mode.value_or(now), {}};
  if (!call.dry_run) {
    SMB_TRY(make_folders(call.ops, place.folder));
    SMB_TRY(make_shared_folder(call.ops, place.backups, place.folder));
    SMB_TRY(set_mode(place, call, done.mode));
  }
  if (!done.created) {
    return done;
  }
  const AuditEditor edit = [&](const AuditView& view) -> Result<AuditEdit> {
    if (!request.overwrite && !view.document.is_null()) {
      return fail(already_set_up(place));  // somebody was faster
    }
    AuditEdit wanted;
    wanted.document = new_audit_document(place, request.found, request.scanned, view.now.wall);
    wanted.warnings = request.found.warnings;
    return wanted;
  };
  SMB_TRY_ASSIGN(done.answer, change_audit(place, call, edit, AuditData::kMayBeDamaged));
  if (!call.dry_run) {
    SMB_TRY(create_readme(place, call));
  }
  return done;
}

}  // namespace smbatcher

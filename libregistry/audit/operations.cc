#include "libregistry/audit/operations.h"

#include <algorithm>

#include "libregistry/audit/statistics.h"
#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMostSuggestions = 5;

std::vector<std::string> suggestions(const AuditView& view, const std::string& asked) {
  std::vector<std::string> repos = queued_repos(view.document);
  std::erase_if(repos, [&](const std::string& repo) { return repo == view.work.repo || repo == asked; });
  repos.resize(std::min(repos.size(), kMostSuggestions));
  return repos;
}

Error already_locked(const AuditView& view, const std::string& asked) {
  Error error = refused("already_locked", view.work.repo,
                        "Repository '" + view.work.repo + "' already locked by " + view.work.instance);
  error.facts = {{"locked_repo", view.work.repo},
                 {"locked_by", view.work.instance},
                 {"suggested_repos", suggestions(view, asked)}};
  if (view.lease) {
    error.facts.emplace_back("expires_at", audit_time(view.lease->expires.wall));
  }
  return error;
}

Error not_owner(const AuditView& view, const LockOwner& owner) {
  std::string who = "nobody was named";
  if (owner.instance) {
    who = "not by " + *owner.instance;
  } else if (owner.token) {
    who = "not with token " + std::to_string(*owner.token);
  }
  Error error = refused("not_owner", view.work.instance,
                        "Repository '" + view.work.repo + "' is locked by " + view.work.instance + ", " + who);
  return std::move(error).with("locked_repo", view.work.repo).with("locked_by", view.work.instance);
}

Error other_repo(const AuditView& view, const std::string& asked) {
  Error error =
      refused("not_owner", view.work.instance,
              "Repository '" + view.work.repo + "' is locked by " + view.work.instance + ", not '" + asked + "'");
  return std::move(error).with("locked_repo", view.work.repo).with("locked_by", view.work.instance);
}

Error not_locked(const std::optional<std::string>& repo) {
  return refused("not_locked", repo.value_or(""),
                 repo ? "Repository '" + *repo + "' is not locked" : std::string("No repository is locked"));
}

Error not_in_queue(const std::string& repo) {
  return refused("not_in_queue", repo, "Repository '" + repo + "' is not in the work queue").with("repo", repo);
}

bool is_named(const LockOwner& owner) { return owner.instance || owner.token; }

/// By the lock as it is, or as it was before it ended.
bool is_by(const AuditView& view, const LockOwner& owner) {
  const bool instance_fits = !owner.instance || *owner.instance == view.work.instance;
  if (!is_named(owner)) {
    return owner.caller && view.lease && view.lease->process == owner.caller;
  }
  const bool token_fits = owner.instance || !owner.token || (view.lease && view.lease->token == *owner.token);
  return instance_fits && token_fits;
}

/// The document with other members of its parts, and the time of the change.
JsonObject updated(const AuditView& view, JsonObject current_work, JsonObject statistics) {
  JsonObject document = *view.document.object();
  set_member(document, "last_updated", audit_time(view.now.wall));
  set_member(document, "current_work", std::move(current_work));
  set_member(document, "statistics", std::move(statistics));
  return document;
}

JsonObject ended_work(const AuditView& view, std::string_view status) {
  JsonObject work = *view.document.find("current_work")->object();
  set_member(work, "locked", false);
  set_member(work, "status", status);
  return work;
}

AuditEdit renewal(const AuditView& view, std::optional<std::chrono::seconds> ttl) {
  AuditEdit edit;
  edit.lease =
      view.lease ? *view.lease : grant(view.next_token, view.work.instance, ttl.value_or(kUsualLock), {}, view.now);
  edit.lease->length = ttl.value_or(edit.lease->length);
  renew(*edit.lease, view.now);
  return edit;
}

/// The entry of an audit that this very call made before.
bool was_completed(const AuditView& view, const CompleteRequest& request) {
  if (view.work.locked || view.work.status != "completed" || view.work.repo != request.repo ||
      view.work.instance != request.owner.instance) {
    return false;
  }
  const JsonArray& audits = *view.document.find("completed_audits")->array();
  return !audits.empty() && string_field(audits.back(), "repo") == request.repo &&
         string_field(audits.back(), "status") == request.status &&
         string_field(audits.back(), "auditor") == request.owner.instance;
}

CountedAudit counted(const AuditView& view, const CompleteRequest& request, bool queued) {
  CountedAudit audit{queued, false, request.github_ready};
  for (const Json& before : *view.document.find("completed_audits")->array()) {
    if (string_field(before, "repo") == request.repo) {
      const Json* const ready = before.find("github_ready");
      audit.again = true;
      audit.github_ready = audit.github_ready && (ready == nullptr || !ready->boolean().value_or(false));
    }
  }
  return audit;
}

Error incomplete(const ReportFindings& findings, const std::string& repo) {
  Error error =
      refused("report_incomplete", repo, "the report '" + findings.path + "' lacks: " + join(findings.missing, ", "));
  return std::move(error).with("report", findings.path).with("missing_sections", findings.missing);
}

}  // namespace

Result<void> check_lock_owner(const AuditView& view, const LockOwner& owner) {
  if (!view.work.locked) {
    return fail(not_locked(owner.repo));
  }
  if (owner.repo && *owner.repo != view.work.repo) {
    return fail(other_repo(view, *owner.repo));
  }
  return is_by(view, owner) || owner.force ? Result<void>() : fail(not_owner(view, owner));
}

Result<AuditEdit> lock_repo(const AuditView& view, const LockRequest& request) {
  if (view.work.locked && view.work.repo == request.repo && view.work.instance == request.instance) {
    AuditEdit edit = renewal(view, request.ttl);
    edit.lease->process = request.caller;
    return edit;
  }
  if (view.work.locked && !view.lock_over()) {
    return fail(already_locked(view, request.repo));
  }
  AuditEdit edit;
  if (!is_queued(view.document, request.repo)) {
    if (request.strict) {
      return fail(not_in_queue(request.repo));
    }
    edit.warnings.push_back("Repository '" + request.repo + "' is not in the work queue");
  }
  if (view.work.locked) {
    edit.warnings.push_back("The lock of " + view.work.instance + " on '" + view.work.repo + "' expired at " +
                            audit_time(view.lease->expires.wall));
  }
  JsonObject work = *view.document.find("current_work")->object();
  set_member(work, "instance_id", request.instance);
  set_member(work, "instance_terminal", "unknown");
  set_member(work, "repo", request.repo);
  set_member(work, "started", audit_time(view.now.wall));
  set_member(work, "status", "in_progress");
  set_member(work, "locked", true);
  set_member(work, "task", "Auditing " + request.repo);
  edit.document = updated(view, std::move(work), with_in_progress(*view.document.find("statistics"), 1));
  edit.lease = grant(view.next_token, request.instance, request.ttl, request.caller, view.now);
  return edit;
}

Result<AuditEdit> unlock_repo(const AuditView& view, const LockOwner& owner) {
  const bool ended = !view.work.locked && view.work.status == "unlocked";
  if (ended && owner.instance == view.work.instance && (!owner.repo || *owner.repo == view.work.repo)) {
    return AuditEdit{};
  }
  SMB_TRY(check_lock_owner(view, owner));
  AuditEdit edit;
  edit.document = updated(view, ended_work(view, "unlocked"), with_in_progress(*view.document.find("statistics"), 0));
  return edit;
}

Result<AuditEdit> renew_lock(const AuditView& view, const LockOwner& owner, std::optional<std::chrono::seconds> ttl) {
  SMB_TRY(check_lock_owner(view, owner));
  return renewal(view, ttl);
}

Result<AuditEdit> complete_audit(const AuditView& view, const CompleteRequest& request,
                                 const std::function<Result<ReportFindings>(const std::string& started)>& check) {
  if (was_completed(view, request)) {
    return AuditEdit{};
  }
  LockOwner owner = request.owner;
  owner.repo = request.repo;
  SMB_TRY(check_lock_owner(view, owner));
  const bool queued = is_queued(view.document, request.repo);
  if (!queued && !request.add) {
    return fail(not_in_queue(request.repo));
  }
  SMB_TRY_ASSIGN(const ReportFindings findings, check(view.work.started));
  if (!findings.complete()) {
    return fail(incomplete(findings, request.repo));
  }
  AuditEdit edit;
  for (const std::string& warning : findings.warnings) {
    edit.warnings.push_back("The report '" + findings.path + "': " + warning);
  }
  JsonObject document = updated(view, ended_work(view, "completed"),
                                count_audit(*view.document.find("statistics"), counted(view, request, queued)));
  JsonArray audits = *view.document.find("completed_audits")->array();
  audits.push_back(JsonObject{{"repo", request.repo},
                              {"status", request.status},
                              {"auditor", view.work.instance},
                              {"completed", audit_time(view.now.wall)},
                              {"github_ready", request.github_ready}});
  set_member(document, "completed_audits", std::move(audits));
  JsonArray queue = *view.document.find("work_queue")->array();
  std::erase_if(queue, [&](const Json& entry) { return string_field(entry, "repo") == request.repo; });
  set_member(document, "work_queue", std::move(queue));
  edit.document = std::move(document);
  return edit;
}

}  // namespace smbatcher

#include <algorithm>

#include "libregistry/audit/backups.h"
#include "libregistry/audit/lock.h"
#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text.h"
#include "tools/audit/audit_answer.h"
#include "tools/audit/audit_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

constexpr std::size_t kShown = 10;

std::string number(const Json& statistics, std::string_view key) {
  return std::to_string(integer_field(statistics, key).value_or(0));
}

std::string lock_line(const AuditView& view) {
  if (!view.work.locked) {
    return "nobody is at work";
  }
  std::string line = view.work.instance + " audits " + view.work.repo + " since " + view.work.started;
  if (!view.lease) {
    return line + ", until it is unlocked";
  }
  return line + (view.lock_over() ? ", but the lock expired at " : ", until ") + audit_time(view.lease->expires.wall);
}

struct AuditStatus {
  static constexpr std::string_view kSummary = "show who audits what, and what is left";
  static constexpr Effect kEffect = Effect::kReads;
  static constexpr bool kHasRegistry = false;

  AuditFileOption file;

  void declare(OptionSet& options) {
    file.declare(options);
    options.example("smbatcher audit-status", "who audits what, and what is left?");
  }

  Result<Outcome> run(const Context& context) const {
    auto shown = show(context);
    return shown ? std::move(shown) : fail(with_remedy(std::move(shown).error()));
  }

 private:
  Result<Outcome> show(const Context& context) const {
    SMB_TRY_ASSIGN(const AuditPlace place, file.find(context.ops));
    SMB_TRY_ASSIGN(const AuditView view, read_audit(place, audit_call(context)));
    SMB_TRY_ASSIGN(const std::vector<std::string> backups, list_audit_backups(place));
    const std::vector<std::string> queue = queued_repos(view.document);
    const JsonArray& completed = *view.document.find("completed_audits")->array();
    const Json& statistics = *view.document.find("statistics");

    Outcome outcome =
        Outcome::ok("audit_status", number(statistics, "audited") + "/" + number(statistics, "total_repositories"));
    outcome.line(lock_line(view));
    outcome.line(number(statistics, "percent_complete") + " % done, " + number(statistics, "remaining") +
                 " remaining, " + number(statistics, "github_ready_count") + " ready for GitHub, " +
                 number(statistics, "high_risk_count") + " of high risk");
    for (std::size_t i = 0; i < std::min(queue.size(), kShown); ++i) {
      outcome.line("  next: " + escape_control(queue[i]));
    }
    if (queue.size() > kShown) {
      outcome.line("  … and " + std::to_string(queue.size() - kShown) + " more");
    }
    for (std::size_t i = 0; i < std::min(completed.size(), kShown); ++i) {
      const Json& audit = completed[completed.size() - 1 - i];
      outcome.line("  done: " + escape_control(string_field(audit, "repo").value_or("?")) + " " +
                   escape_control(string_field(audit, "status").value_or("?")));
    }
    outcome.line(counted(backups.size(), "backup") + (backups.empty() ? "" : ", the newest " + backups.front()));

    outcome.add("file", place.data).add("mode", is_in_place(context.ops, place) ? "in_place" : "replace");
    outcome.add("locked", view.work.locked);
    if (view.work.locked) {
      outcome.add("locked_repo", view.work.repo).add("locked_by", view.work.instance).add("since", view.work.started);
      if (view.lease) {
        outcome.add("expires_at", audit_time(view.lease->expires.wall)).add("expired", view.lock_over());
      }
    }
    outcome.add("statistics", statistics).add("queue", queue).add("completed", completed.size());
    outcome.add("backups", backups.size());
    return outcome;
  }
};

}  // namespace

int audit_status_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<AuditStatus>(self, argc, argv);
}

}  // namespace smbatcher

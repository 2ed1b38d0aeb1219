#include <algorithm>
#include <cstdlib>

#include "libregistry/coordination/decisions.h"
#include "libregistry/coordination/identity.h"
#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text.h"
#include "tools/coordination/identity.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

/// "DEC-20261120-0004 2026-11-20T18:00:00Z security (module): Rotate the keys"
std::string describe(const Json& decision) {
  const auto text = [&decision](std::string_view key) { return string_field(decision, key).value_or("?"); };
  const Json* const impact = decision.find("impact");
  const std::string scope = impact == nullptr ? "" : string_field(*impact, "scope").value_or("");
  return text("decision_id") + " " + text("timestamp") + " " + text("category") +
         (scope.empty() ? "" : " (" + scope + ")") + ": " + text("title");
}

struct CoordDecisions {
  static constexpr std::string_view kSummary = "log the decisions that agents share, and look them up";
  static constexpr Effect kEffect = Effect::kChanges;
  static constexpr bool kHasRegistry = false;
  static constexpr bool kHasSimple = true;
  std::vector<std::string> operands;
  CoordinationOptions where;
  std::optional<std::string> category;
  std::optional<std::string> scope;
  std::optional<std::string> since;
  std::uint64_t limit = 10;
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<std::string> role;
  std::uint64_t keep = 100;
  bool array = false;
  bool dry_run = false;

  void declare(OptionSet& options) {
    options.positionals("ACTION", operands, "list, query ID, add or archive").required();
    options.text("--category WORD", category, "of list: only these; of add: what it is about");
    options.text("--scope WORD", scope, "of list: only these; of add: how far it reaches (default: module)");
    options.text("--since TIME", since, "of list: not older than a time, a date, or a duration such as 2h");
    options.number("--limit N", limit, "of list: the newest so many");
    options.flag("--array", array, "of list: the decisions alone, as a JSON array");
    options.text("--title TEXT", title, "of add: at most 100 characters");
    options.text("--description TEXT", description, "of add: at most 500 characters");
    options.text("--role ROLE", role, "of add: the agent's role; else CLAUDE_SUBAGENT_ROLE");
    options.number("--keep N", keep, "of archive: how many stay in the log");
    options.flag("--dry-run", dry_run, "say what would change and change nothing");
    where.declare(options);
    options.example("smbatcher coord-decisions list --category=security --limit=5", "the newest decisions on security");
    options.example(
        "smbatcher coord-decisions add --category=testing --title='No sleeps' --description='Wait for events'",
        "log a decision; --format simple prints its id alone");
    options.example("smbatcher coord-decisions archive --keep 100", "move all but the newest 100 to an archive");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY(check_operands());
    SMB_TRY_ASSIGN(const Coordination coordination, where.open(context));
    DecisionLog log(context.ops, context.clock, coordination.place.folder);
    const LockDeadline deadline(coordination.lock_timeout);
    const std::string& verb = operands.front();
    if (verb == "list") {
      return list(context, log);
    }
    if (verb == "query") {
      return query(log);
    }
    if (verb == "add") {
      return add(coordination, log, deadline);
    }
    return archive(log, deadline);
  }

 private:
  Result<void> check_operands() const {
    const std::vector<std::string> verbs{"list", "query", "add", "archive"};
    const std::string& verb = operands.front();
    if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end()) {
      return fail(
          usage_error("invalid_argument", "ACTION '" + escape_control(verb) + "' is none of: " + join(verbs, ", ")));
    }
    const std::size_t wanted = verb == "query" ? 2 : 1;
    if (operands.size() < wanted) {
      return fail(usage_error("missing_argument", "query needs the ID of a decision"));
    }
    if (operands.size() > wanted) {
      return fail(usage_error("invalid_argument", "'" + escape_control(operands[wanted]) + "' is too many"));
    }
    if (category) {
      SMB_TRY(check_decision_category(*category));
    }
    return scope ? check_decision_scope(*scope) : Result<void>();
  }

  Result<Outcome> list(const Context& context, const DecisionLog& log) const {
    DecisionFilter filter{category, scope, std::nullopt, limit};
    if (since) {
      SMB_TRY_ASSIGN(filter.since, parse_since(*since, context.clock.now().wall));
    }
    SMB_TRY_ASSIGN(const std::vector<Json> found, log.list(filter));
    if (array) {
      return Outcome::verbatim(Json(found).pretty() + "\n", 0);
    }
    Outcome outcome = Outcome::ok("decisions", std::to_string(found.size()));
    outcome.add("decisions", found).add("log", log.path());
    std::vector<std::string> ids;
    for (const Json& decision : found) {
      outcome.line(describe(decision));
      ids.push_back(string_field(decision, "decision_id").value_or("?"));
    }
    return std::move(outcome.simple(std::move(ids)));
  }

  Result<Outcome> query(const DecisionLog& log) const {
    SMB_TRY_ASSIGN(const Json decision, log.find(operands[1]));
    Outcome outcome = Outcome::ok("decision", operands[1]);
    outcome.add("decision", decision).add("log", log.path());
    outcome.line(describe(decision));
    outcome.line(string_field(decision, "description").value_or(""));
    return std::move(outcome.simple({operands[1]}));
  }

  Result<Outcome> add(const Coordination& coordination, DecisionLog& log, const LockDeadline& deadline) const {
    if (!category || !title || !description) {
      return fail(usage_error("missing_argument", "add needs --category, --title and --description"));
    }
    NewDecision decision;
    SMB_TRY_ASSIGN(decision.instance_id, where.identify(coordination));
    decision.agent_role = role;
    if (const char* const given = std::getenv("CLAUDE_SUBAGENT_ROLE");  // NOLINT(concurrency-mt-unsafe)
        !role && given != nullptr && *given != '\0') {
      decision.agent_role = given;
    }
    decision.category = *category;
    decision.title = *title;
    decision.description = *description;
    decision.scope = scope.value_or(decision.scope);
    SMB_TRY_ASSIGN(DecisionLog::Added added, log.add(decision, deadline, dry_run));
    const std::string id = string_field(added.decision, "decision_id").value_or("");
    Outcome outcome = Outcome::ok(dry_run ? OkWord("dry_run") : OkWord("decision_logged"), dry_run ? "" : id);
    if (dry_run) {
      outcome.add("would", OkWord("decision_logged").text());
    }
    outcome.add("decision", added.decision).add("log", log.path());
    return std::move(outcome.simple({id}).warn(std::move(added.warnings)));
  }

  Result<Outcome> archive(DecisionLog& log, const LockDeadline& deadline) const {
    SMB_TRY_ASSIGN(DecisionLog::Archived archived, log.archive(keep, deadline, dry_run));
    Outcome outcome =
        Outcome::ok(dry_run ? OkWord("dry_run") : OkWord("archived"), dry_run ? "" : std::to_string(archived.moved));
    if (dry_run) {
      outcome.add("would", OkWord("archived").text());
    }
    outcome.add("moved", archived.moved).add("left", archived.kept).add("log", log.path());
    if (!archived.archive.empty()) {
      outcome.add("archive", archived.archive);
      outcome.line(counted(archived.moved, "decision") + " moved to " + archived.archive);
    }
    return std::move(outcome.simple({std::to_string(archived.moved)}).warn(std::move(archived.warnings)));
  }
};

}  // namespace

int coord_decisions_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CoordDecisions>(self, argc, argv);
}

}  // namespace smbatcher

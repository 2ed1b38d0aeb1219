#include "tools/queue/report.h"

#include "libregistry/core/base/text.h"
#include "tools/queue/answer_fields.h"

namespace smbatcher {
namespace {

std::string describe(const RowChange& row) {
  std::string text = row.domain + " ";
  text += row.from ? std::string(1, letter(*row.from)) : "(new)";
  text += " -> ";
  text += letter(row.to);
  return row.batch_before ? text + " (batch " + (row.batch.empty() ? "none" : row.batch) + ")" : text;
}

Json changes_of(const Answer& answer) {
  JsonArray rows;
  for (const RowChange& row : answer.rows) {
    rows.push_back(field::kRowChange.print(row.domain, row.from, row.to, row.batch, row.batch_before));
  }
  return rows;
}

Outcome dry_run_outcome(const QueueContext& queue, const Answer& answer, const Outcome& would) {
  Outcome outcome = Outcome::ok("dry_run");
  add(outcome, field::kWould, would.word()->text());
  if (answer.rows.empty()) {  // a burial, a renewal, work that is taken over: the rows stay as they are
    outcome.line("no row would change; the answer would be " + would.headline() +
                 (answer.sites.empty() ? std::string() : " for " + join(answer.sites, ", ")));
  }
  for (const RowChange& row : answer.rows) {
    outcome.line(describe(row));
  }
  Answer shown = answer;
  shown.lease.reset();  // its token is not given out
  add_answer(outcome, queue, shown);
  return outcome;
}

/// The same facts as an error: the caller must know all of the claim that it may have.
Outcome as_unconfirmed(const Outcome& done) {
  Outcome outcome =
      Outcome::error("durability_unknown", "",
                     "the change is in place, but the system did not confirm that it would survive a power "
                     "failure; repeating the call is safe");
  for (const auto& [key, value] : done.fields()) {
    outcome.add(key, value);
  }
  return outcome;
}

}  // namespace

Result<Outcome> carry_out(const QueueContext& queue, const WriteOptions& write, const Request& request,
                          const std::function<Outcome(const Answer&)>& to_outcome) {
  SMB_TRY_ASSIGN(Answer answer, write.dry_run ? preview(queue, request) : change(queue, request));
  return tell(queue, write, std::move(answer), to_outcome);
}

Outcome tell(const QueueContext& queue, const WriteOptions& write, Answer answer,
             const std::function<Outcome(const Answer&)>& to_outcome) {
  if (answer.refusal) {
    Outcome outcome = Outcome::of(*answer.refusal);
    outcome.add("registry", queue.paths.registry);
    return std::move(outcome.warn(std::move(answer.warnings)));
  }
  Outcome outcome = to_outcome(answer);
  if (write.dry_run) {
    outcome = dry_run_outcome(queue, answer, outcome);
  } else {
    add_answer(outcome, queue, answer);
    if (!answer.durable) {
      outcome = as_unconfirmed(outcome);
    }
  }
  return std::move(outcome.warn(std::move(answer.warnings)));
}

void add_answer(Outcome& outcome, const QueueContext& queue, const Answer& answer) {
  if (!answer.batch.empty()) {
    add(outcome, field::kBatch, answer.batch);
  }
  if (!answer.batches.empty()) {
    add(outcome, field::kBatches, answer.batches);
  }
  if (answer.phase) {
    add(outcome, field::kPhase, *answer.phase);
  }
  add(outcome, field::kSites, answer.sites);
  if (answer.from) {
    add(outcome, field::kFrom, *answer.from);
  }
  if (answer.status) {
    add(outcome, field::kStatus, *answer.status);
  }
  if (!answer.action.empty()) {
    add(outcome, field::kAction, answer.action);
  }
  if (answer.lease) {
    add(outcome, field::kOwner, answer.lease->owner);
    add(outcome, field::kToken, answer.lease->token);
    add(outcome, field::kExpiresAt, answer.lease->expires.wall);
    add(outcome, field::kLeaseS, static_cast<std::uint64_t>(answer.lease->length.count()));
  }
  if (answer.last_renewed) {
    add(outcome, field::kLastRenewed, *answer.last_renewed);
  }
  if (!answer.remaining.empty()) {
    add(outcome, field::kRemaining, answer.remaining);
  }
  if (answer.repeated) {
    add(outcome, field::kRepeated, {});
  }
  if (answer.late) {
    add(outcome, field::kLate, {});
  }
  add(outcome, field::kChanges, changes_of(answer));
  add(outcome, field::kRegistry, queue.paths.registry);
}

JsonObject next_commands(const Context& context, const QueueContext& queue, const Answer& answer,
                         const NextForm& form) {
  if (!answer.lease || !answer.phase) {
    return JsonObject{};
  }
  std::string rest = (answer.batch.starts_with('-') ? " --batch=" : " --batch ") + answer.batch + " --token " +
                     std::to_string(answer.lease->token);
  if (context.common.registry) {
    rest += " --registry " + shell_quote(queue.paths.registry);
  }
  if (context.common.lock_file) {
    rest += " --lock-file " + shell_quote(queue.paths.lock);
  }
  const std::string root = form.names_root ? " --root " + shell_quote(queue.paths.work_tree) : std::string();
  JsonObject next;
  if (answer.action == "lock") {
    add(next, field::kStart, "smbatcher find-next --phase implement --claim" + rest + root);
  } else {
    add(next, field::kComplete,
        "smbatcher " + std::string(rule_of(*answer.phase).name) + "-" + std::string(form.completing) + rest + root);
  }
  add(next, field::kRenew, "smbatcher heartbeat" + rest);
  add(next, field::kGiveBack, "smbatcher release" + rest);
  return next;
}

std::string describe_lease(const Answer& answer) {
  if (!answer.lease) {
    return "would be claimed";
  }
  return "token " + std::to_string(answer.lease->token) + ", owner " + answer.lease->owner + ", until " +
         format_time(answer.lease->expires.wall);
}

}  // namespace smbatcher

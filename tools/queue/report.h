#pragma once

#include <functional>

#include "libregistry/core/output/outcome.h"
#include "libregistry/queue/ledger/change.h"
#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/queue/verbs/answer.h"
#include "tools/support/context.h"
#include "tools/support/write_options.h"

namespace smbatcher {

/// Carries a request out and tells its answer: `to_outcome` says the OK line, everything common is added here
/// (registry, sites, lease, late, repeated, remaining, warnings). With --dry-run nothing is changed and the answer is
/// OK:dry_run with the rows that would change. A change that the system did not confirm is ERROR:durability_unknown
/// with all of it.
Result<Outcome> carry_out(const QueueContext& queue, const WriteOptions& write, const Request& request,
                          const std::function<Outcome(const Answer&)>& to_outcome);

/// The second half of carry_out: the answer of a verb that has been carried out (or, with --dry-run, previewed). Of one
/// that found everything done the text says so.
Outcome tell(const QueueContext& queue, const WriteOptions& write, Answer answer,
             const std::function<Outcome(const Answer&)>& to_outcome);

/// The members of an answer, in the order documented in docs/machine-contract.md.
void add_answer(Outcome& outcome, const QueueContext& queue, const Answer& answer);

/// How the command is written that completes a claim.
struct NextForm {
  std::string_view completing = "complete";  // of the tool "<phase>-complete"
  bool names_root = false;                   // the caller named --root: the check must look there too
};

/// The commands that end or renew a claim, as they would be typed from any folder: the registry, the lock file and the
/// root that the caller named are repeated with their whole paths.
JsonObject next_commands(const Context& context, const QueueContext& queue, const Answer& answer,
                         const NextForm& form = {});

/// "token 4, owner anna, until 2026-11-20T18:00:00Z"; of a preview, which gets no lease: "would be claimed".
std::string describe_lease(const Answer& answer);

}  // namespace smbatcher

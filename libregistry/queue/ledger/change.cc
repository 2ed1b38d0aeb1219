#include "libregistry/queue/ledger/change.h"

#include "libregistry/core/fs/stop_signals.h"
#include "libregistry/queue/ledger/commit.h"
#include "libregistry/queue/ledger/view.h"
#include "libregistry/queue/records/batch_file.h"
#include "libregistry/queue/verbs/absent_rows.h"
#include "libregistry/queue/verbs/rewinds.h"
#include "libregistry/queue/verbs/upkeep.h"

namespace smbatcher {
namespace {

/// What reading met, behind what the verb has to say.
void add_warnings(Answer& answer, const View& view, const Draft& draft) {
  const Registry& registry = view.loaded.registry;
  const Draft before(registry, view.state, draft.policy(), view.now, draft.processes());  // as the caller found it
  const std::vector<Warning> leases = leases_without_rows(draft);
  const std::vector<Warning> rewinds = describe_rewinds(before, find_rewinds(before));
  for (const auto* warnings : {&registry.damages(), &registry.remarks(), &view.state.warnings, &leases, &rewinds}) {
    answer.warnings.insert(answer.warnings.end(), warnings->begin(), warnings->end());
  }
}

Draft draft_on(const QueueContext& queue, const View& view) {
  return {view.loaded.registry, view.state, queue.policy(), view.now, *queue.processes};
}

/// Plans on a fresh draft. A verb that refuses leaves nothing behind but what every call looks after.
Result<Answer> plan(const QueueContext& queue, const View& view, Draft& draft, const Verb& verb) {
  Result<Answer> answer = verb(draft);
  if (!answer) {
    draft = draft_on(queue, view);
  }
  if (draft.only_renewals()) {
    draft.describe(kUpkeep, kProgram, 0);  // a renewal makes no event: the verb did nothing else
  }
  lease_unclaimed_work(draft);
  if (answer) {
    answer->rows = draft.row_changes();
  }
  return answer;
}

/// Plans and commits until nobody comes in between. nullopt when the lock no longer excludes others, or time is up.
Result<std::optional<Answer>> change_under(const RegistryLock& lock, const QueueContext& queue, const Verb& verb) {
  Committer committer(queue, lock);
  for (;;) {
    // From the first temporary file to the last. A stop that comes meanwhile is obeyed between two attempts.
    const BlockStopSignals block;
    SMB_TRY_ASSIGN(const View view, committer.settled_view());
    Draft draft = draft_on(queue, view);
    if (tell_rewinds(draft) && view.state.records.fits()) {
      SMB_TRY_ASSIGN(const Commit told, committer.commit(view, draft, block));
      if (told.result != Commit::kDone && (!lock.still_excludes() || lock.deadline().passed())) {
        return std::optional<Answer>();
      }
      continue;  // the verb is planned on what the history says now
    }
    Result<Answer> answer = plan(queue, view, draft, verb);
    if (answer) {
      add_warnings(*answer, view, draft);
    }
    if (const auto& error = view.state.records.error()) {
      return fail(*error);
    }
    if (!view.state.records.fits()) {
      committer.distrust_index();  // what was planned on it counts for nothing
      continue;
    }
    if (draft.empty()) {
      return answer;
    }
    const Result<Commit> commit = committer.commit(view, draft, block);
    if (!answer) {
      return fail(answer.error());  // what every call looks after can wait for the next one
    }
    if (!commit) {
      return fail(commit.error());
    }
    if (commit->result == Commit::kDone) {
      answer->durable = commit->durable;
      answer->warnings.insert(answer->warnings.end(), commit->warnings.begin(), commit->warnings.end());
      return answer;
    }
    if (!lock.still_excludes() || lock.deadline().passed()) {
      return std::optional<Answer>();
    }
  }
}

/// What the request is planned with. The batch files are looked at here: a draft knows only what it is told.
Verb verb_of(const QueueContext& queue, const Request& request) {
  return [&queue, &request](Draft& draft) {
    if (std::holds_alternative<BatchRequest>(request.verb)) {
      draft.know_highest_batch_file(highest_batch_file(batches_folder(queue.paths, queue.config)));
    }
    return apply(draft, request);
  };
}

}  // namespace

Result<Answer> change(const QueueContext& queue, const Verb& verb) {
  const LockDeadline deadline(queue.lock_timeout);
  do {
    SMB_TRY_ASSIGN(const RegistryLock lock,
                   RegistryLock::acquire(*queue.ops, queue.paths, deadline, queue.holder, queue.clock->now()));
    SMB_TRY_ASSIGN(std::optional<Answer> answer, change_under(lock, queue, verb));
    if (answer) {
      return std::move(*answer);
    }
  } while (!deadline.passed());
  return fail(Error{Errc::kBusy,
                    ErrorWord("conflict"),
                    queue.paths.registry,
                    "somebody keeps saving '" + queue.paths.registry + "': nothing was changed; try again",
                    {},
                    {}});
}

Result<Answer> preview(const QueueContext& queue, const Verb& verb) {
  return read_and(queue, [&](const View& view) {
    Draft draft = draft_on(queue, view);
    Result<Answer> answer = plan(queue, view, draft, verb);
    if (answer) {
      add_warnings(*answer, view, draft);
    }
    return answer;
  });
}

Result<Answer> change(const QueueContext& queue, const Request& request) {
  return change(queue, verb_of(queue, request));
}

Result<Answer> preview(const QueueContext& queue, const Request& request) {
  return preview(queue, verb_of(queue, request));
}

}  // namespace smbatcher

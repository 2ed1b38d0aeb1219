#include "libregistry/claims/change.h"

#include "libregistry/claims/commit.h"
#include "libregistry/claims/upkeep.h"
#include "libregistry/claims/view.h"

namespace smbatcher {
namespace {

/// What reading met, behind what the verb has to say.
void add_warnings(Answer& answer, const View& view) {
  const Registry& registry = view.loaded.registry;
  for (const auto* warnings : {&registry.damages(), &registry.remarks(), &view.state.warnings}) {
    answer.warnings.insert(answer.warnings.end(), warnings->begin(), warnings->end());
  }
}

/// Plans on a fresh draft. A verb that refuses leaves nothing behind but what every call looks after.
Result<Answer> plan(Draft& draft, const Draft& fresh, const Verb& verb) {
  Result<Answer> answer = verb(draft);
  if (!answer) {
    draft = fresh;
  }
  if (draft.empty()) {
    draft.describe("upkeep", "smbatcher", 0);
  }
  lease_unclaimed_work(draft);
  if (answer) {
    answer->rows = draft.row_changes();
  }
  return answer;
}

/// Plans and commits until nobody comes in between. nullopt when the lock no longer excludes others, or time is up.
Result<std::optional<Answer>> change_under(const RegistryLock& lock, const Queue& queue, const Verb& verb) {
  Committer committer(queue, lock);
  do {
    SMB_TRY_ASSIGN(const View view, committer.settled_view());
    Draft draft(view.loaded.registry, view.state, queue.policy(), view.now, *queue.processes);
    const Draft fresh = draft;
    Result<Answer> answer = plan(draft, fresh, verb);
    if (answer) {
      add_warnings(*answer, view);
    }
    if (draft.empty()) {
      return answer;
    }
    const Result<Commit> commit = committer.commit(view, draft);
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
  } while (lock.still_excludes() && !lock.deadline().passed());
  return std::optional<Answer>();
}

}  // namespace

Result<Answer> change(const Queue& queue, const Verb& verb) {
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
                    "conflict",
                    queue.paths.registry,
                    "somebody keeps saving '" + queue.paths.registry + "': nothing was changed; try again",
                    {},
                    {}});
}

Result<Answer> preview(const Queue& queue, const Verb& verb) {
  SMB_TRY_ASSIGN(const View view, read_view(queue));
  Draft draft(view.loaded.registry, view.state, queue.policy(), view.now, *queue.processes);
  const Draft fresh = draft;
  SMB_TRY_ASSIGN(Answer answer, plan(draft, fresh, verb));
  add_warnings(answer, view);
  return answer;
}

}  // namespace smbatcher

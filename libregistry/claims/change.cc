#include "libregistry/claims/change.h"

#include <thread>

#include "libregistry/claims/commit.h"
#include "libregistry/claims/upkeep.h"
#include "libregistry/claims/view.h"

namespace smbatcher {
namespace {

std::vector<Warning> warnings_of(const View& view) {
  std::vector<Warning> warnings = view.loaded.registry.damages();
  const auto& remarks = view.loaded.registry.remarks();
  warnings.insert(warnings.end(), remarks.begin(), remarks.end());
  warnings.insert(warnings.end(), view.state.warnings.begin(), view.state.warnings.end());
  return warnings;
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

}  // namespace

Result<Answer> change(const Queue& queue, const Verb& verb) {
  SMB_TRY_ASSIGN(RegistryLock lock, RegistryLock::acquire(*queue.ops, queue.paths, queue.lock_timeout, queue.holder,
                                                          queue.clock->now()));
  Committer committer(queue, lock);
  while (true) {
    SMB_TRY_ASSIGN(const View view, committer.settled_view());
    Draft draft(view.loaded.registry, view.state, queue.policy(), view.now, *queue.processes);
    const Draft fresh = draft;
    Result<Answer> answer = plan(draft, fresh, verb);
    if (draft.empty()) {
      if (answer) {
        answer->warnings = warnings_of(view);
      }
      return answer;
    }
    const Result<Commit> commit = committer.commit(view, draft);
    if (!answer) {
      return answer;  // what every call looks after can wait for the next one
    }
    if (!commit) {
      return fail(commit.error());
    }
    if (commit->result == Commit::kDone) {
      answer->durable = commit->durable;
      answer->warnings = warnings_of(view);
      answer->warnings.insert(answer->warnings.end(), commit->warnings.begin(), commit->warnings.end());
      return answer;
    }
    if (lock.deadline().passed()) {
      return fail(Error{Errc::kBusy, "conflict", queue.paths.registry,
                        "somebody keeps saving '" + queue.paths.registry + "': nothing was changed; try again", {}, {}});
    }
    if (!lock.still_excludes()) {
      return change(queue, verb);
    }
  }
}

Result<Answer> preview(const Queue& queue, const Verb& verb) {
  SMB_TRY_ASSIGN(const View view, read_view(queue));
  Draft draft(view.loaded.registry, view.state, queue.policy(), view.now, *queue.processes);
  const Draft fresh = draft;
  SMB_TRY_ASSIGN(Answer answer, plan(draft, fresh, verb));
  answer.warnings = warnings_of(view);
  return answer;
}

}  // namespace smbatcher

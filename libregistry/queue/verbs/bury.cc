#include "libregistry/queue/verbs/bury.h"

#include <algorithm>

#include "libregistry/queue/verbs/attempt.h"

namespace smbatcher {
namespace {

/// The sites that `target` names: its domains, else those of its batch that are not damaged.
Result<std::vector<std::size_t>> targeted_sites(const Draft& draft, const Target& target, const Caller& caller) {
  if (!target.domains.empty() && !target.batch) {
    return find_sites(draft, target.domains);
  }
  SMB_TRY_ASSIGN(const std::string batch, batch_of_target(draft, std::nullopt, target, caller));
  return target.domains.empty() ? Result<std::vector<std::size_t>>(members(draft, batch))
                                : find_sites(draft, target.domains);
}

void note(Answer& answer, const Site& site) {
  answer.sites.push_back(site.domain);
  if (std::find(answer.batches.begin(), answer.batches.end(), site.batch) == answer.batches.end()) {
    answer.batches.push_back(site.batch);
  }
  answer.batch = answer.batches.size() == 1 ? answer.batches.front() : "";
}

/// Takes a site out of the claim that holds it; the claim ends with its last domain.
void drop_from_claim(Draft& draft, const WorkKey& key, const std::string& domain) {
  WorkRecord& record = draft.edit(key);
  if (record.claim) {
    std::erase(record.claim->domains, domain);
    std::erase(record.claim->begun, domain);
    if (record.claim->domains.empty()) {
      record.claim.reset();
    }
  }
}

/// The phase in which a site is kept from being given out, buried or delayed, if it is.
std::optional<WorkKey> kept_back_in(const Draft& draft, std::size_t site) {
  for (const PhaseRule& rule : kPhases) {
    const WorkKey key{rule.phase, draft.site(site).batch};
    const Attempts attempts = draft.attempts(key, draft.site(site).domain);
    if (attempts.buried || attempts.delayed(draft.now(), draft.policy().skew)) {
      return key;
    }
  }
  return std::nullopt;
}

/// The phase in which a site's batch is given up, if it is.
std::optional<WorkKey> given_up_in(const Draft& draft, std::size_t site) {
  for (const PhaseRule& rule : kPhases) {
    if (const WorkKey key{rule.phase, draft.site(site).batch}; draft.given_up(key) && draft.status(site) < rule.done) {
      return key;
    }
  }
  return std::nullopt;
}

Error not_buried(const Draft& draft, std::size_t site) {
  const Site& row = draft.site(site);
  if (given_up_in(draft, site)) {
    return refused("not_buried", row.domain,
                   "'" + row.domain + "' itself is not buried, but its batch is given up: smbatcher kick --batch " +
                       row.batch + " takes it up again");
  }
  return refused("not_buried", row.domain,
                 "'" + row.domain + "' is neither buried nor delayed; smbatcher status shows what is");
}

/// These verbs need no claim; but who comes with a token must not be mistaken in it.
Result<void> check_token(const Draft& draft, const Site& site, const Caller& caller) {
  const auto phase = phase_with(site.status);
  if (!caller.token || site.batch.empty()) {
    return {};
  }
  SMB_TRY(authorize(draft, {phase.value_or(Phase::kImplement), site.batch}, caller, Need::kNoOther));
  return {};
}

/// Where a step back leads, and the key whose record remembers it.
struct StepBack {
  std::size_t site;
  Status to;
  WorkKey key;
};

void step_back(Draft& draft, const StepBack& step) {
  end_claim(draft, step.key);  // a lapsed one over rows that now go back
  draft.edit(step.key).sites.erase(draft.site(step.site).domain);
  for (const PhaseRule& rule : kPhases) {
    const WorkKey key{rule.phase, step.key.batch};
    const WorkRecord* record = draft.record(key);
    if (record != nullptr && record->done.contains(draft.site(step.site).domain)) {
      draft.edit(key);  // it forgets how far the site was
    }
  }
  draft.move(step.site, step.to);
  if (step.to == Status::kRegistered) {
    draft.set_batch(step.site, "");
  }
}

/// The change that touched the site's work last, in whichever phase: a step back may have led into the other one. A
/// site that has left its batch has no record any more, so for it the last change of all must do.
const std::optional<LastChange>& last_change_of(const Draft& draft, const Site& site) {
  const WorkRecord* const design = draft.record({Phase::kDesign, site.batch});
  const WorkRecord* const implement = draft.record({Phase::kImplement, site.batch});
  if (site.batch.empty() || (design == nullptr && implement == nullptr)) {
    return draft.state().last;
  }
  const bool design_is_later = implement == nullptr || (design != nullptr && design->event > implement->event);
  return (design_is_later ? design : implement)->last;
}

bool was_reopened_so(const Draft& draft, std::size_t site, const Caller& caller) {
  const auto& last = last_change_of(draft, draft.site(site));
  if (!last || last->verb != "reopen" || last->why != caller.why || last->owner != caller.name()) {
    return false;
  }
  return std::find(last->domains.begin(), last->domains.end(), draft.site(site).domain) != last->domains.end();
}

}  // namespace

Result<Answer> bury(Draft& draft, const Target& target, const Caller& caller) {
  SMB_TRY_ASSIGN(const auto sites, targeted_sites(draft, target, caller));
  Answer answer;
  std::vector<std::pair<WorkKey, std::size_t>> to_bury;
  for (const std::size_t site : sites) {
    const Site& row = draft.site(site);
    const auto phase = row.batch.empty() ? std::nullopt : phase_with(draft.status(site));
    if (!phase) {
      if (target.domains.empty()) {
        continue;  // of a whole batch, what is done stays done
      }
      return fail(refused("not_in_phase", row.domain + " " + letter(draft.status(site)),
                          "'" + row.domain + "' is in no phase that gives it out: there is nothing to hold back"));
    }
    const WorkKey key{*phase, row.batch};
    SMB_TRY(authorize(draft, key, caller, Need::kNoOther));
    note(answer, row);
    const auto buried = draft.attempts(key, row.domain).buried;
    if (!buried || buried->why != caller.why) {  // another reason replaces the one that is kept
      to_bury.emplace_back(key, site);
    }
  }
  if (answer.sites.empty()) {
    return fail(refused("not_in_phase", target.batch.value_or(""),
                        "no site of it is in a phase that gives it out; smbatcher status shows where they are"));
  }
  answer.repeated = to_bury.empty();
  for (const auto& [key, site] : to_bury) {
    bury_site(draft, key, site, caller.why, caller.name());
    drop_from_claim(draft, key, draft.site(site).domain);
    draft.describe("bury", caller.name(), 0, caller.why);
    if (caller.force) {
      draft.mark_forced();
    }
  }
  return answer;
}

Result<Answer> kick(Draft& draft, const Target& target, const Caller& caller) {
  SMB_TRY_ASSIGN(const auto sites, targeted_sites(draft, target, caller));
  const bool whole_batch = target.domains.empty();
  Answer answer;
  bool kicked = false;
  for (const std::size_t site : sites) {
    const Site& row = draft.site(site);
    SMB_TRY(check_token(draft, row, caller));
    const auto kept_back = kept_back_in(draft, site);
    const auto given_up = whole_batch ? given_up_in(draft, site) : std::nullopt;
    if (!kept_back && !given_up) {
      const bool own_repeat = std::any_of(kPhases.begin(), kPhases.end(), [&](const PhaseRule& rule) {
        return caller.owner && is_repeat_of_last(draft, {rule.phase, row.batch}, caller, "kick");
      });
      if (own_repeat) {
        note(answer, row);
      } else if (!whole_batch) {
        return fail(not_buried(draft, site));
      }
      continue;
    }
    if (kept_back) {
      draft.edit(*kept_back).sites.erase(row.domain);
    }
    note(answer, row);
    kicked = true;
  }
  if (answer.sites.empty()) {
    return fail(refused("not_buried", target.batch.value_or(""),
                        "no site of it is buried or delayed; smbatcher status shows what is"));
  }
  answer.repeated = !kicked;
  if (kicked) {
    draft.describe("kick", caller.name(), 0, caller.why);
    for (const PhaseRule& rule : kPhases) {
      if (const WorkKey key{rule.phase, draft.site(sites.front()).batch}; whole_batch && draft.given_up(key)) {
        draft.edit(key).unbegun = {};
      }
    }
  }
  return answer;
}

Result<Answer> reopen(Draft& draft, const Target& target, const Caller& caller) {
  SMB_TRY_ASSIGN(const auto sites, targeted_sites(draft, target, caller));
  Answer answer;
  std::vector<StepBack> steps;
  for (const std::size_t site : sites) {
    const Site& row = draft.site(site);
    SMB_TRY(check_token(draft, row, caller));
    for (const PhaseRule& rule : kPhases) {
      const WorkKey key{rule.phase, row.batch};
      SMB_TRY(check_not_newer(draft, key));
      const Claim* claim = row.batch.empty() ? nullptr : draft.claim(key);
      if (claim != nullptr && draft.live(claim->lease)) {
        return fail(held_by(draft, key, claim));
      }
    }
    const Status from = draft.status(site);
    const Phase phase = from <= Status::kDesigned ? Phase::kDesign : Phase::kImplement;
    const WorkKey key{phase, row.batch};
    if (was_reopened_so(draft, site, caller)) {
      note(answer, row);
      continue;
    }
    const auto to = target_of(from, Step::kReopen);
    if (!to) {
      if (target.domains.empty()) {
        continue;
      }
      if (from == Status::kRegistered) {
        return fail(
            refused("nothing_to_reopen", row.domain, "'" + row.domain + "' is at '-', where everything begins"));
      }
      return fail(invalid_transition(row.domain, from, Status(int(from) - 1)));  // in progress: release gives it back
    }
    note(answer, row);
    steps.push_back({site, *to, key});
  }
  if (answer.sites.empty()) {
    return fail(refused("nothing_to_reopen", target.batch.value_or(""),
                        "no site of it can go a step back; smbatcher status shows where they are"));
  }
  answer.repeated = steps.empty();
  for (const StepBack& step : steps) {
    step_back(draft, step);
    draft.describe("reopen", caller.name(), 0, caller.why);
  }
  return answer;
}

}  // namespace smbatcher

#include "libregistry/queue/verbs/complete.h"

#include <algorithm>
#include <iterator>

#include "libregistry/queue/verbs/absent_rows.h"
#include "libregistry/queue/verbs/attempt.h"
#include "libregistry/queue/verbs/select.h"

namespace smbatcher {
namespace {

constexpr std::string_view kFinish = "finish";

/// What a completion found: checked, but nothing changed yet.
struct Completion {
  WorkKey key;
  Authority authority;
  std::vector<std::size_t> asked;    // in the order named
  std::vector<std::size_t> to_move;  // of them, those that do not show the result yet
  bool repeated = false;
};

bool holds(const Authority& authority, std::string_view domain) {
  return authority.claim && !authority.forced && is_given(*authority.claim, domain);
}

/// Without domains: what is in progress, and what the claim was given and has not finished.
std::vector<std::size_t> default_sites(const Draft& draft, const WorkKey& key, const Authority& authority) {
  const PhaseRule& rule = rule_of(key.phase);
  std::vector<std::size_t> sites;
  const Claim* claim = authority.claim && !authority.forced ? &*authority.claim : nullptr;
  for (const std::size_t site : members_and_given(draft, key, claim)) {
    const Status status = draft.status(site);
    const bool held = holds(authority, draft.site(site).domain) && status >= rule.entry;
    if (status == rule.in_progress || (held && status < rule.done)) {
      sites.push_back(site);
    }
  }
  return sites;
}

/// True when the latest claim on the work was this one and a completion has ended it: its holder may go on to the next
/// step. One that was given back or taken away is stale.
bool was_completed_by(const Draft& draft, const WorkKey& key, Token token) {
  const WorkRecord* record = draft.record(key);
  return record != nullptr && !record->claim && record->last_token == token && record->last &&
         (record->last->verb == completion_verb(key.phase) || record->last->verb == kFinish);
}

/// What hides the rows of a batch with nothing to complete: it may be far from done.
Result<void> check_rows(const Draft& draft, const WorkKey& key, const Claim* claim) {
  const Registry& registry = draft.registry();
  std::vector<std::string> absent;
  for (const std::string& domain : claim == nullptr ? std::vector<std::string>() : claim->domains) {
    const Site* site = registry.find(domain);
    if (site == nullptr) {
      absent.push_back(domain);
    } else if (site->damaged) {
      return fail(damaged_row(registry, *site));
    }
  }
  if (!absent.empty()) {
    return fail(rows_missing(draft, key, absent));
  }
  for (const std::size_t site : registry.batches().sites_of(key.batch)) {
    if (draft.site(site).damaged) {
      return fail(damaged_row(registry, draft.site(site)));
    }
  }
  return {};
}

/// A batch with nothing to complete: done already, or the first site that is not there yet says why not.
Result<std::vector<std::size_t>> all_done(const Draft& draft, const WorkKey& key, const Claim* claim) {
  SMB_TRY(check_rows(draft, key, claim));
  const PhaseRule& rule = rule_of(key.phase);
  std::vector<std::size_t> done;
  for (const std::size_t site : members(draft, key.batch)) {
    if (draft.status(site) < rule.done) {
      return fail(invalid_transition(draft.site(site).domain, draft.status(site), rule.done));
    }
    if (draft.status(site) == rule.done) {
      done.push_back(site);
    }
  }
  if (done.empty()) {
    return fail(refused("not_claimed", key.batch,
                        "batch '" + key.batch + "' is past this phase: there is nothing to complete"));
  }
  return done;
}

/// A caller whose own completion ended the claim: its answer was lost. Looked at before staleness.
bool completed_before(const Draft& draft, const WorkKey& key, const Target& target, const Caller& caller) {
  if (draft.claim(key) != nullptr || !is_repeat_of_last(draft, key, caller, completion_verb(key.phase))) {
    return false;
  }
  const auto sites = find_sites(draft, target.domains);
  if (!sites) {
    return false;
  }
  const std::vector<std::string>& domains = draft.record(key)->last->domains;
  const auto shows = [&](std::size_t site) { return draft.status(site) == rule_of(key.phase).done; };
  if (!target.domains.empty()) {
    return std::all_of(sites->begin(), sites->end(), shows);
  }
  return std::all_of(domains.begin(), domains.end(), [&](const std::string& domain) {
    const auto site = draft.registry().index_of(domain);
    return site && shows(*site);
  });
}

Result<Completion> prepare(const Draft& draft, Phase phase, const Target& target, const Caller& caller) {
  SMB_TRY_ASSIGN(const std::string batch, batch_of_target(draft, phase, target, caller));
  Completion result{{phase, batch}, {}, {}, {}, false};
  const PhaseRule& rule = rule_of(phase);
  if (completed_before(draft, result.key, target, caller)) {
    SMB_TRY_ASSIGN(result.asked, find_sites(draft, target.domains.empty() ? draft.record(result.key)->last->domains
                                                                          : target.domains));
    result.repeated = true;
    return result;
  }
  SMB_TRY_ASSIGN(result.authority, authorize(draft, result.key, caller, Need::kHolder));
  if (target.domains.empty()) {
    result.asked = default_sites(draft, result.key, result.authority);
    if (result.asked.empty()) {
      SMB_TRY_ASSIGN(result.asked, all_done(draft, result.key, draft.claim(result.key)));
    }
  } else {
    SMB_TRY_ASSIGN(result.asked, find_sites(draft, target.domains));
  }
  for (const std::size_t site : result.asked) {
    const Status status = draft.status(site);
    const bool held = holds(result.authority, draft.site(site).domain);
    if (status == rule.done) {
      continue;
    }
    if (status != rule.in_progress && !(held && status >= rule.entry && status < rule.done)) {
      return fail(invalid_transition(draft.site(site).domain, status, rule.done));
    }
    result.to_move.push_back(site);
  }
  result.repeated = result.to_move.empty();
  return result;
}

Answer answer_of(const Draft& draft, const Completion& completion) {
  Answer answer;
  answer.batch = completion.key.batch;
  answer.phase = completion.key.phase;
  answer.from = rule_of(completion.key.phase).in_progress;
  answer.status = rule_of(completion.key.phase).done;
  answer.late = completion.authority.late;
  answer.repeated = completion.repeated;
  for (const std::size_t site : completion.asked) {
    answer.sites.emplace_back(draft.site(site).domain);
  }
  return answer;
}

}  // namespace

std::string completion_verb(Phase phase) { return std::string(rule_of(phase).name) + "-complete"; }

Result<Answer> completion_targets(Draft& draft, Phase phase, const Target& target, const Caller& caller) {
  SMB_TRY_ASSIGN(const Completion completion, prepare(draft, phase, target, caller));
  Answer answer = answer_of(draft, completion);
  answer.remaining.clear();
  for (const std::size_t site : completion.to_move) {
    answer.remaining.emplace_back(draft.site(site).domain);
  }
  return answer;
}

namespace {

void tell_remaining(const Draft& draft, Phase phase, const Claim& claim, Answer& answer) {
  answer.remaining = unfinished(draft, phase, claim);
  std::copy_if(answer.remaining.begin(), answer.remaining.end(), std::back_inserter(answer.absent),
               [&draft](const std::string& domain) { return draft.registry().find(domain) == nullptr; });
}

}  // namespace

Result<Answer> complete(Draft& draft, Phase phase, const Target& target, const Caller& caller) {
  SMB_TRY_ASSIGN(const Completion completion, prepare(draft, phase, target, caller));
  const WorkKey& key = completion.key;
  Answer answer = answer_of(draft, completion);
  const auto& claim = completion.authority.claim;
  if (completion.to_move.empty()) {
    if (claim && !completion.authority.forced) {
      tell_remaining(draft, phase, *claim, answer);
    }
    return answer;
  }
  for (const std::size_t site : completion.to_move) {
    draft.move(site, rule_of(phase).done);
    note_completion(draft, key, draft.site(site).domain);
  }
  const Token token = claim ? claim->lease.token : 0;
  draft.describe(completion_verb(phase), claim && !caller.owner ? claim->lease.owner : caller.name(), token,
                 caller.why);
  if (completion.authority.late) {
    draft.mark_late();
  }
  if (completion.authority.forced) {
    draft.mark_forced();
  }
  if (claim) {
    tell_remaining(draft, phase, *claim, answer);
    if (answer.remaining.empty()) {
      end_claim(draft, key);
    }
  }
  return answer;
}

namespace {

/// What brings a site that is not designed on its way to D.
std::string way_to_design(Status status, const std::string& batch) {
  if (status == Status::kDesigning) {
    return "its holder ends it with smbatcher design-complete --batch " + batch;
  }
  return "smbatcher find-next --phase design --batch " + batch + " --claim takes it to design";
}

std::string why_nothing_to_lock(const std::string& batch, BatchState state) {
  switch (state) {
    case BatchState::kDone:
      return "batch '" + batch + "' is past this step, its sites are implemented";
    case BatchState::kEmpty:
      return "no site of batch '" + batch + "' can be locked, all are buried";
    default:
      return "the designs of batch '" + batch + "' are closed already";
  }
}

/// No batch was named, and none waits.
Error nothing_to_lock(const Draft& draft) {
  bool unbatched = false;
  bool undesigned = false;
  for (std::size_t site = 0; site < draft.registry().sites().size(); ++site) {
    const Status status = draft.status(site);
    unbatched = unbatched || (!draft.site(site).damaged && status == Status::kRegistered);
    undesigned =
        undesigned || (!draft.site(site).damaged && status > Status::kRegistered && status < Status::kDesigned);
  }
  return refused("no_domains", "",
                 "no batch has all its designs done and waits to be locked: " +
                     std::string(undesigned  ? "smbatcher find-next --phase design --claim takes one to design"
                                 : unbatched ? "smbatcher prepare-batch groups the registered sites into batches"
                                             : "smbatcher find-next --claim takes the next one to implement"));
}

}  // namespace

Result<Answer> lock_batch(Draft& draft, const std::optional<std::string>& batch, const Caller& caller) {
  std::string id;
  if (batch) {
    SMB_TRY_ASSIGN(id, find_batch(draft, *batch));
  } else {
    for (const std::uint32_t number : batches_in_order(draft)) {
      const Candidate found = examine(draft, Phase::kImplement, draft.registry().batches()[number]);
      if (found.state == BatchState::kToLock && found.obstacle == Obstacle::kNone) {
        id = found.key.batch;
        break;
      }
    }
    if (id.empty()) {
      return fail(nothing_to_lock(draft));
    }
  }
  const WorkKey key{Phase::kImplement, id};
  SMB_TRY_ASSIGN(const Authority authority, authorize(draft, key, caller, Need::kNoOther));
  const Candidate found = examine(draft, Phase::kImplement, id);
  Answer answer;
  answer.batch = id;
  answer.phase = Phase::kImplement;
  answer.from = Status::kDesigned;
  answer.status = Status::kOpen;
  std::vector<std::size_t> to_move;
  for (const std::size_t site : members(draft, id)) {
    if (draft.buried(key, draft.site(site).domain)) {
      continue;
    }
    if (draft.status(site) == Status::kDesigned) {
      to_move.push_back(site);
    } else if (draft.status(site) < Status::kDesigned) {
      const auto status = batch_status(draft, Phase::kImplement, id);
      return fail(refused("not_ready", std::string(1, letter(*status)),
                          "'" + std::string(draft.site(site).domain) + "' of batch '" + id +
                              "' has no finished design yet: " + way_to_design(draft.status(site), id)));
    } else if (draft.status(site) == Status::kOpen) {
      answer.sites.emplace_back(draft.site(site).domain);
    }
  }
  if (draft.registry().holds_damage(id)) {
    return fail(refused("not_ready", "damaged",
                        "batch '" + id + "' " + "has a damaged row; smbatcher check-registry says which"));
  }
  if (to_move.empty()) {
    if (found.state != BatchState::kReady) {
      return fail(refused("no_domains", id,
                          why_nothing_to_lock(id, found.state) + ": smbatcher status " + id + " shows how far it is"));
    }
    answer.repeated = true;
    return answer;
  }
  answer.sites.clear();
  for (const std::size_t site : to_move) {
    draft.move(site, Status::kOpen);
    answer.sites.emplace_back(draft.site(site).domain);
  }
  draft.edit(key);
  draft.describe("lock", caller.name(), 0, caller.why);
  return answer;
}

Result<Answer> finish(Draft& draft, const Target& target, const Caller& caller) {
  SMB_TRY_ASSIGN(const auto named, find_sites(draft, target.domains));
  std::vector<std::size_t> asked = named;
  if (target.batch || (named.empty() && caller.token)) {
    SMB_TRY_ASSIGN(const std::string batch, batch_of_target(draft, Phase::kImplement, target, caller));
    const WorkKey key{Phase::kImplement, batch};
    if (caller.token && !was_completed_by(draft, key, *caller.token)) {
      SMB_TRY(authorize(draft, key, caller, Need::kNoOther));
    }
    if (named.empty()) {
      asked = members(draft, batch);
      std::erase_if(asked, [&draft](std::size_t site) { return draft.status(site) < Status::kImplemented; });
    }
  } else if (named.empty()) {
    return fail(usage_error("missing_argument", "name the work: --batch ID or domains"));
  }
  Answer answer;
  answer.phase = Phase::kImplement;
  answer.from = Status::kImplemented;
  answer.status = Status::kFinished;
  std::vector<std::size_t> to_move;
  for (const std::size_t site : asked) {
    const Site& row = draft.site(site);
    const WorkKey key{Phase::kImplement, row.batch};
    if (!caller.token || !was_completed_by(draft, key, *caller.token)) {
      SMB_TRY(authorize(draft, key, caller, Need::kNoOther));
    }
    if (draft.status(site) == Status::kImplemented) {
      to_move.push_back(site);
    } else if (draft.status(site) != Status::kFinished) {
      return fail(invalid_transition(row.domain, draft.status(site), Status::kFinished));
    }
    answer.sites.emplace_back(row.domain);
    if (std::find(answer.batches.begin(), answer.batches.end(), row.batch) == answer.batches.end()) {
      answer.batches.emplace_back(row.batch);
    }
  }
  if (asked.empty()) {
    return fail(refused("no_sites_to_mark", target.batch.value_or(""), "no site of it is at I"));
  }
  answer.batch = answer.batches.size() == 1 ? answer.batches.front() : "";
  answer.repeated = to_move.empty();
  for (const std::size_t site : to_move) {
    draft.move(site, Status::kFinished);
    draft.edit({Phase::kImplement, draft.site(site).batch});  // it knows how far its sites are
    draft.describe(std::string(kFinish), caller.name(), 0, caller.why);
  }
  return answer;
}

}  // namespace smbatcher

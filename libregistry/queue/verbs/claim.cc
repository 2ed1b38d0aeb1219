#include "libregistry/queue/verbs/claim.h"

#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/verbs/absent_rows.h"
#include "libregistry/queue/verbs/grant.h"
#include "libregistry/queue/verbs/no_work.h"
#include "libregistry/queue/verbs/select.h"

namespace smbatcher {
namespace {

/// Takes a batch that can be taken; nullopt when ending its lapsed lease has left nothing to take.
std::optional<Answer> take(Draft& draft, const ClaimRequest& request, const Candidate& found) {
  const PhaseRule& rule = rule_of(found.key.phase);
  if (found.lapsed) {
    end_claim(draft, found.key);
    draft.describe("claim", request.owner, 0);
  }
  const Candidate now = found.lapsed ? examine(draft, found.key.phase, found.key.batch) : found;
  if (now.state == BatchState::kInProgress && found.lapsed) {
    return grant_work(draft, request, now.key, sites_in_progress(draft, now.key), "adopt", rule.in_progress,
                      rule.in_progress);
  }
  if (now.obstacle != Obstacle::kNone) {
    return std::nullopt;
  }
  if (now.state == BatchState::kReady) {
    return grant_work(draft, request, now.key, takeable_sites(draft, now), "start", rule.ready, rule.in_progress);
  }
  if (now.state == BatchState::kToLock) {
    const bool both = request.through_lock;
    return grant_work(draft, request, now.key, takeable_sites(draft, now), both ? "start" : "lock", rule.entry,
                      both ? rule.in_progress : rule.ready);
  }
  return std::nullopt;
}

/// The sites of a claim's batch that it moves when it is continued.
struct Continuation {
  std::vector<std::size_t> in_progress;
  std::vector<std::size_t> to_move;  // its own that stand at an earlier letter, and others that became ready
  bool all_past = true;              // every row of its own is there and past the phase
};

Continuation continuation_of(const Draft& draft, const WorkKey& key, const Claim& claim) {
  const PhaseRule& rule = rule_of(key.phase);
  Continuation result;
  for (const std::size_t site : members(draft, key.batch)) {
    const std::string_view domain = draft.site(site).domain;
    const Attempts attempts = draft.attempts(key, domain);
    const bool own = std::find(claim.domains.begin(), claim.domains.end(), domain) != claim.domains.end();
    const Status status = draft.status(site);
    const auto leased = own ? std::nullopt : draft.leased_in(key.phase, domain);
    if (attempts.buried || (leased && !(*leased == key))) {
      continue;
    }
    if (status == rule.in_progress) {
      result.in_progress.push_back(site);
    } else if ((own && status >= rule.entry && status < rule.in_progress) ||
               (!own && status == rule.ready && !attempts.delayed(draft.now(), draft.policy().skew))) {
      result.to_move.push_back(site);
    }
  }
  for (const std::string& domain : claim.domains) {
    const auto site = draft.registry().index_of(domain);
    result.all_past = result.all_past && site && !draft.site(*site).damaged && draft.status(*site) >= rule.done;
  }
  return result;
}

/// The owner goes on with what is theirs; nullopt when the claim was superseded (all its rows are past the phase).
///
/// In this order:
///   1. Is it the caller's? Two sessions may use one owner's name, so the lease's process, if it lives, is asked before
///      anything else; else both would go on with one claim. A token has proved that already.
///   2. Is anything left? A claim without work ends here, before it is renewed, and the caller looks for another one on
///      the same draft: the owner must not hold two.
///   3. The claim as it will be. Its length comes before renew(), which counts the new end from it.
///   4. Only then is it compared with the former one. An equal claim is a mere renewal, which writes no event and syncs
///      nothing: an owner that calls again and again must not let the history grow.
///   5. The rows move last, after their attempts' delays are lifted.
Result<std::optional<Answer>> continue_claim(Draft& draft, const ClaimRequest& request, const WorkKey& key) {
  const Claim before = *draft.claim(key);
  const PhaseRule& rule = rule_of(key.phase);
  if (!request.token && before.lease.process && before.lease.process != request.process &&
      judge(*before.lease.process, draft.now().boot, draft.processes()) != Liveness::kGone) {
    return fail(refused("owner_in_use", before.lease.owner,
                        "owner '" + before.lease.owner + "' holds batch '" + key.batch + "' with process " +
                            std::to_string(before.lease.process->pid) +
                            ": pass the same --pid, or --token, or use an owner of your own")
                    .with("owner", before.lease.owner)
                    .with("batch", key.batch));
  }
  std::vector<Warning> warnings;
  if (!request.token) {
    SMB_TRY_ASSIGN(warnings, check_surroundings(draft, key, before.lease));
  }
  const Continuation found = continuation_of(draft, key, before);
  if (found.in_progress.empty() && found.to_move.empty()) {
    if (found.all_past && !request.token) {
      end_claim(draft, key);
      draft.describe("superseded", before.lease.owner, before.lease.token);
      return std::optional<Answer>();
    }
    return fail(
        refused("owner_busy", key.batch,
                "'" + before.lease.owner + "' holds batch '" + key.batch +
                    "', none of whose sites can be worked on now (rows absent, damaged, buried or past the phase): "
                    "release it first: smbatcher release --batch " +
                    key.batch + " --token " + std::to_string(before.lease.token))
            .with("batch", key.batch)
            .with("token", before.lease.token));
  }

  Claim after = before;
  after.to_lock = false;
  std::vector<std::size_t> new_sites;  // given with this lease for the first time
  for (const auto* sites : {&found.in_progress, &found.to_move}) {
    for (const std::size_t site : *sites) {
      const std::string_view domain = draft.site(site).domain;
      const bool own = std::find(before.domains.begin(), before.domains.end(), domain) != before.domains.end();
      if (!own) {
        after.domains.emplace_back(domain);
      }
      if (!own || before.to_lock) {
        new_sites.push_back(site);
      }
    }
  }
  if (request.lease || before.to_lock) {
    after.lease.length = request.lease.value_or(draft.policy().lease);
  }
  if (request.process) {
    after.lease.process = request.process;
  }
  if (before.lease.claimed_in) {
    after.lease.claimed_in = here(draft);
  }
  renew(after.lease, draft.now());
  const bool starts = before.to_lock || (found.in_progress.empty() && !found.to_move.empty());
  const bool changed = !found.to_move.empty() || !new_sites.empty() || before.to_lock ||
                       before.lease.process != after.lease.process ||
                       before.lease.claimed_in != after.lease.claimed_in || after.domains != before.domains;
  if (changed) {
    lift_delays(draft, key, new_sites);
    draft.edit(key).claim = after;
  } else {
    draft.renew_claim(key, after.lease);
  }
  Answer answer;
  answer.from = found.to_move.empty() ? rule.in_progress : draft.status(found.to_move.front());
  move_all(draft, found.to_move, rule.in_progress);
  draft.describe("claim", after.lease.owner, after.lease.token);

  std::vector<std::size_t> all = found.in_progress;
  all.insert(all.end(), found.to_move.begin(), found.to_move.end());
  std::sort(all.begin(), all.end());
  answer.batch = key.batch;
  answer.phase = key.phase;
  answer.sites = domains_of(draft, all);
  answer.action = starts ? "start" : "continue";
  answer.status = rule.in_progress;
  answer.lease = after.lease;
  answer.last_renewed = before.lease.renewed;
  answer.warnings = std::move(warnings);
  return std::optional(answer);
}

/// The claim went with the state: the caller shows its old token, nobody else holds the work, so it goes on.
Answer take_again(Draft& draft, const ClaimRequest& request, const WorkKey& key) {
  const PhaseRule& rule = rule_of(key.phase);
  auto sites = sites_in_progress(draft, key);
  std::erase_if(sites, [&](std::size_t site) { return is_held_elsewhere(draft, key, site); });
  Answer answer = grant_work(draft, request, key, sites, "adopt", rule.in_progress, rule.in_progress);
  WorkRecord& record = draft.edit(key);
  record.claim->formerly = *request.token;
  record.past.push_back(*request.token);
  return answer;
}

/// Why the one batch that was asked for cannot be had.
Error batch_refusal(const Draft& draft, const Candidate& found) {
  const WorkKey& key = found.key;
  if (found.obstacle == Obstacle::kHeld) {
    const Claim* claim = draft.claim(key);
    for (const std::size_t site : members(draft, key.batch)) {
      if (claim != nullptr) {
        break;
      }
      if (const auto elsewhere = draft.leased_in(key.phase, draft.site(site).domain)) {
        claim = draft.claim(*elsewhere);
      }
    }
    return held_by(draft, key, claim);
  }
  const auto status = batch_status(draft, key.phase, key.batch);
  const std::string letters = status ? std::string(1, letter(*status)) : "-";
  std::string message = "batch '" + key.batch + "' cannot be claimed for " + std::string(rule_of(key.phase).name) +
                        ": " + explain(found.obstacle);
  if (found.obstacle == Obstacle::kBehind && key.phase == Phase::kImplement) {
    message += "; it waits for its designs: smbatcher find-next --phase design --batch " + key.batch + " --claim";
  }
  const auto retry_after = std::chrono::ceil<std::chrono::seconds>(found.retry_after);
  if (found.obstacle == Obstacle::kDelayed) {
    message += " for another " + describe_duration(retry_after);
  }
  Error error = refused("not_ready", letters, std::move(message))
                    .with("batch", key.batch)
                    .with("status", letters)
                    .because(word_of(found.obstacle));
  if (found.obstacle == Obstacle::kDelayed) {
    error.retry_after = retry_after;
  }
  return error;
}

Result<Answer> claim_batch(Draft& draft, const ClaimRequest& request) {
  SMB_TRY_ASSIGN(const std::string batch, find_batch(draft, *request.batch));
  const Candidate found = examine(draft, request.phase, batch);
  if (found.state == BatchState::kEmpty && found.obstacle != Obstacle::kHeld) {
    if (const Claim* claim = draft.claim(found.key); claim != nullptr && !draft.registry().batches().contains(batch)) {
      return fail(rows_missing(draft, found.key, claim->domains));
    }
  }
  if (found.state == BatchState::kToLock && found.obstacle == Obstacle::kNone && !request.may_lock) {
    return fail(refused("not_ready", std::string(1, letter(rule_of(request.phase).entry)),
                        "the designs of batch '" + batch + "' are not closed yet: smbatcher lock " + batch)
                    .with("batch", batch)
                    .because("to_lock"));
  }
  if (found.obstacle == Obstacle::kNone) {
    if (auto answer = take(draft, request, found)) {
      return *answer;
    }
    Answer answer;  // its lapsed lease ended in burials: they are kept
    answer.refusal = batch_refusal(draft, examine(draft, request.phase, batch));
    return answer;
  }
  return fail(batch_refusal(draft, found));
}

Result<Answer> claim_any(Draft& draft, const ClaimRequest& request) {
  // Most batches are held, or done: one look at their rows tells that they are not to be adopted or started.
  const PhaseRule& rule = rule_of(request.phase);
  const BatchTable& batches = draft.registry().batches();
  auto order = batches_in_order(draft);
  if (const auto own = own_claim(draft, request, false)) {
    const auto at = std::find(order.begin(), order.end(), batches.index_of(own->batch));
    std::rotate(order.begin(), at, at == order.end() ? at : at + 1);  // the caller's own that has lapsed comes first
  }
  std::vector<std::uint32_t> perhaps_ready;
  for (const std::uint32_t number : order) {
    const Batch batch = batches[number];
    const StatusSet statuses = statuses_of(draft, batch);
    if (!statuses.has(rule.in_progress)) {
      if (statuses.has(rule.ready) || statuses.has(rule.entry)) {
        perhaps_ready.push_back(number);
      }
      continue;
    }
    if (draft.glance(request.phase, batch.id).hold == Glance::kLive) {
      continue;
    }
    const Candidate found = examine(draft, request.phase, batch);
    if (found.obstacle != Obstacle::kNone) {
      continue;
    }
    if (found.state != BatchState::kInProgress) {
      perhaps_ready.push_back(number);  // what is in progress in it is buried
    } else if (auto answer = take(draft, request, found)) {
      return *answer;
    }
  }
  for (const BatchState wanted : {BatchState::kReady, BatchState::kToLock}) {
    for (const std::uint32_t number : perhaps_ready) {
      if (state_of(draft, request.phase, batches[number]) != wanted) {
        continue;
      }
      const Candidate found = examine(draft, request.phase, batches[number]);
      if (found.obstacle != Obstacle::kNone) {
        continue;
      }
      if (auto answer = take(draft, request, found)) {
        return *answer;
      }
    }
  }
  Answer answer;
  answer.refusal = no_work(draft, request.phase);
  return answer;
}

}  // namespace

Result<Answer> claim(Draft& draft, const ClaimRequest& request) {
  std::optional<WorkKey> mine;
  if (request.token) {
    const Caller caller{request.token, std::nullopt, false, {}};
    SMB_TRY_ASSIGN(const std::string batch, batch_of_target(draft, request.phase, {request.batch, {}}, caller));
    mine = WorkKey{request.phase, batch};
    if (may_take_again(draft, *mine, *request.token)) {
      return take_again(draft, request, *mine);
    }
    if (request.only_again) {
      return fail(not_claimed(*mine));
    }
    SMB_TRY(authorize(draft, *mine, caller, Need::kHolder));
  } else {
    mine = own_claim(draft, request, true);
  }
  if (mine) {
    if (request.batch && !request.token) {
      SMB_TRY_ASSIGN(const std::string batch, find_batch(draft, *request.batch));
      if (batch != mine->batch) {
        return fail(refused("owner_busy", mine->batch,
                            "'" + draft.claim(*mine)->lease.owner + "' already holds batch '" + mine->batch +
                                "' in this phase: complete or release it first")
                        .with("batch", mine->batch));
      }
    }
    SMB_TRY_ASSIGN(std::optional<Answer> answer, continue_claim(draft, request, *mine));
    if (answer) {
      return *answer;
    }
  }
  return request.batch ? claim_batch(draft, request) : claim_any(draft, request);
}

}  // namespace smbatcher

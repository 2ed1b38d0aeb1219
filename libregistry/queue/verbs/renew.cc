#include "libregistry/queue/verbs/renew.h"

#include <algorithm>

namespace smbatcher {
namespace {

void renew_one(Draft& draft, const WorkKey& key, Answer& answer) {
  Lease lease = draft.claim(key)->lease;
  answer.last_renewed = lease.renewed;
  renew(lease, draft.now());
  draft.renew_claim(key, lease);
  answer.lease = lease;
  answer.batch = key.batch;
  answer.phase = key.phase;
  answer.batches.push_back(key.batch);
}

Result<Answer> renew_all_of(Draft& draft, std::optional<Phase> phase, const std::string& owner) {
  Answer answer;
  for (const WorkKey& key : draft.claimed_by(owner, phase)) {
    answer.late = answer.late || !draft.live(draft.claim(key)->lease);
    renew_one(draft, key, answer);
  }
  if (answer.batches.empty()) {
    return fail(refused("not_claimed", "", "'" + owner + "' holds no claim"));
  }
  draft.describe("heartbeat", owner, 0);
  return answer;
}

}  // namespace

Result<WorkKey> claimed_key(const Draft& draft, std::optional<Phase> phase, const Target& target,
                            const Caller& caller) {
  if (caller.token && !target.batch && target.domains.empty()) {
    if (const auto key = draft.key_of(*caller.token, phase)) {
      return *key;
    }
  }
  // A claim outlives its rows (git may have checked out another branch), so the batch need not be in the registry now.
  std::string batch;
  if (auto found = batch_of_target(draft, phase, target, caller)) {
    batch = *found;
  } else if (target.batch && (draft.record({Phase::kDesign, *target.batch}) != nullptr ||
                              draft.record({Phase::kImplement, *target.batch}) != nullptr)) {
    batch = *target.batch;
  } else {
    return fail(std::move(found).error());
  }
  if (phase) {
    return WorkKey{*phase, batch};
  }
  const WorkKey design{Phase::kDesign, batch};
  const WorkKey implement{Phase::kImplement, batch};
  if (caller.token) {
    if (const auto key = draft.key_of(*caller.token, std::nullopt); key && key->batch == batch) {
      return *key;
    }
  }
  const Claim* designing = draft.claim(design);
  if (draft.claim(implement) == nullptr && designing != nullptr) {
    return design;
  }
  if (draft.claim(implement) == nullptr && draft.record(implement) == nullptr) {
    const auto status = batch_status(draft, Phase::kDesign, batch);
    return status && *status < Status::kDesigned ? design : implement;
  }
  return implement;
}

Result<Answer> renew_claims(Draft& draft, std::optional<Phase> phase, const Target& target, const Caller& caller) {
  if (!target.batch && target.domains.empty() && !caller.token && caller.owner) {
    return renew_all_of(draft, phase, *caller.owner);
  }
  SMB_TRY_ASSIGN(const WorkKey key, claimed_key(draft, phase, target, caller));
  SMB_TRY_ASSIGN(const Authority authority, authorize(draft, key, caller, Need::kHolder));
  if (!authority.claim) {
    return fail(not_claimed(key));
  }
  Answer answer;
  answer.late = authority.late;
  renew_one(draft, key, answer);
  draft.describe("heartbeat", answer.lease->owner, answer.lease->token);
  return answer;
}

namespace {

/// The history knows why the row stands where it stands.
bool is_known(const WorkRecord* record, const std::string& domain, const Claim& claim, bool is_done) {
  if (record == nullptr) {
    return false;
  }
  if (is_done) {
    const auto done = record->done.find(domain);
    return done != record->done.end() && done->second.token == claim.lease.token;
  }
  const auto site = record->sites.find(domain);
  return site != record->sites.end() && site->second.buried;
}

Warning row_changed(const std::string& domain, std::size_t line, const std::string& what) {
  return {"", line, "row_changed",
          "the row of '" + domain + "' " + what + ", and the claim still holds: look whether the work is still wanted"};
}

/// What somebody did to the rows of a claim while it was held: by hand, or a git sync that brought it in.
std::vector<Warning> changed_rows(const Draft& draft, const WorkKey& key, const Claim& claim) {
  std::vector<Warning> warnings;
  for (const std::string& domain : claim.domains) {
    const auto index = draft.registry().index_of(domain);
    std::string what;
    std::size_t line = 0;
    if (!index) {
      what = "is gone";
    } else if (const Site& site = draft.site(*index); !site.damaged) {
      const std::string status(1, letter(site.status));
      line = site.line;
      if (site.batch != key.batch) {
        what = site.batch.empty() ? "is in no batch now" : "is in batch '" + std::string(site.batch) + "' now";
      } else if (!claim.to_lock && site.status < rule_of(key.phase).in_progress &&
                 !is_known(draft.record(key), domain, claim, false)) {
        what = "stands at '" + status + "' again";
      } else if (site.status >= rule_of(key.phase).done && !is_known(draft.record(key), domain, claim, true)) {
        what = "stands at '" + status + "' already";
      }
    }
    if (!what.empty()) {
      warnings.push_back(row_changed(domain, line, what));
    }
  }
  return warnings;
}

}  // namespace

Result<Answer> check_claim(Draft& draft, std::optional<Phase> phase, const Target& target, const Caller& caller) {
  SMB_TRY_ASSIGN(const WorkKey key, claimed_key(draft, phase, target, caller));
  SMB_TRY_ASSIGN(const Authority authority, authorize(draft, key, caller, Need::kHolder));
  if (!authority.claim || (!caller.token && authority.claim->lease.owner != caller.owner)) {
    return fail(not_claimed(key));
  }
  Answer answer;
  answer.batch = key.batch;
  answer.phase = key.phase;
  answer.sites = authority.claim->domains;
  answer.lease = authority.claim->lease;
  answer.late = authority.late;
  answer.remaining = unfinished(draft, key.phase, *authority.claim);
  answer.warnings = changed_rows(draft, key, *authority.claim);
  return answer;
}

}  // namespace smbatcher

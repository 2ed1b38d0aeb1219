#include "libregistry/queue/verbs/attempt.h"
#include "libregistry/queue/verbs/bury.h"
#include "libregistry/queue/verbs/complete.h"
#include "libregistry/queue/verbs/request.h"

namespace smbatcher {
namespace {

/// One function for each verb, so that the compiler names one that is missing.
struct Planner {
  Draft& draft;
  const Caller& caller;

  Result<Answer> operator()(const ClaimRequest& request) const { return claim(draft, request); }
  Result<Answer> operator()(const StartRequest& request) const {
    const ClaimRequest& claim = request.claim;
    const Caller claimant{claim.token, claim.named_owner ? std::optional(claim.owner) : std::nullopt, false, {}};
    return start(draft, claim, request.target, claimant);
  }
  Result<Answer> operator()(const BeginRequest& request) const {
    return begin(draft, request.phase, request.target, caller);
  }
  Result<Answer> operator()(const CompleteRequest& request) const {
    std::optional<Phase> phase = request.phase;
    if (!phase) {
      SMB_TRY_ASSIGN(const WorkKey key, claimed_key(draft, {}, request.target, caller));
      phase = key.phase;
    }
    return request.only_check ? completion_targets(draft, *phase, request.target, caller)
                              : complete(draft, *phase, request.target, caller);
  }
  Result<Answer> operator()(const ReleaseRequest& request) const { return release(draft, request, caller); }
  Result<Answer> operator()(const RenewRequest& request) const {
    if (request.form != Renewal::kRenew) {
      Result<Answer> held = check_claim(draft, request.phase, request.target, caller);
      if (!held || request.form == Renewal::kCheck) {
        return held;
      }
    }
    return renew_claims(draft, request.phase, request.target, caller);
  }
  Result<Answer> operator()(const LockRequest& request) const { return lock_batch(draft, request.batch, caller); }
  Result<Answer> operator()(const FinishRequest& request) const { return finish(draft, request.target, caller); }
  Result<Answer> operator()(const BuryRequest& request) const { return bury(draft, request.target, caller); }
  Result<Answer> operator()(const KickRequest& request) const { return kick(draft, request.target, caller); }
  Result<Answer> operator()(const ReopenRequest& request) const { return reopen(draft, request.target, caller); }
  Result<Answer> operator()(const ReapRequest& request) const { return reap(draft, request, caller); }
  Result<Answer> operator()(const RegisterRequest& request) const {
    return register_sites(draft, request.sites, caller);
  }
  Result<Answer> operator()(const BatchRequest& request) const { return make_batches(draft, request, caller); }
};

}  // namespace

Result<Answer> apply(Draft& draft, const Request& request) {
  return std::visit(Planner{draft, request.caller}, request.verb);
}

}  // namespace smbatcher

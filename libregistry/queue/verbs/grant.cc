#include "libregistry/queue/verbs/grant.h"

#include <algorithm>

namespace smbatcher {
namespace {

/// The step D -> O is done at once: its lease only bridges the moment to the owner's next call.
constexpr std::chrono::seconds kLockStepLease{60};

}  // namespace

std::vector<std::string> domains_of(const Draft& draft, const std::vector<std::size_t>& sites) {
  std::vector<std::string> domains;
  domains.reserve(sites.size());
  for (const std::size_t site : sites) {
    domains.emplace_back(draft.site(site).domain);
  }
  return domains;
}

void lift_delays(Draft& draft, const WorkKey& key, const std::vector<std::size_t>& sites) {
  auto& known = draft.edit(key).sites;
  for (const std::size_t site : sites) {
    const auto found = known.find(std::string(draft.site(site).domain));
    if (found == known.end()) {
      continue;
    }
    found->second.not_before.reset();
    if (found->second.nothing()) {
      known.erase(found);
    }
  }
}

void move_all(Draft& draft, const std::vector<std::size_t>& sites, Status to) {
  for (const std::size_t site : sites) {
    draft.move(site, to);
  }
}

Surroundings here(const Draft& draft) { return {draft.now().boot, draft.processes().pid_namespace()}; }

Result<std::vector<Warning>> check_surroundings(const Draft& draft, const WorkKey& key, const Lease& lease) {
  const Surroundings now = here(draft);
  if (!lease.claimed_in || *lease.claimed_in == now || lease.claimed_in->pid_namespace.empty() ||
      now.pid_namespace.empty()) {
    return std::vector<Warning>{};
  }
  const std::string held = "owner '" + lease.owner + "' claimed batch '" + key.batch + "' ";
  if (lease.claimed_in->boot != now.boot) {
    return std::vector<Warning>{{"", 0, "owner_elsewhere",
                                 held + "on another machine, or before this one was started again: was it not you, "
                                        "take an owner of your own"}};
  }
  return fail(refused("owner_in_use", lease.owner,
                      held + "in another container: was it you, pass --token (smbatcher status " + key.batch +
                          " shows it), else use an owner of your own")
                  .with("owner", lease.owner)
                  .with("batch", key.batch));
}

Answer grant_work(Draft& draft, const ClaimRequest& request, const WorkKey& key, const std::vector<std::size_t>& sites,
                  std::string action, Status from, Status to) {
  const bool to_lock = action == "lock";
  auto length = request.lease.value_or(draft.policy().lease);
  if (to_lock) {
    length = std::min(length, kLockStepLease);
  }
  lift_delays(draft, key, sites);
  move_all(draft, sites, to);
  Lease lease = grant(draft.take_token(), request.owner, length, request.process, draft.now());
  lease.claimed_in = here(draft);
  WorkRecord& record = draft.edit(key);
  record.claim = Claim{lease, domains_of(draft, sites), to_lock, {}, false};
  draft.describe("claim", request.owner, lease.token);

  Answer answer;
  answer.batch = key.batch;
  answer.phase = key.phase;
  answer.sites = record.claim->domains;
  answer.action = std::move(action);
  answer.from = from;
  answer.status = to;
  answer.lease = lease;
  return answer;
}

std::optional<WorkKey> own_claim(const Draft& draft, const ClaimRequest& request, bool live) {
  if (!request.named_owner) {
    return std::nullopt;
  }
  for (const WorkKey& key : draft.claimed_by(request.owner, request.phase)) {
    if (draft.live(draft.claim(key)->lease) == live) {
      return key;
    }
  }
  return std::nullopt;
}

}  // namespace smbatcher

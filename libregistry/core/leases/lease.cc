#include "libregistry/core/leases/lease.h"

#include <algorithm>

namespace smbatcher {

Deadline Deadline::after(const Instant& now, std::chrono::seconds duration) {
  return {std::chrono::ceil<std::chrono::seconds>(now.wall) + duration, now.since_boot + duration, now.boot};
}

milliseconds Deadline::left(const Instant& now, std::chrono::seconds skew) const {
  if (!boot.empty() && boot == now.boot) {
    return since_boot - now.since_boot;
  }
  return wall + skew - now.wall;
}

Lease grant(Token token, std::string owner, std::chrono::seconds length, std::optional<ProcessRef> process,
            const Instant& now) {
  Lease lease;
  lease.token = token;
  lease.owner = std::move(owner);
  lease.length = length;
  lease.acquired = now.wall;
  lease.process = std::move(process);
  lease.seen_on = {now.boot};
  renew(lease, now);
  return lease;
}

void renew(Lease& lease, const Instant& now) {
  lease.renewed = now.wall;
  lease.expires = Deadline::after(now, lease.length);
}

bool is_live(const Lease& lease, const Instant& now, std::chrono::seconds skew, const ProcessTable& processes) {
  if (lease.expires.passed(now, skew)) {
    return false;
  }
  return !lease.process || judge(*lease.process, now.boot, processes) != Liveness::kGone;
}

std::chrono::seconds seconds_left(const Lease& lease, const Instant& now, std::chrono::seconds skew) {
  return std::max(std::chrono::seconds(0), std::chrono::ceil<std::chrono::seconds>(lease.expires.left(now, skew)));
}

bool adjust_to_boot(Lease& lease, const Instant& now) {
  const Deadline full = Deadline::after(now, lease.length);
  if (std::find(lease.seen_on.begin(), lease.seen_on.end(), now.boot) == lease.seen_on.end()) {
    lease.seen_on.push_back(now.boot);
    lease.expires = full;
    return true;
  }
  if (lease.expires.boot != now.boot && lease.expires.wall > full.wall) {
    lease.expires = full;
    return true;
  }
  return false;
}

}  // namespace smbatcher

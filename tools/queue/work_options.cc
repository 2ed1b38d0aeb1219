#include "tools/queue/work_options.h"

#include <unistd.h>

#include <limits>

#include "libregistry/core/base/ids.h"

namespace smbatcher {

void WorkOptions::declare(OptionSet& options, Domains with_domains) {
  options.text("--batch ID", batch, "the batch").must_be(is_batch_id, "a batch id");
  options.number("--token N", token, "the claim's fencing token; it is checked before anything else");
  if (with_domains == Domains::kPositional) {
    options.positionals("DOMAIN", domains, "just these sites; they must be in one batch");
  }
}

void ForceOptions::declare(OptionSet& options) {
  options.flag("--force", force, "override the claim of somebody else; needs --why");
  options.text("--why TEXT", why, "the reason, kept in the history");
}

Result<void> ForceOptions::check() const {
  if (force && why.empty()) {
    return fail(usage_error("missing_argument", "--force needs --why: the history keeps the reason"));
  }
  return {};
}

void LeaseOptions::declare(OptionSet& options) {
  options.duration("--lease TIME", lease,
                   "how long the claim lasts without a heartbeat, e.g. 90m (default: the config's, 2h)");
  options.number("--pid PID", pid, "the claim ends early when this process is gone");
}

Result<std::optional<ProcessRef>> LeaseOptions::process(const QueueContext& queue) const {
  if (!pid) {
    return std::optional<ProcessRef>();
  }
  constexpr std::uint64_t kMaxPid = 1U << 22U;  // Linux gives no higher number (proc(5), pid_max)
  if (*pid == 0 || *pid > kMaxPid) {
    return fail(usage_error("invalid_argument", "--pid " + std::to_string(*pid) + " is not a process number"));
  }
  SMB_TRY_ASSIGN(ProcessRef process, reference_to(static_cast<pid_t>(*pid), queue.clock->now().boot, *queue.processes));
  return std::optional(std::move(process));
}

std::vector<Warning> LeaseOptions::warnings() const {
  if (!pid || static_cast<pid_t>(*pid) != ::getppid()) {
    return {};
  }
  return {
      {"", 0, "short_lived_process",
       "--pid names the process that started this call; when that is a shell which ends soon, the claim ends with it"}};
}

void PhaseOption::declare(OptionSet& options, std::string_view help) {
  options.choice("--phase", phase, {"design", "implement"}, help);
}

Result<Caller> caller_of(const WriteOptions& write, const std::optional<std::uint64_t>& token,
                         const ForceOptions& force) {
  SMB_TRY(force.check());
  if (token && *token > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return fail(
        usage_error("invalid_argument", "--token " + std::to_string(*token) + " is not a token: none is that high"));
  }
  SMB_TRY_ASSIGN(auto owner, write.named_owner());
  return Caller{token, std::move(owner), force.force, force.why};
}

Result<ClaimRequest> claim_request(const QueueContext& queue, const WriteOptions& write, const LeaseOptions& lease,
                                   Phase phase, const std::optional<std::uint64_t>& token) {
  if (lease.lease && lease.lease->count() == 0) {
    return fail(usage_error("invalid_argument", "--lease 0 would end at once: write 90s, 30m or 2h"));
  }
  SMB_TRY_ASSIGN(const auto owner, write.named_owner());
  ClaimRequest request;
  request.phase = phase;
  request.named_owner = owner.has_value();
  request.owner = owner ? *owner : fresh_owner();
  request.token = token;
  request.lease = lease.lease;
  SMB_TRY_ASSIGN(request.process, lease.process(queue));
  return request;
}

}  // namespace smbatcher

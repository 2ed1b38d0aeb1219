#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/queue/verbs/authority.h"
#include "libregistry/queue/verbs/claim.h"
#include "tools/support/options.h"
#include "tools/support/write_options.h"

namespace smbatcher {

/// Which work is meant, and by what right: --batch, domains, --token.
struct WorkOptions {
  std::optional<std::string> batch;
  std::optional<std::uint64_t> token;
  std::vector<std::string> domains;

  enum class Domains { kNone, kPositional };
  void declare(OptionSet& options, Domains with_domains);
  Target target() const { return {batch, domains}; }
};

/// --force --why: overrides the claim of somebody else.
struct ForceOptions {
  bool force = false;
  std::string why;

  void declare(OptionSet& options);
  /// kUsage "missing_argument" when a forced call does not say why.
  Result<void> check() const;
};

/// --lease, --pid: how a claim lives.
struct LeaseOptions {
  std::optional<std::chrono::seconds> lease;
  std::optional<std::uint64_t> pid;

  void declare(OptionSet& options);
  /// The process that --pid names, as it runs now. Errors: kUsage "no_such_process".
  Result<std::optional<ProcessRef>> process(const QueueContext& queue) const;
  /// Warns when the process is the caller's own short-lived shell.
  std::vector<Warning> warnings() const;
};

/// --phase design|implement.
struct PhaseOption {
  std::optional<std::string> phase;
  void declare(OptionSet& options, std::string_view help);
  std::optional<Phase> value() const { return phase ? phase_of(*phase) : std::nullopt; }
};

Result<Caller> caller_of(const WriteOptions& write, const std::optional<std::uint64_t>& token,
                         const ForceOptions& force = {});

/// The request of a claim by `write`'s owner, or by a fresh one that the answer prints.
Result<ClaimRequest> claim_request(const QueueContext& queue, const WriteOptions& write, const LeaseOptions& lease,
                                   Phase phase, const std::optional<std::uint64_t>& token);

}  // namespace smbatcher

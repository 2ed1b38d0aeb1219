#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/queue/verbs/answer.h"
#include "libregistry/queue/verbs/authority.h"

namespace smbatcher {

struct ClaimRequest {
  Phase phase = Phase::kImplement;
  std::string owner;
  bool named_owner = false;                   // two calls without an owner are two owners
  std::optional<Token> token;                 // the claim of this number is meant, no matter who owns it
  std::optional<std::string> batch;           // just this one
  std::optional<std::chrono::seconds> lease;  // else the config's
  std::optional<ProcessRef> process;          // ends when this process is provably gone
  bool may_lock = true;                       // false: a batch that must be locked first is not ready
  bool through_lock = false;                  // D -> i in one step, as implement-run does
  bool only_again = false;                    // only as the holder of `token` whose claim went with a deleted state
  bool begins = false;                        // start(): work on the sites that are named begins at once
};

/// Gives one owner one batch in one phase. In this order: the batch under the owner's own live lease (continue); work
/// in progress whose lease has lapsed (adopt); a ready batch, by priority, then id; a batch to lock (D -> O, with a
/// short lease). Source: docs/claims-and-leases.md, "What a claim takes".
///
/// Refusals: "no_work_found" (as Answer::refusal, with `why`), "held", "owner_busy", "owner_in_use", "not_ready",
/// "stale_claim", "not_claimed".
Result<Answer> claim(Draft& draft, const ClaimRequest& request);

/// A claim of just the given sites (design-start, implement-start): ready -> in progress, and nothing else moves. Where
/// sites are named, their work may begin with it: ClaimRequest::begins. A whole batch begins nothing.
/// Errors: as claim; kRefused "invalid_transition", "buried".
Result<Answer> start(Draft& draft, const ClaimRequest& request, const Target& target, const Caller& caller);

}  // namespace smbatcher

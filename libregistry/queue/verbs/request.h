#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "libregistry/queue/verbs/authority.h"
#include "libregistry/queue/verbs/claim.h"
#include "libregistry/queue/verbs/enroll.h"
#include "libregistry/queue/verbs/release.h"
#include "libregistry/queue/verbs/renew.h"

namespace smbatcher {

// A verb as data: what a caller asks of a queue, without saying where the queue is or how the change is written. The
// functions that plan each of them say what they do and refuse. As JSON: request_json.h.

struct StartRequest {
  ClaimRequest claim;
  Target target;
};

struct BeginRequest {
  Phase phase = Phase::kImplement;
  Target target;
};

struct CompleteRequest {
  std::optional<Phase> phase;  // absent: that of the claim
  Target target;
  bool only_check = false;  // which sites' files must pass, and whether the caller may complete them; changes nothing
};

struct RenewRequest {
  std::optional<Phase> phase;
  Target target;
  Renewal form = Renewal::kRenew;
};

/// D -> O.
struct LockRequest {
  std::optional<std::string> batch;  // absent: the next one in order
};

/// I -> Q.
struct FinishRequest {
  Target target;
};

struct BuryRequest {
  Target target;
};

struct KickRequest {
  Target target;
};

struct ReopenRequest {
  Target target;
};

struct RegisterRequest {
  std::vector<NewSite> sites;
};

struct Request {
  std::variant<ClaimRequest, StartRequest, BeginRequest, CompleteRequest, ReleaseRequest, RenewRequest, LockRequest,
               FinishRequest, BuryRequest, KickRequest, ReopenRequest, ReapRequest, RegisterRequest, BatchRequest>
      verb;
  Caller caller;  // not of a claim or a start, which name their owner themselves
};

/// Plans the verb on the draft. Pure: it reads and changes the draft, and nothing else.
Result<Answer> apply(Draft& draft, const Request& request);

}  // namespace smbatcher

#pragma once

#include "libregistry/queue/ledger/change.h"
#include "libregistry/queue/verbs/claim.h"

namespace smbatcher {

/// Which batch a run is to have.
struct RunClaim {
  ClaimRequest request;
  std::vector<std::string> domains;  // just these sites; empty: a batch
  bool names_root = false;           // the caller named --root

  Result<Answer> operator()(Draft& draft) const {
    if (domains.empty()) {
      return claim(draft, request);
    }
    const Caller caller{request.token, request.named_owner ? std::optional(request.owner) : std::nullopt, false, {}};
    return start(draft, request, {request.batch, domains}, caller);
  }
};

/// "no_work_found" in the words of the phase: "no_sites_ready:<why>" or "no_batch_ready:<why>". Others stay.
Error in_words_of(Phase phase, Error refusal);

}  // namespace smbatcher

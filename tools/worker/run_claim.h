#pragma once

#include "libregistry/queue/ledger/change.h"
#include "libregistry/queue/verbs/claim.h"

namespace smbatcher {

/// Which batch a run is to have.
struct RunClaim {
  ClaimRequest request;
  std::vector<std::string> domains;  // just these sites; empty: a batch
  bool names_root = false;           // the caller named --root

  Request asked() const {
    return domains.empty() ? Request{request, {}} : Request{StartRequest{request, {request.batch, domains}}, {}};
  }
};

/// "no_work_found" in the words of the phase: "no_sites_ready:<why>" or "no_batch_ready:<why>". Others stay.
Error in_words_of(Phase phase, Error refusal);

}  // namespace smbatcher

#include "tools/queue/answer_fields.h"

namespace smbatcher {

JsonObject Shape<StatusLetter>::schema() {
  return shared_schema("status", {{"description", "a status letter, in the order - B d D O i I Q"},
                                  {"enum", JsonArray{"-", "B", "d", "D", "O", "i", "I", "Q"}}});
}

JsonObject Shape<Phase>::schema() {
  return shared_schema("phase",
                       {{"description", "the phase of work"}, {"enum", JsonArray{kPhases[0].name, kPhases[1].name}}});
}

FieldForm changes() { return shared(field::kChanges); }

Fields lease_fields() { return {field::kOwner, field::kToken, field::kExpiresAt, field::kLeaseS}; }

Fields operator+(Fields fields, const Fields& more) {
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

Refusal held() {
  return {"held",
          "somebody else's live lease, see owner and retry_after_s",
          {field::kBatch, field::kOwner.means("who holds it"), field::kExpiresAt.means("when that lease ends"),
           field::kRetryAfterS}};
}

Refusal stale_claim_refusal() {
  return {"stale_claim", "the token no longer holds the work", {field::kBatch, field::kHolder}};
}

Refusal not_claimed_refusal() { return {"not_claimed", "there is no such claim for this caller", {field::kBatch}}; }

Refusal transition_refusal() {
  return {"invalid_transition", "the statuses go one step at a time", {field::kDomain, field::kFrom, field::kTo}};
}

}  // namespace smbatcher

#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/output/outcome_fields.h"
#include "libregistry/core/output/schema.h"
#include "libregistry/queue/registry/status.h"

namespace smbatcher {

/// A status as its letter.
struct StatusLetter {
  StatusLetter(Status shown) : status(shown) {}
  Status status;
};

template <>
struct Shape<StatusLetter> {
  static Json print(StatusLetter value) { return std::string(1, letter(value.status)); }
  static JsonObject schema();
};

template <>
struct Shape<Phase> {
  static Json print(Phase value) { return rule_of(value).name; }
  static JsonObject schema();
};

/// The keys of what a verb answers: add_answer() prints them, and a tool's schema() names those that it may have.
namespace field {

inline constexpr std::array<std::string_view, 4> kActions{"start", "continue", "adopt", "lock"};
inline constexpr std::array<std::string_view, 9> kHindrances{"all_held", "delayed",  "damaged", "buried", "given_up",
                                                             "behind",   "all_done", "empty",   "to_lock"};

inline constexpr Field<std::string> kBatch{"batch", "the batch"};
inline constexpr Field<std::vector<std::string>> kBatches{"batches", "the batches of the sites"};
inline constexpr Field<Phase> kPhase{"phase", "the phase of work"};
inline constexpr Field<std::vector<std::string>> kSites{"sites", "domains"};
inline constexpr Field<StatusLetter> kFrom{"from", "the status found"};
inline constexpr Field<StatusLetter> kStatus{"status", "what it became"};
inline constexpr Field<OneOf<kActions>> kAction{
    "action",
    "start: ready work; continue: the claim was this caller's already; adopt: work whose lease had ended; lock: D -> "
    "O, and the next call starts it"};
inline constexpr Field<std::string> kOwner{"owner", "who holds the claim"};
inline constexpr Field<Positive> kToken{"token", "the fencing token of the claim"};
inline constexpr Field<WallTime> kExpiresAt{"expires_at", "when the lease ends without a heartbeat"};
inline constexpr Field<Positive> kLeaseS{"lease_s", "the length of the lease in seconds"};
inline constexpr Field<WallTime> kLastRenewed{"last_renewed",
                                              "when the lease was granted or renewed last, before this call"};
inline constexpr Field<std::vector<std::string>> kRemaining{
    "remaining", "domains of the claim that are not finished; absent when there are none"};
inline constexpr Field<std::true_type> kRepeated{"repeated", "everything was done already; absent otherwise"};
inline constexpr Field<std::true_type> kLate{
    "late", "the lease had ended by its time, and nobody had taken the work; absent otherwise"};
inline constexpr Record kRowChange{
    Field<std::string>{"domain", "the site"},
    Field<StatusLetter>{"from", "the status before; absent for a new row"}.optional(),
    Field<StatusLetter>{"to", "the status after"},
    Field<std::string>{"batch", "its batch after; empty when it is in none"},
    Field<std::string>{"batch_before", "its batch before; only where the batch changed"}.optional()};
inline constexpr Field<ListOf<kRowChange>> kChanges{
    "changes",
    "the rows of the registry that changed (with --dry-run: would change); empty when its bytes stay as "
    "they are"};

inline constexpr Field<std::map<std::string, std::vector<std::string>>> kMissing{
    "missing", "what each site that did not pass lacks, by domain"};
inline constexpr Record kLack{Field<std::string>{"domain", "the site"}, Field<std::string>{"path", "the file"},
                              Field<std::string>{"heading", "of a design: the heading that it lacks"}.optional()};
inline constexpr Field<ListOf<kLack>> kLacking{
    "lacking", "what sites lack, one by one, with the path of the file that is to be written or completed"};

inline constexpr Field<std::string> kStart{"start", "after action lock: goes on to work on the batch"};
inline constexpr Field<std::string> kComplete{"complete", "when the work is done"};
inline constexpr Field<std::string> kRenew{"renew", "renews the lease"};
inline constexpr Field<std::string> kGiveBack{"give_back", "gives the batch back"};
inline constexpr Field<JsonObject> kNext{"next", "commands that run as printed"};

// The facts of refusals.
inline constexpr Field<std::uint64_t> kRetryAfterS{"retry_after_s", "when to ask again, in seconds"};
inline constexpr Field<std::string> kHolder{"holder", "who has the work now; \"nobody\""};
inline constexpr Field<std::string> kDomain{"domain", "the site, or \"batch 003\" where no site of it can be meant"};
inline constexpr Field<StatusLetter> kTo{"to", "the status asked for"};
inline constexpr Field<std::string> kLeastStatus{"status", "the least advanced status of the batch"};
inline constexpr Field<OneOf<kHindrances>> kWhyNot{"why", "what keeps the work back, the first that applies"};

}  // namespace field

/// The changed rows, as the keys above have them; they stand among the definitions of a schema.
FieldForm changes();
/// Owner, token and times of the claim that the caller has.
Fields lease_fields();
Fields operator+(Fields fields, const Fields& more);

// The refusals that several verbs share.
Refusal held();
Refusal stale_claim_refusal();
Refusal not_claimed_refusal();
Refusal transition_refusal();

/// The usual errors of a call that reads a registry, and of one that changes it.
inline constexpr std::string_view kReadErrors =
    "registry_not_found, permission_denied, config_invalid, lock_timeout, missing_argument, invalid_argument and "
    "others";
inline constexpr std::string_view kChangeErrors =
    "registry_not_found, permission_denied, config_invalid, lock_timeout, missing_argument, invalid_argument and "
    "others; "
    "durability_unknown: the change is in place, and the keys of the success stand here too, but the system did not "
    "confirm that it survives a power failure";

}  // namespace smbatcher

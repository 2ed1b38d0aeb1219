#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/json.h"
#include "libregistry/core/leases/attempts.h"
#include "libregistry/core/leases/lease.h"
#include "libregistry/queue/registry/status.h"

namespace smbatcher {

/// What a lease is over: one batch in one phase.
struct WorkKey {
  Phase phase = Phase::kDesign;
  std::string batch;

  bool operator==(const WorkKey&) const = default;
  bool operator<(const WorkKey& other) const {
    return phase != other.phase ? phase < other.phase : batch_id_less(batch, other.batch);
  }
  /// "implement-003": the stem of its claim file.
  std::string name() const { return std::string(rule_of(phase).name) + "-" + batch; }
};

/// A lease and the domains that were given with it.
struct Claim {
  Lease lease;
  std::vector<std::string> domains;
  bool to_lock = false;            // of the step D -> O: short, and it counts no attempt
  std::vector<std::string> begun;  // of them, those whose work has begun and is neither complete nor given back
  bool worked = false;             // something was begun, or completed, under this lease
  Token formerly = 0;  // its token before the state was lost, which still shows who holds it; 0: nothing was lost

  bool is_shown_by(Token token) const { return lease.token == token || (formerly != 0 && formerly == token); }
};

/// The change that touched the work last: it makes repeating a call safe.
struct LastChange {
  std::string verb;
  Token token = 0;  // of the lease it was made under; 0 without one
  std::string owner;
  std::string why;
  std::vector<std::string> domains;
};

/// How far completions have brought a site, and under which claim. A row that shows an earlier letter was rewound: by a
/// stale save, or an older checkout. Source: docs/claims-and-leases.md, "Rewound rows".
struct Reached {
  Status status = Status::kRegistered;
  Token token = 0;       // of the claim; 0 when it was completed without one
  bool rewound = false;  // the history says so already

  bool operator==(const Reached&) const = default;
};

/// How many past tokens a record keeps.
inline constexpr std::size_t kMostPastTokens = 16;

/// Everything that is known of a WorkKey; what a claim file holds. Source: docs/claims-and-leases.md, "The files".
struct WorkRecord {
  std::optional<Claim> claim;
  std::map<std::string, Attempts> sites;  // by domain; only those with something to remember
  std::map<std::string, Reached> done;    // by domain: what was completed and nothing has taken back
  Attempts unbegun;                       // of the batch itself: leases that ended before a site was begun
  std::optional<LastChange> last;
  Token last_token = 0;  // the highest token ever given for this work
  bool found_at_start =
      false;                // it was in progress when the history began: a token below its floor may be of this work
  std::vector<Token> past;  // the latest tokens whose claim has ended: who comes with one is told so, not "no claim"
  std::uint64_t event = 0;  // the history event that this record reflects
};

/// What is known of the claims beside the records.
struct ClaimsFacts {
  Token next_token = 1;
  std::uint64_t next_event = 1;
  std::uint64_t next_synced = 1;   // events below this number are on the disk: a power failure takes none of them
  Token floor = 1;                 // tokens below it were given before this history began, or lost lines
  std::string highest_batch;       // the highest numeric id that an event gave; never given again
  std::optional<LastChange> last;  // the last event of all, for verbs that hold no lease
  std::string registry_before;     // hashes of the last change of the registry: they tell which leftover
  std::string registry_after;      // files are ours
};

/// The format that this program writes, and the newest that it reads; files of a newer one are left alone.
inline constexpr std::int64_t kFormat = 2;

Json to_json(const WorkKey& key, const WorkRecord& record);
/// nullopt when the text is not a record of `key`.
std::optional<WorkRecord> record_from_json(const Json& json, const WorkKey& key);
/// The key and record of a member of a history line.
std::optional<std::pair<WorkKey, WorkRecord>> keyed_record_from_json(const Json& json);
Json to_json(const LastChange& last);
std::optional<LastChange> last_change_from_json(const Json& json);
/// True when "format" is a number from 1 to kFormat.
bool is_known_format(const Json& json);
/// True when "format" is a number above kFormat, or unknown_needs().
bool is_newer_format(const Json& json);
/// True when "needs" names what a reader must know to understand the rest; this program knows none of it yet.
/// Source: docs/claims-and-leases.md, "The files in detail".
bool unknown_needs(const Json& json);

}  // namespace smbatcher

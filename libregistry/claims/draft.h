#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "libregistry/claims/state.h"
#include "libregistry/leases/process.h"
#include "libregistry/registry/registry.h"

namespace smbatcher {

/// The rules that a registry's config sets for its claims.
struct Policy {
  std::chrono::seconds lease{7200};
  int max_attempts = 5;
  std::chrono::seconds skew{60};
};

/// Registry and claims as they would be after a change: what a verb plans on.
///
/// A verb reads and changes the draft and nothing else; the locked change then writes what the draft holds as one
/// event, all or none. The same verb on a draft that is thrown away is the answer to "what would happen".
class Draft {
 public:
  Draft(const Registry& registry, const ClaimsState& state, const Policy& policy, const Instant& now,
        const ProcessTable& processes);

  const Registry& registry() const { return *registry_; }
  const ClaimsState& state() const { return *state_; }
  const Policy& policy() const { return policy_; }
  const Instant& now() const { return *now_; }
  const ProcessTable& processes() const { return *processes_; }

  const Site& site(std::size_t index) const { return registry_->sites()[index]; }
  Status status(std::size_t site) const { return statuses_[site]; }
  void move(std::size_t site, Status to);
  void set_batch(std::size_t site, std::string batch);
  void add(NewSite site);

  /// The record as drafted; null when nothing is known of the work.
  const WorkRecord* record(const WorkKey& key) const;
  /// The claim that has not been ended, live or lapsed; null when there is none.
  const Claim* claim(const WorkKey& key) const;
  /// A record to change; the change goes into the history.
  WorkRecord& edit(const WorkKey& key);
  /// A renewal: kept in the claim file only.
  void renew_claim(const WorkKey& key, const Lease& lease);
  /// Every key that has a record, with its record as drafted.
  std::vector<std::pair<WorkKey, const WorkRecord*>> records() const;

  Token take_token() { return next_token_++; }
  bool live(const Lease& lease) const { return is_live(lease, *now_, policy_.skew, *processes_); }
  std::chrono::seconds left(const Lease& lease) const { return seconds_left(lease, *now_, policy_.skew); }
  /// The live claim in `phase` that was given `domain`; what is leased is given to nobody else, whatever its row shows.
  std::optional<WorkKey> leased_in(Phase phase, const std::string& domain) const;
  Attempts attempts(const WorkKey& key, const std::string& domain) const;
  bool buried(const WorkKey& key, const std::string& domain) const { return attempts(key, domain).buried.has_value(); }

  /// What the event says of itself.
  void describe(std::string verb, std::string owner, Token token, std::string why = {});
  void mark_late() { late_ = true; }
  void mark_forced() { forced_ = true; }
  /// Run after planning, before anything of the change is written; it may run again when the change is planned again.
  void before_commit(std::function<Result<void>()> action) { before_commit_ = std::move(action); }

  bool empty() const { return rows_.empty() && additions_.empty() && records_.empty(); }
  /// True when only claim files change: heartbeats.
  bool only_renewals() const;
  bool changes_registry() const { return !rows_.empty() || !additions_.empty(); }
  std::vector<CellChange> cell_changes() const;
  const std::vector<NewSite>& additions() const { return additions_; }
  std::vector<RowChange> row_changes() const;
  /// The whole change as an event, its records completed.
  Event event() const;
  const std::map<WorkKey, WorkRecord>& changed_records() const { return records_; }
  Result<void> run_before_commit() const { return before_commit_ ? before_commit_() : Result<void>(); }

 private:
  const Registry* registry_;
  const ClaimsState* state_;
  Policy policy_;
  const Instant* now_;
  const ProcessTable* processes_;

  std::vector<Status> statuses_;
  mutable std::optional<std::unordered_map<std::string, std::vector<WorkKey>>>
      leased_;  // live claims, when first asked
  std::map<std::size_t, CellChange> rows_;
  std::vector<NewSite> additions_;
  std::map<WorkKey, WorkRecord> records_;
  std::set<WorkKey> edited_;  // of records_, those that are more than a renewal
  Token next_token_;
  std::string verb_;
  std::string owner_;
  Token token_ = 0;
  std::string why_;
  bool late_ = false;
  bool forced_ = false;
  std::function<Result<void>()> before_commit_;
};

}  // namespace smbatcher

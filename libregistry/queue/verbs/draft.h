#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/leases/process.h"
#include "libregistry/queue/records/batch_file.h"
#include "libregistry/queue/records/state.h"
#include "libregistry/queue/registry/registry.h"
#include "libregistry/queue/verbs/process_memo.h"

namespace smbatcher {

/// The rules that a registry's config sets for its claims.
struct Policy {
  std::chrono::seconds lease{7200};
  int max_attempts = 5;
  RetryDelay retry;
  std::chrono::seconds skew{60};
  std::size_t batch_size = 5;
};

/// What is known of a piece of work at a glance, without its claim file.
struct Glance {
  enum Hold { kFree, kLive, kLapsed };
  Hold hold = kFree;
  milliseconds left{0};          // of a live lease
  bool remembers_sites = false;  // a site, or the batch, may be buried or delayed: only the record says which
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
  /// Each process is asked for once.
  const ProcessTable& processes() const { return *processes_; }

  const Site& site(std::size_t index) const { return registry_->sites()[index]; }
  Status status(std::size_t site) const { return statuses_[site]; }
  void move(std::size_t site, Status to);
  void set_batch(std::size_t site, std::string batch);
  void add(NewSite site);

  /// The record as drafted; null when nothing is known of the work. Reads its claim file: to pass over a batch that is
  /// of no concern, glance() is enough.
  const WorkRecord* record(const WorkKey& key) const;
  /// As the record would tell. A lease that seems to have ended is judged by its record: the index may not know its
  /// last renewal.
  Glance glance(Phase phase, std::string_view batch) const;
  /// The claim that has not been ended, live or lapsed; null when there is none.
  const Claim* claim(const WorkKey& key) const;
  /// As Glance::remembers_sites.
  bool remembers_sites(Phase phase, std::string_view batch) const;
  /// True when there is a claim that has not been ended, live or lapsed. Reads no claim file.
  bool has_claim(Phase phase, std::string_view batch) const;
  /// A record to change; the change goes into the history.
  WorkRecord& edit(const WorkKey& key);
  /// As edit(), of what every call looks after: what the verb says of itself is not said of this record.
  WorkRecord& keep_up(const WorkKey& key);
  /// A renewal: kept in the claim file only.
  void renew_claim(const WorkKey& key, const Lease& lease);
  /// Every key that has a record, in order.
  std::vector<WorkKey> keys() const;
  /// The keys that this owner holds a claim of, live or lapsed, in order.
  std::vector<WorkKey> claimed_by(const std::string& owner, std::optional<Phase> phase) const;
  /// The keys with a claim, live or lapsed, whose batch shows fewer rows than the claim was given, in order.
  std::vector<WorkKey> claimed_with_fewer_rows() const;
  /// The keys of which sites were completed and whose batch has rows before the end of the phase, in order.
  std::vector<WorkKey> partly_done() const;
  /// The key whose claim has this token, else the one that had it, else the one that was last changed under it.
  std::optional<WorkKey> key_of(Token token, std::optional<Phase> phase) const;

  /// True while nothing but its beginning is in the history: work in progress is older than what it tells.
  bool begins_history() const { return state_->last && state_->last->verb == kOpened; }
  /// True when the work was in progress when the history began, so that `token` may be of a claim that it does not
  /// know.
  bool may_be_of_lost_state(const WorkKey& key, Token token) const;

  Token take_token() { return next_token_++; }
  bool live(const Lease& lease) const { return is_live(lease, *now_, policy_.skew, *processes_); }
  std::chrono::seconds left(const Lease& lease) const { return seconds_left(lease, *now_, policy_.skew); }
  /// The live claim in `phase` that was given `domain`; what is leased is given to nobody else, whatever its row shows.
  std::optional<WorkKey> leased_in(Phase phase, std::string_view domain) const;
  Attempts attempts(const WorkKey& key, std::string_view domain) const;
  /// True when so many leases ended before a site was begun that a person must look: the batch is not given out.
  bool given_up(const WorkKey& key) const;
  bool buried(const WorkKey& key, std::string_view domain) const { return attempts(key, domain).buried.has_value(); }

  /// The event tells that the row of `domain` shows less than was completed; nothing else changes.
  void tell_rewound(const WorkKey& key, const Site& site, Status completed);
  /// What the event says of itself.
  void describe(std::string verb, std::string owner, Token token, std::string why = {});
  void mark_late() { late_ = true; }
  void mark_forced() { forced_ = true; }
  /// The event need not survive a power failure: its line is appended and not synced, which saves the time that a
  /// change of the leases alone costs. What gives out a token or changes the registry is synced all the same.
  void mark_unsynced() { unsynced_ = true; }
  /// The highest id among the batch files, which is never given again; empty where nobody has looked.
  const std::string& highest_batch_file() const { return highest_batch_file_; }
  void know_highest_batch_file(std::string id) { highest_batch_file_ = std::move(id); }
  /// The batches whose files are to be written before anything of the change is.
  const std::vector<PlannedBatch>& batch_files() const { return batch_files_; }
  void plan_batch_files(std::vector<PlannedBatch> batches) { batch_files_ = std::move(batches); }

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

 private:
  const ClaimIndex& index() const { return state_->records.index(now_->boot); }
  const WorkRecord* drafted(Phase phase, std::string_view batch) const;
  Glance glance_at(const WorkRecord& known) const;
  bool remembers_sites(const IndexSlot& slot) const;
  /// What `event` says of itself, for the record that it changes.
  LastChange last_change(const RecordChange& change, const Event& event) const;
  /// Of what is drafted, the keys whose record `of_record` is true of; of the others, those that `each_slot` adds.
  template <class OfRecord, class EachSlot>
  std::vector<WorkKey> keys_where(OfRecord of_record, EachSlot each_slot) const;

  const Registry* registry_;
  const ClaimsState* state_;
  Policy policy_;
  const Instant* now_;
  std::shared_ptr<const ProcessMemo> processes_;

  std::vector<Status> statuses_;
  std::map<std::size_t, CellChange> rows_;
  std::vector<NewSite> additions_;
  std::map<WorkKey, WorkRecord> records_;
  std::vector<RowChange> told_;
  std::set<WorkKey> edited_;   // of records_, those that are more than a renewal
  std::set<WorkKey> kept_up_;  // of edited_, those that the verb has not touched
  Token next_token_;
  std::string verb_;
  std::string owner_;
  Token token_ = 0;
  std::string why_;
  bool late_ = false;
  bool forced_ = false;
  bool unsynced_ = false;
  std::string highest_batch_file_;
  std::vector<PlannedBatch> batch_files_;
};

}  // namespace smbatcher

#pragma once

#include <optional>

#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/queue/records/record.h"
#include "libregistry/queue/verbs/request.h"

namespace smbatcher {

/// Keeps the lease of one claim renewed while work runs under it. It starts no thread and never sleeps: its user waits
/// for `due_in()`, together with whatever else there is to wait for, and then calls renew().
///
/// A third of the lease lies between renewals, at least a second and at most ten minutes. One that fails for another
/// reason than a refusal (the lock was taken, the registry was absent for a moment) is tried again after 1 s, 2 s, 4 s
/// and so on, at most a tenth of the lease apart, until the lease has ended by its own time. In between, its user looks
/// when there is a sign that the lease may be lost, and when the work is done.
/// Source: docs/claims-and-leases.md, "Leases".
class LeaseKeeper {
 public:
  enum class State {
    kHeld,
    kEnded,   // its holder completed or released it: nothing is left to renew, and what runs may go on
    kLost,    // somebody ended it, and perhaps somebody else has it: what runs must stop
    kLapsed,  // its time ended while no renewal worked: what runs must stop
  };

  /// `lease` as it was just given or renewed.
  LeaseKeeper(QueueContext queue, WorkKey key, Lease lease);

  /// Renews the lease; to be called while it is held. Takes at most five seconds for the lock, so that its user notices
  /// other things in time.
  State renew();
  /// Looks whether the lease is still there, without the lock and without renewing it. A fault shows nothing: then it
  /// counts as held.
  State look();
  State state() const { return state_; }
  /// As it was last renewed. A claim that went with a deleted state is taken again, by itself: its token is then new.
  const Lease& lease() const { return lease_; }
  bool must_stop() const { return state_ == State::kLost || state_ == State::kLapsed; }
  /// How long until the next renewal, zero when it is due; nullopt when there will be none.
  std::optional<milliseconds> due_in() const;
  /// Why what runs must stop: the refusal, or "stale_claim" with the last fault for a lapsed lease.
  const Error& loss() const { return loss_; }

 private:
  Request renewal(Renewal form) const;
  void schedule(milliseconds after);
  State lose(State how, Error error);
  /// True when the claim went with the state, nobody else has the work, and it is held again now.
  bool took_again();
  State refused(Error error);

  QueueContext queue_;
  WorkKey key_;
  Lease lease_;
  State state_ = State::kHeld;
  milliseconds next_{0};         // on the clock that is never stepped, Instant::since_boot
  milliseconds retry_after_{0};  // before the latest retry; zero while renewals succeed
  Error loss_;
};

/// True when the claim with this token was ended by who held it, by a completion or a release. The history tells: what
/// the record remembers is gone as soon as the next owner has claimed the work. False when it cannot be read.
bool ended_by_holder(const QueueContext& queue, const WorkKey& key, Token token);

}  // namespace smbatcher

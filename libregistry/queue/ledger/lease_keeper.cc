#include "libregistry/queue/ledger/lease_keeper.h"

#include <algorithm>

#include "libregistry/queue/ledger/change.h"
#include "libregistry/queue/ledger/history_query.h"
#include "libregistry/queue/verbs/authority.h"
#include "libregistry/queue/verbs/claim.h"
#include "libregistry/queue/verbs/complete.h"
#include "libregistry/queue/verbs/renew.h"

namespace smbatcher {
namespace {

using std::chrono::seconds;

constexpr milliseconds kShortestPeriod = seconds(1);
constexpr milliseconds kLongestPeriod = std::chrono::minutes(10);
constexpr milliseconds kLongestLockWait = seconds(5);
constexpr milliseconds kFirstRetry = seconds(1);

milliseconds period(const Lease& lease) {
  return std::clamp<milliseconds>(lease.length / 3, kShortestPeriod, kLongestPeriod);
}

milliseconds longest_retry(const Lease& lease) { return milliseconds(lease.length) / 10; }

bool ends(const RecordChange& change, Token token) {
  const auto has_token = [token](const WorkRecord& record) {
    return record.claim && record.claim->lease.token == token;
  };
  return has_token(change.before) && !has_token(change.after);
}

/// The error of a lease that ran out while every renewal failed with `last`.
Error lapsed(const WorkKey& key, const Lease& lease, const Error& last) {
  return smbatcher::refused(
             "stale_claim", lease.owner,
             "the lease of batch '" + key.batch + "' ended, since it could not be renewed: " + last.message)
      .with("batch", key.batch)
      .with("holder", lease.owner);
}

}  // namespace

LeaseKeeper::LeaseKeeper(QueueContext queue, WorkKey key, Lease lease)
    : queue_(std::move(queue)), key_(std::move(key)), lease_(std::move(lease)) {
  queue_.lock_timeout = std::min(queue_.lock_timeout, kLongestLockWait);
  schedule(period(lease_));
}

std::optional<milliseconds> LeaseKeeper::due_in() const {
  if (state_ != State::kHeld) {
    return std::nullopt;
  }
  return std::max(next_ - queue_.clock->now().since_boot, milliseconds(0));
}

void LeaseKeeper::schedule(milliseconds after) { next_ = queue_.clock->now().since_boot + after; }

LeaseKeeper::State LeaseKeeper::lose(State how, Error error) {
  loss_ = std::move(error);
  return state_ = how;
}

bool LeaseKeeper::took_again() {
  ClaimRequest request;
  request.phase = key_.phase;
  request.owner = lease_.owner;
  request.named_owner = true;
  request.token = lease_.token;
  request.batch = key_.batch;
  request.lease = lease_.length;
  request.process = lease_.process;
  request.only_again = true;
  if (!preview(queue_, Request{request, {}})) {
    return false;  // most losses are others: no lock for them
  }
  const Result<Answer> answer = change(queue_, Request{request, {}});
  if (!answer) {
    return false;
  }
  lease_ = *answer->lease;
  retry_after_ = milliseconds(0);
  schedule(period(lease_));
  return true;
}

LeaseKeeper::State LeaseKeeper::refused(Error error) {
  if (took_again()) {
    return state_;
  }
  return ended_by_holder(queue_, key_, lease_.token) ? state_ = State::kEnded : lose(State::kLost, std::move(error));
}

Request LeaseKeeper::renewal(Renewal form) const {
  return {RenewRequest{key_.phase, {.batch = key_.batch, .domains = {}}, form},
          {.token = lease_.token, .owner = {}, .why = {}}};
}

LeaseKeeper::State LeaseKeeper::look() {
  if (state_ != State::kHeld) {
    return state_;
  }
  const Result<Answer> answer = preview(queue_, renewal(Renewal::kCheck));
  return answer || answer.error().code != Errc::kRefused ? state_ : refused(answer.error());
}

LeaseKeeper::State LeaseKeeper::renew() {
  const Result<Answer> answer = change(queue_, renewal(Renewal::kRenew));
  if (answer) {
    lease_ = *answer->lease;
    retry_after_ = milliseconds(0);
    schedule(period(lease_));
    return state_;
  }
  if (answer.error().code == Errc::kRefused) {
    return refused(answer.error());
  }
  const milliseconds left = lease_.expires.left(queue_.clock->now(), seconds(0));
  if (left.count() <= 0) {
    return lose(State::kLapsed, lapsed(key_, lease_, answer.error()));
  }
  retry_after_ = std::min(retry_after_.count() == 0 ? kFirstRetry : retry_after_ * 2, longest_retry(lease_));
  schedule(std::min(retry_after_, left));
  return state_;
}

bool ended_by_holder(const QueueContext& queue, const WorkKey& key, Token token) {
  const Result<History> history = read_history(queue, {});
  if (!history) {
    return false;
  }
  for (const auto& [event, closing] : history->entries) {
    const bool by_holder =
        !event.forced && event.token == token && (event.verb == completion_verb(key.phase) || event.verb == "release");
    if (by_holder && closing != Closing::kVoid &&
        std::any_of(event.work.begin(), event.work.end(),
                    [&](const RecordChange& change) { return change.key == key && ends(change, token); })) {
      return true;
    }
  }
  return false;
}

}  // namespace smbatcher

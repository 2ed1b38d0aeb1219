#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "libregistry/audit/change.h"
#include "libregistry/audit/report.h"

namespace smbatcher {

/// What can be done to a queue: pure functions of what it is. Source: docs/audit-queue.md, "Operations".

/// How long a lock lasts when nobody says it.
inline constexpr std::chrono::seconds kUsualLock = std::chrono::hours(4);

struct LockRequest {
  std::string repo;
  std::string instance;
  std::chrono::seconds ttl = kUsualLock;
  bool strict = false;  // refuse a repository that is not in the queue
  // The process that runs this call: where it is known, it need not name itself to give the lock back.
  std::optional<ProcessRef> caller{};
};

/// Takes the lock, or renews it when this instance holds it on this repository. A lock whose lease is over is taken
/// over, with a warning. Errors: kRefused "already_locked" (locked_repo, locked_by, suggested_repos, expires_at),
/// "not_in_queue".
Result<AuditEdit> lock_repo(const AuditView& view, const LockRequest& request);

/// Who asks to end or to renew a lock.
struct LockOwner {
  std::optional<std::string> repo;      // the lock must be on this repository
  std::optional<std::string> instance;  // and of this instance
  std::optional<Token> token;           // or of this lease
  bool force = false;                   // or of anybody
  // Of nobody who was named: the process that took the lock is the only one who can call so.
  std::optional<ProcessRef> caller{};
};

/// Errors: kRefused "not_locked"; kRefused "not_owner" (locked_repo, locked_by) when the lock is on another repository
/// or somebody else's, or when nobody is named.
Result<void> check_lock_owner(const AuditView& view, const LockOwner& owner);

/// Gives the lock back. The same call again, after an answer that nobody saw, is a success that changes nothing.
/// Errors: those of check_lock_owner().
Result<AuditEdit> unlock_repo(const AuditView& view, const LockOwner& owner);

/// Lets the lock run its full length again; a lock that has no lease gets one. Errors: as above.
Result<AuditEdit> renew_lock(const AuditView& view, const LockOwner& owner, std::optional<std::chrono::seconds> ttl);

struct CompleteRequest {
  std::string repo;
  std::string status;
  LockOwner owner;
  bool github_ready = false;
  bool add = false;  // the repository need not be in the queue
};

/// Moves a repository from the queue to the completed audits, counts it and unlocks it. `check` is asked for the report
/// of an audit that began at its argument. Errors: as above; kRefused "not_in_queue"; those of `check`.
Result<AuditEdit> complete_audit(const AuditView& view, const CompleteRequest& request,
                                 const std::function<Result<ReportFindings>(const std::string& started)>& check);

}  // namespace smbatcher

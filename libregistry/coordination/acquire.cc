#include <unistd.h>

#include <algorithm>
#include <variant>

#include "libregistry/coordination/coordination.h"
#include "libregistry/coordination/holder_watch.h"
#include "libregistry/coordination/instance_id.h"
#include "libregistry/coordination/known_hash.h"
#include "libregistry/coordination/lock_grant.h"
#include "libregistry/coordination/standing.h"
#include "libregistry/coordination/state_files.h"
#include "libregistry/coordination/text_limits.h"
#include "libregistry/coordination/wait_queue.h"
#include "libregistry/core/fs/flock_wait.h"

namespace smbatcher {
namespace {

constexpr const char* kDefaultIntent = "Editing file";
// A waiter shows that it lives this often, and looks again whether its holder does.
constexpr std::chrono::seconds kSignOfLife{60};
constexpr milliseconds kLookAgain{10'000};
// A large file that is written to without end is hashed under the mutex at last.
constexpr int kMostHashings = 3;

/// One call of acquire_locks(): one attempt, or one each time that something changed.
class Acquirer {
 public:
  Acquirer(const Coordination& coordination, const LockRequest& request) : c_(coordination), request_(request) {
    for (const ProjectPath& path : request.paths) {
      const auto same = [&path](const Wanted& wanted) { return wanted.path.relative == path.relative; };
      if (std::none_of(wanted_.begin(), wanted_.end(), same)) {
        wanted_.push_back({path, {}, {}, {}, {}, {}});
      }
    }
  }

  Result<Acquisition> run() {
    if (request_.pid) {
      SMB_TRY_ASSIGN(process_, reference_to(*request_.pid, c_.clock.now().boot, c_.processes));
    }
    const LockDeadline deadline(request_.wait);
    for (;;) {
      const bool last = deadline.passed();
      SMB_TRY_ASSIGN(Acquisition attempt, this->attempt(!last));
      if (unhashed_) {
        take_hashes();
        continue;
      }
      if (attempt.verdict == Verdict::kDone || last) {
        attempt.removed = std::move(removed_);
        attempt.warnings = std::move(warnings_);
        return attempt;
      }
      wait_for_turn(std::min(deadline.left(), milliseconds(kSignOfLife)));
    }
  }

 private:
  struct Wanted {
    ProjectPath path;
    std::optional<LockView> found;
    std::optional<WaitQueue::Ticket> ticket;
    std::optional<Descriptor> before;  // the ticket of the waiter before us
    KnownHash known;
    std::string hash;

    bool own(const std::string& id) const { return found && found->live && found->lock.holder == id; }
    bool held(const std::string& id) const { return found && found->live && found->lock.holder != id; }
  };

  /// Waits behind the others when `may_wait`, else leaves the queue. What would be granted but for the hash of a large
  /// file is left as it is: the caller hashes it without the mutex and comes again.
  Result<Acquisition> attempt(bool may_wait) {
    obstacle_ = std::monostate{};
    unhashed_ = false;
    SMB_TRY_ASSIGN(StateFiles files, StateFiles::to_change(c_));
    SMB_TRY_ASSIGN(WorkRegistry registry, files.read_registry());
    Acquisition answer;
    SMB_TRY_ASSIGN(const auto removed, remove_gone_instances(files, registry, request_.id));
    SMB_TRY(show_life(files, registry));
    SMB_TRY(look(files, registry, answer));
    const bool free = answer.held.empty() && answer.queued.empty();
    unhashed_ = free && !look_at_hashes();
    if (free && !unhashed_) {
      SMB_TRY(grant_all(files, registry, answer, !removed.empty()));
    } else {
      answer.verdict = Verdict::kHeld;
      if (!removed.empty()) {
        SMB_TRY(files.write_registry(registry));
      }
    }
    if (answer.verdict == Verdict::kDone || (!may_wait && !unhashed_)) {
      leave_queues();
    } else if (!unhashed_) {
      SMB_TRY(join_queues(files.now().wall));
      SMB_TRY(choose_obstacle(files));
    }
    removed_.insert(removed_.end(), removed.begin(), removed.end());
    warnings_.insert(warnings_.end(), files.warnings().begin(), files.warnings().end());
    return answer;
  }

  /// False when a large file is to be read first.
  bool look_at_hashes() {
    bool all = true;
    for (Wanted& wanted : wanted_) {
      std::optional<std::string> hash = wanted.known.of(c_.ops, wanted.path.absolute);
      all = all && (hash || hashings_ == kMostHashings);
      wanted.hash = hash ? *std::move(hash) : hashings_ == kMostHashings ? file_hash(wanted.path.absolute) : "";
    }
    return all;
  }

  void take_hashes() {
    ++hashings_;
    for (Wanted& wanted : wanted_) {
      if (!wanted.known.of(c_.ops, wanted.path.absolute)) {
        wanted.known.take(c_.ops, wanted.path.absolute);
      }
    }
  }

  /// Who asks for a lock lives; who waits long must not become stale meanwhile.
  Result<void> show_life(StateFiles& files, const WorkRegistry& registry) const {
    const InstanceRecord* const record = registry.find(request_.id);
    if (record == nullptr) {
      return {};
    }
    SMB_TRY_ASSIGN(const Standing standing, standing_of(files, record, request_.id, true));
    if (!standing.last_ping || age_of(*standing.last_ping, files.now().wall) > kSignOfLife) {
      SMB_TRY(write_sign_of_life(files, request_.id));
    }
    return {};
  }

  Result<void> look(StateFiles& files, const WorkRegistry& registry, Acquisition& answer) {
    for (Wanted& wanted : wanted_) {
      SMB_TRY_ASSIGN(wanted.found, read_lock_view(files, registry, wanted.path));
      wanted.before.reset();
      if (wanted.own(request_.id)) {
        continue;  // the holder does not queue for what it holds
      }
      wanted.before = WaitQueue(c_, wanted.path).before(wanted.ticket ? &*wanted.ticket : nullptr);
      if (wanted.held(request_.id)) {
        answer.held.push_back(*wanted.found);
      } else if (wanted.before) {
        answer.queued.push_back(wanted.path.relative);
      }
    }
    return {};
  }

  /// All tickets of a call are drawn in one go, so that two callers never wait for each other's.
  Result<void> join_queues(WallTime now) {
    for (Wanted& wanted : wanted_) {
      if (!wanted.ticket && !wanted.own(request_.id)) {
        SMB_TRY_ASSIGN(wanted.ticket, WaitQueue(c_, wanted.path).draw(request_.id, now));
      }
    }
    return {};
  }

  void leave_queues() {
    for (Wanted& wanted : wanted_) {
      if (wanted.ticket) {
        WaitQueue(c_, wanted.path).give_up(*wanted.ticket);
        wanted.ticket.reset();
      }
    }
  }

  Result<void> choose_obstacle(StateFiles& files) {
    for (Wanted& wanted : wanted_) {
      if (wanted.before) {
        obstacle_ = *std::move(wanted.before);
        return {};
      }
    }
    for (const Wanted& wanted : wanted_) {
      if (!wanted.held(request_.id)) {
        continue;
      }
      std::vector<ProcessRef> processes;
      if (wanted.found->lease && wanted.found->lease->lease.process) {
        processes.push_back(*wanted.found->lease->lease.process);
      }
      SMB_TRY_ASSIGN(const auto instance, files.read_instance_process(wanted.found->lock.holder));
      if (instance && instance->process) {
        processes.push_back(*instance->process);  // its end is the end of the lock, too
      }
      held_for_ = wanted.found->left;
      obstacle_ = HolderWatch(c_.ops, c_.place.locks() + "/" + wanted.path.lock_name + ".json", processes);
      return {};
    }
    return {};
  }

  void wait_for_turn(milliseconds longest) {
    if (Descriptor* const ticket = std::get_if<Descriptor>(&obstacle_)) {
      flock_until(c_.ops, ticket->get(), LockDeadline(longest));
    } else if (const HolderWatch* const watch = std::get_if<HolderWatch>(&obstacle_)) {
      constexpr milliseconds kRounding{5};
      watch->wait(std::min({longest, kLookAgain, milliseconds(held_for_) + kRounding}));
    }
    obstacle_ = std::monostate{};
  }

  Result<void> grant_all(StateFiles& files, WorkRegistry& registry, Acquisition& answer, bool listed) {
    for (const Wanted& wanted : wanted_) {
      listed = list_holder(registry, wanted.path.relative) || listed;
    }
    if (listed) {
      SMB_TRY(files.write_registry(registry));
    }
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      Result<Grant> granted = write_grant(files, wanted_[i]);
      if (!granted) {
        take_back(files, i + 1);
        return fail(std::move(granted).error());
      }
      answer.grants.push_back(*std::move(granted));
    }
    return {};
  }

  /// The caller's list has the path, nobody else's has. True when something changed.
  bool list_holder(WorkRegistry& registry, const std::string& path) const {
    bool changed = false;
    for (InstanceRecord& record : registry.instances) {
      const std::vector<std::string> before = record.files_locked;
      if (record.id == request_.id) {
        record.add_file(path);
      } else {
        record.remove_file(path);
      }
      changed = changed || record.files_locked != before;
    }
    return changed;
  }

  Result<Grant> write_grant(StateFiles& files, Wanted& wanted) const {
    Grant grant;
    grant.path = wanted.path.relative;
    LockView view;
    if (wanted.own(request_.id)) {
      view = *wanted.found;
      grant.renewed = true;
      grant.changed = view.lock.hash != wanted.hash;
    } else {
      grant.taken_from = wanted.found && wanted.found->lock.holder != request_.id ? wanted.found->lock.holder : "";
      view.lock.path = wanted.path.relative;
      view.lock.holder = request_.id;
      view.lock.locked_at = files.now().wall;
      view.lock.intent = kDefaultIntent;
      view.lock.pid = request_.pid.value_or(::getppid());
      const Token last = wanted.found && wanted.found->lease ? wanted.found->lease->lease.token : 0;
      ensure_lease(files, view, request_.length);
      view.lease->tool_use = request_.tool_use;
      view.lease->lease.token = std::max(view.lease->lease.token, last + 1);
    }
    ensure_lease(files, view, request_.length);
    const std::chrono::seconds length = choose_length(view);
    if (!grant.renewed || !request_.keep_hash) {
      view.lock.hash = wanted.hash;
    }
    if (!request_.intent.empty()) {
      view.lock.intent = request_.intent;
    }
    if (process_) {
      view.lease->lease.process = process_;
    }
    mark(view);
    SMB_TRY(write_renewed(files, wanted.path, view, length));
    grant.expires_at = view.lock.expires_at;
    grant.token = view.lease->lease.token;
    return grant;
  }

  /// A lock that was taken with coord-lock stays as it is through a tool call, and a length that its holder asked for
  /// stays when it asks again and says none.
  std::chrono::seconds choose_length(LockView& view) const {
    LockLease& lease = *view.lease;
    const bool stays = lease.tool_use.empty() && (!request_.tool_use.empty() || (lease.kept && !request_.kept));
    if (!stays) {
      lease.kept = request_.kept;
      lease.agent = request_.agent;
    }
    return stays ? lease.lease.length : request_.length;
  }

  /// A tool call's lock becomes the next tool call's, or a lasting one when coord-lock asks for it; never back.
  void mark(LockView& view) const {
    if (!view.lease->tool_use.empty()) {
      view.lease->tool_use = request_.tool_use;
    }
  }

  /// After a failed write: none of the new locks stays.
  void take_back(StateFiles& files, std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i) {
      if (!wanted_[i].own(request_.id)) {
        (void)files.remove_lock(wanted_[i].path);  // what cannot be removed expires
      }
    }
  }

  const Coordination& c_;
  const LockRequest& request_;
  std::vector<Wanted> wanted_;
  std::optional<ProcessRef> process_;
  std::variant<std::monostate, Descriptor, HolderWatch> obstacle_;
  std::chrono::seconds held_for_{0};
  bool unhashed_ = false;
  int hashings_ = 0;
  std::vector<std::string> removed_;  // in all attempts
  std::vector<Warning> warnings_;
};

}  // namespace

Result<Acquisition> acquire_locks(const Coordination& coordination, const LockRequest& request) {
  if (!is_instance_id(request.id)) {
    return fail(invalid_instance_id(request.id));
  }
  SMB_TRY(check_text("--intent", request.intent, kMaxIntent));
  return Acquirer(coordination, request).run();
}

}  // namespace smbatcher

#include "libregistry/audit/change.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "libregistry/audit/backups.h"
#include "libregistry/audit/in_place.h"
#include "libregistry/audit/lock.h"
#include "libregistry/core/base/text_hash.h"
#include "libregistry/core/fs/leftovers.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/stop_signals.h"

namespace smbatcher {
namespace {

// Clocks of machines that share a folder.
constexpr std::chrono::seconds kSkew{60};

Error file_not_found(const AuditPlace& place) {
  Error error = not_found("file_not_found", "Coordination file not found: " + place.data);
  error.where = place.data;
  return error;
}

Error interrupted(const AuditPlace& place) {
  return {Errc::kIo, ErrorWord("interrupted"), {}, "a signal came before '" + place.data + "' was written", place.data,
          {}};
}

Error conflict(const AuditPlace& place) {
  return {Errc::kIo,  ErrorWord("conflict"),
          {},         "'" + place.data + "' was saved by others again and again while it was to be written",
          place.data, {}};
}

Result<FileSnapshot> read_data(FileOps& ops, const AuditPlace& place) {
  auto snapshot = read_file_stable(ops, place.data, kLargestQueue);
  if (!snapshot && snapshot.error().code == Errc::kNotFound) {
    return fail(file_not_found(place));
  }
  return snapshot;
}

AuditView view_of(Json document, AuditLeases& leases, const Instant& now) {
  AuditView view;
  view.work = CurrentWork::of(document);
  view.document = std::move(document);
  view.lease = leases.find(view.work);
  view.next_token = leases.next_token(now);
  view.now = now;
  return view;
}

/// One change, under the lock.
class Change {
 public:
  Change(const AuditPlace& place, const AuditCall& call, const AuditLock& lock, AuditData data,
         std::vector<std::string>& kept)
      : place_(place), call_(call), ops_(call.ops), lock_(lock), data_(data), kept_(kept), now_(call.clock.now()) {}

  /// Nothing when somebody saved meanwhile: begin again.
  Result<std::optional<AuditAnswer>> run(const AuditEditor& edit) {
    AuditBackups backups = AuditBackups::load(ops_, place_);
    SMB_TRY(settle(backups));
    SMB_TRY(read());
    AuditLeases leases = AuditLeases::load(ops_, place_);
    const bool adjusted = leases.adjust(now_);
    const AuditView view = view_of(document_, leases, now_);
    Result<AuditEdit> wanted = edit(view);
    if (!wanted) {
      if (adjusted) {
        SMB_TRY(leases.save(ops_, place_));
      }
      return fail(std::move(wanted).error());
    }
    answer_.warnings.insert(answer_.warnings.end(), wanted->warnings.begin(), wanted->warnings.end());
    answer_.document = wanted->document.value_or(view.document);
    answer_.lease = wanted->lease;
    const CurrentWork work = CurrentWork::of(answer_.document);
    leases.keep_only(view.work);
    if (wanted->lease) {
      leases.put(work, *wanted->lease);
    }
    if (!wanted->document) {
      if (wanted->lease || adjusted) {
        SMB_TRY(leases.save(ops_, place_));
      }
      return std::optional(std::move(answer_));
    }
    const std::string text = audit_text(*wanted->document);
    SMB_TRY(parse_audit_document(text, place_.data));
    if (damaged_) {
      SMB_TRY(keep_damaged());
    }
    if (current_ && !damaged_) {
      SMB_TRY_ASSIGN(answer_.backup, backups.add(ops_, current_->bytes, text, now_.wall, call_.keep));
    }
    SMB_TRY(leases.save(ops_, place_));
    SMB_TRY_ASSIGN(const bool written, write(text));
    return written ? std::optional(std::move(answer_)) : std::nullopt;
  }

 private:
  /// Looks at what a change left that was cut short.
  Result<void> settle(const AuditBackups& backups) {
    if (lock_.in_place()) {
      if (lock_.data() != nullptr) {
        SMB_TRY_ASSIGN(const std::optional<std::string> kept, finish_cut_copy(ops_, place_, *lock_.data(), backups));
        if (kept) {
          kept_.push_back(*kept);
        }
      }
      return {};
    }
    const auto last = backups.last();
    auto now = read_file(ops_, place_.data, kLargestQueue);
    if (!now && now.error().code != Errc::kNotFound) {
      return fail(std::move(now).error());
    }
    SMB_TRY_ASSIGN(const std::vector<Warning> kept, clear_leftovers(ops_, place_.data,
                                                                    {last ? last->before : "", last ? last->after : "",
                                                                     now ? content_hash(*now) : std::string()}));
    for (const Warning& each : kept) {
      kept_.push_back(each.file);
    }
    return {};
  }

  Result<void> read() {
    auto snapshot = read_data(ops_, place_);
    if (!snapshot) {
      const bool may_be_missing = data_ == AuditData::kMayBeDamaged && snapshot.error().code == Errc::kNotFound;
      return may_be_missing ? Result<void>() : fail(std::move(snapshot).error());
    }
    current_ = std::move(*snapshot);
    auto parsed = parse_audit_document(current_->bytes, place_.data);
    if (parsed) {
      document_ = std::move(*parsed);
    } else if (data_ == AuditData::kMustBeValid) {
      return fail(std::move(parsed).error());
    }
    damaged_ = !parsed;
    return may_write();
  }

  /// A read-only file could be replaced all the same, against the will of the user who made it so.
  Result<void> may_write() {
    if (::faccessat(AT_FDCWD, place_.data.c_str(), W_OK, AT_EACCESS) != 0) {
      Error error = io_error("No write access to coordination file: " + place_.data, errno);
      error.where = place_.data;
      return fail(std::move(error));
    }
    return lock_.in_place() ? Result<void>() : check_replaceable(ops_, place_.data, current_->state);
  }

  Result<void> keep_damaged() {
    const ReplaceNames names = ReplaceNames::of(place_.data);
    SMB_TRY(write_own_file(ops_, names.part, current_->bytes, current_->state));
    SMB_TRY_ASSIGN(std::string kept, set_aside(ops_, names.part, place_.data, "corrupt"));
    kept_.push_back(std::move(kept));
    return {};
  }

  /// False when somebody saved meanwhile.
  Result<bool> write(const std::string& text) {
    const ReplaceNames names = ReplaceNames::of(place_.data);
    if (!current_) {
      auto created = create_file(ops_, names, text, 0666);
      if (!created) {
        return created.error().reason == FailWord("already_exists") ? Result<bool>(false)
                                                                    : fail(std::move(created).error());
      }
      answer_.durable = created->durable;
      return true;
    }
    const BlockStopSignals blocked;
    if (lock_.in_place()) {
      if (blocked.stop_pending()) {
        return fail(interrupted(place_));
      }
      struct stat status {};
      const bool unchanged = lock_.data() != nullptr && ops_.stat(place_.data, &status) == 0 &&
                             FileState::of(status).same_content_as(current_->state);
      if (!unchanged) {
        return false;  // an editor takes no lock
      }
      SMB_TRY(write_in_place(ops_, place_, *lock_.data(), current_->bytes, text));
      return lock_.data()->is_current();
    }
    SMB_TRY(stage_replacement(ops_, names, *current_, text));
    SMB_TRY_ASSIGN(const Publication done, publish_replacement(ops_, names, *current_, text, nullptr,
                                                               [&blocked] { return blocked.stop_pending(); }));
    kept_.insert(kept_.end(), done.kept.begin(), done.kept.end());
    answer_.durable = done.durable;
    if (done.result == Published::kInterrupted) {
      return fail(interrupted(place_));
    }
    return done.result == Published::kDone;
  }

  const AuditPlace& place_;
  const AuditCall& call_;
  FileOps& ops_;
  const AuditLock& lock_;
  AuditData data_;
  std::vector<std::string>& kept_;  // over all attempts
  Instant now_;
  std::optional<FileSnapshot> current_;
  bool damaged_ = false;
  Json document_;
  AuditAnswer answer_;
};

Result<AuditAnswer> only_tell(const AuditPlace& place, const AuditCall& call, const AuditEditor& edit, AuditData data) {
  auto view = read_audit(place, call);
  if (!view && (data == AuditData::kMustBeValid || (view.error().reason != ErrorWord("invalid_json") &&
                                                    view.error().reason != ErrorWord("file_not_found")))) {
    return fail(std::move(view).error());
  }
  AuditLeases none;
  const AuditView seen = view ? std::move(*view) : view_of(Json(), none, call.clock.now());
  SMB_TRY_ASSIGN(AuditEdit wanted, edit(seen));
  AuditAnswer answer;
  answer.document = wanted.document.value_or(seen.document);
  answer.lease = wanted.lease;
  answer.warnings = std::move(wanted.warnings);
  return answer;
}

}  // namespace

bool AuditView::lock_over() const { return work.locked && lease && lease->expires.passed(now, kSkew); }

Result<AuditAnswer> change_audit(const AuditPlace& place, const AuditCall& call, const AuditEditor& edit,
                                 AuditData data) {
  if (call.dry_run) {
    return only_tell(place, call, edit, data);
  }
  const LockDeadline deadline(call.lock_timeout);
  std::vector<std::string> kept;
  do {
    SMB_TRY_ASSIGN(const AuditLock lock, AuditLock::acquire(call.ops, place, deadline));
    SMB_TRY_ASSIGN(std::optional<AuditAnswer> answer, Change(place, call, lock, data, kept).run(edit));
    if (answer) {
      answer->kept = std::move(kept);
      return std::move(*answer);
    }
  } while (!deadline.passed());
  return fail(conflict(place));
}

Result<AuditView> read_audit(const AuditPlace& place, const AuditCall& call) {
  const LockDeadline deadline(call.lock_timeout);
  std::string text;
  bool in_place = false;
  do {
    in_place = is_in_place(call.ops, place);
    std::optional<FileLock> lock;
    if (in_place) {
      auto shared = FileLock::acquire_data(call.ops, place.data, FileLock::Kind::kShared, deadline);
      if (!shared) {
        return fail(shared.error().code == Errc::kNotFound ? file_not_found(place) : std::move(shared).error());
      }
      lock = std::move(*shared);
    }
    SMB_TRY_ASSIGN(FileSnapshot snapshot, read_data(call.ops, place));
    text = std::move(snapshot.bytes);
    if (in_place) {
      SMB_TRY_ASSIGN(std::optional<std::string> rest,
                     cut_copy(call.ops, place, text, AuditBackups::load(call.ops, place)));
      if (rest) {
        text = std::move(*rest);
      }
    }
  } while (!in_place && is_in_place(call.ops, place));  // the mode changed while it was read without a lock
  SMB_TRY_ASSIGN(Json document, parse_audit_document(text, place.data));
  AuditLeases leases = AuditLeases::load(call.ops, place);
  const Instant now = call.clock.now();
  leases.adjust(now);
  return view_of(std::move(document), leases, now);
}

}  // namespace smbatcher

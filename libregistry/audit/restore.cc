#include "libregistry/audit/restore.h"

#include "libregistry/audit/backups.h"
#include "libregistry/core/fs/snapshot.h"

namespace smbatcher {
namespace {

struct Source {
  std::string path;
  Json document;
};

Error no_backup(const std::string& where, const std::string& message) {
  Error error = not_found("backup_not_found", message);
  error.where = where;
  return error;
}

Result<Source> read_backup(FileOps& ops, const AuditPlace& place, const std::string& name) {
  const std::string path = place.backups + "/" + name;
  const auto text = read_file(ops, path, kLargestQueue);
  if (!text) {
    return fail(text.error().code == Errc::kNotFound ? no_backup(path, "there is no backup '" + path + "'")
                                                     : text.error());
  }
  SMB_TRY_ASSIGN(Json document, parse_audit_document(*text, path));
  return Source{path, std::move(document)};
}

/// Without a name the newest that can be read and is not what there is: a call that was cut short has already backed up
/// what it was about to overwrite, and its repetition must not take that for the way back.
Result<Source> find_backup(FileOps& ops, const AuditPlace& place, const std::optional<std::string>& name,
                           const Json& now) {
  if (name) {
    if (name->find('/') != std::string::npos) {
      return fail(
          usage_error("invalid_argument", "'" + *name + "' is not a name of a file in '" + place.backups + "'"));
    }
    return read_backup(ops, place, *name);
  }
  SMB_TRY_ASSIGN(const std::vector<std::string> names, list_audit_backups(place));
  const std::string text = now.is_null() ? "" : audit_text(now);
  for (const std::string& each : names) {
    if (auto found = read_backup(ops, place, each); found && audit_text(found->document) != text) {
      return found;
    }
  }
  return fail(no_backup(place.backups, "there is no backup in '" + place.backups + "' that can be read" +
                                           (now.is_null() ? "" : " and is not what there is")));
}

}  // namespace

Result<Restored> restore_audit(const AuditPlace& place, const AuditCall& call, const RestoreRequest& request) {
  std::optional<Source> source;  // chosen under the lock, and once: a second attempt finds the backup of the first
  const AuditEditor edit = [&](const AuditView& view) -> Result<AuditEdit> {
    if (!source) {
      SMB_TRY_ASSIGN(source, find_backup(call.ops, place, request.backup, view.document));
    }
    if (view.work.locked) {
      SMB_TRY(check_lock_owner(view, request.owner));
    }
    JsonObject document = *source->document.object();
    set_member(document, "last_updated", audit_time(view.now.wall));
    AuditEdit wanted;
    wanted.document = std::move(document);
    const CurrentWork work = CurrentWork::of(*wanted.document);
    const bool same = view.work.locked && work.instance == view.work.instance && work.started == view.work.started;
    if (work.locked && same) {
      wanted.lease = view.lease;
    } else if (work.locked) {
      // Its holder then may be gone: without a lease it would never end.
      wanted.lease = grant(view.next_token, work.instance, kUsualLock, {}, view.now);
      wanted.warnings.push_back("The backup has a lock of " + work.instance + " on '" + work.repo +
                                "': it lasts until " + audit_time(wanted.lease->expires.wall));
    }
    return wanted;
  };
  SMB_TRY_ASSIGN(AuditAnswer answer, change_audit(place, call, edit, AuditData::kMayBeDamaged));
  return Restored{std::move(answer), std::move(source->path)};
}

}  // namespace smbatcher

#include "libregistry/audit/restore.h"

#include "libregistry/audit/backups.h"
#include "libregistry/fs/snapshot.h"

namespace smbatcher {
namespace {

constexpr std::size_t kLargestFile = std::size_t{64} << 20U;

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
  const auto text = read_file(ops, path, kLargestFile);
  if (!text) {
    return fail(text.error().code == Errc::kNotFound ? no_backup(path, "there is no backup '" + path + "'")
                                                     : text.error());
  }
  SMB_TRY_ASSIGN(Json document, parse_audit_document(*text, path));
  return Source{path, std::move(document)};
}

Result<Source> find_backup(FileOps& ops, const AuditPlace& place, const std::optional<std::string>& name) {
  if (name) {
    if (name->find('/') != std::string::npos) {
      return fail(usage_error("invalid_argument", "'" + *name + "' is no name of a file in '" + place.backups + "'"));
    }
    return read_backup(ops, place, *name);
  }
  SMB_TRY_ASSIGN(const std::vector<std::string> names, list_audit_backups(place));
  for (const std::string& each : names) {
    if (auto found = read_backup(ops, place, each)) {
      return found;
    }
  }
  return fail(no_backup(place.backups, "there is no backup in '" + place.backups + "' that can be read"));
}

}  // namespace

Result<Restored> restore_audit(const AuditPlace& place, const AuditCall& call, const RestoreRequest& request) {
  SMB_TRY_ASSIGN(Source source, find_backup(call.ops, place, request.backup));
  const AuditEditor edit = [&](const AuditView& view) -> Result<AuditEdit> {
    if (view.work.locked) {
      SMB_TRY(check_lock_owner(view, request.owner));
    }
    JsonObject document = *source.document.object();
    set_member(document, "last_updated", audit_time(view.now.wall));
    AuditEdit wanted;
    wanted.document = std::move(document);
    const CurrentWork work = CurrentWork::of(*wanted.document);
    const bool same = view.work.locked && work.instance == view.work.instance && work.started == view.work.started;
    if (work.locked && same) {
      wanted.lease = view.lease;
    } else if (work.locked) {
      // Whoever held it then may be gone: without a lease it would never end.
      wanted.lease = grant(view.next_token, work.instance, kUsualLock, {}, view.now);
      wanted.warnings.push_back("The backup has a lock of " + work.instance + " on '" + work.repo +
                                "': it lasts until " + audit_time(wanted.lease->expires.wall));
    }
    return wanted;
  };
  SMB_TRY_ASSIGN(AuditAnswer answer, change_audit(place, call, edit, AuditData::kMayBeDamaged));
  return Restored{std::move(answer), std::move(source.path)};
}

}  // namespace smbatcher

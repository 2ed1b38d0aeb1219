#include "libregistry/audit/place.h"

#include <cstdlib>
#include <filesystem>

#include "libregistry/core/base/environment.h"
#include "libregistry/core/fs/folders.h"

namespace smbatcher {
namespace {

/// Absolute, with links resolved as far as there is something.
std::string resolved(const std::string& path) {
  std::error_code error;
  const std::filesystem::path found = std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  return error ? path : found.string();
}

std::string in_folder(const std::string& folder) { return (folder == "/" ? "" : folder) + "/" + kAuditDataName; }

Error missing(const std::string& data) {
  Error error = not_found("file_not_found", "Coordination file not found: " + data);
  error.where = data;
  return error;
}

Error ambiguous(const std::string& first, const std::string& second) {
  Error error = usage_error("ambiguous_location", "Two coordination files: " + first + " and " + second);
  return std::move(error).with("locations", JsonArray{Json(first), Json(second)});
}

}  // namespace

AuditPlace AuditPlace::of(const std::string& data) {
  const std::string folder = folder_of(data);
  const std::string hidden = folder + "/." + data.substr(data.find_last_of('/') + 1);
  return {data, folder, hidden + ".lock", hidden + ".lease", hidden + ".in-place", folder + "/.coordination_backups"};
}

AuditSurroundings AuditSurroundings::of_process() {
  const char* const audit_dir = std::getenv("AUDIT_DIR");  // NOLINT(concurrency-mt-unsafe): nothing sets it
  return {environment_text("HOME"), audit_dir == nullptr ? std::nullopt : std::optional<std::string>(audit_dir)};
}

std::vector<std::string> AuditSurroundings::folders() const {
  std::vector<std::string> found;
  if (!home.empty()) {
    found = {home + "/Desktop/Github", home + "/Desktop/AUDIT_SYSTEM", home + "/.claude/audit_data"};
  }
  if (audit_dir) {
    found.push_back(audit_dir->empty() ? "." : *audit_dir);
  }
  return found;
}

std::string AuditSurroundings::default_folder() const {
  if (audit_dir && !audit_dir->empty()) {
    return *audit_dir;
  }
  return (home.empty() ? "." : home) + "/Desktop/Github";
}

Result<AuditPlace> find_audit_place(FileOps& ops, const std::optional<std::string>& file,
                                    const AuditSurroundings& surroundings, AuditFile need) {
  if (file) {
    const std::string data = resolved(is_folder(ops, *file) ? in_folder(*file) : *file);
    return exists(ops, data) || need == AuditFile::kMayBeMissing ? Result<AuditPlace>(AuditPlace::of(data))
                                                                 : fail(missing(data));
  }
  std::optional<std::string> first;
  for (const std::string& folder : surroundings.folders()) {
    const std::string data = resolved(in_folder(folder));
    if (!exists(ops, data)) {
      continue;
    }
    if (!first) {
      first = data;
    } else if (surroundings.audit_dir && folder == surroundings.folders().back() && data != *first) {
      return fail(ambiguous(*first, data));
    }
  }
  if (!first) {
    const std::string data = resolved(in_folder(surroundings.default_folder()));
    return need == AuditFile::kMayBeMissing ? Result<AuditPlace>(AuditPlace::of(data)) : fail(missing(data));
  }
  return AuditPlace::of(*first);
}

}  // namespace smbatcher

#include "libregistry/sync/sync_record.h"

#include <unistd.h>

#include <fstream>

#include "libregistry/core/fs/replace_file.h"

namespace smbatcher {
namespace {

constexpr std::string_view kCommit = "commit";
constexpr std::string_view kUpdate = "update";
constexpr std::string_view kEnd = "end";

std::string path_of(const RepositoryPlace& place) { return place.private_dir() + "/record"; }

}  // namespace

Result<void> write_record(const RepositoryPlace& place, const SyncRecord& record) {
  std::string text(record.kind == SyncRecord::Kind::kCommit ? kCommit : kUpdate);
  for (const std::string& line : {record.branch, record.from, record.to, std::string(kEnd)}) {
    text += "\n" + line;
  }
  return write_cache_file(system_file_ops(), path_of(place), text + "\n");
}

std::optional<SyncRecord> read_record(const RepositoryPlace& place) {
  std::ifstream file(path_of(place));
  std::string kind;
  std::string end;
  SyncRecord record;
  std::getline(file, kind);
  std::getline(file, record.branch);
  std::getline(file, record.from);
  std::getline(file, record.to);
  std::getline(file, end);
  if (end != kEnd || (kind != kCommit && kind != kUpdate)) {
    return std::nullopt;
  }
  record.kind = kind == kCommit ? SyncRecord::Kind::kCommit : SyncRecord::Kind::kUpdate;
  return record;
}

void remove_record(const RepositoryPlace& place) { ::unlink(path_of(place).c_str()); }

}  // namespace smbatcher

#include "libregistry/audit/backups.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <tuple>

#include "libregistry/audit/document.h"
#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text_hash.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/sharing.h"

namespace smbatcher {
namespace {

constexpr std::string_view kPrefix = "COORDINATION_STATUS_";
constexpr std::string_view kSuffix = ".backup.json";
constexpr std::size_t kLargestBackup = std::size_t{64} << 20U;
constexpr std::size_t kLargestList = std::size_t{4} << 20U;
constexpr int kMostInOneSecond = 100'000;

std::string list_path(const AuditPlace& place) { return place.backups + "/.smbatcher-backups.jsonl"; }

/// COORDINATION_STATUS_20261120_180000: local time, as the scripts name theirs.
std::string name_at(WallTime now) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  std::tm local{};
  localtime_r(&seconds, &local);
  std::array<char, 32> text{};
  return std::string(kPrefix) +
         std::string(text.data(), std::strftime(text.data(), text.size(), "%Y%m%d_%H%M%S", &local));
}

std::string numbered(const std::string& name, int number) {
  return name + (number == 1 ? "" : "-" + std::to_string(number)) + std::string(kSuffix);
}

/// The time in a name, and how many there were in that second: sorts names by age.
std::tuple<std::string, long, std::string> age_of(const std::string& name) {
  const std::string middle = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
  const std::size_t dash = middle.find('-');
  const long number = dash == std::string::npos ? 1 : std::strtol(middle.c_str() + dash + 1, nullptr, 10);
  return {middle.substr(0, dash), number, name};
}

}  // namespace

AuditBackups AuditBackups::load(FileOps& ops, const AuditPlace& place) {
  AuditBackups backups(place);
  const std::string text = read_file(ops, list_path(place), kLargestList).value_or("");
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const auto parsed = parse_json(std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
    const Json* const line = std::get_if<Json>(&parsed);
    const auto name = line == nullptr ? std::nullopt : string_field(*line, "name");
    if (name && name->find('/') == std::string::npos) {
      backups.ours_.push_back(
          {*name, string_field(*line, "before").value_or(""), string_field(*line, "after").value_or("")});
    }
  }
  return backups;
}

std::optional<AuditBackup> AuditBackups::last() const {
  return ours_.empty() ? std::nullopt : std::optional(ours_.back());
}

std::optional<std::string> AuditBackups::last_text(FileOps& ops) const {
  if (ours_.empty()) {
    return std::nullopt;
  }
  auto text = read_file(ops, path_of(ours_.back()), kLargestBackup);
  return text && content_hash(*text) == ours_.back().before ? std::optional(std::move(*text)) : std::nullopt;
}

Result<std::string> AuditBackups::add(FileOps& ops, std::string_view text, std::string_view new_text, WallTime now,
                                      std::size_t keep) {
  SMB_TRY(make_shared_folder(ops, place_.backups, place_.folder));
  SMB_TRY_ASSIGN(std::string path, create(ops, text, now));
  // Only now: a name that stands in the list without a file of ours might become somebody else's.
  ours_.push_back({path.substr(path.rfind('/') + 1), content_hash(text), content_hash(new_text)});
  prune(ops, keep);
  SMB_TRY(save(ops));
  return path;
}

Result<std::string> AuditBackups::create(FileOps& ops, std::string_view text, WallTime now) const {
  ReplaceNames names = ReplaceNames::of(place_.backups + "/");
  names.folder = place_.backups;
  names.part = place_.backups + "/.smbatcher-backup.part";  // one for all: the next call removes what a kill left
  const std::string name = name_at(now);
  for (int number = 1; number <= kMostInOneSecond; ++number) {
    names.target = place_.backups + "/" + numbered(name, number);
    struct stat status {};
    if (ops.lstat(names.target, &status) == 0) {
      continue;
    }
    const auto created = create_file(ops, names, text, 0666, model_at(ops, place_.data));
    if (created) {
      return names.target;
    }
    if (created.error().reason != FailWord("already_exists")) {
      return fail(created.error());
    }
  }
  return fail(io_error("cannot find a free name for a backup in '" + place_.backups + "'", EEXIST));
}

void AuditBackups::prune(FileOps& ops, std::size_t keep) {
  while (ours_.size() > std::max<std::size_t>(keep, 1)) {
    // What somebody has put in its place is not ours.
    const auto text = read_file(ops, path_of(ours_.front()), kLargestBackup);
    if (text && content_hash(*text) == ours_.front().before) {
      ops.unlink(path_of(ours_.front()));
    }
    ours_.erase(ours_.begin());
  }
}

Result<void> AuditBackups::save(FileOps& ops) const {
  std::string text;
  for (const AuditBackup& backup : ours_) {
    text += Json(JsonObject{{"name", backup.name}, {"before", backup.before}, {"after", backup.after}}).dump() + "\n";
  }
  return write_own_file(ops, list_path(place_), text, model_at(ops, place_.data));
}

Result<std::vector<std::string>> list_audit_backups(const AuditPlace& place) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator each(place.backups, error);
  for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) {
    std::string name = each->path().filename().string();
    if (name.size() > kPrefix.size() + kSuffix.size() && name.starts_with(kPrefix) && name.ends_with(kSuffix)) {
      names.push_back(std::move(name));
    }
  }
  if (error && error.value() != ENOENT) {
    return fail(io_error("cannot read the folder '" + place.backups + "'", error.value()));
  }
  std::sort(names.begin(), names.end(),
            [](const std::string& a, const std::string& b) { return age_of(b) < age_of(a); });
  return names;
}

}  // namespace smbatcher

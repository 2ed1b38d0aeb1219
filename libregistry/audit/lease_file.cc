#include "libregistry/audit/lease_file.h"

#include <algorithm>

#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/sharing.h"
#include "libregistry/core/leases/lease_json.h"

namespace smbatcher {
namespace {

constexpr std::size_t kLargestLease = std::size_t{64} * 1024;

}  // namespace

AuditLeases AuditLeases::load(FileOps& ops, const AuditPlace& place) {
  AuditLeases leases;
  const auto text = read_file(ops, place.lease_file, kLargestLease);
  const auto parsed = parse_json(text.value_or("null"));
  const Json* const file = std::get_if<Json>(&parsed);
  const Json* const list = file == nullptr ? nullptr : file->find("leases");
  if (list == nullptr || list->array() == nullptr) {
    return leases;
  }
  leases.last_token_ = static_cast<Token>(std::max<std::int64_t>(0, integer_field(*file, "last_token").value_or(0)));
  for (const Json& entry : *list->array()) {
    const Json* const facts = entry.find("lease");
    const auto lease = facts == nullptr ? std::nullopt : lease_from_json(*facts);
    if (lease) {
      const auto text_of = [&entry](std::string_view key) { return string_field(entry, key).value_or(""); };
      leases.entries_.push_back({text_of("instance_id"), text_of("repo"), text_of("started"), *lease});
    }
  }
  return leases;
}

std::optional<Lease> AuditLeases::find(const CurrentWork& work) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.is_of(work); });
  return work.locked && found != entries_.end() ? std::optional(found->lease) : std::nullopt;
}

Token AuditLeases::next_token(const Instant& now) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.wall.time_since_epoch()).count();
  return std::max(last_token_ + 1, static_cast<Token>(std::max<std::int64_t>(1, seconds)));
}

void AuditLeases::keep_only(const CurrentWork& work) {
  std::erase_if(entries_, [&](const Entry& entry) { return !work.locked || !entry.is_of(work); });
}

void AuditLeases::put(const CurrentWork& work, const Lease& lease) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.is_of(work); });
  entries_.push_back({work.instance, work.repo, work.started, lease});
  last_token_ = std::max(last_token_, lease.token);
}

bool AuditLeases::adjust(const Instant& now) {
  bool changed = false;
  for (Entry& entry : entries_) {
    changed = adjust_to_boot(entry.lease, now) || changed;
  }
  return changed;
}

Result<void> AuditLeases::save(FileOps& ops, const AuditPlace& place) const {
  JsonArray leases;
  for (const Entry& entry : entries_) {
    leases.push_back(JsonObject{{"instance_id", entry.instance},
                                {"repo", entry.repo},
                                {"started", entry.started},
                                {"lease", to_json(entry.lease)}});
  }
  const Json file(JsonObject{{"last_token", last_token_}, {"leases", std::move(leases)}});
  return write_own_file(ops, place.lease_file, file.pretty() + "\n", model_at(ops, place.data));
}

}  // namespace smbatcher

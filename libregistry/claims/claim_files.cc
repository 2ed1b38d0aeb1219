#include "libregistry/claims/claim_files.h"

#include <filesystem>

#include "libregistry/base/json_fields.h"
#include "libregistry/fs/replace_file.h"
#include "libregistry/fs/sharing.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMaxClaimFile = std::size_t{16} << 20U;
constexpr const char* kStateName = "/.state";

/// The key that a claim file's stem names.
std::optional<WorkKey> key_of(std::string_view stem) {
  for (const PhaseRule& rule : kPhases) {
    if (stem.size() > rule.name.size() + 1 && stem.starts_with(rule.name) && stem[rule.name.size()] == '-') {
      const std::string_view batch = stem.substr(rule.name.size() + 1);
      return is_batch_id(batch) ? std::optional(WorkKey{rule.phase, std::string(batch)}) : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<CacheState> ClaimFiles::read_state() const {
  const auto text = read_file(*ops_, folder_ + kStateName, kMaxClaimFile);
  if (!text) {
    return std::nullopt;
  }
  const auto parsed = parse_json(*text);
  const Json* json = std::get_if<Json>(&parsed);
  if (json == nullptr || integer_field(*json, "format") != kFormat) {
    return std::nullopt;
  }
  CacheState cache;
  const auto length = integer_field(*json, "history_length");
  const auto ends_with = string_field(*json, "history_ends_with");
  const auto boot = string_field(*json, "boot");
  const auto next_token = integer_field(*json, "next_token");
  const auto next_event = integer_field(*json, "next_event");
  const auto highest = string_field(*json, "highest_batch");
  const auto before = string_field(*json, "registry_before");
  const auto after = string_field(*json, "registry_after");
  const Json* records = json->find("records");
  if (!length || !ends_with || !boot || !next_token || *next_token < 1 || !next_event || *next_event < 1 || !highest ||
      !before || !after || records == nullptr || !records->is_object()) {
    return std::nullopt;
  }
  cache.history = {*length, *ends_with};
  cache.boot = *boot;
  cache.state.next_token = static_cast<Token>(*next_token);
  cache.state.next_event = static_cast<std::uint64_t>(*next_event);
  cache.state.highest_batch = *highest;
  cache.state.registry_before = *before;
  cache.state.registry_after = *after;
  if (const Json* last = json->find("last"); last != nullptr && !last->is_null()) {
    cache.state.last = last_change_from_json(*last);
  }
  for (const auto& [name, event] : *records->object()) {
    const auto key = key_of(name);
    if (!key || !event.integer()) {
      return std::nullopt;
    }
    cache.events.emplace(*key, static_cast<std::uint64_t>(*event.integer()));
  }
  return cache;
}

ClaimFile ClaimFiles::read(const WorkKey& key) const {
  const auto text = read_file(*ops_, path_of(key), kMaxClaimFile);
  if (!text) {
    const bool absent = text.error().code == Errc::kNotFound;
    return {absent ? ClaimFile::Condition::kAbsent : ClaimFile::Condition::kUnreadable, std::nullopt};
  }
  const auto parsed = parse_json(*text);
  const Json* json = std::get_if<Json>(&parsed);
  if (json != nullptr && is_newer_format(*json)) {
    return {ClaimFile::Condition::kNewer, std::nullopt};
  }
  auto record = json == nullptr ? std::nullopt : record_from_json(*json, key);
  return {record ? ClaimFile::Condition::kReadable : ClaimFile::Condition::kUnreadable, std::move(record)};
}

std::optional<ClaimsState> ClaimFiles::load(const CacheState& cache, const HistoryMark& mark,
                                            const std::string& boot) const {
  if (!(cache.history == mark) || cache.boot != boot) {
    return std::nullopt;
  }
  ClaimsState state = cache.state;
  for (const auto& [key, event] : cache.events) {
    ClaimFile file = read(key);
    if (file.condition == ClaimFile::Condition::kNewer) {
      state.held_back.insert(key);
      continue;
    }
    if (file.condition != ClaimFile::Condition::kReadable || file.record->event != event) {
      return std::nullopt;
    }
    state.records.emplace_hint(state.records.end(), key, std::move(*file.record));
  }
  return state;
}

std::map<WorkKey, WorkRecord> ClaimFiles::scan() const {
  std::map<WorkKey, WorkRecord> records;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const auto key = entry.path().extension() == ".json" ? key_of(entry.path().stem().string()) : std::nullopt;
    if (!key) {
      continue;
    }
    if (ClaimFile file = read(*key); file.record) {
      records.emplace(*key, std::move(*file.record));
    }
  }
  return records;
}

Result<void> ClaimFiles::write_file(const std::string& path, const std::string& text) {
  auto written = write_cache_file(*ops_, path, text, model_);
  if (!written && written.error().reason == "not_found" && !folder_made_) {
    folder_made_ = true;
    SMB_TRY(make_shared_folder(*ops_, folder_, folder_of(folder_)));
    written = write_cache_file(*ops_, path, text, model_);
  }
  return written;
}

Result<void> ClaimFiles::write(const WorkKey& key, const WorkRecord& record) {
  return write_file(path_of(key), to_json(key, record).dump() + "\n");
}

Result<void> ClaimFiles::write_state(const ClaimsState& state, const HistoryMark& mark, const std::string& boot) {
  JsonObject records;
  for (const auto& [key, record] : state.records) {
    records.emplace_back(key.name(), record.event);
  }
  for (const WorkKey& key : state.held_back) {
    records.emplace_back(key.name(), 0);  // looked at again by each call until it can be read
  }
  const Json json = JsonObject{{"format", kFormat},
                               {"history_length", mark.length},
                               {"history_ends_with", mark.ends_with},
                               {"boot", boot},
                               {"next_token", state.next_token},
                               {"next_event", state.next_event},
                               {"highest_batch", state.highest_batch},
                               {"registry_before", state.registry_before},
                               {"registry_after", state.registry_after},
                               {"last", state.last ? to_json(*state.last) : Json()},
                               {"records", std::move(records)}};
  return write_file(folder_ + kStateName, json.dump() + "\n");
}

Result<std::string> ClaimFiles::set_aside_unreadable(const WorkKey& key) {
  const std::string path = path_of(key);
  return set_aside(*ops_, path, path, "corrupt");
}

}  // namespace smbatcher

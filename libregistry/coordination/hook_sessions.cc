#include "libregistry/coordination/hook_sessions.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "libregistry/coordination/instance_id.h"
#include "libregistry/coordination/json_file.h"
#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text_hash.h"
#include "libregistry/core/fs/file_lock.h"
#include "libregistry/core/fs/replace_file.h"

namespace smbatcher {
namespace {

constexpr std::size_t kLargestSession = std::size_t{64} * 1024;
constexpr std::string_view kHashName = "xxh3:";

}  // namespace

struct HookSessions::Entry {
  std::string path;
  AgentKey key;
  std::string instance_id;
  WallTime since{};

  static std::optional<Entry> read(FileOps& ops, const std::string& path) {
    const Result<std::string> text = read_file(ops, path, kLargestSession);
    if (!text) {
      return std::nullopt;
    }
    const Result<Json> json = parse_json_file(path, *text);
    if (!json) {
      return std::nullopt;
    }
    Entry entry{path,
                {string_field(*json, "session_id").value_or(""), string_field(*json, "agent_id").value_or("")},
                string_field(*json, "instance_id").value_or(""),
                parse_time(string_field(*json, "since").value_or("")).value_or(WallTime{})};
    return is_instance_id(entry.instance_id) ? std::optional(std::move(entry)) : std::nullopt;
  }
};

HookSessions::HookSessions(const Coordination& coordination)
    : coordination_(coordination), folder_(coordination.place.folder + "/sessions") {}

std::string HookSessions::path_of(const AgentKey& key) const {
  std::string text = key.session_id;  // a length first: no two keys give one text
  text.insert(0, std::to_string(text.size()) + ":");
  text += key.agent_id;
  return folder_ + "/" + content_hash(text).substr(kHashName.size()) + ".json";
}

std::optional<std::string> HookSessions::find(const AgentKey& key) const {
  const std::optional<Entry> entry = Entry::read(coordination_.ops, path_of(key));
  if (!entry || entry->key.session_id != key.session_id || entry->key.agent_id != key.agent_id) {
    return std::nullopt;
  }
  return entry->instance_id;
}

Result<std::string> HookSessions::find_or_make(const AgentKey& key,
                                               const std::function<Result<std::string>()>& make) const {
  if (auto known = find(key)) {
    return std::move(*known);
  }
  SMB_TRY(make_folders(coordination_.ops, folder_));
  SMB_TRY_ASSIGN(const FileLock alone,
                 FileLock::acquire(coordination_.ops, folder_ + "/.lock", LockDeadline(coordination_.lock_timeout)));
  if (auto known = find(key)) {
    return std::move(*known);
  }
  SMB_TRY_ASSIGN(std::string id, make());
  JsonObject json{{"session_id", key.session_id}};
  if (!key.agent_id.empty()) {
    json.emplace_back("agent_id", key.agent_id);
  }
  json.emplace_back("instance_id", id);
  json.emplace_back("since", format_time(coordination_.clock.now().wall));
  SMB_TRY(write_cache_file(coordination_.ops, path_of(key), Json(std::move(json)).pretty() + "\n"));
  return id;
}

bool HookSessions::is_taken(const std::string& instance_id, const AgentKey& key) const {
  const std::vector<Entry> entries = all();
  return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
    return entry.instance_id == instance_id &&
           (entry.key.session_id != key.session_id || entry.key.agent_id != key.agent_id);
  });
}

std::vector<std::string> HookSessions::of_session(const std::string& session_id) const {
  std::vector<std::string> ids;
  for (const Entry& entry : all()) {
    if (entry.key.session_id == session_id) {
      ids.push_back(entry.instance_id);
    }
  }
  return ids;
}

void HookSessions::forget_older_than(std::chrono::seconds age) const {
  const WallTime now = coordination_.clock.now().wall;
  for (const Entry& entry : all()) {
    struct stat status {};
    const std::string beat = coordination_.place.heartbeats() + "/" + entry.instance_id + ".json";
    if (now - entry.since > age && coordination_.ops.lstat(beat, &status) != 0) {
      coordination_.ops.unlink(entry.path);
    }
  }
}

std::vector<HookSessions::Entry> HookSessions::all() const {
  std::vector<Entry> entries;
  std::error_code ignored;  // a folder that is not there has none
  for (const auto& file : std::filesystem::directory_iterator(folder_, ignored)) {
    const std::string name = file.path().filename().string();
    if (!name.starts_with('.') && name.ends_with(".json")) {
      if (auto entry = Entry::read(coordination_.ops, file.path().string())) {
        entries.push_back(std::move(*entry));
      }
    }
  }
  return entries;
}

}  // namespace smbatcher

#include "libregistry/coordination/records.h"

#include <algorithm>

#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/leases/lease_json.h"

namespace smbatcher {
namespace {

std::optional<WallTime> time_field(const Json& json, std::string_view key) {
  const auto text = string_field(json, key);
  const auto time = text ? parse_time(*text) : Result<WallTime>(fail(Error{}));
  return time ? std::optional(*time) : std::nullopt;
}

/// The object at `key`, or an empty one.
Json member(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value != nullptr && value->is_object() ? *value : Json(JsonObject{});
}

/// Sets `name` in the object at `key` of `object`, its other members kept.
void set_inner(JsonObject& object, std::string_view key, std::string_view name, Json value) {
  JsonObject inner = *member(Json(object), key).object();
  set_member(inner, name, std::move(value));
  set_member(object, key, Json(std::move(inner)));
}

}  // namespace

std::optional<InstanceRecord> InstanceRecord::from_json(const Json& json) {
  const auto id = string_field(json, "instance_id");
  if (!id || id->empty()) {
    return std::nullopt;
  }
  InstanceRecord record;
  record.id = *id;
  const Json task = member(json, "current_task");
  record.task = string_field(task, "description").value_or("");
  record.role = string_field(task, "agent_role").value_or("");
  record.started_at = string_field(task, "started_at").value_or("");
  record.branch = string_field(member(json, "metadata"), "branch").value_or("");
  record.status = string_field(json, "status").value_or("");
  record.files_locked = strings_field(json, "files_locked").value_or(std::vector<std::string>{});
  record.last_ping = time_field(member(json, "heartbeat"), "last_ping");
  record.json = *json.object();
  return record;
}

Json InstanceRecord::to_json() const {
  JsonObject object = json;
  set_member(object, "files_locked", Json(files_locked));
  set_member(object, "status", status);
  if (last_ping) {
    set_inner(object, "heartbeat", "last_ping", format_time(*last_ping));
  }
  return object;
}

void InstanceRecord::add_file(const std::string& path) {
  files_locked.push_back(path);
  std::sort(files_locked.begin(), files_locked.end());
  files_locked.erase(std::unique(files_locked.begin(), files_locked.end()), files_locked.end());
}

bool InstanceRecord::remove_file(std::string_view path) { return std::erase(files_locked, path) > 0; }

WorkRegistry WorkRegistry::empty() {
  WorkRegistry registry;
  registry.json = {
      {"schema_version", kCoordinationSchemaVersion}, {"registry_updated_at", ""}, {"instances", JsonArray{}}};
  return registry;
}

std::optional<WorkRegistry> WorkRegistry::from_json(const Json& json) {
  const Json* instances = json.find("instances");
  if (instances == nullptr || instances->array() == nullptr) {
    return std::nullopt;
  }
  WorkRegistry registry;
  for (const Json& item : *instances->array()) {
    auto record = InstanceRecord::from_json(item);
    if (!record) {
      return std::nullopt;
    }
    if (InstanceRecord* known = registry.find(record->id)) {
      for (const std::string& path : record->files_locked) {
        known->add_file(path);
      }
    } else {
      registry.instances.push_back(*std::move(record));
    }
  }
  registry.json = *json.object();
  set_member(registry.json, "instances", JsonArray{});
  return registry;
}

Json WorkRegistry::to_json() const {
  JsonArray array;
  array.reserve(instances.size());
  for (const InstanceRecord& record : instances) {
    array.push_back(record.to_json());
  }
  JsonObject object = json;
  set_member(object, "instances", Json(std::move(array)));
  return object;
}

void WorkRegistry::set_updated(WallTime time) { set_member(json, "registry_updated_at", format_time(time)); }

const InstanceRecord* WorkRegistry::find(std::string_view id) const {
  const auto found = std::find_if(instances.begin(), instances.end(), [id](const auto& each) { return each.id == id; });
  return found == instances.end() ? nullptr : &*found;
}

InstanceRecord* WorkRegistry::find(std::string_view id) {
  return const_cast<InstanceRecord*>(std::as_const(*this).find(id));
}

std::optional<HeartbeatRecord> HeartbeatRecord::from_json(const Json& json) {
  const auto id = string_field(json, "instance_id");
  const auto last_ping = time_field(json, "last_ping");
  if (!id || !last_ping) {
    return std::nullopt;
  }
  return HeartbeatRecord{*id,
                         integer_field(json, "pid").value_or(0),
                         *last_ping,
                         integer_field(json, "ping_count").value_or(0),
                         string_field(json, "status").value_or(""),
                         *json.object()};
}

Json HeartbeatRecord::to_json() const {
  JsonObject object = json;
  set_member(object, "instance_id", id);
  set_member(object, "pid", pid);
  set_member(object, "last_ping", format_time(last_ping));
  set_member(object, "ping_count", ping_count);
  set_member(object, "status", status);
  return object;
}

std::optional<LockRecord> LockRecord::from_json(const Json& json) {
  const Json locked_by = member(json, "locked_by");
  const auto path = string_field(json, "file_path");
  const auto holder = string_field(locked_by, "instance_id");
  const auto locked_at = time_field(json, "locked_at");
  const auto expires_at = time_field(json, "expires_at");
  if (!path || path->empty() || !holder || !locked_at || !expires_at) {
    return std::nullopt;
  }
  return LockRecord{*path,
                    *holder,
                    string_field(locked_by, "agent_role").value_or(""),
                    integer_field(locked_by, "pid").value_or(0),
                    *locked_at,
                    *expires_at,
                    string_field(json, "file_hash").value_or(std::string(40, '0')),
                    string_field(json, "intent").value_or(""),
                    *json.object()};
}

Json LockRecord::to_json() const {
  JsonObject object = json;
  if (object.empty()) {
    object = {{"schema_version", kCoordinationSchemaVersion}, {"file_path", path}, {"lock_type", "write"}};
  }
  set_inner(object, "locked_by", "instance_id", holder);
  if (!role.empty()) {
    set_inner(object, "locked_by", "agent_role", role);
  }
  set_inner(object, "locked_by", "pid", pid);
  set_member(object, "locked_at", format_time(locked_at));
  set_member(object, "expires_at", format_time(expires_at));
  set_member(object, "file_hash", hash);
  set_member(object, "intent", intent);
  return object;
}

std::optional<LockLease> LockLease::from_json(const Json& json) {
  const auto path = string_field(json, "file_path");
  const Json* stored = json.find("lease");
  auto lease = stored == nullptr ? std::nullopt : lease_from_json(*stored);
  if (!path || !lease) {
    return std::nullopt;
  }
  LockLease lock;
  lock.path = *path;
  lock.host = string_field(json, "host").value_or("");
  lock.tool_use = string_field(json, "tool_use_id").value_or("");
  const Json* const kept = json.find("kept");
  lock.kept = kept != nullptr && kept->boolean() == true;
  const Json* const agent = json.find("agent");
  lock.agent = agent == nullptr ? std::nullopt : process_from_json(*agent);
  lock.lease = *std::move(lease);
  return lock;
}

Json LockLease::to_json() const {
  JsonObject object{{"file_path", path}, {"host", host}};
  if (!tool_use.empty()) {
    object.emplace_back("tool_use_id", tool_use);
  }
  if (kept) {
    object.emplace_back("kept", true);
  }
  if (agent) {
    object.emplace_back("agent", smbatcher::to_json(*agent));
  }
  object.emplace_back("lease", smbatcher::to_json(lease));
  return object;
}

}  // namespace smbatcher

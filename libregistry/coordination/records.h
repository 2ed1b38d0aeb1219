#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/json.h"
#include "libregistry/core/leases/lease.h"

namespace smbatcher {

/// The files of the coordination folder as values. Their keys, order and layout are those of the shell library that
/// they are shared with; `json` is the whole object, so that keys we do not know stay. Source: docs/coordination.md,
/// "The folder".
inline constexpr const char* kCoordinationSchemaVersion = "1.0.0";
inline constexpr std::size_t kMaxTask = 200;    // characters
inline constexpr std::size_t kMaxIntent = 100;  // characters
inline constexpr std::size_t kMaxRole = 64;     // characters

/// One member of `instances` in work-registry.json.
struct InstanceRecord {
  std::string id;
  std::string task;
  std::string role;
  std::string started_at;
  std::string branch;
  std::string status;                     // as stored; see InstanceView for what it is now
  std::vector<std::string> files_locked;  // relative paths; always all it holds, sometimes more: lock files decide
  std::optional<WallTime> last_ping;      // as stored here; the heartbeat file is newer
  JsonObject json;

  static std::optional<InstanceRecord> from_json(const Json& json);
  Json to_json() const;                    // `json` with the members above set
  void add_file(const std::string& path);  // sorted, each once
  bool remove_file(std::string_view path);
};

struct WorkRegistry {
  std::vector<InstanceRecord> instances;
  JsonObject json;  // all but `instances`

  /// An id that stands there twice becomes one instance with the files of both.
  static std::optional<WorkRegistry> from_json(const Json& json);
  static WorkRegistry empty();
  Json to_json() const;
  void set_updated(WallTime time);
  InstanceRecord* find(std::string_view id);
  const InstanceRecord* find(std::string_view id) const;
};

/// heartbeats/<id>.json
struct HeartbeatRecord {
  std::string id;
  std::int64_t pid = 0;
  WallTime last_ping{};
  std::int64_t ping_count = 0;
  std::string status;  // starting | active | stopping
  JsonObject json;

  static std::optional<HeartbeatRecord> from_json(const Json& json);
  Json to_json() const;
};

/// locks/<name>.json
struct LockRecord {
  std::string path;  // file_path, relative to the root
  std::string holder;
  std::string role;
  std::int64_t pid = 0;
  WallTime locked_at{};
  WallTime expires_at{};
  std::string hash;    // SHA-1 of the file when it was locked
  std::string intent;  // may be empty
  JsonObject json;

  static std::optional<LockRecord> from_json(const Json& json);
  Json to_json() const;
};

/// locks/<side name>.lease: what we know of a lock beyond the shared format. It counts only while holder and locked_at
/// agree with the lock file, and its expiry only while expires_at agrees too: an original may have written since.
struct LockLease {
  std::string path;
  std::string host;
  std::string tool_use;  // the tool call that a hook took the lock for; empty: taken with coord-lock
  bool kept = false;     // for its length, though the holder is silent
  // With `kept`, where it is known: the agent whose tool call it is. It need not be gone at once for the lock to end,
  // but once it is, its silence counts.
  std::optional<ProcessRef> agent{};
  Lease lease;  // owner = holder, acquired = locked_at, expires.wall = expires_at

  static std::optional<LockLease> from_json(const Json& json);
  Json to_json() const;
};

}  // namespace smbatcher

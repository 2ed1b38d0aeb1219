#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "libregistry/queue/records/claim_index.h"

/// How the bytes of `claims/.state` lie: for ClaimIndex alone. Source: docs/claims-and-leases.md, "The files".
namespace smbatcher::index_layout {

inline constexpr std::array<char, 8> kMagic{'S', 'M', 'B', 'I', 'N', 'D', 'E', 'X'};
inline constexpr std::uint32_t kIndexFormat = 3;
inline constexpr std::uint32_t kByteOrder = 0x01020304;
inline constexpr std::size_t kHeadRoom = 512;  // grown in steps of this
inline constexpr std::size_t kSlotRoom = 16;  // and slots of this, at least one of them free: a token, or a domain more
inline constexpr std::size_t kOnePatch = 8192;      // up to here one write is as cheap as two
inline constexpr std::size_t kWasteAllowed = 4096;  // bytes for whose sake nothing is rewritten

/// What a head begins with; the texts follow. Everything behind `checksum` counts in it.
struct HeadStart {
  std::array<char, 8> magic;
  std::uint32_t format;
  std::uint32_t byte_order;
  std::uint64_t checksum;
  std::uint64_t size;  // of the whole index; what lies behind it in the file is nothing
  std::uint64_t live;
  std::uint64_t dead_bytes;
  std::uint64_t digest;
  std::uint32_t room;  // where the slots begin
  std::uint32_t used;
  std::int64_t history_length;
  std::uint64_t next_token;
  std::uint64_t next_event;
  std::uint64_t next_synced;
  std::uint64_t floor;
};
static_assert(sizeof(HeadStart) == 104);
inline constexpr std::size_t kHeadChecked = offsetof(HeadStart, size);

/// What a slot begins with; past tokens, domains and the batch id follow. Everything behind `checksum` counts in it.
struct SlotStart {
  std::uint64_t checksum;
  std::uint32_t room;
  std::uint32_t used;
  std::uint64_t key;
  std::uint64_t event;
  std::uint64_t token;
  std::uint64_t last_token;
  std::uint64_t changed_by;
  std::int64_t expires;
  std::uint64_t owner;
  std::int64_t delayed_until;
  std::uint64_t start_time;
  std::uint64_t pid_namespace;
  std::int32_t pid;
  std::uint32_t domains;
  std::uint32_t past;
  std::uint32_t done;
  std::uint32_t unused;
  std::uint8_t batch;
  std::uint8_t phase;
  std::uint16_t flags;
};
static_assert(sizeof(SlotStart) == 120);
inline constexpr std::size_t kSlotChecked = offsetof(SlotStart, room);
inline constexpr std::size_t kUsedAt = offsetof(SlotStart, used);

enum Flag : std::uint16_t {
  kByBootClock = 1,
  kNewer = 2,
  kBuried = 4,
  kDelayed = 8,
  kBound = 16,
};

inline std::uint64_t checksum(const char* bytes, std::size_t size) { return text_hash({bytes, size}); }

inline std::uint64_t key_hash(Phase phase, std::string_view batch) {
  return text_hash(batch) + static_cast<std::uint64_t>(phase);
}

/// What a slot adds to the digest.
inline std::uint64_t share_of(const SlotStart& start) {
  const std::array<std::uint64_t, 2> identity{start.key, start.event};
  return checksum(reinterpret_cast<const char*>(identity.data()), sizeof(identity));
}

inline std::size_t round_up(std::size_t size, std::size_t step) { return (size + step - 1) / step * step; }

template <class T>
T load(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

template <class T>
void store(std::string& bytes, std::size_t at, const T& value) {
  std::memcpy(bytes.data() + at, &value, sizeof(T));
}

template <class T>
void append_value(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

inline void append_text(std::string& bytes, std::string_view text) {
  append_value(bytes, static_cast<std::uint32_t>(text.size()));
  bytes += text;
}

/// What stands behind a HeadStart, and back; false when the bytes end too early.
std::string texts_of(const IndexHead& head);
bool read_texts(std::string_view bytes, IndexHead& head);

/// The slot of a record; of one that cannot be read, when there is none. Its room is what it needs.
std::string slot_of(const WorkKey& key, const WorkRecord* record, const std::string& boot);
/// Makes the slot fill `room` bytes, and signs it.
void finish_slot(std::string& slot, std::size_t room);

inline bool is_ours(const HeadStart& start) {
  return start.magic == kMagic && start.format == kIndexFormat && start.byte_order == kByteOrder;
}

}  // namespace smbatcher::index_layout

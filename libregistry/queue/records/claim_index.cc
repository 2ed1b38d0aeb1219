#include "libregistry/queue/records/claim_index.h"

#include <algorithm>

#include "libregistry/queue/records/index_layout.h"

namespace smbatcher {

using namespace index_layout;

bool contains_value(std::string_view values, std::uint64_t wanted) {
  for (std::size_t at = 0; at < values.size(); at += sizeof(wanted)) {
    if (load<std::uint64_t>(values.data() + at) == wanted) {
      return true;
    }
  }
  return false;
}

bool IndexSlot::had_token(Token wanted) const { return last_token == wanted || contains_value(past_tokens, wanted); }

milliseconds IndexSlot::left(const Instant& now, std::chrono::seconds skew) const {
  return by_boot_clock ? expires - now.since_boot : expires + skew - now.wall.time_since_epoch();
}

bool IndexSlot::process_is_gone(const ProcessTable& processes) const {
  return bound && text_hash(processes.pid_namespace()) == pid_namespace && processes.start_time(pid) != start_time;
}

std::size_t ClaimIndex::size_of(std::string_view bytes) {
  if (bytes.size() < sizeof(HeadStart)) {
    return 0;
  }
  const auto start = load<HeadStart>(bytes.data());
  return is_ours(start) ? start.size : 0;
}

std::optional<ClaimIndex> ClaimIndex::parse(std::string bytes) {
  ClaimIndex index;
  index.bytes_ = std::move(bytes);
  return index.read_head() && index.read_slots() ? std::optional(std::move(index)) : std::nullopt;
}

bool ClaimIndex::read_head() {
  if (bytes_.size() < sizeof(HeadStart)) {
    return false;
  }
  const auto start = load<HeadStart>(bytes_.data());
  if (!is_ours(start) || start.size > bytes_.size() || start.room > start.size || start.used > start.room ||
      start.used < sizeof(HeadStart) ||
      start.checksum != checksum(bytes_.data() + kHeadChecked, start.used - kHeadChecked)) {
    return false;
  }
  bytes_.resize(start.size);
  head_.history.length = start.history_length;
  head_.facts.next_token = start.next_token;
  head_.facts.next_event = start.next_event;
  head_.facts.next_synced = start.next_synced;
  head_.facts.floor = start.floor;
  dead_bytes_ = start.dead_bytes;
  digest_ = start.digest;
  return start.next_token > 0 && start.next_event > 0 &&
         read_texts(std::string_view(bytes_).substr(sizeof(HeadStart), start.used - sizeof(HeadStart)), head_);
}

bool ClaimIndex::read_slots() {
  std::uint64_t digest = 0;
  std::size_t dead_bytes = 0;
  const auto head = load<HeadStart>(bytes_.data());
  if (head.live > bytes_.size() / sizeof(SlotStart)) {
    return false;
  }
  offsets_.reserve(head.live);
  by_key_ = HashIndex(head.live);
  for (std::size_t offset = head.room; offset < bytes_.size();) {
    if (bytes_.size() - offset < sizeof(SlotStart)) {
      return false;
    }
    const auto start = load<SlotStart>(bytes_.data() + offset);
    if (start.room < sizeof(SlotStart) || start.room > bytes_.size() - offset || start.used > start.room) {
      return false;
    }
    if (start.used == 0) {
      dead_bytes += start.room;
    } else {
      const std::size_t lists = (std::size_t{start.past} + start.domains) * sizeof(std::uint64_t);
      if (start.used != sizeof(SlotStart) + lists + start.batch || start.phase >= kPhases.size() ||
          start.checksum != checksum(bytes_.data() + offset + kSlotChecked, start.used - kSlotChecked)) {
        return false;
      }
      digest += share_of(start);
      by_key_.add(start.key, static_cast<std::uint32_t>(offsets_.size()));
      offsets_.push_back(offset);
      if ((start.flags & kNewer) != 0) {
        newer_.push_back(slot_at(offset).key());
      }
    }
    offset += start.room;
  }
  return digest == digest_ && dead_bytes == dead_bytes_ && offsets_.size() == head.live;
}

IndexSlot ClaimIndex::slot_at(std::uint64_t offset) const {
  const auto start = load<SlotStart>(bytes_.data() + offset);
  const std::string_view rest = std::string_view(bytes_).substr(offset, start.used).substr(sizeof(SlotStart));
  const std::size_t past = start.past * sizeof(Token);
  const std::size_t domains = start.domains * sizeof(std::uint64_t);
  IndexSlot slot;
  slot.phase = static_cast<Phase>(start.phase);
  slot.batch = rest.substr(past + domains);
  slot.event = start.event;
  slot.token = start.token;
  slot.last_token = start.last_token;
  slot.changed_by = start.changed_by;
  slot.past_tokens = rest.substr(0, past);
  slot.domains = rest.substr(past, domains);
  slot.owner = start.owner;
  slot.expires = milliseconds(start.expires);
  slot.by_boot_clock = (start.flags & kByBootClock) != 0;
  slot.newer = (start.flags & kNewer) != 0;
  slot.buried = (start.flags & kBuried) != 0;
  slot.delayed = (start.flags & kDelayed) != 0;
  slot.delayed_until = milliseconds(start.delayed_until);
  slot.done = start.done;
  slot.bound = (start.flags & kBound) != 0;
  slot.pid = start.pid;
  slot.start_time = start.start_time;
  slot.pid_namespace = start.pid_namespace;
  return slot;
}

std::string_view ClaimIndex::domains_at(std::uint64_t offset) const {
  const char* const slot = bytes_.data() + offset;
  const std::size_t past = load<std::uint32_t>(slot + offsetof(SlotStart, past)) * sizeof(Token);
  const std::size_t domains = load<std::uint32_t>(slot + offsetof(SlotStart, domains)) * sizeof(std::uint64_t);
  return {slot + sizeof(SlotStart) + past, domains};
}

std::uint64_t ClaimIndex::owner_at(std::uint64_t offset) const {
  return load<std::uint64_t>(bytes_.data() + offset + offsetof(SlotStart, owner));
}

std::optional<std::uint32_t> ClaimIndex::number_of(Phase phase, std::string_view batch) const {
  const std::uint64_t key = key_hash(phase, batch);
  std::optional<std::uint32_t> found;
  by_key_.any(key, [&](std::uint32_t number) {
    const char* const slot = bytes_.data() + offsets_[number];
    if (load<std::uint64_t>(slot + offsetof(SlotStart, key)) != key) {
      return false;
    }
    const auto used = load<std::uint32_t>(slot + kUsedAt);
    const auto length = load<std::uint8_t>(slot + offsetof(SlotStart, batch));
    const auto in = load<std::uint8_t>(slot + offsetof(SlotStart, phase));
    if (in == static_cast<std::uint8_t>(phase) && std::string_view(slot + used - length, length) == batch) {
      found = number;
    }
    return found.has_value();
  });
  return found;
}

Token ClaimIndex::token_of(Phase phase, std::string_view batch) const {
  const auto number = number_of(phase, batch);
  return number ? load<Token>(bytes_.data() + offsets_[*number] + offsetof(SlotStart, token)) : 0;
}

std::optional<IndexSlot> ClaimIndex::find(Phase phase, std::string_view batch) const {
  const auto number = number_of(phase, batch);
  return number ? std::optional(slot_at(offsets_[*number])) : std::nullopt;
}

const HashIndex& ClaimIndex::given() const {
  if (!given_) {
    std::size_t count = 0;
    for (const std::uint64_t offset : offsets_) {
      count += load<std::uint32_t>(bytes_.data() + offset + offsetof(SlotStart, domains));
    }
    given_.emplace(count);
    for (std::uint32_t number = 0; number < offsets_.size(); ++number) {
      const std::string_view domains = domains_at(offsets_[number]);
      for (std::size_t at = 0; at < domains.size(); at += sizeof(std::uint64_t)) {
        given_->add(load<std::uint64_t>(domains.data() + at), number);
      }
    }
  }
  return *given_;
}

ClaimIndex ClaimIndex::build(IndexHead head, const std::map<WorkKey, WorkRecord>& records,
                             const std::set<WorkKey>& newer) {
  ClaimIndex index;
  index.head_ = std::move(head);
  index.compact();
  for (const auto& [key, record] : records) {
    index.add(slot_of(key, &record, index.head_.boot));
  }
  for (const WorkKey& key : newer) {
    index.add(slot_of(key, nullptr, index.head_.boot));
  }
  index.newer_.assign(newer.begin(), newer.end());
  index.write_head();
  index.patches_.clear();
  index.head_changed_ = false;
  return index;
}

void ClaimIndex::add(std::string slot) {
  offsets_.push_back(bytes_.size());
  append(std::move(slot));
  if (by_key_.has_room()) {
    note_key(offsets_.size() - 1);
    return;
  }
  by_key_ = HashIndex(offsets_.size() * 2);
  for (std::size_t number = 0; number < offsets_.size(); ++number) {
    note_key(number);
  }
}

void ClaimIndex::note_key(std::size_t number) {
  by_key_.add(load<std::uint64_t>(bytes_.data() + offsets_[number] + offsetof(SlotStart, key)),
              static_cast<std::uint32_t>(number));
}

void ClaimIndex::append(std::string slot) {
  const auto start = load<SlotStart>(slot.data());
  const std::size_t room = start.room + kSlotRoom;
  finish_slot(slot, room);
  slot.resize(room);
  patches_.push_back({bytes_.size(), room});
  bytes_ += slot;
  digest_ += share_of(start);
}

bool ClaimIndex::renew(const WorkKey& key, const WorkRecord& record) {
  const auto number = number_of(key.phase, key.batch);
  if (!number || slot_at(offsets_[*number]).event != record.event) {
    return false;
  }
  std::string slot = slot_of(key, &record, head_.boot);
  const std::size_t room = load<SlotStart>(bytes_.data() + offsets_[*number]).room;
  if (slot.size() > room) {
    return false;
  }
  finish_slot(slot, room);
  bytes_.replace(offsets_[*number], slot.size(), slot);
  patches_.push_back({offsets_[*number], slot.size()});
  return true;
}

void ClaimIndex::put(const WorkKey& key, const WorkRecord& record) {
  std::string slot = slot_of(key, &record, head_.boot);
  given_.reset();
  const auto number = number_of(key.phase, key.batch);
  if (!number) {
    add(std::move(slot));
    return;
  }
  const std::uint64_t offset = offsets_[*number];
  const auto old = load<SlotStart>(bytes_.data() + offset);
  digest_ -= share_of(old);
  if (slot.size() <= old.room) {
    finish_slot(slot, old.room);
    bytes_.replace(offset, slot.size(), slot);
    patches_.push_back({offset, slot.size()});
    digest_ += share_of(load<SlotStart>(slot.data()));
    return;
  }
  store(bytes_, offset + kUsedAt, std::uint32_t{0});
  patches_.push_back({offset + kUsedAt, sizeof(std::uint32_t)});
  dead_bytes_ += old.room;
  offsets_[*number] = bytes_.size();
  append(std::move(slot));
}

bool ClaimIndex::write_head() {
  const std::string texts = texts_of(head_);
  const std::size_t used = sizeof(HeadStart) + texts.size();
  const std::size_t room = load<HeadStart>(bytes_.data()).room;
  if (used > room) {
    return false;
  }
  const HeadStart start{kMagic,
                        kIndexFormat,
                        kByteOrder,
                        0,
                        bytes_.size(),
                        offsets_.size(),
                        dead_bytes_,
                        digest_,
                        static_cast<std::uint32_t>(room),
                        static_cast<std::uint32_t>(used),
                        head_.history.length,
                        head_.facts.next_token,
                        head_.facts.next_event,
                        head_.facts.next_synced,
                        head_.facts.floor};
  store(bytes_, 0, start);
  bytes_.replace(sizeof(HeadStart), texts.size(), texts);
  store(bytes_, offsetof(HeadStart, checksum), checksum(bytes_.data() + kHeadChecked, used - kHeadChecked));
  head_changed_ = true;
  return true;
}

bool ClaimIndex::set_head(IndexHead head) {
  head_ = std::move(head);
  return write_head();
}

bool ClaimIndex::is_wasteful() const {
  const auto head = load<HeadStart>(bytes_.data());
  const std::size_t waste = dead_bytes_ + head.room - head.used;
  return waste > kWasteAllowed && waste > bytes_.size() / 2;
}

void ClaimIndex::compact() {
  const std::string old = std::move(bytes_);
  const std::vector<std::uint64_t> offsets = std::move(offsets_);
  const std::size_t room = round_up(sizeof(HeadStart) + texts_of(head_).size() + kHeadRoom / 2, kHeadRoom);
  bytes_.assign(room, '\0');
  store(bytes_, offsetof(HeadStart, room), static_cast<std::uint32_t>(room));
  offsets_.clear();
  by_key_ = HashIndex(offsets.size());
  given_.reset();
  dead_bytes_ = 0;
  digest_ = 0;
  for (const std::uint64_t offset : offsets) {
    std::string slot = old.substr(offset, load<SlotStart>(old.data() + offset).used);
    store(slot, offsetof(SlotStart, room), static_cast<std::uint32_t>(round_up(slot.size(), kSlotRoom)));
    add(std::move(slot));
  }
  write_head();
}

std::vector<ClaimIndex::Patch> ClaimIndex::take_patches() {
  std::vector<Patch> patches = std::move(patches_);
  patches_.clear();
  if (head_changed_) {
    head_changed_ = false;
    if (bytes_.size() <= kOnePatch) {
      return {{0, bytes_.size()}};
    }
    patches.push_back({0, load<HeadStart>(bytes_.data()).used});
  }
  return patches;
}

}  // namespace smbatcher

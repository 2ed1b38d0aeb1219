#include "libregistry/queue/records/index_layout.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace smbatcher::index_layout {
namespace {

/// Reads what append_value() and append_text() wrote; once it has run out it answers nothings.
class TextReader {
 public:
  explicit TextReader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  T value() {
    T result{};
    if (rest_.size() < sizeof(T)) {
      whole_ = false;
      return result;
    }
    result = load<T>(rest_.data());
    rest_.remove_prefix(sizeof(T));
    return result;
  }
  std::string text() {
    const auto length = value<std::uint32_t>();
    if (rest_.size() < length) {
      whole_ = false;
      return {};
    }
    std::string result(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return result;
  }
  bool whole() const { return whole_; }

 private:
  std::string_view rest_;
  bool whole_ = true;
};

void note_sites(const WorkRecord& record, const std::string& boot, SlotStart& start) {
  if (record.unbegun.buried) {
    start.flags |= kBuried;  // the batch itself is not given out: the record says why
  }
  for (const auto& [domain, attempts] : record.sites) {
    if (attempts.buried) {
      start.flags |= kBuried;
    }
    if (attempts.not_before) {
      start.flags |= kDelayed;
      // One that another boot set can only be judged by the claim file.
      const std::int64_t until = attempts.not_before->boot == boot ? attempts.not_before->since_boot.count()
                                                                   : std::numeric_limits<std::int64_t>::max();
      start.delayed_until = std::max(start.delayed_until, until);
    }
  }
}

void note_lease(const Lease& lease, const std::string& boot, SlotStart& start) {
  start.token = lease.token;
  start.owner = text_hash(lease.owner);
  if (!lease.expires.boot.empty() && lease.expires.boot == boot) {
    start.flags |= kByBootClock;
    start.expires = lease.expires.since_boot.count();
  } else {
    start.expires = lease.expires.wall.time_since_epoch().count();
  }
  if (lease.process && lease.process->boot == boot) {  // of another boot it proves nothing
    start.flags |= kBound;
    start.pid = lease.process->pid;
    start.start_time = lease.process->start_time;
    start.pid_namespace = text_hash(lease.process->pid_namespace);
  }
}

}  // namespace

std::string texts_of(const IndexHead& head) {
  std::string bytes;
  append_text(bytes, head.history.ends_with);
  append_text(bytes, head.boot);
  append_text(bytes, head.facts.highest_batch);
  append_text(bytes, head.facts.registry_before);
  append_text(bytes, head.facts.registry_after);
  append_value(bytes, static_cast<std::uint8_t>(head.facts.last ? 1 : 0));
  if (const auto& last = head.facts.last) {
    append_text(bytes, last->verb);
    append_value(bytes, last->token);
    append_text(bytes, last->owner);
    append_text(bytes, last->why);
    append_value(bytes, static_cast<std::uint32_t>(last->domains.size()));
    for (const std::string& domain : last->domains) {
      append_text(bytes, domain);
    }
  }
  return bytes;
}

bool read_texts(std::string_view bytes, IndexHead& head) {
  TextReader reader(bytes);
  head.history.ends_with = reader.text();
  head.boot = reader.text();
  head.facts.highest_batch = reader.text();
  head.facts.registry_before = reader.text();
  head.facts.registry_after = reader.text();
  if (reader.value<std::uint8_t>() != 0) {
    LastChange last;
    last.verb = reader.text();
    last.token = reader.value<Token>();
    last.owner = reader.text();
    last.why = reader.text();
    for (auto count = reader.value<std::uint32_t>(); count > 0 && reader.whole(); --count) {
      last.domains.push_back(reader.text());
    }
    head.facts.last = std::move(last);
  }
  return reader.whole();
}

std::string slot_of(const WorkKey& key, const WorkRecord* record, const std::string& boot) {
  SlotStart start{};
  start.key = key_hash(key.phase, key.batch);
  start.batch = static_cast<std::uint8_t>(key.batch.size());
  start.phase = static_cast<std::uint8_t>(key.phase);
  std::string rest;
  if (record == nullptr) {
    start.flags = kNewer;
  } else {
    start.event = record->event;
    start.last_token = record->last_token;
    start.changed_by = record->last ? record->last->token : 0;
    start.past = static_cast<std::uint32_t>(record->past.size());
    for (const Token token : record->past) {
      append_value(rest, token);
    }
    start.done = static_cast<std::uint32_t>(record->done.size());
    note_sites(*record, boot, start);
    if (record->claim) {
      note_lease(record->claim->lease, boot, start);
      start.domains = static_cast<std::uint32_t>(record->claim->domains.size());
      for (const std::string& domain : record->claim->domains) {
        append_value(rest, text_hash(domain));
      }
    }
  }
  rest += key.batch;
  start.used = static_cast<std::uint32_t>(sizeof(SlotStart) + rest.size());
  start.room = static_cast<std::uint32_t>(round_up(start.used, kSlotRoom));
  std::string bytes;
  append_value(bytes, start);
  return bytes + rest;
}

void finish_slot(std::string& slot, std::size_t room) {
  store(slot, offsetof(SlotStart, room), static_cast<std::uint32_t>(room));
  store(slot, 0, checksum(slot.data() + kSlotChecked, slot.size() - kSlotChecked));
}

}  // namespace smbatcher::index_layout

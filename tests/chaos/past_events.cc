#include "tests/chaos/past_events.h"

#include <chrono>
#include <unordered_map>
#include <utility>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/json_fields.h"

namespace smbatcher::test {
namespace {

std::string text(const Json& json, std::string_view key) { return string_field(json, key).value_or(""); }
std::int64_t number(const Json& json, std::string_view key) { return integer_field(json, key).value_or(0); }

std::int64_t wall_ms(const Json& json, std::string_view key) {
  const auto time = parse_time(text(json, key));
  return time ? time->time_since_epoch().count() : 0;
}

const JsonArray& list(const Json& json, std::string_view key) {
  static const JsonArray none;
  const Json* const member = json.find(key);
  return member == nullptr || member->array() == nullptr ? none : *member->array();
}

PastLease lease_of(const Json& record) {
  PastLease result;
  const Json* const claim = record.find("claim");
  const Json* const lease = claim == nullptr ? nullptr : claim->find("lease");
  const Json* const expires = lease == nullptr ? nullptr : lease->find("expires");
  if (expires != nullptr) {
    result.token = number(*lease, "token");
    result.owner = text(*lease, "owner");
    result.length_ms = 1000 * number(*lease, "length_s");
    result.renewed_ms = wall_ms(*lease, "renewed_at");
    result.expires_boot_ms = number(*expires, "boot_ms");
    result.domains = strings_field(*claim, "domains").value_or(std::vector<std::string>());
  }
  return result;
}

PastEvent event_of(const Json& json) {
  PastEvent event;
  event.number = number(json, "event");
  event.verb = text(json, "verb");
  event.owner = text(json, "owner");
  event.at_ms = wall_ms(json, "at");
  event.token = number(json, "token");
  event.floor = number(json, "floor");
  event.forced = json.find("forced") != nullptr;
  event.changes_registry = json.find("registry") != nullptr;
  // "rewound" tells of rows that somebody else has moved.
  for (const Json& row : event.verb == "rewound" ? JsonArray() : list(json, "rows")) {
    event.rows.push_back({text(row, "domain"), text(row, "from"), text(row, "to"), text(row, "batch")});
  }
  for (const Json& change : list(json, "work")) {
    const Json* const before = change.find("before");
    const Json* const after = change.find("after");
    if (before != nullptr && after != nullptr) {
      event.work.push_back({text(*after, "phase"), text(*after, "batch"), lease_of(*before), lease_of(*after),
                            number(*after, "last_token")});
    }
  }
  return event;
}

/// Reads line by line. A line that a crash cut is known by the mark in the line below it, and never counts.
class Reader {
 public:
  PastEvents take() && { return std::move(past_); }

  void line(std::string_view bytes) {
    ++line_;
    const auto parsed = parse_json(bytes);
    const Json* const json = std::get_if<Json>(&parsed);
    if (json != nullptr && json->find("torn_line_above") != nullptr) {
      forget_last();
    } else if (json == nullptr) {
      fault("it is no JSON: " + std::string(bytes.substr(0, 80)));
      last_ = Line::kFault;
    } else if (const auto closes = integer_field(*json, "closes")) {
      close(*closes, text(*json, "as"));
    } else {
      add(event_of(*json));
    }
  }
  void fault(const std::string& what) {
    past_.faults.push_back("line " + std::to_string(line_) + " of the history: " + what);
  }

 private:
  enum class Line { kNone, kFault, kEvent, kClosing };

  void add(PastEvent event) {
    if (!past_.events.empty() && event.number <= past_.events.back().number) {
      fault("event " + std::to_string(event.number) + " comes after " + std::to_string(past_.events.back().number));
    }
    index_[event.number] = past_.events.size();
    past_.events.push_back(std::move(event));
    last_ = Line::kEvent;
  }
  void close(std::int64_t closes, const std::string& as) {
    const auto found = index_.find(closes);
    last_ = Line::kClosing;
    last_closed_ = nullptr;
    if (found == index_.end()) {
      return fault("it closes event " + std::to_string(closes) + ", which there is not");
    }
    last_closed_ = &past_.events[found->second].closed_as;
    if (!last_closed_->empty()) {
      fault("event " + std::to_string(closes) + " is closed twice");
    }
    *last_closed_ = as;
  }
  void forget_last() {
    if (last_ == Line::kFault) {
      past_.faults.pop_back();
    } else if (last_ == Line::kEvent) {
      index_.erase(past_.events.back().number);
      past_.events.pop_back();
    } else if (last_ == Line::kClosing && last_closed_ != nullptr) {
      last_closed_->clear();
    }
    last_ = Line::kNone;
  }

  PastEvents past_;
  std::unordered_map<std::int64_t, std::size_t> index_;
  std::size_t line_ = 0;
  Line last_ = Line::kNone;
  std::string* last_closed_ = nullptr;
};

}  // namespace

PastEvents read_past_events(std::string_view history) {
  Reader reader;
  while (!history.empty()) {
    const auto end = history.find('\n');
    if (end == std::string_view::npos) {
      reader.fault("the last line is cut");
      break;
    }
    if (end > 0) {
      reader.line(history.substr(0, end));
    }
    history.remove_prefix(end + 1);
  }
  return std::move(reader).take();
}

}  // namespace smbatcher::test

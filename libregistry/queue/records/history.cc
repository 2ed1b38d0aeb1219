#include "libregistry/queue/records/history.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr std::array<std::string_view, 3> kClosings{"done", "void", "kept"};

std::optional<Closing> closing_of(std::string_view name) {
  const auto* const found = std::find(kClosings.begin(), kClosings.end(), name);
  return found == kClosings.end() ? std::nullopt : std::optional(static_cast<Closing>(found - kClosings.begin()));
}

std::optional<RowChange> row_from_json(const Json& json) {
  const auto domain = string_field(json, "domain");
  const auto to = string_field(json, "to");
  const auto status = to ? status_of(*to) : std::nullopt;
  const auto batch = string_field(json, "batch");
  if (!domain || !status || !batch) {
    return std::nullopt;
  }
  RowChange row{*domain, std::nullopt, *status, *batch, string_field(json, "batch_before")};
  if (const auto from = string_field(json, "from")) {
    row.from = status_of(*from);
    if (!row.from) {
      return std::nullopt;
    }
  }
  return row;
}

std::optional<RecordChange> change_from_json(const Json& json) {
  const Json* before = json.find("before");
  const Json* after = json.find("after");
  auto old_record = before == nullptr ? std::nullopt : keyed_record_from_json(*before);
  auto new_record = after == nullptr ? std::nullopt : keyed_record_from_json(*after);
  if (!old_record || !new_record || !(old_record->first == new_record->first)) {
    return std::nullopt;
  }
  return RecordChange{new_record->first, std::move(old_record->second), std::move(new_record->second)};
}

template <class T, class Read>
bool read_list(const Json& json, std::string_view key, std::vector<T>& list, Read read) {
  const Json* values = json.find(key);
  if (values == nullptr || values->array() == nullptr) {
    return false;
  }
  for (const Json& value : *values->array()) {
    auto item = read(value);
    if (!item) {
      return false;
    }
    list.push_back(std::move(*item));
  }
  return true;
}

std::optional<Event> event_from_json(const Json& json) {
  Event event;
  const auto number = integer_field(json, "event");
  const auto verb = string_field(json, "verb");
  const auto at = string_field(json, "at");
  const auto time = at ? parse_time(*at) : Result<WallTime>(fail(Error{}));
  const auto boot = string_field(json, "boot");
  const auto owner = string_field(json, "owner");
  const auto token = integer_field(json, "token");
  if (!is_known_format(json) || !number || *number <= 0 || !verb || !time || !boot || !owner || !token || *token < 0 ||
      !read_list(json, "rows", event.rows, row_from_json) || !read_list(json, "work", event.work, change_from_json)) {
    return std::nullopt;
  }
  event.number = static_cast<std::uint64_t>(*number);
  // Format 1 opened a history with the verb that format 2 has for the work on a site.
  event.verb = *verb == "begin" && json.find("floor") != nullptr ? kOpened : *verb;
  event.at = *time;
  event.boot = *boot;
  event.owner = *owner;
  event.token = static_cast<Token>(*token);
  event.why = string_field(json, "why").value_or("");
  event.late = json.find("late") != nullptr;
  event.forced = json.find("forced") != nullptr;
  if (const Json* registry = json.find("registry")) {
    event.hash_before = string_field(*registry, "before").value_or("");
    event.hash_after = string_field(*registry, "after").value_or("");
    if (event.hash_after.empty()) {
      return std::nullopt;
    }
  }
  if (const auto floor = integer_field(json, "floor")) {
    event.floor = static_cast<Token>(std::max<std::int64_t>(*floor, 1));
  }
  return event;
}

/// Reads the lines of a history one after the other.
class Reader {
 public:
  Reader(History& history, const std::string& path) : history_(history), path_(path) {}

  void line(std::string_view text, std::size_t number) {
    const auto parsed = parse_json(text);
    const Json* json = std::get_if<Json>(&parsed);
    const bool newer = json != nullptr && is_newer_format(*json);
    needs_unknown_ = needs_unknown_ || (json != nullptr && unknown_needs(*json));
    history_.newer = newer || needs_unknown_;
    if (json != nullptr && json->find("torn_line_above") != nullptr) {
      forget_last_line();
      return;
    }
    if (json != nullptr && json->find("moved_to") != nullptr) {
      last_ = Line::kNone;
      return;
    }
    if (newer) {
      damage(number, "newer_format", "the line has a newer format than this program reads");
      return;
    }
    if (json != nullptr && read_closing(*json)) {
      return;
    }
    auto event = json == nullptr ? std::nullopt : event_from_json(*json);
    if (!event) {
      damage(number, "damaged_line", "the line is not an event and is ignored");
      return;
    }
    index_[event->number] = history_.entries.size();
    history_.entries.push_back({std::move(*event), std::nullopt});
    last_ = Line::kEvent;
  }

 private:
  bool read_closing(const Json& json) {
    const auto closes = integer_field(json, "closes");
    const auto as = string_field(json, "as");
    const auto closing = as ? closing_of(*as) : std::nullopt;
    if (!closes || !closing) {
      return false;
    }
    const auto found = index_.find(static_cast<std::uint64_t>(*closes));
    if (found != index_.end()) {
      history_.entries[found->second].closing = closing;
    }
    last_ = Line::kClosing;
    last_closed_ = static_cast<std::uint64_t>(*closes);
    return true;
  }

  void damage(std::size_t line, std::string code, std::string message) {
    history_.warnings.push_back({path_, line, std::move(code), std::move(message)});
    ++damages_;
    history_.damaged = true;
    last_ = Line::kDamage;
  }

  /// The line above was cut by a crash, perhaps of its newline only, and closed by the next call, which ignored it: it
  /// was never reported to anybody.
  void forget_last_line() {
    if (last_ == Line::kDamage) {
      history_.warnings.pop_back();
      --damages_;
      history_.damaged = damages_ > 0;
    } else if (last_ == Line::kEvent) {
      index_.erase(history_.entries.back().event.number);
      history_.entries.pop_back();
    } else if (const auto found = index_.find(last_closed_); last_ == Line::kClosing && found != index_.end()) {
      history_.entries[found->second].closing.reset();
    }
    last_ = Line::kNone;
  }

  enum class Line { kNone, kDamage, kEvent, kClosing };

  History& history_;
  const std::string& path_;
  std::unordered_map<std::uint64_t, std::size_t> index_;
  std::size_t damages_ = 0;
  bool needs_unknown_ = false;  // of any line: what later ones are made on cannot be known without it
  Line last_ = Line::kNone;
  std::uint64_t last_closed_ = 0;
};

}  // namespace

Token Event::tokens_used_up_to() const {
  Token used = token;
  if (floor) {
    used = std::max(used, *floor - 1);
  }
  for (const RecordChange& change : work) {
    used = std::max({used, change.after.last_token, change.before.last_token});
  }
  return used;
}

std::string_view name_of(Closing closing) { return kClosings[static_cast<std::size_t>(closing)]; }

Json to_json(const RowChange& row) {
  JsonObject json{{"domain", row.domain}};
  if (row.from) {
    json.emplace_back("from", std::string(1, letter(*row.from)));
  }
  json.emplace_back("to", std::string(1, letter(row.to)));
  json.emplace_back("batch", row.batch);
  if (row.batch_before) {
    json.emplace_back("batch_before", *row.batch_before);
  }
  return json;
}

std::string to_line(const Event& event) {
  JsonArray rows;
  for (const RowChange& row : event.rows) {
    rows.push_back(to_json(row));
  }
  JsonArray work;
  for (const RecordChange& change : event.work) {
    RecordChange written = change;
    if (!event.floor) {
      written.before.done.clear();  // the rows of the lines above say it: see note_rows()
      written.after.done.clear();
    }
    work.push_back(
        JsonObject{{"before", to_json(change.key, written.before)}, {"after", to_json(change.key, written.after)}});
  }
  JsonObject json{
      {"format", kFormat},  {"event", event.number}, {"verb", event.verb},  {"at", format_time_ms(event.at)},
      {"boot", event.boot}, {"owner", event.owner},  {"token", event.token}};
  if (!event.why.empty()) {
    json.emplace_back("why", event.why);
  }
  if (event.late) {
    json.emplace_back("late", true);
  }
  if (event.forced) {
    json.emplace_back("forced", true);
  }
  if (event.floor) {
    json.emplace_back("floor", *event.floor);
  }
  json.emplace_back("rows", std::move(rows));
  json.emplace_back("work", std::move(work));
  if (event.changes_registry()) {
    json.emplace_back("registry", JsonObject{{"before", event.hash_before}, {"after", event.hash_after}});
  }
  return Json(std::move(json)).dump() + "\n";
}

std::string closing_line(std::uint64_t event, Closing closing) {
  return Json(JsonObject{{"format", kFormat}, {"closes", event}, {"as", name_of(closing)}}).dump() + "\n";
}

std::string torn_line_mark() {
  return "\n" + Json(JsonObject{{"format", kFormat}, {"torn_line_above", true}}).dump() + "\n";
}

std::string moved_line() { return Json(JsonObject{{"format", kFormat}, {"moved_to", "state"}}).dump() + "\n"; }

History parse_history(std::string_view text, const std::string& path) {
  History history;
  Reader reader(history, path);
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    ++number;
    if (end == std::string_view::npos) {
      history.torn = true;
      break;
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!trim(line).empty()) {
      reader.line(line, number);
    }
  }
  return history;
}

}  // namespace smbatcher

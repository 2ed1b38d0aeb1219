#include "libregistry/coordination/decisions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "libregistry/coordination/durable_file.h"
#include "libregistry/coordination/json_file.h"
#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text_hash.h"

namespace smbatcher {
namespace {

constexpr std::string_view kLog = "decision-log.json";
constexpr std::string_view kArchive = "decision-log-archive-";
constexpr std::string_view kIdStart = "DEC-";
constexpr std::size_t kNumberAt = 13;     // DEC-YYYYMMDD-NNNN
constexpr std::size_t kMaxIdLength = 22;  // so that a long row of digits in somebody's text is not a number
constexpr std::size_t kFewestDigits = 4;

/// The greatest number of any id in a text, -1 for none. Of texts, so that it is known of a damaged log too.
std::int64_t greatest_number(std::string_view text) {
  std::int64_t greatest = -1;
  for (std::size_t at = text.find(kIdStart); at != std::string_view::npos; at = text.find(kIdStart, at + 1)) {
    const std::string_view id = text.substr(at, kMaxIdLength);
    if (id.size() > kNumberAt && id[kNumberAt - 1] == '-') {
      std::int64_t number = -1;
      (void)std::from_chars(id.data() + kNumberAt, id.data() + id.size(), number);
      greatest = std::max(greatest, number);
    }
  }
  return greatest;
}

std::string day_of(WallTime time) {  // "20261120"
  std::string day = format_time(time).substr(0, 10);
  std::erase(day, '-');
  return day;
}

std::string make_id(WallTime time, std::int64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < kFewestDigits) {
    digits.insert(0, kFewestDigits - digits.size(), '0');
  }
  return std::string(kIdStart) + day_of(time) + "-" + digits;
}

const JsonArray& decisions_of(const Json& log) {
  static const JsonArray none;
  const Json* const decisions = log.find("decisions");
  return decisions != nullptr && decisions->array() != nullptr ? *decisions->array() : none;
}

std::string as_file(const Json& log) { return log.pretty() + "\n"; }

Json with_decisions(const Json& log, JsonArray decisions) {
  JsonObject members = *log.object();
  set_member(members, "decisions", std::move(decisions));
  return members;
}

Json empty_log(WallTime now) {
  return JsonObject{{"schema_version", "1.0.0"}, {"log_created_at", format_time(now)}, {"decisions", JsonArray{}}};
}

/// A log that was read; kMalformed for a text that is none.
Result<Json> parse_log(const std::string& path, std::string_view text) {
  SMB_TRY_ASSIGN(Json log, parse_json_file(path, text));
  const Json* const decisions = log.find("decisions");
  if (decisions == nullptr || decisions->array() == nullptr) {
    return fail(invalid_json(path, text, 0, "it has no list \"decisions\""));
  }
  return log;
}

Json as_json(const NewDecision& decision, std::string id, WallTime now) {
  JsonObject made_by{{"instance_id", decision.instance_id}};
  if (decision.agent_role) {
    made_by.emplace_back("agent_role", *decision.agent_role);
  }
  return JsonObject{{"decision_id", std::move(id)},
                    {"timestamp", format_time(now)},
                    {"made_by", std::move(made_by)},
                    {"category", decision.category},
                    {"title", decision.title},
                    {"description", decision.description},
                    {"impact", JsonObject{{"scope", decision.scope}}},
                    {"status", "accepted"}};
}

bool fits(const Json& decision, const DecisionFilter& filter) {
  if (filter.category && string_field(decision, "category") != filter.category) {
    return false;
  }
  if (filter.scope) {
    const Json* const impact = decision.find("impact");
    if (impact == nullptr || string_field(*impact, "scope") != filter.scope) {
      return false;
    }
  }
  if (filter.since) {
    const Result<WallTime> time = parse_time(string_field(decision, "timestamp").value_or(""));
    return time && *time >= *filter.since;
  }
  return true;
}

const Json* find_id(const JsonArray& decisions, const std::string& id) {
  const auto found = std::find_if(decisions.begin(), decisions.end(),
                                  [&id](const Json& decision) { return string_field(decision, "decision_id") == id; });
  return found == decisions.end() ? nullptr : &*found;
}

}  // namespace

/// The log as it was read under the lock.
struct DecisionLog::State {
  std::optional<FileSnapshot> file;  // none: it is to be created
  Json log;
  Json mark;                      // null: none, or one that cannot be read
  std::int64_t last_number = -1;  // as far as the log's text tells

  std::string hash(std::string_view which) const { return string_field(mark, which).value_or(""); }
};

DecisionLog::DecisionLog(FileOps& ops, const Clock& clock, std::string folder)
    : ops_(ops),
      clock_(clock),
      folder_(std::move(folder)),
      names_(ReplaceNames::of(folder_ + "/" + std::string(kLog))) {}

Result<std::vector<Json>> DecisionLog::list(const DecisionFilter& filter) const {
  const Result<FileSnapshot> file = read_file_stable(ops_, path(), kLargestDurableFile);
  if (!file) {
    if (file.error().code == Errc::kNotFound) {
      return std::vector<Json>();
    }
    return fail(file.error());
  }
  SMB_TRY_ASSIGN(const Json log, parse_log(path(), file->bytes));
  std::vector<Json> found;
  const JsonArray& decisions = decisions_of(log);
  for (auto decision = decisions.rbegin(); decision != decisions.rend() && found.size() < filter.limit; ++decision) {
    if (fits(*decision, filter)) {
      found.push_back(*decision);
    }
  }
  std::reverse(found.begin(), found.end());
  return found;
}

Result<Json> DecisionLog::find(const std::string& id) const {
  SMB_TRY_ASSIGN(const std::vector<Json> decisions,
                 list({.category = {}, .scope = {}, .since = {}, .limit = static_cast<std::size_t>(-1)}));
  if (const Json* const decision = find_id(decisions, id)) {
    return *decision;
  }
  for (const std::string& archive : archives()) {
    SMB_TRY_ASSIGN(const std::string text, read_file(ops_, archive, kLargestDurableFile));
    SMB_TRY_ASSIGN(const Json log, parse_log(archive, text));
    if (const Json* const decision = find_id(decisions_of(log), id)) {
      return *decision;
    }
  }
  return fail(refused("decision_not_found", id, "no decision '" + id + "' is in '" + path() + "' or its archives"));
}

Result<DecisionLog::Added> DecisionLog::add(const NewDecision& decision, const LockDeadline& deadline, bool dry_run) {
  SMB_TRY(check_decision(decision));
  Added added;
  if (dry_run) {
    SMB_TRY_ASSIGN(const State state, read(false, added.warnings));
    SMB_TRY_ASSIGN(const std::int64_t last, last_number(state));
    const WallTime now = clock_.now().wall;
    added.decision = as_json(decision, make_id(now, last + 1), now);
    return added;
  }
  SMB_TRY_ASSIGN(const GuardedLock held, lock(deadline));
  do {
    SMB_TRY_ASSIGN(const State state, read(true, added.warnings));
    SMB_TRY_ASSIGN(const std::int64_t last, last_number(state));
    SMB_TRY(settle(state, added.warnings));
    const WallTime now = clock_.now().wall;
    added.decision = as_json(decision, make_id(now, last + 1), now);
    JsonArray decisions = decisions_of(state.log);
    decisions.push_back(added.decision);
    const std::string after = as_file(with_decisions(state.log, std::move(decisions)));
    remember(state, after, last + 1);
    Result<Published> published = change_durably(ops_, names_, state.file, after, added.warnings);
    if (!published) {
      Error error = published.error();
      if (error.reason == ErrorWord("durability_unknown")) {
        error.facts.emplace_back("decision_id", *string_field(added.decision, "decision_id"));
      }
      return fail(std::move(error));
    }
    if (*published == Published::kDone) {
      return added;
    }
  } while (!deadline.passed());
  return fail(kept_changing(path()));
}

Result<DecisionLog::Archived> DecisionLog::archive(std::size_t keep, const LockDeadline& deadline, bool dry_run) {
  Archived archived;
  std::optional<GuardedLock> held;
  if (!dry_run) {
    SMB_TRY_ASSIGN(held, lock(deadline));
  }
  do {
    SMB_TRY_ASSIGN(const State state, read(false, archived.warnings));
    const JsonArray& decisions = decisions_of(state.log);
    archived.kept = std::min(keep, decisions.size());
    archived.moved = decisions.size() - archived.kept;
    if (dry_run || archived.moved == 0) {
      return archived;
    }
    SMB_TRY_ASSIGN(const std::int64_t last, last_number(state));
    SMB_TRY(settle(state, archived.warnings));
    const auto middle = decisions.begin() + static_cast<std::ptrdiff_t>(archived.moved);
    SMB_TRY_ASSIGN(archived.archive,
                   write_archive(as_file(with_decisions(state.log, JsonArray(decisions.begin(), middle)))));
    const std::string after = as_file(with_decisions(state.log, JsonArray(middle, decisions.end())));
    remember(state, after, last);
    SMB_TRY_ASSIGN(const Published published, change_durably(ops_, names_, state.file, after, archived.warnings));
    if (published == Published::kDone) {
      return archived;
    }
  } while (!deadline.passed());
  return fail(kept_changing(path()));
}

Result<GuardedLock> DecisionLog::lock(const LockDeadline& deadline) {
  SMB_TRY(make_folders(ops_, folder_));
  return GuardedLock::acquire(ops_, {path() + ".lock", folder_}, deadline);
}

Result<DecisionLog::State> DecisionLog::read(bool heal, std::vector<Warning>& warnings) {
  State state;
  if (const auto mark = read_file(ops_, path() + ".mark", kLargestDurableFile)) {
    state.mark = parse_json_file(path() + ".mark", *mark).value_or(Json());
  }
  SMB_TRY_ASSIGN(std::optional<FileSnapshot> file, read_for_change(ops_, path()));
  if (file) {
    state.last_number = greatest_number(file->bytes);
    Result<Json> log = parse_log(path(), file->bytes);
    if (log) {
      state.file = std::move(*file);
      state.log = std::move(*log);
      return state;
    }
    if (!heal) {
      return fail(log.error());
    }
    SMB_TRY_ASSIGN(const std::string kept, set_aside(ops_, path(), path(), "corrupt"));
    warnings.push_back({kept, 0, "invalid_json", log.error().message + "; it was set aside, and a new log begun"});
  }
  state.log = empty_log(clock_.now().wall);
  return state;
}

Result<std::int64_t> DecisionLog::last_number(const State& state) const {
  const std::optional<std::int64_t> marked = integer_field(state.mark, "last_number");
  std::int64_t last = std::max(state.last_number, marked.value_or(-1));
  if (!marked || !state.file) {
    std::vector<std::string> others = archives();
    for (std::string& copy : files_beginning(std::string(kLog) + ".c")) {  // .corrupt-, .conflict-
      others.push_back(std::move(copy));
    }
    for (const std::string& other : others) {
      SMB_TRY_ASSIGN(const std::string text, read_file(ops_, other, kLargestDurableFile));
      last = std::max(last, greatest_number(text));
    }
  }
  return last;
}

/// What the last change left is free to go if it is that change's old or new text; another text was saved by somebody.
Result<void> DecisionLog::settle(const State& state, std::vector<Warning>& warnings) {
  for (const std::string& left : {names_.next, names_.prev}) {
    struct stat status {};
    if (ops_.lstat(left, &status) != 0) {
      continue;
    }
    const Result<std::string> text = read_file(ops_, left, kLargestDurableFile);
    const std::string hash = text ? content_hash(*text) : "";
    if (text &&
        (hash == state.hash("before") || hash == state.hash("after") || (state.file && *text == state.file->bytes))) {
      ops_.unlink(left);
      continue;
    }
    SMB_TRY_ASSIGN(const std::string kept, set_aside(ops_, left, path(), "conflict"));
    warnings.push_back(conflict_copy_of(path(), kept));
  }
  return {};
}

/// Only a cache: without it the archives are read, and a leftover of a change that was cut short is kept as a conflict
/// copy. So a failure to write it fails nothing.
void DecisionLog::remember(const State& state, const std::string& after, std::int64_t number) {
  const Json mark = JsonObject{{"last_number", number},
                               {"before", state.file ? content_hash(state.file->bytes) : ""},
                               {"after", content_hash(after)}};
  (void)write_cache_file(ops_, path() + ".mark", mark.dump() + "\n");
}

Result<std::string> DecisionLog::write_archive(const std::string& text) {
  const std::string stem = folder_ + "/" + std::string(kArchive) + day_of(clock_.now().wall);
  constexpr int kMost = 10000;
  for (int count = 1; count <= kMost; ++count) {
    const std::string name = stem + (count == 1 ? "" : "-" + std::to_string(count)) + ".json";
    const Result<std::string> there = read_file(ops_, name, kLargestDurableFile);
    if (there && *there == text) {
      SMB_TRY(sync_folder(ops_, folder_));  // an archive() that was cut short wrote it
      return name;
    }
    if (there || there.error().code != Errc::kNotFound) {
      continue;
    }
    const Result<Publication> created = create_file(ops_, ReplaceNames::of(name), text, kOpenMode);
    if (created && created->durable) {
      return name;
    }
    if (created) {
      return fail({Errc::kIo,
                   ErrorWord("not_synced"),
                   {},
                   "cannot sync the folder of '" + name + "'; check the disk",
                   name,
                   {}});
    }
    if (created.error().reason != FailWord("already_exists")) {
      return fail(created.error());
    }
  }
  return fail({Errc::kIo,
               ErrorWord("io_error"),
               {},
               "'" + folder_ + "' has " + std::to_string(kMost) + " archives of today",
               folder_,
               {}});
}

std::vector<std::string> DecisionLog::archives() const {
  std::vector<std::string> paths = files_beginning(kArchive);
  std::erase_if(paths, [](const std::string& path) { return !path.ends_with(".json"); });
  return paths;
}

std::vector<std::string> DecisionLog::files_beginning(std::string_view start) const {
  std::vector<std::string> paths;
  std::error_code ignored;  // a folder that is not there has none
  for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(start)) {
      paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace smbatcher

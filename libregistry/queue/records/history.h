#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/warning.h"
#include "libregistry/queue/records/record.h"

namespace smbatcher {

/// The verb of an event that changes nothing: rows show less than the history knows as completed.
inline constexpr const char* kRewound = "rewound";
/// The verb of an event that every call looks after: work in progress without a lease gets one.
inline constexpr const char* kUpkeep = "upkeep";
/// The owner of what no caller asked for.
inline constexpr const char* kProgram = "smbatcher";

/// One row as an event changes it. A new row has no `from`.
struct RowChange {
  std::string domain;
  std::optional<Status> from;
  Status to = Status::kRegistered;
  std::string batch;                        // after the change
  std::optional<std::string> batch_before;  // present only where the change moves the row to another batch
};

/// One key's record before and after an event.
struct RecordChange {
  WorkKey key;
  WorkRecord before;
  WorkRecord after;
};

/// How an intent ended. Source: docs/claims-and-leases.md, "Settling".
enum class Closing {
  kDone,  // records as after
  kVoid,  // nothing happened: records as before; its tokens stay used
  kKept,  // the rows are as before, but the lease may have been reported before the power went: records as after
};

/// The verb of the first line of a history, which holds the next token as "floor". Format 1 called it "begin".
inline constexpr const char* kOpened = "opened";

/// One line of history.jsonl: a change, and while it has registry hashes and no closing line an open intent.
///
///   {"format":2,"event":12,"verb":"claim","at":…,"boot":…,"owner":…,"token":17,"why":…,
///    "rows":[{"domain","from","to","batch"}],"work":[{"before":RECORD,"after":RECORD}],
///    "registry":{"before":"xxh3:…","after":"xxh3:…"}}
///   {"format":2,"closes":12,"as":"done"}
///
/// A change that leaves the registry's bytes alone has no "registry" and is committed by its own line.
/// Source: docs/claims-and-leases.md, "The history".
struct Event {
  std::uint64_t number = 0;
  std::string verb;
  WallTime at{};
  std::string boot;
  std::string owner;
  Token token = 0;
  std::string why;
  bool late = false;
  bool forced = false;
  std::vector<RowChange> rows;
  std::vector<RecordChange> work;
  std::string hash_before;  // empty when the registry's bytes stay
  std::string hash_after;
  std::optional<Token> floor;  // only of kOpened
  bool synced = true;          // before it is answered; not written: what is read from a history is there

  bool changes_registry() const { return !hash_after.empty(); }
  /// The first token that this event and its records leave free.
  Token tokens_used_up_to() const;
};

struct HistoryEntry {
  Event event;
  std::optional<Closing> closing;  // absent: an open intent, or an event that needs none

  bool is_open() const { return event.changes_registry() && !closing; }
};

/// A history as it was read.
struct History {
  std::vector<HistoryEntry> entries;
  std::vector<Warning> warnings;  // damaged lines
  bool damaged = false;           // a complete line could not be read: its token is unknown
  bool torn = false;              // the last line has no newline: it is closed with one and ignored
  bool newer = false;             // the last whole line has a newer format, or one needs what this program lacks
};

std::string to_line(const Event& event);
std::string closing_line(std::uint64_t event, Closing closing);
/// Appended after a torn line, so that it is known to be one and not damage.
std::string torn_line_mark();
/// The last line of a history whose events are in another file now: programs of format 1 answer "newer_format".
std::string moved_line();

History parse_history(std::string_view text, const std::string& path);

Json to_json(const RowChange& row);
std::string_view name_of(Closing closing);

}  // namespace smbatcher

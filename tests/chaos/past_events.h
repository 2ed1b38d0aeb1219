#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace smbatcher::test {

/// A lease as a history line shows it; all zero where there was none.
struct PastLease {
  std::int64_t token = 0;
  std::string owner;
  std::int64_t length_ms = 0;
  std::int64_t renewed_ms = 0;       // wall clock
  std::int64_t expires_boot_ms = 0;  // boot-time clock
  std::vector<std::string> domains;

  /// When it was renewed last, on the boot-time clock.
  std::int64_t renewed_boot_ms() const { return expires_boot_ms - length_ms; }
};

/// One batch in one phase, before and after an event.
struct PastWork {
  std::string phase;
  std::string batch;
  PastLease before;
  PastLease after;
  std::int64_t last_token = 0;  // after the event

  std::string key() const { return phase + "-" + batch; }
};

struct PastRow {
  std::string domain;
  std::string from;  // empty for a new row
  std::string to;
  std::string batch;
};

/// An event of history.jsonl and how it was closed, read as the documented text: none of the code under test decides
/// what it means. Source: docs/claims-and-leases.md, "The history".
struct PastEvent {
  std::int64_t number = 0;
  std::string verb;
  std::string owner;
  std::int64_t at_ms = 0;  // wall clock
  std::int64_t token = 0;
  std::int64_t floor = 0;
  bool forced = false;
  bool changes_registry = false;
  std::string closed_as;  // empty while no closing line was read
  std::vector<PastRow> rows;
  std::vector<PastWork> work;

  bool in_force() const { return closed_as != "void"; }
  std::string name() const { return "event " + std::to_string(number) + " (" + verb + " by " + owner + ")"; }
};

struct PastEvents {
  std::vector<PastEvent> events;
  std::vector<std::string> faults;  // lines that nobody could have written
};

/// Keeps little of each line: a run of half an hour writes many.
PastEvents read_past_events(std::string_view history);

}  // namespace smbatcher::test

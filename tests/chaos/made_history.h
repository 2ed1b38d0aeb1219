#pragma once

#include <map>
#include <string>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "tests/chaos/evidence.h"

namespace smbatcher::test {

/// The wall clock when the boot-time clock shows 0.
constexpr std::int64_t kWall = 1'780'000'000'000;

/// A history that nobody lived, to be spoiled. Times are on the boot-time clock.
struct MadeLease {
  std::int64_t token = 0;
  std::string owner;
  std::int64_t length_ms = 0;
  std::int64_t renewed_ms = 0;
  std::vector<std::string> domains;
};

struct MadeRow {
  std::string domain;
  std::string from;
  std::string to;
};

struct MadeWork {
  std::string batch;
  MadeLease before;
  MadeLease after;
};

struct MadeEvent {
  std::int64_t number = 0;
  std::int64_t at_ms = 0;
  std::string verb;
  std::string owner;
  std::int64_t token = 0;
  std::vector<MadeRow> rows;
  std::vector<MadeWork> work;
  std::string closed_as;  // "" for an event without registry bytes, or one left open
};

inline std::string time_text(std::int64_t at_ms) {
  return format_time_ms(WallTime(std::chrono::milliseconds(kWall + at_ms)));
}

inline Json to_json(const std::string& batch, const MadeLease& lease) {
  Json claim;
  if (lease.token != 0) {
    claim =
        JsonObject{{"lease", JsonObject{{"token", lease.token},
                                        {"owner", lease.owner},
                                        {"length_s", lease.length_ms / 1000},
                                        {"renewed_at", time_text(lease.renewed_ms)},
                                        {"expires", JsonObject{{"at", time_text(lease.renewed_ms + lease.length_ms)},
                                                               {"boot_ms", lease.renewed_ms + lease.length_ms}}}}},
                   {"domains", lease.domains}};
  }
  return JsonObject{{"phase", "implement"}, {"batch", batch}, {"last_token", lease.token}, {"claim", claim}};
}

inline std::string to_lines(const MadeEvent& event) {
  JsonArray rows;
  for (const MadeRow& row : event.rows) {
    rows.push_back(JsonObject{{"domain", row.domain}, {"from", row.from}, {"to", row.to}, {"batch", "001"}});
  }
  JsonArray work;
  for (const MadeWork& one : event.work) {
    work.push_back(JsonObject{{"before", to_json(one.batch, one.before)}, {"after", to_json(one.batch, one.after)}});
  }
  JsonObject json{{"format", 1},          {"event", event.number}, {"verb", event.verb}, {"at", time_text(event.at_ms)},
                  {"owner", event.owner}, {"token", event.token},  {"rows", rows},       {"work", work}};
  if (!event.rows.empty() && event.rows[0].from != event.rows[0].to) {
    json.emplace_back("registry", JsonObject{{"before", "x"}, {"after", "y"}});
  }
  std::string lines = Json(json).dump() + "\n";
  if (!event.closed_as.empty()) {
    lines += Json(JsonObject{{"format", 1}, {"closes", event.number}, {"as", event.closed_as}}).dump() + "\n";
  }
  return lines;
}

inline std::string claim_answer(std::int64_t token, const std::string& batch, const std::string& site,
                                const std::string& action) {
  return Json(JsonObject{{"result", "claimed"},
                         {"batch", batch},
                         {"phase", "implement"},
                         {"sites", JsonArray{site}},
                         {"action", action},
                         {"token", token},
                         {"lease_s", 2}})
      .dump();
}

struct MadeHistory {
  std::vector<MadeEvent> events;
  std::vector<Call> calls;
  std::vector<Save> saves;
  std::map<std::string, std::string> end;  // the registry at rest
  std::string end_tail;                    // further lines of it
  std::string tail;                        // further bytes of the history

  /// A call that takes 20 ms.
  void tell(std::int64_t start_ms, const std::string& owner, const std::vector<std::string>& words,
            const std::string& out) {
    calls.push_back({owner, words, start_ms, start_ms + 20, kWall + start_ms, 0, out});
  }
  MadeEvent& event(std::size_t number) { return events.at(number - 1); }

  Evidence evidence() const {
    Evidence result;
    const std::string head = "| Domain | Status |\n|---|---|\n";
    result.begin = head + "| one.example | O |\n| two.example | O |\n| three.example | O |\n";
    result.registry = head;
    for (const auto& [domain, status] : end) {
      result.registry += "| " + domain + " | " + status + " |\n";
    }
    result.registry += end_tail;
    for (const MadeEvent& event : events) {
      result.history += to_lines(event);
    }
    result.history += tail;
    result.calls = calls;
    result.saves = saves;
    return result;
  }
};

/// One owner claims and completes; a second claims, renews and goes silent; a third is killed in a claim that comes to
/// nothing, and adopts when the second's lease is over; somebody buries a site that nobody holds.
inline MadeHistory good_life() {
  const MadeLease a{1, "a", 2'000, 1'010, {"one.example"}};
  const MadeLease b{3, "b", 2'000, 5'010, {"two.example"}};
  MadeLease renewed = b;
  renewed.renewed_ms = 5'510;
  const MadeLease lost{4, "c", 2'000, 6'010, {"three.example"}};
  const MadeLease c{5, "c", 2'000, 8'010, {"two.example"}};
  MadeHistory made;
  made.events = {
      {1, 1'000, "opened", "", 0, {}, {}, ""},
      {2, 1'010, "claim", "a", 1, {{"one.example", "O", "i"}}, {{"001", {}, a}}, "done"},
      {3, 2'010, "implement-complete", "a", 1, {{"one.example", "i", "I"}}, {{"001", a, {}}}, "done"},
      {4, 5'010, "claim", "b", 3, {{"two.example", "O", "i"}}, {{"002", {}, b}}, "done"},
      {5, 6'010, "claim", "c", 4, {{"three.example", "O", "i"}}, {{"003", {}, lost}}, "void"},
      {6, 8'010, "claim", "c", 5, {{"two.example", "i", "i"}}, {{"002", renewed, c}}, ""},
      {7, 8'510, "bury", "d", 0, {}, {{"003", {}, {}}}, ""},
  };
  made.tell(1'000, "a", {"find-next", "--claim"}, claim_answer(1, "001", "one.example", "start"));
  made.tell(1'200, "e", {"find-next", "--claim"}, R"({"reason":"no_work_found","why":"all_held","exit_code":1})");
  made.calls.back().status = 1;
  made.tell(2'000, "a", {"implement-complete", "--token", "1"},
            R"({"batch":"001","phase":"implement","sites":["one.example"],)"
            R"("changes":[{"domain":"one.example","from":"i","to":"I"}]})");
  made.tell(5'000, "b", {"find-next", "--claim"}, claim_answer(3, "002", "two.example", "start"));
  made.tell(5'500, "b", {"heartbeat", "--token", "3"},
            R"({"result":"renewed","batch":"002","phase":"implement","token":3,"lease_s":2})");
  made.tell(6'000, "c", {"find-next", "--claim"}, "");
  made.calls.back().status = -1;
  made.tell(8'000, "c", {"find-next", "--claim"}, claim_answer(5, "002", "two.example", "adopt"));
  made.tell(8'500, "d", {"bury", "three.example"}, R"({"result":"buried","batch":"003","changes":[]})");
  made.end = {{"one.example", "I"}, {"three.example", "O"}, {"two.example", "i"}};
  return made;
}

}  // namespace smbatcher::test

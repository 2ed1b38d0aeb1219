#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text.h"
#include "tests/support/lines.h"
#include "tests/support/tools.h"

namespace smbatcher::test {

/// An event of history.jsonl and how it was closed, read as the documented text: none of the code under test decides
/// what it means.
struct LoggedEvent {
  std::int64_t number = 0;
  std::string verb;
  std::int64_t token = 0;
  Json json;
  std::string closed_as;  // empty while no closing line was read

  bool in_force() const { return closed_as != "void"; }
  bool changes_registry() const { return json.find("registry") != nullptr; }
  const JsonArray& list(std::string_view name) const { return *json.find(name)->array(); }
};

inline std::vector<LoggedEvent> logged_events(const Sandbox& sandbox) {
  static constexpr std::string_view kTorn = "{\"format\":2,\"torn_line_above\":true}\n";
  std::vector<LoggedEvent> events;
  std::string_view text;
  const std::string bytes = sandbox.dir().read(".smbatcher/state/history.jsonl");
  for (text = bytes; !text.empty(); text = after_first_line(text)) {
    const auto parsed = parse_json(text.substr(0, text.find('\n')));
    const Json* const line = std::get_if<Json>(&parsed);
    if (line == nullptr && after_first_line(text).starts_with(kTorn)) {
      continue;  // a call was killed in the middle of writing it, and the next one has marked it
    }
    if (line == nullptr || text.find('\n') == std::string_view::npos) {
      ADD_FAILURE() << "not a line of JSON: " << text.substr(0, text.find('\n'));
      return events;
    }
    if (const auto closes = integer_field(*line, "closes")) {
      for (LoggedEvent& event : events) {
        if (event.number == *closes) {
          EXPECT_EQ(event.closed_as, "") << "event " << *closes << " was closed twice";
          event.closed_as = text_of(*line, "as");
        }
      }
    } else if (line->find("torn_line_above") == nullptr) {
      events.push_back({number_of(*line, "event"), text_of(*line, "verb"), number_of(*line, "token"), *line, ""});
    }
  }
  return events;
}

/// The events of one verb that came into force.
inline std::vector<LoggedEvent> logged_events(const Sandbox& sandbox, std::string_view verb) {
  std::vector<LoggedEvent> events = logged_events(sandbox);
  std::erase_if(events, [&](const LoggedEvent& event) { return event.verb != verb || !event.in_force(); });
  return events;
}

/// The live leases as the events give them: no site is ever under two of one phase, and none is replaced by another
/// before it has ended.
class LeaseBook {
 public:
  void apply(const LoggedEvent& event) {
    for (const Json& change : event.list("work")) {
      const Json& after = *change.find("after");
      const std::string key = text_of(after, "phase") + "-" + text_of(after, "batch");
      const std::int64_t before = token_of(*change.find("before"));
      EXPECT_EQ(before, held_[key].token) << "event " << event.number << " continues another lease of " << key;
      Held now;
      if (const Json* const claim = after.find("claim"); claim != nullptr && claim->is_object()) {
        now.token = number_of(*claim->find("lease"), "token");
        now.expires = text_of(*claim->find("lease")->find("expires"), "at");
        now.phase = text_of(after, "phase");
        now.bound = claim->find("lease")->find("process") != nullptr;
        for (const Json& domain : *claim->find("domains")->array()) {
          now.domains.insert(*domain.string());
        }
      }
      const Held& old = held_[key];
      if (old.token != 0 && now.token != 0 && old.token != now.token && !old.bound) {
        EXPECT_LE(old.expires, text_of(event.json, "at"))
            << "event " << event.number << " takes " << key << " from a lease that has not ended";
      }
      if (now.token > highest_) {
        highest_ = now.token;
        ++granted_;
      } else {
        EXPECT_TRUE(now.token == 0 || now.token == old.token)
            << "event " << event.number << " gives token " << now.token << " again, or late";
      }
      held_[key] = now;
    }
    std::map<std::string, std::string> holder;
    for (const auto& [key, lease] : held_) {
      for (const std::string& domain : lease.domains) {
        const std::string& first = holder.emplace(lease.phase + " " + domain, key).first->second;
        EXPECT_EQ(first, key) << "after event " << event.number << ", " << domain << " is under two leases";
      }
    }
  }
  int granted() const { return granted_; }

 private:
  struct Held {
    std::int64_t token = 0;
    std::string expires;
    std::string phase;
    bool bound = false;  // to a process: it may end before its time
    std::set<std::string> domains;
  };
  static std::int64_t token_of(const Json& record) {
    const Json* const claim = record.find("claim");
    return claim != nullptr && claim->is_object() ? number_of(*claim->find("lease"), "token") : 0;
  }

  std::map<std::string, Held> held_;
  std::int64_t highest_ = 0;
  int granted_ = 0;
};

/// What holds for every queue at rest, whatever has happened to it: the registry is valid, every event is closed, the
/// rows of the events, in their order, lead from `begin` to exactly the statuses in the registry, leases never
/// overlapped, and no unfinished file is left.
inline void expect_history_explains_registry(const Sandbox& sandbox, const std::vector<Sandbox::Site>& begin) {
  EXPECT_EQ(sandbox.run("check-registry").out, "OK:registry_valid\n");
  std::map<std::string, std::string> statuses;
  for (const Sandbox::Site& site : begin) {
    statuses[site.domain] = site.status;
  }
  LeaseBook leases;
  std::int64_t last = 0;
  for (const LoggedEvent& event : logged_events(sandbox)) {
    EXPECT_GT(event.number, last);
    last = event.number;
    EXPECT_TRUE(!event.changes_registry() || !event.closed_as.empty()) << "event " << event.number << " is open";
    if (!event.in_force()) {
      continue;
    }
    for (const Json& row : event.list("rows")) {
      const std::string domain = text_of(row, "domain");
      EXPECT_EQ(statuses[domain], text_of(row, "from")) << "event " << event.number << ", " << domain;
      statuses[domain] = text_of(row, "to");
    }
    leases.apply(event);
  }
  for (const auto& [domain, status] : statuses) {
    EXPECT_EQ(sandbox.status_of(domain), status) << domain;
  }
  EXPECT_FALSE(sandbox.dir().exists(".smbatcher/.REGISTRY.md.part"));
  EXPECT_FALSE(sandbox.dir().exists(".smbatcher/.REGISTRY.md.next"));
  for (const std::string& name : sandbox.dir().list(".smbatcher")) {
    EXPECT_EQ(name.find("conflict"), std::string::npos) << name << ": nobody saved, so there is nothing to keep";
  }
}

/// Files that let every site's design and pages pass.
inline void write_outputs(const Sandbox& sandbox, const std::vector<Sandbox::Site>& sites) {
  for (const Sandbox::Site& site : sites) {
    const std::string folder = "sites/" + site.domain + "/";
    sandbox.dir().write(folder + "index.html", "<!doctype html>\n");
    sandbox.dir().write(folder + "styles.css", "body {}\n");
    sandbox.dir().write(folder + "DESIGN.md", "# Design\n");
  }
  sandbox.dir().write(".smbatcher/config.yml", "design:\n  required_headings: [Design]\n");
}

/// `batches` batches of `size` sites at one status, with ids from 001.
inline std::vector<Sandbox::Site> fleet(int batches, int size, const std::string& status, int first = 1) {
  std::vector<Sandbox::Site> sites;
  for (int batch = first; batch < first + batches; ++batch) {
    const std::string number = std::to_string(batch);
    const std::string id = std::string(number.size() < 3 ? 3 - number.size() : 0, '0') + number;
    for (int site = 0; site < size; ++site) {
      std::string domain = "s" + id;
      domain += "-" + std::to_string(site) + ".example";
      sites.push_back({domain, id, status});
    }
  }
  return sites;
}

inline constexpr int kRacers = 64;

/// The same call by `count` processes at once.
inline std::vector<ProcessResult> race(const Sandbox& sandbox, int count, std::string_view tool,
                                       const std::vector<std::string>& args) {
  return run_together(std::vector<Command>(static_cast<std::size_t>(count), sandbox.command(tool, args)));
}

/// How often each standard output came, as "<exit status> <text>".
inline std::map<std::string, int> outputs(const std::vector<ProcessResult>& results) {
  std::map<std::string, int> counts;
  for (const ProcessResult& result : results) {
    EXPECT_EQ(result.err, "") << result.command;
    EXPECT_FALSE(result.timed_out) << result.command;
    ++counts[std::to_string(result.status) + " " + result.out];
  }
  return counts;
}

/// How many of these OK answers say that everything was done already.
inline int repeated(const std::vector<ProcessResult>& results) {
  int count = 0;
  for (const ProcessResult& result : results) {
    EXPECT_EQ(result.status, 0) << result.out;
    count += static_cast<int>(json(result).find("repeated") != nullptr);
  }
  return count;
}

}  // namespace smbatcher::test

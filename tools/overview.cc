#include "tools/overview.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "libregistry/core/base/text.h"
#include "tools/other_names.h"
#include "tools/support/operations.h"
#include "tools/support/wrapped.h"

namespace smbatcher {
namespace {

constexpr std::string_view kIntroduction =
    R"(smbatcher: many agents and people, one work queue in a Markdown table
(.smbatcher/REGISTRY.md). Nobody takes a batch twice, and no edit is lost.

An agent's day:
)";

/// The verbs of an agent's day, in its order.
constexpr auto kDay = std::to_array<std::string_view>({
    "prepare-register",
    "prepare-batch",
    "find-next",
    "heartbeat",
    "check-claim",
    "implement-complete",
    "release",
    "status",
});

constexpr std::string_view kClosing = R"(
smbatcher help TOOL describes one tool with examples, smbatcher help GROUP
lists the tools of a group:
)";

constexpr std::string_view kConventions = R"(Exit codes: 0 OK; 1 FAIL, the answer is no; 2 ERROR, it could not run.
Answers go to standard output; --format json is for programs.
)";

/// The group of the operations that are for when something went wrong, whatever their area.
constexpr std::string_view kRepair = "repair";
constexpr std::string_view kRepairHeading = "When something went wrong";
/// Every group, one after the other.
constexpr std::string_view kAll = "all";

/// What an unknown name is answered with: so many tools, by a word of at least so many letters in their summaries.
constexpr std::size_t kMostHints = 3;
constexpr std::size_t kShortestHint = 3;

std::string_view group_of(const Operation& operation) {
  return operation.effect == Effect::kRepairs ? kRepair : area_named(operation.area)->name;
}

std::vector<std::string> group_names() {
  std::vector<std::string> names;
  names.reserve(kAreas.size() + 1);
  for (const Area& area : kAreas) {
    names.emplace_back(area.name);
  }
  names.emplace_back(kRepair);
  return names;
}

std::string_view heading_of(std::string_view group) {
  for (const Area& area : kAreas) {
    if (area.name == group) {
      return area.heading;
    }
  }
  return kRepairHeading;
}

std::size_t longest_name() {
  std::size_t longest = 0;
  for (const Operation& operation : operations()) {
    longest = std::max(longest, operation.name.size());
  }
  return longest;
}

std::vector<const Operation*> operations_of(std::string_view group) {
  std::vector<const Operation*> found;
  for (const Operation& operation : operations()) {
    if (group_of(operation) == group) {
      found.push_back(&operation);
    }
  }
  return found;
}

}  // namespace

std::string first_screen() {
  std::string text(kIntroduction);
  for (const std::string_view name : kDay) {
    append_row(text, name, 22, find_operation(name)->summary);
  }
  text += kClosing;
  text += "  ";
  append_wrapped(text, 2, 2, join(group_names(), ", ") + ", " + std::string(kAll));
  return text.append("\n").append(kConventions);
}

bool is_group(std::string_view name) {
  const std::vector<std::string> names = group_names();
  return name == kAll || std::find(names.begin(), names.end(), name) != names.end();
}

std::string group_listing(std::string_view group) {
  if (group == kAll) {
    std::string all;
    for (const std::string& each : group_names()) {
      all += (all.empty() ? "" : "\n") + group_listing(each);
    }
    return all;
  }
  std::string text = std::string(heading_of(group)) + ":\n";
  for (const Operation* const operation : operations_of(group)) {
    append_row(text, operation->name, longest_name() + 4, operation->summary);
  }
  return text;
}

Outcome operations_as_json(const std::optional<std::string>& group) {
  JsonArray groups;
  JsonArray tools;
  for (const std::string& each : group_names()) {
    if (group && *group != kAll && each != *group) {
      continue;
    }
    groups.emplace_back(JsonObject{{"name", each}, {"heading", heading_of(each)}});
    for (const Operation* const operation : operations_of(each)) {
      tools.emplace_back(JsonObject{{"name", operation->name}, {"group", each}, {"summary", operation->summary}});
    }
  }
  JsonArray other_names;
  for (const OtherName& name : kOtherNames) {
    const std::string call = std::string(name.operation) + (name.option.empty() ? "" : " ") + std::string(name.option);
    other_names.emplace_back(JsonObject{{"words", name.words}, {"call", call}});
  }
  return Outcome::ok("help")
      .add("version", SMB_VERSION)
      .add("other_names", std::move(other_names))
      .add("groups", std::move(groups))
      .add("tools", std::move(tools));
}

Error unknown_operation(const std::string& name) {
  std::vector<std::string> names;
  for (const Operation& operation : operations()) {
    names.emplace_back(operation.name);
  }
  std::vector<std::string> meant;
  if (const std::string near = nearest(name, names); !near.empty()) {
    meant = {near};
  } else if (name.size() >= kShortestHint) {
    // "claim" is not near "check-claim", nor "validate" to any name, but one of them is meant.
    for (const Operation& operation : operations()) {
      const bool names_it = operation.name.find(name) != std::string_view::npos;
      if (meant.size() < kMostHints && (names_it || operation.summary.find(name) != std::string_view::npos)) {
        meant.emplace_back(operation.name);
      }
    }
  }
  return usage_error("unknown_tool",
                     "no tool is called '" + name + "'; " +
                         (meant.empty() ? "see smbatcher help" : "did you mean " + join(meant, " or ") + "?"));
}

}  // namespace smbatcher

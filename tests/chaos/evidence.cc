#include "tests/chaos/evidence.h"

#include <algorithm>

#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text.h"
#include "tests/support/lines.h"

namespace smbatcher::test {
namespace {

/// The cells of a table's line, trimmed; none for any other line.
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells;
  if (!line.starts_with('|')) {
    return cells;
  }
  while (line.size() > 1) {
    line.remove_prefix(1);
    const auto end = std::min(line.find('|'), line.size());
    cells.emplace_back(trim(line.substr(0, end)));
    line.remove_prefix(end);
  }
  return cells;
}

}  // namespace

Json Call::answer() const {
  const auto parsed = parse_json(out);
  const Json* const json = std::get_if<Json>(&parsed);
  return json == nullptr ? Json() : *json;
}

bool Call::outcome_is_unknown() const {
  return status < 0 || is_cut() || (status == 2 && out.find(R"("error":"durability_unknown")") != std::string::npos);
}

std::string Call::name() const {
  return "'" + join(words, " ") + "' of " + owner + " at " + std::to_string(start_ms) + " ms";
}

std::string to_lines(const std::vector<Call>& calls) {
  std::string lines;
  for (const Call& call : calls) {
    lines += Json(JsonObject{{"owner", call.owner},
                             {"words", call.words},
                             {"start_ms", call.start_ms},
                             {"end_ms", call.end_ms},
                             {"wall_ms", call.wall_ms},
                             {"status", call.status},
                             {"out", call.out}})
                 .dump() +
             "\n";
  }
  return lines;
}

std::string to_lines(const std::vector<Save>& saves) {
  std::string lines;
  for (const Save& save : saves) {
    JsonObject statuses;
    for (const auto& [domain, status] : save.statuses) {
      statuses.emplace_back(domain, status);
    }
    lines +=
        Json(JsonObject{{"wall_ms", save.wall_ms}, {"wall_end_ms", save.wall_end_ms}, {"statuses", statuses}}).dump() +
        "\n";
  }
  return lines;
}

std::vector<Call> read_calls(std::string_view lines) {
  std::vector<Call> calls;
  for (; !lines.empty(); lines = after_first_line(lines)) {
    const auto parsed = parse_json(lines.substr(0, lines.find('\n')));
    if (const Json* const json = std::get_if<Json>(&parsed)) {
      calls.push_back({string_field(*json, "owner").value_or(""),
                       strings_field(*json, "words").value_or(std::vector<std::string>()),
                       integer_field(*json, "start_ms").value_or(0), integer_field(*json, "end_ms").value_or(0),
                       integer_field(*json, "wall_ms").value_or(0),
                       static_cast<int>(integer_field(*json, "status").value_or(-1)),
                       string_field(*json, "out").value_or("")});
    }
  }
  return calls;
}

std::vector<std::pair<std::string, std::string>> statuses_in(std::string_view registry) {
  std::vector<std::pair<std::string, std::string>> rows;
  std::size_t domain = 0;
  std::size_t status = 0;  // the columns; both 0 outside the table
  for (std::string_view rest = registry; !rest.empty(); rest = after_first_line(rest)) {
    const std::vector<std::string> cells = cells_of(rest.substr(0, rest.find('\n')));
    const auto column = [&cells](const char* name) {
      return static_cast<std::size_t>(std::find(cells.begin(), cells.end(), name) - cells.begin());
    };
    if (column("Domain") < cells.size() && column("Status") < cells.size()) {
      domain = column("Domain");
      status = column("Status");
    } else if (domain == status || cells.size() <= std::max(domain, status)) {
      domain = status = 0;
    } else if (!cells[domain].starts_with("--") && !cells[domain].empty()) {
      rows.emplace_back(cells[domain], cells[status]);
    }
  }
  return rows;
}

}  // namespace smbatcher::test

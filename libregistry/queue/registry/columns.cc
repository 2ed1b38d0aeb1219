#include "libregistry/queue/registry/columns.h"

#include <algorithm>
#include <array>
#include <set>

#include "libregistry/core/base/fold_case.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr std::array<std::string_view, 7> kKnownColumns{"domain", "name",     "description", "theme",
                                                        "batch",  "priority", "status"};

/// `line` without the signs of a quote, a list or a footnote before its first pipe.
std::string_view without_prefix(std::string_view line) {
  const std::size_t pipe = std::min(line.find('|'), line.size());
  return line.substr(0, pipe).find_first_not_of(" \t>-*+.)0123456789") == std::string_view::npos ? line.substr(pipe)
                                                                                                 : line;
}

bool is_delimiter(std::string_view line) {
  return line.find('-') != std::string_view::npos && line.find_first_not_of("|:- \t>") == std::string_view::npos;
}

/// The columns of a line, were it the header of a table.
std::set<std::string_view> columns_of(std::string_view line, const ColumnNames& names) {
  std::set<std::string_view> found;
  for (const Cell& cell : split_row(line, 0)) {
    const std::string title = cell_text(line.substr(cell.content.begin, cell.content.size()));
    if (const auto known = names.known(title)) {
      found.insert(*known);
    }
  }
  return found;
}

/// Why the line, which looks like a header, begins no table.
std::string why_no_table(const Lines& lines, std::size_t number, bool in_fence) {
  const std::string_view line = lines.text(number);
  const std::string_view next = number < lines.count() ? lines.text(number + 1) : std::string_view();
  if (in_fence) {
    return "stands in a code block";
  }
  if (line.starts_with("    ") || line.starts_with('\t')) {
    return "is indented like a code block: take the blanks before it away";
  }
  if (!is_delimiter(next)) {
    return "has no delimiter row such as |---|---| below it";
  }
  const std::size_t cells = split_row(without_prefix(line), 0).size();
  const std::size_t delimiters = split_row(without_prefix(next), 0).size();
  if (cells != delimiters) {
    return "has " + counted(cells, "cell") + ", and its delimiter row has " + std::to_string(delimiters);
  }
  return "begins no table: it stands in HTML, in a comment, or in another paragraph";
}

Error ambiguous(const std::string& place, const std::string& what) {
  return malformed("ambiguous_columns", place,
                   "the table in '" + place + "' " + what + ": give one of them another name");
}

/// The first line that looks like the header of a queue table, and why it begins none; nullopt when none does.
std::optional<std::pair<std::size_t, std::string>> lookalike(const Lines& lines, const ColumnNames& names) {
  const std::string domain = fold_case(names.of("domain"));
  const std::string status = fold_case(names.of("status"));
  char fence = '\0';
  for (std::size_t number = 1; number <= lines.count(); ++number) {
    const std::string_view text = trim(lines.text(number));
    if (text.starts_with("```") || text.starts_with("~~~")) {
      fence = fence == '\0' ? text.front() : fence == text.front() ? '\0' : fence;
      continue;
    }
    if (text.find('|') == std::string_view::npos) {
      continue;
    }
    // What a cell shows takes a parse, which most lines of a long document are not worth.
    const std::string folded = fold_case(text);
    if (folded.find(domain) == std::string::npos || folded.find(status) == std::string::npos) {
      continue;
    }
    const auto columns = columns_of(without_prefix(lines.text(number)), names);
    if (columns.contains("domain") && columns.contains("status")) {
      return std::pair(number, why_no_table(lines, number, fence != '\0'));
    }
  }
  return std::nullopt;
}

}  // namespace

ColumnNames::ColumnNames(const std::map<std::string, std::string>& mapped) {
  for (const std::string_view known : kKnownColumns) {
    const auto found = mapped.find(std::string(known));
    std::string name(known);
    name.front() = static_cast<char>(name.front() - 'a' + 'A');
    name = found == mapped.end() ? name : found->second;
    by_folded_.emplace(fold_case(name), known);
    names_.emplace(known, std::move(name));
  }
}

std::optional<std::string_view> ColumnNames::known(std::string_view title) const {
  const auto found = by_folded_.find(fold_case(title));
  return found == by_folded_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<Warning>> check_columns(const Document& document, const Table& table, const ColumnNames& names) {
  std::vector<Warning> warnings;
  std::set<std::string_view> seen;
  for (const std::string& title : table.titles) {
    const auto known = names.known(title);
    if (!known || seen.insert(*known).second) {
      continue;
    }
    const std::string what = "has two columns called " + names.of(*known);
    if (*known == "domain" || *known == "status" || *known == "batch" || *known == "priority") {
      const std::string place = document.path() + ":" + std::to_string(table.header.line);
      return fail(ambiguous(place, what));
    }
    warnings.push_back(
        {document.path(), table.header.line, "ambiguous_columns", "the table " + what + ": the first one counts"});
  }
  return warnings;
}

Error no_queue_table(const Document& document, const ColumnNames& names) {
  const std::string needed = names.of("domain") + " and " + names.of("status");
  const auto error = [&](std::size_t line, const std::string& what) {
    const std::string place = document.path() + (line == 0 ? "" : ":" + std::to_string(line));
    return malformed("no_queue_table", place, "no table with the columns " + needed + what);
  };
  if (const auto found = lookalike(document.lines(), names)) {
    const auto& [number, why] = *found;
    return error(number, "; line " + std::to_string(number) + " looks like the header of one, but " + why);
  }
  for (const Table& table : document.tables()) {
    for (const std::string_view known : {"domain", "status"}) {
      const bool has = std::any_of(table.titles.begin(), table.titles.end(),
                                   [&](const std::string& title) { return names.known(title) == known; });
      if (has) {
        return error(table.header.line, "; the table in line " + std::to_string(table.header.line) + " has no " +
                                            names.of(known == "domain" ? "status" : "domain"));
      }
    }
  }
  return error(0, "; add one: | " + names.of("domain") + " | " + names.of("name") + " | " + names.of("description") +
                      " | " + names.of("theme") + " | " + names.of("batch") + " | " + names.of("status") + " |");
}

}  // namespace smbatcher

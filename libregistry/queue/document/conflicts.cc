#include "libregistry/queue/document/conflicts.h"

#include <algorithm>
#include <string_view>

namespace smbatcher {
namespace {

/// The character of a marker line, else 0: seven of them at its beginning, alone or followed by a blank.
char marker_of(std::string_view line) {
  constexpr std::size_t kLength = 7;
  if (line.size() < kLength || std::string_view("<|=>").find(line.front()) == std::string_view::npos ||
      line.find_first_not_of(line.front()) < kLength) {
    return 0;
  }
  return line.size() == kLength || line[kLength] == ' ' ? line.front() : '\0';
}

/// The first of the non-blank lines that `line` is one of, behind line `after`.
std::size_t block_begin(const Lines& lines, std::size_t line, std::size_t after) {
  while (line > after + 1 && lines.text(line - 1).find_first_not_of(" \t") != std::string_view::npos) {
    --line;
  }
  return line;
}

}  // namespace

bool Conflict::has_marker(std::size_t line) const { return std::binary_search(markers.begin(), markers.end(), line); }

std::string Conflict::lines() const {
  constexpr std::size_t kMost = 8;  // git writes four; each row in the conflict is told of with them
  std::string text = markers.size() == 1 ? "line " : "lines ";
  for (std::size_t i = 0; i < std::min(markers.size(), kMost); ++i) {
    text += i == 0 ? "" : i + 1 == markers.size() ? " and " : ", ";
    text += std::to_string(markers[i]);
  }
  return markers.size() <= kMost ? text : text + " and " + std::to_string(markers.size() - kMost) + " more";
}

const Conflict* conflict_at(const std::vector<Conflict>& conflicts, std::size_t line) {
  const auto found = std::partition_point(conflicts.begin(), conflicts.end(),
                                          [line](const Conflict& conflict) { return conflict.last < line; });
  return found == conflicts.end() || !found->holds(line) ? nullptr : &*found;
}

Result<std::vector<Conflict>> find_conflicts(const Lines& lines, const std::string& path) {
  // Nearly every document has none: one look at its bytes tells.
  if (lines.content().find("<<<<<<<") == std::string_view::npos &&
      lines.content().find(">>>>>>>") == std::string_view::npos) {
    return std::vector<Conflict>();
  }
  SMB_TRY_ASSIGN(const std::vector<VerbatimLines> verbatim, find_verbatim_lines(lines, path));
  const auto is_verbatim = [&verbatim](std::size_t line) {
    const auto part = std::partition_point(verbatim.begin(), verbatim.end(),
                                           [line](const VerbatimLines& each) { return each.last < line; });
    return part != verbatim.end() && part->first <= line;
  };
  std::vector<Conflict> found;
  bool open = false;
  for (std::size_t line = 1; line <= lines.count(); ++line) {
    const char marker = marker_of(lines.text(line));
    if (marker == 0 || (!open && (marker == '=' || marker == '|')) || is_verbatim(line)) {
      continue;
    }
    if (marker == '<' || !open) {
      found.push_back(
          {{}, marker == '<' ? line : block_begin(lines, line, found.empty() ? 0 : found.back().last), line});
    }
    found.back().markers.push_back(line);
    open = marker != '>';
    found.back().last = open ? lines.count() : line;
    if (marker == '<' && found.size() > 1 && found[found.size() - 2].last >= line) {
      found[found.size() - 2].last = line - 1;
    }
  }
  return found;
}

}  // namespace smbatcher

#include "libregistry/document/lines.h"

#include <algorithm>

#include "libregistry/base/text.h"

namespace smbatcher {
namespace {

// Inputs beyond these make cmark-gfm take minutes or gigabytes; ordinary registries are far below.
// Source: docs/registry-format.md, "Limits".
constexpr std::size_t kMaxBytes = std::size_t{8} * 1024 * 1024;
constexpr std::size_t kMaxLineBytes = std::size_t{64} * 1024;
constexpr std::size_t kMaxPipes = 256;
constexpr std::size_t kMaxTableCells = 1'000'000;
constexpr std::size_t kMaxDelimiterLines = 64;

Error at_line(std::string reason, const std::string& path, std::size_t line, const std::string& problem,
              const std::string& next_step) {
  const std::string place = path + ":" + std::to_string(line);
  return malformed(std::move(reason), place, "'" + place + "' " + problem + ": " + next_step);
}

std::size_t line_of(const std::vector<Line>& lines, std::size_t byte) {
  const auto after = std::upper_bound(lines.begin(), lines.end(), byte,
                                      [](std::size_t value, const Line& line) { return value < line.begin; });
  return std::max<std::size_t>(1, static_cast<std::size_t>(after - lines.begin()));
}

/// The columns that `line` would give a table as its delimiter line, 0 when it cannot be one.
std::size_t delimiter_columns(std::string_view line) {
  if (line.find_first_of("|:") == std::string_view::npos ||
      line.find_first_not_of("|:-> \t\v\f") != std::string_view::npos) {
    return 0;
  }
  std::size_t columns = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    columns += line[i] == '-' && (i == 0 || line[i - 1] != '-') ? 1 : 0;
  }
  return columns;
}

/// Lines without a blank one between them: the most that one table can be.
struct Block {
  std::size_t first_line = 0;
  std::size_t lines = 0;
  std::size_t delimiter_lines = 0;
  std::size_t columns = 0;  // of the widest delimiter line
};

Result<void> check_block(const Block& block, const std::string& path) {
  if (block.lines * block.columns > kMaxTableCells) {
    return fail(at_line("table_too_large", path, block.first_line,
                        "begins a table of more than " + std::to_string(kMaxTableCells) + " cells",
                        "move finished rows to another file"));
  }
  if (block.delimiter_lines > kMaxDelimiterLines) {
    return fail(at_line("too_many_delimiter_lines", path, block.first_line,
                        "begins more than " + std::to_string(kMaxDelimiterLines) + " delimiter lines in one block",
                        "put blank lines between its tables"));
  }
  return {};
}

Result<void> check_line(std::string_view line, const std::string& path, std::size_t number) {
  if (line.size() > kMaxLineBytes) {
    return fail(at_line("line_too_long", path, number, "is longer than 64 KiB", "break the line"));
  }
  if (static_cast<std::size_t>(std::count(line.begin(), line.end(), '|')) > kMaxPipes) {
    return fail(at_line("too_many_pipes", path, number, "has more than " + std::to_string(kMaxPipes) + " pipes",
                        "make the table narrower"));
  }
  return {};
}

}  // namespace

std::vector<Line> split_lines(std::string_view bytes, std::size_t start) {
  std::vector<Line> lines;
  for (std::size_t begin = start; begin < bytes.size();) {
    const std::size_t end = std::min(bytes.find_first_of("\r\n", begin), bytes.size());
    const std::size_t length = bytes.substr(end, 2) == "\r\n" ? 2 : std::min<std::size_t>(1, bytes.size() - end);
    lines.push_back({begin, end, end + length});
    begin = end + length;
  }
  return lines;
}

Result<void> check_source(std::string_view bytes, const std::vector<Line>& lines, const std::string& path) {
  if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos) {
    return fail(at_line("nul_byte", path, line_of(lines, nul), "holds a NUL byte", "remove it"));
  }
  if (const std::size_t invalid = find_invalid_utf8(bytes); invalid != std::string_view::npos) {
    return fail(at_line("invalid_utf8", path, line_of(lines, invalid), "is not UTF-8", "save the file as UTF-8"));
  }
  if (bytes.size() > kMaxBytes) {
    return fail(at_line("document_too_large", path, 1, "begins a document of more than 8 MiB",
                        "move finished rows to another file"));
  }
  Block block;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = bytes.substr(lines[i].begin, lines[i].end - lines[i].begin);
    SMB_TRY(check_line(line, path, i + 1));
    if (line.find_first_not_of(" \t") == std::string_view::npos) {
      SMB_TRY(check_block(block, path));
      block = Block{};
      continue;
    }
    block.first_line = block.lines == 0 ? i + 1 : block.first_line;
    ++block.lines;
    if (const std::size_t columns = delimiter_columns(line); columns > 0) {
      ++block.delimiter_lines;
      block.columns = std::max(block.columns, columns);
    }
  }
  return check_block(block, path);
}

}  // namespace smbatcher

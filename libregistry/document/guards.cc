#include "libregistry/document/guards.h"

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

/// Follows the blocks of a document, line by line.
class BlockCheck {
 public:
  explicit BlockCheck(const std::string& path) : path_(path) {}

  Result<void> line(std::string_view text, std::size_t number) {
    SMB_TRY(check_line(text, path_, number));
    if (text.find_first_not_of(" \t") == std::string_view::npos) {
      return end();
    }
    block_.first_line = block_.lines == 0 ? number : block_.first_line;
    ++block_.lines;
    if (const std::size_t columns = delimiter_columns(text); columns > 0) {
      ++block_.delimiter_lines;
      block_.columns = std::max(block_.columns, columns);
    }
    return {};
  }

  Result<void> end() {
    SMB_TRY(check_block(block_, path_));
    block_ = Block{};
    return {};
  }

 private:
  const std::string& path_;
  Block block_;
};

}  // namespace

Result<void> check_source(const Lines& lines, const Collapsed& shown, const std::string& path) {
  const std::string_view bytes = lines.bytes();
  if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos) {
    return fail(at_line("nul_byte", path, lines.at(nul), "holds a NUL byte", "remove it"));
  }
  if (const std::size_t invalid = lines.has_non_ascii() ? find_invalid_utf8(bytes) : std::string_view::npos;
      invalid != std::string_view::npos) {
    return fail(at_line("invalid_utf8", path, lines.at(invalid), "is not UTF-8", "save the file as UTF-8"));
  }
  if (shown.text().size() > kMaxBytes) {
    return fail(at_line("document_too_large", path, 1, "begins a document with more than 8 MiB besides its plain rows",
                        "move finished rows to another file"));
  }
  BlockCheck blocks(path);
  auto gap = shown.gaps().begin();
  for (std::size_t number = 1; number <= lines.count(); ++number) {
    if (gap != shown.gaps().end() && number == gap->first) {
      number = gap->last;
      ++gap;
      continue;
    }
    SMB_TRY(blocks.line(lines.text(number), number));
  }
  return blocks.end();
}

}  // namespace smbatcher

#include "libregistry/queue/document/guards.h"

#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/document/document.h"
#include "libregistry/queue/document/inline_cost.h"

namespace smbatcher {
namespace {

// Inputs beyond these make cmark-gfm take minutes or gigabytes; ordinary registries are far below.
// Source: docs/registry-format.md, "Limits".
constexpr std::size_t kMaxBytes = std::size_t{8} * 1024 * 1024;
constexpr std::size_t kMaxLineBytes = std::size_t{64} * 1024;
constexpr std::size_t kMaxPipes = 256;
constexpr std::size_t kMaxTableCells = 1'000'000;
constexpr std::size_t kMaxDelimiterLines = 64;
// Sums over the document of what takes more than its length: each is some tenths of a second.
constexpr std::size_t kMostMatching = 32'000'000;
constexpr std::size_t kMostScanning = 200'000'000;
constexpr std::size_t kMostPairings = 50'000'000;
constexpr std::size_t kMostNesting = 10'000'000;

Error at_line(ErrorWord reason, const std::string& path, std::size_t line, const std::string& problem,
              const std::string& next_step) {
  const std::string place = path + ":" + std::to_string(line);
  return malformed(reason, place, "'" + place + "' " + problem + ": " + next_step);
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

/// How deep the lists may be that a line is in: those need two columns each of what stands before its text.
std::size_t most_lists(std::string_view line) {
  std::size_t columns = 0;
  for (const char c : line) {
    if (std::string_view(" \t>-+*.)0123456789").find(c) == std::string_view::npos) {
      break;
    }
    columns += c == '\t' ? 4 : 1;
  }
  return columns / 2;
}

/// True for a line that ends the paragraph above it wherever that stands: a heading, or an item of a list.
bool begins_block(std::string_view line) {
  const std::size_t at = std::min(line.find_first_not_of(' '), line.size());
  const std::string_view text = line.substr(at);
  if (at > 3 || text.size() < 3) {
    return false;
  }
  const bool is_item = (text[0] == '-' || text[0] == '*' || text[0] == '+') && text[1] == ' ' && text[2] != ' ';
  return is_item || text.starts_with("# ") || text.starts_with("## ") || text.starts_with("### ");
}

/// Lines without a blank one between them: the most that one table, or one paragraph, can be.
struct Block {
  std::size_t first_line = 0;
  std::size_t lines = 0;
  std::size_t delimiter_lines = 0;
  std::size_t columns = 0;  // of the widest delimiter line
  std::size_t lists = 0;    // how deep its lists may be
};

/// Sums up what a document costs, line by line.
class BlockCheck {
 public:
  explicit BlockCheck(const std::string& path) : path_(path) {}

  Result<void> line(std::string_view text, std::size_t number) {
    SMB_TRY(check_line(text, path_, number));
    block_.first_line = block_.first_line == 0 ? number : block_.first_line;
    if (text.find_first_not_of(" \t>") == std::string_view::npos) {
      open_lists_ = std::max(block_.lists, open_lists_);
      nesting_ += open_lists_;
      add_inlines();
      if (text.find('>') == std::string_view::npos) {
        return end();
      }
    } else {
      open_lists_ = 0;
    }
    ++block_.lines;
    follow_rows(text);
    if (in_rows_ || begins_block(text)) {
      add_inlines();
    }
    inlines_.take(text);
    if (const std::size_t columns = delimiter_columns(text); columns > 0) {
      ++block_.delimiter_lines;
      block_.columns = std::max(block_.columns, columns);
      matching_ += in_rows_ ? 0 : inlines_.bytes();
    }
    block_.lists = std::max(block_.lists, most_lists(text));
    previous_ = text;
    return {};
  }

  Result<void> end() {
    add_inlines();
    cells_ += block_.lines * block_.columns;
    SMB_TRY(check());
    block_ = Block{};
    in_rows_ = false;
    previous_ = {};
    return {};
  }

 private:
  /// Whether the line is, for certain, a row of a table, so that each has a text of its own: the table begins a block
  /// or follows a heading, and all lines since then begin with a pipe.
  void follow_rows(std::string_view text) {
    if (!text.starts_with('|')) {
      in_rows_ = false;
    } else if (!in_rows_ && block_.lines > 1 && begins_table_ && delimiter_columns(text) > 0) {
      in_rows_ = split_row(previous_, 0).size() == split_row(text, 0).size();
    }
    begins_table_ = text.starts_with('|') && (block_.lines == 1 || previous_.starts_with("# ") ||
                                              previous_.starts_with("## ") || previous_.starts_with("### "));
  }

  void add_inlines() {
    scanned_ += inlines_.scanned();
    pairings_ += inlines_.pairings();
    inlines_ = InlineCost();
  }

  Result<void> check() const {
    if (cells_ > kMaxTableCells) {
      return fail(at_line("table_too_large", path_, block_.first_line,
                          "begins a table with which all have more than " + std::to_string(kMaxTableCells) + " cells",
                          "move finished rows to another file"));
    }
    if (block_.delimiter_lines > kMaxDelimiterLines) {
      return fail(at_line("too_many_delimiter_lines", path_, block_.first_line,
                          "begins more than " + std::to_string(kMaxDelimiterLines) + " delimiter lines in one block",
                          "put blank lines between its tables"));
    }
    if (matching_ > kMostMatching) {
      return fail(too_complex("long paragraphs with delimiter lines", "put a blank line above each table"));
    }
    if (scanned_ > kMostScanning) {
      return fail(too_complex("'<?', '<!' or '<![CDATA[' without an end", "write '&lt;' for '<'"));
    }
    if (pairings_ > kMostPairings) {
      return fail(too_complex("brackets and emphasis marks in one paragraph", "put blank lines between its parts"));
    }
    if (nesting_ > kMostNesting) {
      return fail(too_complex("blank lines in deeply nested lists", "nest them less deeply"));
    }
    return {};
  }

  Error too_complex(const std::string& what, const std::string& next_step) const {
    return at_line("document_too_complex", path_, block_.first_line, "begins a part with too many " + what, next_step);
  }

  const std::string& path_;
  Block block_;
  InlineCost inlines_;          // of the paragraph or row that goes on
  bool in_rows_ = false;        // the line is a row
  bool begins_table_ = false;   // the line above may be a header
  std::string_view previous_;   // the line above, in the same block
  std::size_t open_lists_ = 0;  // how deep the lists may be that the blank lines here are in
  std::size_t cells_ = 0;       // of all tables
  std::size_t matching_ = 0;    // bytes that are looked at as headers
  std::size_t scanned_ = 0;
  std::size_t pairings_ = 0;
  std::size_t nesting_ = 0;  // lists that blank lines are in
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

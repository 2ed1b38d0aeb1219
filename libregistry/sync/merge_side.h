#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/queue/registry/registry.h"

namespace smbatcher {

/// One of the three texts of a merge: its lines, and which of them are rows that are known by their domain.
class MergeSide {
 public:
  struct Row {
    std::string_view bytes;               // the line without its line end
    std::vector<std::string_view> cells;  // contents
    std::vector<Cell> places;             // in bytes
    std::size_t table = 0;
    bool damaged = false;
  };
  struct LineText {
    std::string_view text;
    std::string_view end;          // its line end; empty for a last line without one
    std::string_view domain{};     // of a row that is known by it, else empty
    std::string key{};             // equal for lines that say the same: of a table's lines the blanks do not count
    std::size_t table = kNoTable;  // of a header and of a row that is known
    bool is_header = false;
  };
  static constexpr std::size_t kNoTable = ~std::size_t{0};

  /// `name` ("ours") is what errors call it. An empty text is a registry without a line. Errors: those of
  /// Registry::parse.
  static Result<MergeSide> read(std::string_view text, std::string_view name,
                                const std::map<std::string, std::string>& columns);

  const std::vector<LineText>& lines() const { return lines_; }
  const Row* find(std::string_view domain) const;
  const std::map<std::string, Row, std::less<>>& rows() const { return rows_; }
  /// The titles of a table's columns, as they are shown, in lower case; a second one of a name has a number.
  const std::vector<std::string>& titles(std::size_t table) const { return titles_[table]; }
  /// A table's header line and its cells.
  const TableRow& header(std::size_t table) const { return registry_->document().tables()[table].header; }
  std::string_view text(ByteRange range) const { return registry_->document().text(range); }
  /// All domains of each batch.
  std::map<std::string, std::set<std::string>> batches() const;
  bool has_byte_order_mark() const { return has_byte_order_mark_; }
  /// The line end that all its lines have; nullopt where they have several, empty where there is none.
  std::optional<std::string_view> line_end() const { return line_end_; }

 private:
  void read_lines();
  void read_table(std::size_t table, const std::map<std::size_t, const Site*>& site_at,
                  const std::map<std::string_view, int>& occurrences);

  std::optional<Registry> registry_;  // none for an empty text
  std::vector<LineText> lines_;
  std::map<std::string, Row, std::less<>> rows_;
  std::vector<std::vector<std::string>> titles_;  // by table
  std::optional<std::string_view> line_end_ = std::string_view();
  bool has_byte_order_mark_ = false;
};

}  // namespace smbatcher

#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/registry/registry.h"

namespace smbatcher {

/// One of the three texts of a merge: its lines, and which of them are rows that are known by their domain.
class MergeSide {
 public:
  struct Row {
    std::string_view bytes;               // the line without its line end
    std::vector<std::string_view> cells;  // contents
    std::vector<Cell> places;             // in bytes
    std::size_t table = 0;
    std::size_t line = 0;
    bool damaged = false;
  };
  struct LineText {
    std::string_view text;
    std::string_view end;     // its line end; empty for a last line without one
    std::string_view domain;  // of a row that is known by it, else empty
  };

  /// `name` ("ours") is what errors call it. An empty text is a registry without a line. Errors: those of
  /// Registry::parse.
  static Result<MergeSide> read(std::string_view text, std::string_view name,
                                const std::map<std::string, std::string>& columns);

  const std::vector<LineText>& lines() const { return lines_; }
  const Row* find(std::string_view domain) const;
  const std::map<std::string, Row, std::less<>>& rows() const { return rows_; }
  /// The titles of a table's columns, as they are shown, in lower case.
  const std::vector<std::string>& titles(std::size_t table) const { return titles_[table]; }
  /// All domains of each batch.
  std::map<std::string, std::set<std::string>> batches() const;
  bool has_byte_order_mark() const { return has_byte_order_mark_; }

 private:
  void read_rows();

  std::optional<Registry> registry_;  // none for an empty text
  std::vector<LineText> lines_;
  std::map<std::string, Row, std::less<>> rows_;
  std::vector<std::vector<std::string>> titles_;  // by table
  bool has_byte_order_mark_ = false;
};

}  // namespace smbatcher

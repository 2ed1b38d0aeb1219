#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "libregistry/queue/document/document.h"

namespace smbatcher {

/// In which of its cells a row says what.
struct RowShape {
  std::size_t domain = 0;
  std::size_t status = 0;
  std::optional<std::size_t> batch;
};

/// A line that looks like a row of the queue but is in no queue table, so that GitHub and we read no row there.
struct LooseRow {
  TableRow row;
  RowShape shape;
  std::size_t table_end = 0;  // the last line of the queue table above; 0 where there is none
};

/// What the finder asks of the registry's reader.
struct RowJudge {
  /// The shape of the rows below a line with these cells; nullopt when it is not a header of a queue table.
  std::function<std::optional<RowShape>(const std::vector<Cell>&)> shape_below;
  /// True when the cells say a domain and a status where `shape` has them.
  std::function<bool(const std::vector<Cell>&, const RowShape&)> looks_like_row;
};

/// The loose rows of a document, in order: lines outside of its queue tables that say a domain and a status where the
/// queue table above (where there is none, the first one), or a header that lost its delimiter row, has them. A line of
/// a code block or a comment is an example, and a line of another table is that table's; except that a table whose
/// header is itself a row has lost its own header. `queue` are the indices of the queue tables, in order, and `shapes`
/// theirs. Errors: those of MarkdownTree::parse.
Result<std::vector<LooseRow>> find_loose_rows(const Document& document, const std::vector<std::size_t>& queue,
                                              const std::vector<RowShape>& shapes, const RowJudge& judge);

}  // namespace smbatcher

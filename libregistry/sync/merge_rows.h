#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libregistry/sync/merge_side.h"
#include "libregistry/sync/registry_merge.h"

namespace smbatcher {

/// What one side changed wins; nullopt when both changed it, to different values.
template <class Value>
std::optional<Value> pick(const Value& base, const Value& ours, const Value& theirs) {
  if (ours == theirs || theirs == base) {
    return std::optional<Value>(std::in_place, ours);
  }
  return ours == base ? std::optional<Value>(std::in_place, theirs) : std::optional<Value>();
}

/// A row of one of the sides.
struct SideRow {
  const MergeSide* side = nullptr;
  const MergeSide::Row* row = nullptr;

  const std::vector<std::string>& titles() const { return side->titles(row->table); }
  /// The name of the column of cell `index`; of a cell beyond the header, a number.
  std::string name(std::size_t index) const {
    return index < titles().size() ? titles()[index] : std::to_string(index + 1);
  }
  /// The cell in a column; empty where there is none.
  std::string_view cell(std::string_view name) const;
};

/// A row as both sides leave it: one side's row, and the cells that the other has changed.
struct MergedRow {
  SideRow row;
  SideRow other;                                            // the other side's, where it has one
  std::map<std::string, std::string, std::less<>> changed;  // by column

  std::string_view cell(std::string_view name) const;
  bool damaged = false;
};

/// Merges the rows of a registry by the names of their columns, whatever order these have on each side.
class RowMerger {
 public:
  RowMerger(const MergeSide& base, const MergeSide& ours, const MergeSide& theirs, std::string status_title,
            std::vector<Contradiction>& contradictions)
      : base_(base), ours_(ours), theirs_(theirs), status_title_(std::move(status_title)), said_(contradictions) {}

  /// nullopt when it is removed, or a contradiction.
  std::optional<MergedRow> merge(const std::string& domain);
  /// The row as a line of the table that `header` of `side` begins; nullopt when that has not all of its columns.
  std::optional<std::string> line_of(const std::string& domain, const MergedRow& merged, const MergeSide& side,
                                     std::size_t table);

 private:
  std::optional<MergedRow> merge_cells(const std::string& domain, const SideRow& base, const SideRow& ours,
                                       const SideRow& theirs);
  void say_columns(const std::string& domain, const std::vector<std::string>& ours,
                   const std::vector<std::string>& theirs);

  const MergeSide& base_;
  const MergeSide& ours_;
  const MergeSide& theirs_;
  std::string status_title_;
  std::vector<Contradiction>& said_;
  bool said_columns_ = false;
};

}  // namespace smbatcher

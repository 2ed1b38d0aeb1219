#pragma once

#include <vector>

#include "libregistry/sync/merge_side.h"

namespace smbatcher {

/// The lines of a side, in the order in which they are merged.
using MergeLines = std::vector<const MergeSide::LineText*>;

MergeLines lines_of(const MergeSide& side);

/// True when rows that both have, in one table of each, stand in another order.
bool is_reordered(const MergeSide& from, const MergeSide& to);

/// The lines of `side` with the rows of each table in the order that they have in `order`. A row that `order` has not
/// stays below the line above it.
MergeLines in_order_of(const MergeSide& order, const MergeSide& side);

}  // namespace smbatcher

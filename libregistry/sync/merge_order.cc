#include "libregistry/sync/merge_order.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace smbatcher {
namespace {

using LineText = MergeSide::LineText;

struct Place {
  std::size_t line = 0;
  std::size_t table = 0;
};

std::unordered_map<std::string_view, Place> places_of(const MergeSide& side) {
  std::unordered_map<std::string_view, Place> places;
  for (std::size_t i = 0; i < side.lines().size(); ++i) {
    const LineText& line = side.lines()[i];
    if (!line.domain.empty()) {
      places[line.domain] = {i, line.table};
    }
  }
  return places;
}

/// A table of one side and one of the other: rows that moved to another table have no order to keep.
using Tables = std::pair<std::size_t, std::size_t>;

}  // namespace

MergeLines lines_of(const MergeSide& side) {
  MergeLines lines;
  for (const LineText& line : side.lines()) {
    lines.push_back(&line);
  }
  return lines;
}

bool is_reordered(const MergeSide& from, const MergeSide& to) {
  const auto places = places_of(from);
  std::map<Tables, std::size_t> last;
  for (const LineText& line : to.lines()) {
    const auto found = line.domain.empty() ? places.end() : places.find(line.domain);
    if (found == places.end()) {
      continue;
    }
    std::size_t& above = last[{found->second.table, line.table}];
    if (found->second.line < above) {
      return true;
    }
    above = found->second.line;
  }
  return false;
}

MergeLines in_order_of(const MergeSide& order, const MergeSide& side) {
  const auto places = places_of(order);
  MergeLines kept;
  std::unordered_map<const LineText*, MergeLines> below;  // rows that only `side` has, by the line above them
  std::map<Tables, std::vector<std::size_t>> slots;       // in `kept`
  for (const LineText& line : side.lines()) {
    const auto found = line.domain.empty() ? places.end() : places.find(line.domain);
    if (!line.domain.empty() && found == places.end()) {
      below[kept.empty() ? nullptr : kept.back()].push_back(&line);
      continue;
    }
    if (found != places.end()) {
      slots[{line.table, found->second.table}].push_back(kept.size());
    }
    kept.push_back(&line);
  }
  for (const auto& [tables, indices] : slots) {
    MergeLines rows;
    for (const std::size_t index : indices) {
      rows.push_back(kept[index]);
    }
    std::sort(rows.begin(), rows.end(), [&](const LineText* a, const LineText* b) {
      return places.at(a->domain).line < places.at(b->domain).line;
    });
    for (std::size_t i = 0; i < rows.size(); ++i) {
      kept[indices[i]] = rows[i];
    }
  }
  MergeLines lines = std::move(below[nullptr]);
  for (const LineText* line : kept) {
    lines.push_back(line);
    if (const auto found = below.find(line); found != below.end()) {
      lines.insert(lines.end(), found->second.begin(), found->second.end());
    }
  }
  return lines;
}

}  // namespace smbatcher

#include "libregistry/sync/merge_rows.h"

#include <algorithm>
#include <set>
#include <utility>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

bool same_columns(const SideRow& a, const SideRow& b) {
  return a.titles() == b.titles() || std::set<std::string_view>(a.titles().begin(), a.titles().end()) ==
                                         std::set<std::string_view>(b.titles().begin(), b.titles().end());
}

/// All columns of two rows, and the numbers of cells beyond them.
std::vector<std::string> all_names(const SideRow& a, const SideRow& b) {
  std::vector<std::string> names = a.titles();
  for (const SideRow& row : {a, b}) {
    for (std::size_t i = row.titles().size(); i < row.row->cells.size(); ++i) {
      if (std::find(names.begin(), names.end(), row.name(i)) == names.end()) {
        names.push_back(row.name(i));
      }
    }
  }
  return names;
}

/// True when the rows say the same, however they are laid out.
bool same_cells(const SideRow& a, const SideRow& b) {
  if (a.titles() == b.titles() && a.row->bytes == b.row->bytes) {
    return true;
  }
  if (!same_columns(a, b)) {
    return false;
  }
  const std::vector<std::string> names = all_names(a, b);
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) { return a.cell(name) == b.cell(name); });
}

std::optional<std::string_view> further(std::string_view ours, std::string_view theirs) {
  const auto status = [](std::string_view cell) {
    return cell.empty() ? std::optional(Status::kRegistered) : status_of(cell_text(cell));
  };
  const auto a = status(ours);
  const auto b = status(theirs);
  return a && b ? std::optional(*a < *b ? theirs : ours) : std::nullopt;
}

Edit replacement(const Cell& place, std::string_view text) {
  if (place.content.size() > 0) {
    return {place.content, std::string(text)};
  }
  return {place.raw, " " + std::string(text) + " "};  // a blank cell has no place for a text of its own
}

/// What stands before the first cell of a table's row.
std::string prefix_of(const MergeSide& side, const TableRow& header) {
  std::string prefix(side.text({header.bytes.begin, header.cells.front().raw.begin}));
  for (char& c : prefix) {
    c = c == '>' || c == '|' || c == '\t' ? c : ' ';
  }
  return prefix;
}

}  // namespace

std::string_view SideRow::cell(std::string_view name) const {
  for (std::size_t i = 0; i < row->cells.size(); ++i) {
    if (i < titles().size() ? titles()[i] == name : std::to_string(i + 1) == name) {
      return row->cells[i];
    }
  }
  return {};
}

std::string_view MergedRow::cell(std::string_view name) const {
  const auto found = changed.find(name);
  return found == changed.end() ? row.cell(name) : std::string_view(found->second);
}

std::optional<MergedRow> RowMerger::merge(const std::string& domain) {
  const SideRow base{&base_, base_.find(domain)};
  const SideRow ours{&ours_, ours_.find(domain)};
  const SideRow theirs{&theirs_, theirs_.find(domain)};
  const bool damaged = (ours.row != nullptr && ours.row->damaged) || (theirs.row != nullptr && theirs.row->damaged);
  if (ours.row == nullptr || theirs.row == nullptr) {
    const SideRow& left = ours.row != nullptr ? ours : theirs;
    if (base.row == nullptr) {
      return MergedRow{left, {}, {}, damaged};
    }
    if (!same_cells(base, left)) {
      const std::string bytes(left.row->bytes);
      said_.push_back({"removed", domain, ours.row != nullptr ? bytes : "", theirs.row != nullptr ? bytes : "", ""});
    }
    return std::nullopt;
  }
  if (same_cells(ours, theirs)) {
    // Of two ways to write one row, the one that is new.
    const bool is_old = base.row != nullptr && ours.row->bytes == base.row->bytes;
    return MergedRow{is_old ? theirs : ours, is_old ? ours : theirs, {}, damaged};
  }
  if (base.row != nullptr && same_cells(theirs, base)) {
    return MergedRow{ours, theirs, {}, damaged};
  }
  if (base.row != nullptr && same_cells(ours, base)) {
    return MergedRow{theirs, ours, {}, damaged};
  }
  if (!same_columns(ours, theirs) || (base.row != nullptr && !same_columns(base, ours))) {
    say_columns(domain, ours.titles(), theirs.titles());
    return std::nullopt;
  }
  return merge_cells(domain, base, ours, theirs);
}

std::optional<MergedRow> RowMerger::merge_cells(const std::string& domain, const SideRow& base, const SideRow& ours,
                                                const SideRow& theirs) {
  MergedRow merged{ours, theirs, {}, ours.row->damaged || theirs.row->damaged};
  bool is_whole = true;
  for (const std::string& name : all_names(ours, theirs)) {
    const std::string_view before = base.row != nullptr ? base.cell(name) : std::string_view();
    auto picked = pick(before, ours.cell(name), theirs.cell(name));
    if (!picked && name == status_title_) {
      picked = further(ours.cell(name), theirs.cell(name));
    }
    if (!picked) {
      said_.push_back({name, domain, std::string(ours.cell(name)), std::string(theirs.cell(name)), ""});
      is_whole = false;
    } else if (*picked != ours.cell(name)) {
      merged.changed.emplace(name, *picked);
    }
  }
  return is_whole ? std::optional(std::move(merged)) : std::nullopt;
}

namespace {

/// The row's bytes with what differs written into them; nullopt where the row has no cell for it.
std::optional<std::string> edited_row(const SideRow& model, const MergedRow& merged) {
  std::vector<Edit> edits;
  for (std::size_t i = 0; i < std::max(model.titles().size(), model.row->cells.size()); ++i) {
    const std::string name = model.name(i);
    if (merged.cell(name) == model.cell(name)) {
      continue;
    }
    if (i >= model.row->places.size()) {
      return std::nullopt;
    }
    edits.push_back(replacement(model.row->places[i], merged.cell(name)));
  }
  return splice(model.row->bytes, std::move(edits));
}

}  // namespace

std::optional<std::string> RowMerger::line_of(const std::string& domain, const MergedRow& merged, const MergeSide& side,
                                              std::size_t table) {
  const std::vector<std::string>& titles = side.titles(table);
  // A row that has the columns of this table in their order serves as it is.
  if (merged.row.titles() == titles) {
    if (auto line = edited_row(merged.row, merged)) {
      return line;
    }
  }
  if (merged.other.row != nullptr && merged.other.titles() == titles) {
    if (auto line = edited_row(merged.other, merged)) {
      return line;
    }
  }
  for (std::size_t i = 0; i < std::max(merged.row.titles().size(), merged.row.row->cells.size()); ++i) {
    const std::string name = merged.row.name(i);
    if (!merged.cell(name).empty() && std::find(titles.begin(), titles.end(), name) == titles.end()) {
      const bool is_ours = merged.row.side == &ours_;
      say_columns(domain, is_ours ? merged.row.titles() : titles, is_ours ? titles : merged.row.titles());
      return std::nullopt;
    }
  }
  const TableRow& header = side.header(table);
  std::string line = prefix_of(side, header);
  for (std::size_t i = 0; i < titles.size(); ++i) {
    std::string cell = " " + std::string(merged.cell(titles[i])) + " ";
    cell.resize(std::max(cell.size(), i < header.cells.size() ? header.cells[i].raw.size() : 0), ' ');
    line += (i == 0 ? "" : "|") + cell;
  }
  return line + "|";
}

void RowMerger::say_columns(const std::string& domain, const std::vector<std::string>& ours,
                            const std::vector<std::string>& theirs) {
  if (!said_columns_) {
    said_columns_ = true;  // once for all rows
    said_.push_back({"columns", domain, join(ours, " | "), join(theirs, " | "), ""});
  }
}

}  // namespace smbatcher

#include <algorithm>
#include <array>

#include "libregistry/core/base/display_width.h"
#include "libregistry/core/base/text.h"
#include "libregistry/queue/registry/columns.h"
#include "libregistry/queue/registry/registry.h"

namespace smbatcher {
namespace {

/// `text` in the room of `width` columns, with a blank on either side.
std::string padded(const std::string& text, std::size_t width) {
  const std::size_t taken = display_width(text) + 1;
  return " " + text + std::string(std::max<std::size_t>(1, width - std::min(width, taken)), ' ');
}

/// What stands before the first cell of a row: a container's prefix and the leading pipe. A list marker becomes blanks:
/// it stands only on the first line of its item.
std::string continuation_prefix(std::string_view prefix) {
  std::string result(prefix);
  for (char& c : result) {
    if (c != '>' && c != '|' && c != '\t') {
      c = ' ';
    }
  }
  return result;
}

}  // namespace

Edit Registry::status_edit(const Site& site, Status status) const {
  const Cell cell = row_of(site).cells[*columns_of(site).of("status")];
  const std::string replacement(1, letter(status));
  if (cell.content.size() == 0) {
    // An empty cell keeps its width where it has any.
    const std::size_t at = cell.raw.begin + std::min<std::size_t>(1, cell.raw.size());
    return {{at, std::min(at + 1, cell.raw.end)}, replacement};
  }
  const std::string_view content = document_.text(cell.content);
  // The letter mostly is the first or one of the first of its kind; looking at all of them would take long.
  std::size_t tries = 16;
  for (std::size_t i = 0; i < content.size() && tries > 0; ++i) {
    if (content[i] == letter(site.status)) {
      --tries;
      std::string changed(content);
      changed[i] = replacement.front();
      if (document_.shown(changed) == replacement) {
        return {{cell.content.begin + i, cell.content.begin + i + 1}, replacement};
      }
    }
  }
  return {cell.content, replacement};
}

Edit Registry::batch_edit(const Site& site, const std::string& batch) const {
  const Cell cell = row_of(site).cells[*columns_of(site).of("batch")];
  return {cell.raw, padded(batch, display_width(document_.text(cell.raw)))};
}

Edit Registry::append_edit(const std::vector<NewSite>& additions) const {
  const Columns& columns = queue_.back();
  const Table& table = document_.tables()[columns.table];
  const std::size_t width = table.header.cells.size();
  const bool has_model = !table.rows.empty() && table.rows.back().cells.size() >= width && !table.rows.back().unclear;
  const TableRow model = has_model ? table.rows.back() : table.header;

  std::string prefix = continuation_prefix(document_.text({model.bytes.begin, model.cells.front().raw.begin}));
  const std::string_view suffix = trim(document_.text({model.cells[width - 1].raw.end, model.bytes.end})).substr(0, 1);
  // Without outer pipes a first or last cell that is empty would go unseen, and a first "-" be taken for a list item.
  const bool needs_pipe = prefix.find('|') == std::string::npos && columns.of("domain") != 0;
  if (!needs_pipe && prefix.ends_with(' ')) {
    prefix.pop_back();  // the cell's own blank stands there: one more could make the line indented code
  }
  std::string rows;
  for (const NewSite& site : additions) {
    const std::map<std::string_view, std::string> values{{"domain", site.domain},
                                                         {"name", escape_cell(site.name)},
                                                         {"description", escape_cell(site.description)},
                                                         {"theme", escape_cell(site.theme)},
                                                         {"status", std::string(1, letter(Status::kRegistered))}};
    std::vector<std::string> cells(width);
    for (const auto& [name, value] : values) {
      if (const auto column = columns.of(name)) {
        cells[*column] = value;
      }
    }
    rows += document_.line_end_after(model);
    rows += prefix;
    rows += needs_pipe ? "|" : "";
    for (std::size_t column = 0; column < width; ++column) {
      rows += column == 0 ? "" : "|";
      rows += padded(cells[column], display_width(document_.text(model.cells[column].raw)));
    }
    rows += suffix.empty() && cells.back().empty() ? "|" : suffix;
  }
  // After the last line of the table, before its line end: a missing final newline stays missing.
  std::size_t at = 0;
  if (table.rows.empty()) {
    const std::string& bytes = document_.bytes();
    at = std::min(bytes.find_first_not_of("\r\n", table.header.bytes.end), bytes.size());
    at = std::min(bytes.find_first_of("\r\n", at), bytes.size());
  } else {
    at = table.rows.back().bytes.end;
  }
  return {{at, at}, rows};
}

Result<EditedText> Registry::edited(const std::vector<CellChange>& changes,
                                    const std::vector<NewSite>& additions) const {
  std::vector<Edit> edits;
  for (const CellChange& change : changes) {
    const Site& site = sites_[change.site];
    if (change.status && *change.status != site.status) {
      edits.push_back(status_edit(site, *change.status));
    }
    if (change.batch && *change.batch != site.batch) {
      const auto column = columns_of(site).of("batch");
      if (!column || *column >= row_of(site).cells.size()) {
        return fail(malformed("no_batch_column", document_.path() + ":" + std::to_string(site.line),
                              "'" + std::string(site.domain) + "' has no Batch cell: add a Batch column to its table"));
      }
      edits.push_back(batch_edit(site, *change.batch));
    }
  }
  if (!additions.empty()) {
    SMB_TRY(check_may_grow());
    edits.push_back(append_edit(additions));
  }
  return confirm_edits(document_, std::move(edits), additions.size());
}

Result<std::string> Registry::with_changes(const std::vector<CellChange>& changes,
                                           const std::vector<NewSite>& additions) const {
  SMB_TRY_ASSIGN(const EditedText after, edited(changes, additions));
  return after.str();
}

std::string new_registry_text(const std::map<std::string, std::string>& columns) {
  using Column = std::pair<std::string_view, std::size_t>;  // with the width of its cells
  const std::array<Column, 6> table{
      {{"domain", 32}, {"name", 22}, {"description", 42}, {"theme", 12}, {"batch", 7}, {"status", 8}}};
  const ColumnNames names(columns);
  std::string header = "|";
  std::string delimiters = "|";
  for (const auto& [known, width] : table) {
    const std::string cell = padded(escape_cell(names.of(known)), width);
    header += cell + "|";
    delimiters += std::string(cell.size(), '-') + "|";
  }
  return "# Sites\n\n" + header + "\n" + delimiters + "\n";
}

}  // namespace smbatcher

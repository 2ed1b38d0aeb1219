#include "libregistry/sync/merge_side.h"

#include <algorithm>
#include <utility>

#include "libregistry/core/base/fold_case.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

/// A delimiter line without its blanks, its length and its outer pipes: "|:---|" and ":-" say the same.
std::string delimiter_key(std::string_view line) {
  std::string key = "d";
  for (const char c : line) {
    if (c == '|' || c == ':' || (c == '-' && key.back() != '-')) {
      key += c;
    }
  }
  if (key.ends_with('|')) {
    key.pop_back();
  }
  return key.substr(0, 2) == "d|" ? "d" + key.substr(2) : key;
}

std::vector<std::string> distinct(const std::vector<std::string>& titles) {
  std::vector<std::string> names;
  std::map<std::string, int> count;
  for (const std::string& title : titles) {
    std::string name = fold_case(title);
    const int number = ++count[name];
    names.push_back(number == 1 ? name : name + " " + std::to_string(number));
  }
  return names;
}

}  // namespace

Result<MergeSide> MergeSide::read(std::string_view text, std::string_view name,
                                  const std::map<std::string, std::string>& columns) {
  MergeSide side;
  if (text.empty()) {
    return side;
  }
  SMB_TRY_ASSIGN(side.registry_, Registry::parse(std::string(text), std::string(name), columns));
  side.has_byte_order_mark_ = text.starts_with(kByteOrderMark);
  side.read_lines();
  std::map<std::string_view, int> occurrences;
  std::map<std::size_t, const Site*> site_at;
  for (const Site& site : side.registry_->sites()) {
    ++occurrences[site.domain];
    site_at[site.line] = &site;
  }
  for (std::size_t table = 0; table < side.registry_->document().tables().size(); ++table) {
    side.read_table(table, site_at, occurrences);
  }
  for (LineText& line : side.lines_) {
    if (line.key.empty()) {
      line.key = "t" + std::string(line.text);
    }
  }
  return side;
}

void MergeSide::read_lines() {
  const Document& document = registry_->document();
  const Lines& lines = document.lines();
  for (std::size_t number = 1; number <= lines.count(); ++number) {
    const ByteRange range = lines.range(number);
    const std::string_view end = document.text({range.end, lines.whole_range(number).end});
    lines_.push_back({document.text(range), end});
    if (line_end_ && !end.empty()) {
      line_end_ = line_end_->empty() || *line_end_ == end ? std::optional(end) : std::nullopt;
    }
  }
}

void MergeSide::read_table(std::size_t table, const std::map<std::size_t, const Site*>& site_at,
                           const std::map<std::string_view, int>& occurrences) {
  const Document& document = registry_->document();
  const Table& shown = document.tables()[table];
  titles_.push_back(distinct(shown.titles));
  LineText& header = lines_[shown.header.line - 1];
  header.key = "h" + join(titles_.back(), "|");
  header.table = table;
  header.is_header = true;
  lines_[shown.delimiter_line - 1].key = delimiter_key(lines_[shown.delimiter_line - 1].text);
  for (const TableRow& row : shown.rows) {
    LineText& line = lines_[row.line - 1];
    std::vector<std::string_view> cells;
    for (const Cell& cell : row.cells) {
      cells.push_back(document.text(cell.content));
    }
    const auto found = site_at.find(row.line);
    if (row.unclear) {
      continue;  // merged as any line
    }
    if (found == site_at.end() || !is_domain(found->second->domain) || occurrences.at(found->second->domain) > 1) {
      line.key = "c";
      for (const std::string_view cell : cells) {
        line.key.append(cell).append("|");
      }
      continue;
    }
    const auto [known, is_new] = rows_.try_emplace(std::string(found->second->domain));
    Row& as_row = known->second;
    as_row = {document.text(row.bytes), std::move(cells), {}, table, found->second->damaged};
    for (const Cell& cell : row.cells) {
      const std::size_t start = row.bytes.begin;
      as_row.places.push_back(
          {{cell.raw.begin - start, cell.raw.end - start}, {cell.content.begin - start, cell.content.end - start}});
    }
    line.domain = known->first;
    line.key = "r" + known->first;
    line.table = table;
  }
}

const MergeSide::Row* MergeSide::find(std::string_view domain) const {
  const auto found = rows_.find(domain);
  return found == rows_.end() ? nullptr : &found->second;
}

std::map<std::string, std::set<std::string>> MergeSide::batches() const {
  std::map<std::string, std::set<std::string>> members;
  if (registry_) {
    for (const Site& site : registry_->sites()) {
      if (!site.batch.empty()) {
        members[site.batch].insert(site.domain);
      }
    }
  }
  return members;
}

}  // namespace smbatcher

#include "libregistry/sync/merge_side.h"

#include <utility>

#include "libregistry/base/text.h"

namespace smbatcher {
namespace {}  // namespace

Result<MergeSide> MergeSide::read(std::string_view text, std::string_view name,
                                  const std::map<std::string, std::string>& columns) {
  MergeSide side;
  if (text.empty()) {
    return side;
  }
  SMB_TRY_ASSIGN(side.registry_, Registry::parse(std::string(text), std::string(name), columns));
  const Document& document = side.registry_->document();
  side.has_byte_order_mark_ = text.starts_with(kByteOrderMark);
  const Lines& lines = document.lines();
  for (std::size_t number = 1; number <= lines.count(); ++number) {
    const ByteRange range = lines.range(number);
    side.lines_.push_back({document.text(range), document.text({range.end, lines.whole_range(number).end}), {}});
  }
  side.read_rows();
  return side;
}

void MergeSide::read_rows() {
  const Document& document = registry_->document();
  std::map<std::string_view, int> occurrences;
  std::map<std::size_t, const Site*> site_at;
  for (const Site& site : registry_->sites()) {
    ++occurrences[site.domain];
    site_at[site.line] = &site;
  }
  for (std::size_t table = 0; table < document.tables().size(); ++table) {
    titles_.emplace_back();
    for (const Cell& cell : document.tables()[table].header.cells) {
      titles_.back().push_back(to_lower(cell_text(document.text(cell.content))));
    }
    for (const TableRow& row : document.tables()[table].rows) {
      const auto found = site_at.find(row.line);
      if (found == site_at.end() || row.unclear || !is_domain(found->second->domain) ||
          occurrences[found->second->domain] > 1) {
        continue;  // merged as any line
      }
      Row& known = rows_[found->second->domain];
      known.bytes = document.text(row.bytes);
      known.table = table;
      known.line = row.line;
      known.damaged = found->second->damaged;
      for (const Cell& cell : row.cells) {
        known.cells.push_back(document.text(cell.content));
        const std::size_t start = row.bytes.begin;
        known.places.push_back(
            {{cell.raw.begin - start, cell.raw.end - start}, {cell.content.begin - start, cell.content.end - start}});
      }
      lines_[row.line - 1].domain = rows_.find(found->second->domain)->first;
    }
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

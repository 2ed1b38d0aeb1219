#include <algorithm>
#include <optional>
#include <set>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/registry/registry.h"
#include "tests/fuzz/target.h"

// The registry and its changes: what is planned happens, and no other byte of the file differs.
namespace smbatcher::test {
namespace {

/// Changes of a part of the sites, chosen by the text itself.
std::vector<CellChange> plan_for(const Registry& registry) {
  std::vector<CellChange> changes;
  std::size_t number = registry.document().bytes().size();
  for (std::size_t i = 0; i < registry.sites().size(); ++i, ++number) {
    const Site& site = registry.sites()[i];
    if (site.damaged || number % 3 == 0) {
      continue;
    }
    CellChange change{i, static_cast<Status>(1 + number % (kStatusCount - 1)), std::nullopt};
    if (site.batch.empty() || number % 5 == 0) {
      change.batch = "0042";
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

std::string text_of(const Document& document, std::size_t line) {
  return std::string(document.text(document.lines().whole_range(line)));
}

/// The row in this line of any table; none for another line.
std::optional<TableRow> row_at(const Document& document, std::size_t line) {
  for (const Table& table : document.tables()) {
    if (!table.rows.empty() && line >= table.rows.line(0) && line - table.rows.line(0) < table.rows.size()) {
      return table.rows[line - table.rows.line(0)];
    }
  }
  return std::nullopt;
}

/// Of a changed row: at most as many cells differ as were planned, and the bytes around them do not.
std::string row_difference(const Document& before, const Document& after, std::size_t line, std::size_t planned) {
  const auto old_row = row_at(before, line);
  const auto new_row = row_at(after, line);
  if (!old_row || !new_row || old_row->cells.size() != new_row->cells.size()) {
    return "a changed row has another number of cells";
  }
  std::vector<ByteRange> old_cells;
  std::vector<ByteRange> new_cells;
  const auto add = [](std::vector<ByteRange>& ranges, const TableRow& row, const Cell& cell) {
    ranges.push_back({cell.raw.begin - row.bytes.begin, cell.raw.end - row.bytes.begin});
  };
  for (std::size_t i = 0; i < old_row->cells.size(); ++i) {
    if (before.text(old_row->cells[i].raw) != after.text(new_row->cells[i].raw)) {
      add(old_cells, *old_row, old_row->cells[i]);
      add(new_cells, *new_row, new_row->cells[i]);
    }
  }
  if (old_cells.size() > planned) {
    return "more cells of a row differ than were planned";
  }
  return difference_outside(before.text(old_row->bytes), old_cells, after.text(new_row->bytes), new_cells);
}

/// What a call sees of a site.
struct Seen {
  std::string domain;
  std::string batch;
  Status status;
  double priority;
  bool damaged;
  NewSite details;

  static Seen of(const Registry& registry, const Site& site) {
    return {site.domain, site.batch, site.status, site.priority, site.damaged, registry.details(site)};
  }
  bool operator==(const Seen& other) const {
    return domain == other.domain && batch == other.batch && status == other.status && priority == other.priority &&
           damaged == other.damaged && details.name == other.details.name &&
           details.description == other.details.description && details.theme == other.details.theme;
  }
};

std::string changes_badly(const Registry& before) {
  const std::vector<CellChange> changes = plan_for(before);
  const Result<EditedText> edited = before.edited(changes, {});
  if (!edited) {
    const std::string& reason = edited.error().reason.text();
    return reason == "no_batch_column" ? "" : "edited: answers " + reason;
  }
  const std::string text = edited->str();
  const auto after = Registry::parse(text, "R.md", {});
  if (!after || after->sites().size() != before.sites().size()) {
    return "edited: the sites are not all there afterwards";
  }
  std::vector<Seen> expected;
  for (const Site& site : before.sites()) {
    expected.push_back(Seen::of(before, site));
  }
  std::set<std::size_t> changed_lines;
  for (const CellChange& change : changes) {
    Seen& site = expected[change.site];
    site.status = *change.status;
    site.batch = change.batch.value_or(site.batch);
    const std::size_t line = before.sites()[change.site].line;
    changed_lines.insert(line);
    if (std::string why = row_difference(before.document(), after->document(), line, change.batch ? 2 : 1);
        !why.empty()) {
      return "edited: " + why;
    }
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (!(expected[i] == Seen::of(*after, after->sites()[i]))) {
      return "edited: line " + std::to_string(before.sites()[i].line) + " does not read as planned";
    }
  }
  if (before.document().lines().count() != after->document().lines().count()) {
    return "edited: lines came or went";
  }
  for (std::size_t line = 1; line <= before.document().lines().count(); ++line) {
    if (!changed_lines.contains(line) && text_of(before.document(), line) != text_of(after->document(), line)) {
      return "edited: line " + std::to_string(line) + " was not planned and differs";
    }
  }
  return "";
}

/// Rows that are added are there afterwards, in one piece, and without them the text is the former one.
std::string adds_badly(const Registry& before) {
  const std::vector<NewSite> added{{"one.fuzz.example", "a | b", "c\\", "`d"}, {"two.fuzz.example", "", "", "\t*"}};
  if (before.find(added[0].domain) != nullptr || before.find(added[1].domain) != nullptr) {
    return "";
  }
  const Result<std::string> text = before.with_changes({}, added);
  if (!text) {
    const std::string& reason = text.error().reason.text();
    const bool is_open = reason == "registry_conflict" && !before.conflicts().empty();
    return is_open || reason == "edit_not_confirmed" ? "" : "with_changes: answers " + reason;
  }
  const std::string& old_text = before.document().bytes();
  const auto [old_at, new_at] = std::mismatch(old_text.begin(), old_text.end(), text->begin(), text->end());
  const std::size_t same_begin = static_cast<std::size_t>(old_at - old_text.begin());
  const auto from_end = std::mismatch(old_text.rbegin(), old_text.rend(), text->rbegin(), text->rend());
  const std::size_t same_end = static_cast<std::size_t>(from_end.first - old_text.rbegin());
  if (same_begin + same_end < old_text.size()) {
    return "with_changes: adding rows changes what was there";
  }
  const auto after = Registry::parse(*text, "R.md", {});
  if (!after || after->sites().size() != before.sites().size() + added.size()) {
    return "with_changes: the added rows are not there";
  }
  for (const NewSite& site : added) {
    const Site* found = after->find(site.domain);
    if (found == nullptr || found->damaged || found->status != Status::kRegistered || !found->batch.empty()) {
      return "with_changes: an added row does not read as registered";
    }
  }
  return "";
}

/// Every row reads as its cells show it, whichever way it was read: a backslash in another cell must not change what a
/// batch is called. What stands in no row of a table is damaged.
std::string reads_badly(const Registry& registry) {
  for (const Site& site : registry.sites()) {
    const auto row = row_at(registry.document(), site.line);
    if (!row && !site.damaged) {
      return "parse: a site in line " + std::to_string(site.line) + ", which is not a row";
    }
    if (!row) {
      continue;
    }
    const auto is_shown = [&](std::string_view text) {
      return text.empty() || std::any_of(row->cells.begin(), row->cells.end(), [&](const Cell& cell) {
               return to_lower(cell_text(registry.document().text(cell.content))) == to_lower(text);
             });
    };
    if (!is_shown(site.domain) || !is_shown(site.batch)) {
      return "parse: no cell of line " + std::to_string(site.line) + " shows the domain or the batch that was read";
    }
    const Site* found = registry.find(site.domain);
    if (!site.damaged && (found == nullptr || found->line != site.line)) {
      return "find: another site than that of line " + std::to_string(site.line);
    }
    const auto members = registry.batches().sites_of(site.batch);
    const auto index = static_cast<std::size_t>(&site - registry.sites().data());
    if (!site.damaged && !site.batch.empty() && std::find(members.begin(), members.end(), index) == members.end()) {
      return "batches: the site of line " + std::to_string(site.line) + " is not in its batch";
    }
  }
  return "";
}

}  // namespace

std::string broken_promise(std::string_view input) {
  const auto registry = Registry::parse(std::string(input), "R.md", {});
  if (!registry) {
    return registry.error().code == Errc::kMalformed ? "" : "parse: fails with something else than kMalformed";
  }
  const std::size_t damaged = static_cast<std::size_t>(
      std::count_if(registry->sites().begin(), registry->sites().end(), [](const Site& site) { return site.damaged; }));
  if (damaged > registry->damage_count()) {
    return "parse: a damaged row that is not reported";
  }
  std::string broken = reads_badly(*registry);
  if (broken.empty()) {
    broken = changes_badly(*registry);
  }
  return broken.empty() ? adds_badly(*registry) : broken;
}

}  // namespace smbatcher::test

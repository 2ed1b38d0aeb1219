#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/core/base/warning_list.h"
#include "libregistry/queue/document/plain_row.h"
#include "libregistry/queue/registry/columns.h"
#include "libregistry/queue/registry/loose_rows.h"
#include "libregistry/queue/registry/priority.h"
#include "libregistry/queue/registry/registry.h"
#include "libregistry/queue/registry/shown_text.h"

namespace smbatcher {
/// Fills a Registry from its document: which tables are queue tables, what each row says, what is damaged.
class RegistryReader {
 public:
  RegistryReader(Registry& registry, const ColumnNames& names, bool all_warnings)
      : registry_(registry), names_(names), statuses_(registry.document_) {
    if (all_warnings) {
      damages_.keep_all();
      remarks_.keep_all();
    }
  }

  Result<void> read() {
    const auto& tables = registry_.document_.tables();
    for (std::size_t table = 0; table < tables.size(); ++table) {
      if (auto columns = columns_below(tables[table].titles)) {
        SMB_TRY_ASSIGN(const std::vector<Warning> twice, check_columns(registry_.document_, tables[table], names_));
        for (const Warning& warning : twice) {
          remarks_.add(warning.code, [&] { return warning; });
        }
        columns->table = table;
        registry_.queue_.push_back(std::move(*columns));
      }
    }
    if (registry_.queue_.empty()) {
      return {};
    }
    SMB_TRY_ASSIGN(registry_.conflicts_, find_conflicts(registry_.document_.lines(), registry_.document_.path()));
    SMB_TRY_ASSIGN(const std::vector<LooseRow> loose, loose_rows());
    std::size_t rows = loose.size();
    for (const Registry::Columns& columns : registry_.queue_) {
      rows += tables[columns.table].rows.size();
    }
    registry_.sites_.reserve(rows);
    registry_.by_domain_ = DomainIndex(rows);
    batches_ = BatchBuilder(rows);
    for (const Registry::Columns& columns : registry_.queue_) {
      read_table(columns, tables[columns.table]);
    }
    for (const LooseRow& row : loose) {
      read_loose(row);
    }
    for (const Conflict& conflict : registry_.conflicts_) {
      list("registry_conflict", conflict.markers.front(), Registry::describe(conflict));
    }
    registry_.batches_ = batches_.finish();
    compare_ids();
    std::sort(damaged_.begin(), damaged_.end());
    damaged_.erase(std::unique(damaged_.begin(), damaged_.end()), damaged_.end());
    registry_.damaged_batches_ = std::move(damaged_);
    std::vector<Warning>& kept = damages_.kept();
    std::stable_sort(kept.begin(), kept.end(), [](const Warning& a, const Warning& b) { return a.line < b.line; });
    registry_.damages_ = damages_.with_counts(registry_.document_.path());
    registry_.damage_count_ = damages_.total();
    registry_.remarks_ = remarks_.with_counts(registry_.document_.path());
    return {};
  }

 private:
  /// The known columns under a header with these cells; nullopt when its table is not part of the queue.
  std::optional<Registry::Columns> columns_below(const std::vector<std::string>& titles) const {
    Registry::Columns columns;
    for (std::size_t column = 0; column < titles.size(); ++column) {
      if (const auto known = names_.known(titles[column])) {
        columns.index.emplace(*known, column);
      }
    }
    return columns.of("domain") && columns.of("status") ? std::optional(std::move(columns)) : std::nullopt;
  }

  std::vector<std::string> texts_of(const std::vector<Cell>& cells) const {
    std::vector<std::string> texts;
    for (const Cell& cell : cells) {
      texts.push_back(registry_.document_.shown(cell));
    }
    return texts;
  }

  static RowShape shape_of(const Registry::Columns& columns) {
    return {*columns.of("domain"), *columns.of("status"), columns.of("batch")};
  }

  Result<std::vector<LooseRow>> loose_rows() {
    std::vector<std::size_t> queue;
    std::vector<RowShape> shapes;
    for (const Registry::Columns& columns : registry_.queue_) {
      queue.push_back(columns.table);
      shapes.push_back(shape_of(columns));
    }
    const RowJudge judge{
        [this](const std::vector<Cell>& cells) -> std::optional<RowShape> {
          const auto columns = columns_below(texts_of(cells));
          return columns ? std::optional(shape_of(*columns)) : std::nullopt;
        },
        [this](const std::vector<Cell>& cells, const RowShape& shape) { return looks_like_row(cells, shape); }};
    return find_loose_rows(registry_.document_, queue, shapes, judge);
  }

  /// A word that happens to be a host name is none in prose, unless a letter of the queue goes with it.
  bool looks_like_row(const std::vector<Cell>& cells, const RowShape& shape) {
    if (cells.size() <= std::max(shape.domain, shape.status)) {
      return false;
    }
    const auto status = statuses_.of(registry_.document_.text(cells[shape.status].content));
    if (!status) {
      return false;
    }
    const std::string domain = to_lower(registry_.document_.shown(cells[shape.domain]));
    return is_domain(domain) && (*status != Status::kRegistered || domain.find('.') != std::string::npos);
  }

  void read_loose(const LooseRow& loose) {
    const auto text = [&](std::size_t column) { return registry_.document_.shown(loose.row.cells[column]); };
    Site site;
    site.line = static_cast<std::uint32_t>(loose.row.line);
    site.domain = keep(to_lower(text(loose.shape.domain)));
    site.status = *statuses_.of(registry_.document_.text(loose.row.cells[loose.shape.status].content));
    if (loose.shape.batch && *loose.shape.batch < loose.row.cells.size()) {
      site.batch = keep(text(*loose.shape.batch));
      site.batch = site.batch == "-" ? RegistryText() : site.batch;
    }
    if (!is_in_conflict(site)) {
      damage(site, "row_outside_table",
             "the row of '" + std::string(site.domain) + "' is in no table, so nobody is given it: " +
                 (loose.table_end == 0 ? std::string("it needs a header and a delimiter row above it")
                                       : "put it directly below line " + std::to_string(loose.table_end) +
                                             ", without a blank line, heading or comment between them") +
                 "; an example goes into a code block");
    }
    add(site);
  }

  void read_table(const Registry::Columns& columns, const Table& table) {
    const TableRows& rows = table.rows;
    const PlainColumns plain(columns, table.header.cells.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      Site site;
      site.line = static_cast<std::uint32_t>(rows.line(row));
      if (is_marker(site.line)) {
        continue;  // GitHub shows it as a row
      }
      if (!rows.is_plain(row) || !read_plain_row(plain, rows.range(row), site)) {
        const TableRow cut = rows[row];
        if (std::all_of(cut.cells.begin(), cut.cells.end(),
                        [](const Cell& cell) { return cell.content.size() == 0; })) {
          continue;  // a blank row is spacing
        }
        read_row(columns, cut, table.header.cells.size(), site);
      }
      // Between markers also headers and delimiter rows are shown as rows.
      if (!is_in_conflict(site) || (is_domain(site.domain) && !columns_below(texts_of(rows[row].cells)))) {
        add(site);
      }
    }
  }

  const Conflict* conflict_at(std::size_t line) const { return smbatcher::conflict_at(registry_.conflicts_, line); }
  bool is_marker(std::size_t line) const {
    const Conflict* conflict = conflict_at(line);
    return conflict != nullptr && conflict->has_marker(line);
  }
  bool is_in_conflict(const Site& site) const { return conflict_at(site.line) != nullptr; }

  /// The columns that decide about a site, and where they stand.
  struct PlainColumns {
    PlainColumns(const Registry::Columns& columns, std::size_t width)
        : count(width),
          domain(*columns.of("domain")),
          status(*columns.of("status")),
          batch(columns.of("batch").value_or(kNoColumn)),
          priority(columns.of("priority").value_or(kNoColumn)) {}

    static constexpr std::size_t kNoColumn = ~std::size_t{0};
    std::size_t count;
    std::size_t domain;
    std::size_t status;
    std::size_t batch;
    std::size_t priority;
  };

  /// Reads a row that shows everything as it is written, without a copy; nearly all rows are of this kind. False:
  /// read_row has to look at it.
  bool read_plain_row(const PlainColumns& columns, ByteRange line, Site& site) {
    const PlainRow cells(registry_.document_.bytes(), line);
    if (!cells.is_simple() || cells.size() <= columns.status || cells.size() <= columns.domain ||
        cells.size() > columns.count) {
      return false;
    }
    const auto status = statuses_.of(cells[columns.status]);
    site.domain = cells[columns.domain];
    if (!status || !is_lower_domain(site.domain)) {
      return false;
    }
    site.status = *status;
    if (columns.batch < cells.size()) {
      site.batch = cells[columns.batch];
      if (site.batch == "-") {
        site.batch = {};
      } else if (!site.batch.empty() && !is_last_batch(site.batch) && !is_batch_id(site.batch)) {
        return false;
      }
    }
    if (columns.priority < cells.size() && !cells[columns.priority].empty()) {
      read_priority(registry_.document_.shown(cells[columns.priority]), site);
    }
    check_status_and_batch(site);
    return true;
  }

  bool is_last_batch(std::string_view id) const {
    return id.size() == last_batch_.size() && std::equal(id.begin(), id.end(), last_batch_.begin());
  }

  void read_row(const Registry::Columns& columns, const TableRow& row, std::size_t width, Site& site) {
    const auto text = [&](std::string_view name) {
      const auto column = columns.of(name);
      return column && *column < row.cells.size() ? registry_.document_.shown(row.cells[*column]) : std::string();
    };
    site.domain = keep(to_lower(text("domain")));
    site.batch = keep(text("batch"));
    read_priority(text("priority"), site);
    if (site.batch == "-") {
      site.batch = {};
    }
    const std::size_t status_column = *columns.of("status");
    const std::string_view status_cell = status_column < row.cells.size()
                                             ? registry_.document_.text(row.cells[status_column].content)
                                             : std::string_view();
    const auto status = statuses_.of(status_cell);
    site.status = status.value_or(Status::kRegistered);

    if (row.unclear) {
      damage(site, "unclear_row", "the cells of this row cannot be told apart: check its pipes and backslashes");
    } else if (const std::string surplus = surplus_text(row, width); !surplus.empty()) {
      damage_surplus(columns, row, width, surplus, site);
    } else if (row.cells.size() <= status_column) {
      damage(site, "missing_cells",
             "the row ends before its Status column; a paragraph after the table needs a blank line before it");
    } else if (!is_domain(site.domain)) {
      damage(site, "invalid_domain", quote_cell(site.domain) + " is not a host name");
    } else if (!status) {
      damage(site, "unknown_status", quote_cell(status_cell) + " is none of - B d D O i I Q");
    } else if (!site.batch.empty() && !is_batch_id(site.batch)) {
      damage(site, "invalid_batch",
             quote_cell(site.batch) + " is not a batch id: use letters, digits, '.', '_' and '-'");
    } else {
      check_status_and_batch(site);
    }
  }

  /// What stands in the first cell that the table has no column for; empty where there is nothing.
  std::string surplus_text(const TableRow& row, std::size_t width) const {
    for (std::size_t i = width; i < row.cells.size(); ++i) {
      if (row.cells[i].content.size() > 0) {
        return std::string(registry_.document_.text(row.cells[i].content));
      }
    }
    return {};
  }

  /// A pipe too many moves the cells behind it, so the batch may be that of any of them.
  void damage_surplus(const Registry::Columns& columns, const TableRow& row, std::size_t width,
                      const std::string& surplus, Site& site) {
    damage(site, "surplus_cells",
           "the row has " + counted(row.cells.size(), "cell") + " under " + counted(width, "column") + ", and " +
               quote_cell(surplus) + " is in none: write a pipe within a text as \\|");
    const std::size_t batch = columns.of("batch").value_or(row.cells.size());
    for (std::size_t i = batch + 1; i < row.cells.size() && i <= batch + row.cells.size() - width; ++i) {
      if (std::string text = registry_.document_.shown(row.cells[i]); is_batch_id(text)) {
        damaged_.push_back(std::move(text));
      }
    }
  }

  /// One that cannot be understood is none, and said: the site would silently be last.
  void read_priority(const std::string& text, Site& site) {
    if (text.empty() || text == "-") {
      return;
    }
    const auto priority = parse_priority(text);
    site.priority = priority.value_or(Site::kNoPriority);
    if (!priority) {
      remarks_.add("unknown_priority", [&] {
        return Warning{registry_.document_.path(), site.line, "unknown_priority",
                       quote_cell(text) +
                           " is not a priority, so it counts as none: write a number, P0 to P9, high, normal "
                           "or low"};
      });
    }
  }

  void check_status_and_batch(Site& site) {
    if (site.status == Status::kRegistered && !site.batch.empty()) {
      damage(site, "status_without_batch",
             "status '-' with batch '" + std::string(site.batch) + "': set B, or clear the batch");
    } else if (site.status != Status::kRegistered && site.batch.empty()) {
      damage(site, "batch_missing", std::string("status '") + letter(site.status) + "' without a batch id");
    }
  }

  void add(const Site& site) {
    std::vector<Site>& sites = registry_.sites_;
    const auto index = static_cast<std::uint32_t>(sites.size());
    sites.push_back(site);
    if (const Conflict* conflict = conflict_at(site.line)) {
      damage(
          sites[index], "registry_conflict",
          "the row of '" + std::string(site.domain) + "' is in doubt: it is in the conflict of " + conflict->lines());
    }
    if (index > 0 && is_last_batch(site.batch)) {
      batches_.add_same();
    } else {
      last_batch_ = is_batch_id(site.batch) ? site.batch : RegistryText();
      batches_.add(last_batch_);
    }
    if (sites[index].damaged && !is_domain(site.domain)) {
      return;
    }
    const std::uint32_t first = registry_.by_domain_.add(sites, index);
    if (first != index) {
      const auto message = [&site](const Site& twin) {
        return "'" + std::string(site.domain) + "' is also in line " + std::to_string(twin.line) +
               ": remove one of the two";
      };
      damage(sites[index], "duplicate_domain", message(sites[first]));
      damage(sites[first], "duplicate_domain", message(sites[index]));
    }
  }

  /// In a conflict all rows are in doubt; that what the two sides wrote does not go together is then no news.
  void damage(Site& site, const std::string& code, std::string message) {
    site.damaged = true;
    if (is_batch_id(site.batch)) {
      damaged_.emplace_back(site.batch);
    }
    if (code == "registry_conflict" || !is_in_conflict(site)) {
      list(code, site.line, std::move(message));
    }
  }

  void list(const std::string& code, std::size_t line, std::string message) {
    damages_.add(code, [&] { return Warning{registry_.document_.path(), line, code, std::move(message)}; });
  }

  std::string_view keep(std::string text) {
    if (!registry_.texts_) {
      registry_.texts_ = std::make_shared<std::deque<std::string>>();
    }
    return registry_.texts_->emplace_back(std::move(text));
  }

  void compare_ids() {
    std::string_view previous;
    for (const auto& [id, members] : registry_.batches_) {
      if (same_batch_value(previous, id)) {
        remarks_.add("ambiguous_batch", [&, id = id, members = members] {
          return Warning{registry_.document_.path(), registry_.sites_[members.front()].line, "ambiguous_batch",
                         "batches '" + std::string(previous) + "' and '" + std::string(id) +
                             "' have the same number: --batch takes the exact text"};
        });
      }
      previous = id;
    }
  }

  Registry& registry_;
  const ColumnNames& names_;
  WarningList damages_;
  WarningList remarks_;
  BatchBuilder batches_;
  RegistryText last_batch_;  // of the site read last, when it is an id
  ShownStatuses statuses_;
  std::vector<std::string> damaged_;
};

Result<Registry> Registry::parse(std::string bytes, const std::string& path,
                                 const std::map<std::string, std::string>& columns, bool all_warnings) {
  Registry registry;
  SMB_TRY_ASSIGN(registry.document_, Document::parse(std::move(bytes), path));
  const ColumnNames names(columns);
  SMB_TRY(RegistryReader(registry, names, all_warnings).read());
  if (registry.queue_.empty()) {
    return fail(no_queue_table(registry.document_, names));
  }
  return registry;
}

}  // namespace smbatcher

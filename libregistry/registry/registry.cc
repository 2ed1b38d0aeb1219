#include "libregistry/registry/registry.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "libregistry/base/text.h"

namespace smbatcher {
namespace {

constexpr std::array<std::string_view, 7> kKnownColumns{"domain", "name",     "description", "theme",
                                                        "batch",  "priority", "status"};

std::optional<double> parse_priority(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::optional<std::size_t> Registry::Columns::of(std::string_view name) const {
  const auto found = index.find(name);
  return found == index.end() ? std::nullopt : std::optional(found->second);
}

/// Fills a Registry from its document: which tables are queue tables, what each row says, what is damaged.
class RegistryReader {
 public:
  RegistryReader(Registry& registry, const std::map<std::string, std::string>& names)
      : registry_(registry), names_(names) {}

  void read() {
    const auto& tables = registry_.document_.tables();
    for (std::size_t table = 0; table < tables.size(); ++table) {
      read_header(table);
    }
    for (const Registry::Columns& columns : registry_.queue_) {
      for (std::size_t row = 0; row < tables[columns.table].rows.size(); ++row) {
        read_row(columns, row);
      }
    }
    find_duplicates();
    group();
    std::sort(damaged_.begin(), damaged_.end());
    damaged_.erase(std::unique(damaged_.begin(), damaged_.end()), damaged_.end());
    registry_.damaged_batches_ = std::move(damaged_);
    std::stable_sort(registry_.damages_.begin(), registry_.damages_.end(),
                     [](const Warning& a, const Warning& b) { return a.line < b.line; });
  }

 private:
  void read_header(std::size_t table) {
    const TableRow& header = registry_.document_.tables()[table].header;
    Registry::Columns columns;
    columns.table = table;
    for (std::size_t column = 0; column < header.cells.size(); ++column) {
      const std::string title = to_lower(cell_text(registry_.document_.text(header.cells[column].content)));
      for (const std::string_view known : kKnownColumns) {
        const auto mapped = names_.find(std::string(known));
        if (title == (mapped == names_.end() ? std::string(known) : to_lower(mapped->second))) {
          columns.index.emplace(known, column);
        }
      }
    }
    if (columns.of("domain") && columns.of("status")) {
      registry_.queue_.push_back(std::move(columns));
    }
  }

  void read_row(const Registry::Columns& columns, std::size_t row_index) {
    const TableRow& row = registry_.document_.tables()[columns.table].rows[row_index];
    const auto text = [&](std::string_view name) {
      const auto column = columns.of(name);
      return column && *column < row.cells.size() ? cell_text(registry_.document_.text(row.cells[*column].content))
                                                  : std::string();
    };
    if (std::all_of(row.cells.begin(), row.cells.end(), [](const Cell& cell) { return cell.content.size() == 0; })) {
      return;  // a blank row is spacing
    }
    Site site;
    site.domain = to_lower(text("domain"));
    site.name = text("name");
    site.description = text("description");
    site.theme = text("theme");
    site.batch = text("batch");
    site.priority = parse_priority(text("priority"));
    site.line = row.line;
    site.table = columns.table;
    site.row = row_index;
    if (site.batch == "-") {
      site.batch.clear();
    }
    const std::string status_text = text("status");
    const auto status = status_text.empty() ? std::optional(Status::kRegistered) : status_of(status_text);
    site.status = status.value_or(Status::kRegistered);

    if (row.unclear) {
      damage(site, "unclear_row", "the cells of this row cannot be told apart: check its pipes and backslashes");
    } else if (row.cells.size() <= *columns.of("status")) {
      damage(site, "missing_cells",
             "the row ends before its Status column; a paragraph after the table needs a blank line before it");
    } else if (!is_domain(site.domain)) {
      damage(site, "invalid_domain", "'" + site.domain + "' is no host name");
    } else if (!status) {
      damage(site, "unknown_status", "'" + status_text + "' is none of - B d D O i I Q");
    } else if (!site.batch.empty() && !is_batch_id(site.batch)) {
      damage(site, "invalid_batch", "'" + site.batch + "' is no batch id: use letters, digits, '.', '_' and '-'");
    } else if (site.status == Status::kRegistered && !site.batch.empty()) {
      damage(site, "status_without_batch", "status '-' with batch '" + site.batch + "': set B, or clear the batch");
    } else if (site.status != Status::kRegistered && site.batch.empty()) {
      damage(site, "batch_missing", std::string("status '") + letter(site.status) + "' without a batch id");
    }
    registry_.sites_.push_back(std::move(site));
  }

  void damage(Site& site, std::string code, std::string message) {
    site.damaged = true;
    if (is_batch_id(site.batch)) {
      damaged_.push_back(site.batch);
    }
    registry_.damages_.push_back({registry_.document_.path(), site.line, std::move(code), std::move(message)});
  }

  void find_duplicates() {
    for (std::size_t i = 0; i < registry_.sites_.size(); ++i) {
      Site& site = registry_.sites_[i];
      if (!is_domain(site.domain)) {
        continue;
      }
      const auto [first, inserted] = registry_.by_domain_.emplace(site.domain, i);
      if (inserted) {
        continue;
      }
      Site& other = registry_.sites_[first->second];
      const auto message = [&site](const Site& twin) {
        return "'" + site.domain + "' is also in line " + std::to_string(twin.line) + ": remove one of the two";
      };
      damage(site, "duplicate_domain", message(other));
      damage(other, "duplicate_domain", message(site));
    }
  }

  void group() {
    for (std::size_t i = 0; i < registry_.sites_.size(); ++i) {
      const Site& site = registry_.sites_[i];
      if (is_batch_id(site.batch)) {
        registry_.batches_[site.batch].push_back(i);
      }
    }
    const std::string* previous = nullptr;
    for (const auto& [id, members] : registry_.batches_) {
      if (previous != nullptr && same_batch_value(*previous, id)) {
        registry_.remarks_.push_back(
            {registry_.document_.path(), registry_.sites_[members.front()].line, "ambiguous_batch",
             "batches '" + *previous + "' and '" + id + "' have the same number: --batch takes the exact text"});
      }
      previous = &id;
    }
  }

  Registry& registry_;
  const std::map<std::string, std::string>& names_;
  std::vector<std::string> damaged_;
};

Result<Registry> Registry::parse(std::string bytes, const std::string& path,
                                 const std::map<std::string, std::string>& columns) {
  Registry registry;
  SMB_TRY_ASSIGN(registry.document_, Document::parse(std::move(bytes), path));
  RegistryReader(registry, columns).read();
  if (registry.queue_.empty()) {
    return fail(malformed("no_queue_table", path,
                          "no table with the columns Domain and Status; add one: | Domain | Name | Description | "
                          "Theme | Batch | Status |"));
  }
  return registry;
}

std::optional<std::size_t> Registry::index_of(std::string_view domain) const {
  const auto found = by_domain_.find(to_lower(domain));
  return found == by_domain_.end() ? std::nullopt : std::optional(found->second);
}

const Site* Registry::find(std::string_view domain) const {
  const auto index = index_of(domain);
  return index ? &sites_[*index] : nullptr;
}

bool Registry::has_column(std::string_view name) const { return queue_.back().of(name).has_value(); }

bool Registry::holds_damage(std::string_view batch) const {
  return std::binary_search(damaged_batches_.begin(), damaged_batches_.end(), batch);
}

std::optional<std::string> Registry::resolve_batch(std::string_view text) const {
  if (const auto exact = batches_.find(text); exact != batches_.end()) {
    return exact->first;
  }
  for (const auto& [id, members] : batches_) {
    if (same_batch_value(id, text)) {
      return id;
    }
  }
  return std::nullopt;
}

const Registry::Columns* Registry::columns_of(std::size_t table) const {
  const auto found =
      std::find_if(queue_.begin(), queue_.end(), [table](const Columns& columns) { return columns.table == table; });
  return found == queue_.end() ? nullptr : &*found;
}

}  // namespace smbatcher

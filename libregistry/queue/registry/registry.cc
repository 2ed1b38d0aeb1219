#include "libregistry/queue/registry/registry.h"

#include <algorithm>

#include "libregistry/core/base/text.h"

namespace smbatcher {

std::optional<std::size_t> Registry::Columns::of(std::string_view name) const {
  const auto found = index.find(name);
  return found == index.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> Registry::index_of(std::string_view domain) const {
  const std::size_t found = by_domain_.find(sites_, to_lower(domain));
  return found == sites_.size() ? std::nullopt : std::optional(found);
}

const Site* Registry::find(std::string_view domain) const {
  const auto index = index_of(domain);
  return index ? &sites_[*index] : nullptr;
}

std::string Registry::describe(const Conflict& conflict) {
  return "conflict markers in " + conflict.lines() +
         ": keep the rows that are right and delete the markers, or undo what left them (git merge --abort, git rebase "
         "--abort)";
}

Result<void> Registry::check_may_grow() const {
  if (conflicts_.empty()) {
    return {};
  }
  const std::string place = document_.path() + ":" + std::to_string(conflicts_.front().markers.front());
  return fail(malformed("registry_conflict", place, "'" + place + "' has " + describe(conflicts_.front())));
}

bool Registry::has_column(std::string_view name) const { return queue_.back().of(name).has_value(); }

bool Registry::holds_damage(std::string_view batch) const {
  return std::binary_search(damaged_batches_.begin(), damaged_batches_.end(), batch);
}

std::optional<std::string> Registry::resolve_batch(std::string_view text) const {
  if (batches_.contains(text)) {
    return std::string(text);
  }
  for (const auto& [id, members] : batches_) {
    if (same_batch_value(id, text)) {
      return std::string(id);
    }
  }
  return std::nullopt;
}

std::string Registry::text_of(const Site& site, std::string_view column) const {
  const auto index = columns_of(site).of(column);
  const TableRow row = row_of(site);
  return index && *index < row.cells.size() ? document_.shown(row.cells[*index]) : std::string();
}

NewSite Registry::details(const Site& site) const {
  return {site.domain, text_of(site, "name"), text_of(site, "description"), text_of(site, "theme")};
}

TableRow Registry::row_of(const Site& site) const {
  const TableRows& rows = document_.tables()[columns_of(site).table].rows;
  if (!rows.empty() && site.line >= rows.line(0) && site.line - rows.line(0) < rows.size()) {
    return rows[site.line - rows.line(0)];
  }
  const ByteRange line = document_.lines().range(site.line);  // it is in no table
  return {site.line, line, split_row(document_.text(line), line.begin), true};
}

const Registry::Columns& Registry::columns_of(const Site& site) const {
  // The last queue table that begins above the site's row; tables are in the order of the file.
  const auto after =
      std::upper_bound(queue_.begin(), queue_.end(), site.line, [this](std::size_t line, const Columns& columns) {
        return line < document_.tables()[columns.table].header.line;
      });
  return after == queue_.begin() ? queue_.front() : *std::prev(after);
}

}  // namespace smbatcher

#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/base/text_hash.h"
#include "libregistry/core/base/warning.h"
#include "libregistry/queue/document/conflicts.h"
#include "libregistry/queue/document/document.h"
#include "libregistry/queue/registry/site.h"
#include "libregistry/queue/registry/status.h"

namespace smbatcher {

/// What is said of a site: added by a registration, and handed on to who designs it.
struct NewSite {
  std::string domain;
  std::string name;
  std::string description;
  std::string theme;
};

/// A change of one row's cells. An absent member is left as it is; an empty batch clears the cell.
struct CellChange {
  std::size_t site = 0;  // index into Registry::sites()
  std::optional<Status> status;
  std::optional<std::string> batch;
};

/// The queue in a Markdown document: the rows of every table whose header has both Domain and Status.
///
/// Source: docs/registry-format.md. A row that cannot be understood is damaged: it holds back the batches it touches
/// and nothing else. So is a row that stands in no table, and one that is in doubt between conflict markers.
class Registry {
 public:
  /// `columns` maps known column names (lower case) to the names used in this file; with `all_warnings`, damages() and
  /// remarks() are complete. Errors: those of Document::parse, "no_queue_table" when no table is part of the queue, and
  /// "ambiguous_columns" when a table of it has a known column twice.
  static Result<Registry> parse(std::string bytes, const std::string& path,
                                const std::map<std::string, std::string>& columns, bool all_warnings = false);

  const std::vector<Site>& sites() const { return sites_; }
  /// The first 20 of each kind, then the number of the others: see WarningList.
  const std::vector<Warning>& damages() const { return damages_; }
  std::size_t damage_count() const { return damage_count_; }
  /// What is odd without holding anything back, e.g. batches "3" and "003".
  const std::vector<Warning>& remarks() const { return remarks_; }
  /// What a merge left open; listed in damages(), as the rows in them are.
  const std::vector<Conflict>& conflicts() const { return conflicts_; }
  const Document& document() const { return document_; }

  const Site* find(std::string_view domain) const;
  std::optional<std::size_t> index_of(std::string_view domain) const;
  const BatchTable& batches() const { return batches_; }
  /// What a site's row shows in a known column, e.g. "theme"; empty where there is none.
  std::string text_of(const Site& site, std::string_view column) const;
  NewSite details(const Site& site) const;
  /// True when the table that additions go to has the known column, e.g. "theme".
  bool has_column(std::string_view name) const;
  /// True when a damaged row touches the batch.
  bool holds_damage(std::string_view batch) const;
  /// The id in the registry that `text` means: itself, else the one of the same value ("3" finds "003").
  std::optional<std::string> resolve_batch(std::string_view text) const;

  /// kMalformed "registry_conflict" while there are conflicts: a new row could end up between the markers, or be lost
  /// with the side that is dropped.
  Result<void> check_may_grow() const;
  /// The text after `changes` and `additions`, verified: nothing but the planned cells differs.
  /// Errors: kMalformed "edit_not_confirmed", and that of check_may_grow() for additions; kRefused "no_batch_column"
  /// with the line of a table that has none.
  Result<EditedText> edited(const std::vector<CellChange>& changes, const std::vector<NewSite>& additions) const;
  /// The same in one piece.
  Result<std::string> with_changes(const std::vector<CellChange>& changes, const std::vector<NewSite>& additions) const;

 private:
  friend class RegistryReader;

  /// The known columns of one queue table, by index into its cells.
  struct Columns {
    std::size_t table = 0;
    std::map<std::string, std::size_t, std::less<>> index;  // known name -> column
    std::optional<std::size_t> of(std::string_view name) const;
  };

  static std::string describe(const Conflict& conflict);
  const Columns& columns_of(const Site& site) const;
  TableRow row_of(const Site& site) const;
  Edit status_edit(const Site& site, Status status) const;
  Edit batch_edit(const Site& site, const std::string& batch) const;
  Edit append_edit(const std::vector<NewSite>& additions) const;

  Document document_;
  std::vector<Conflict> conflicts_;
  std::vector<Columns> queue_;
  std::vector<Site> sites_;
  std::vector<Warning> damages_;
  std::size_t damage_count_ = 0;
  std::vector<Warning> remarks_;
  DomainIndex by_domain_;
  BatchTable batches_;
  std::shared_ptr<std::deque<std::string>> texts_;  // what sites show that is not in the document's bytes as it is
  std::vector<std::string> damaged_batches_;        // sorted
};

/// A fresh registry: a title and one table with the known columns, called as `columns` maps them.
std::string new_registry_text(const std::map<std::string, std::string>& columns);

}  // namespace smbatcher

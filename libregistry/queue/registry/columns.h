#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/base/warning.h"
#include "libregistry/queue/document/document.h"

namespace smbatcher {

/// How the known columns of a registry are called: by their own names, or as config.yml maps them. Names are compared
/// without regard to case, see fold_case().
class ColumnNames {
 public:
  /// `mapped`: known column in lower case -> its name in the tables.
  explicit ColumnNames(const std::map<std::string, std::string>& mapped);

  /// What a known column ("status") is called: "Status", or what it is mapped to.
  const std::string& of(std::string_view known) const { return names_.find(known)->second; }
  /// The known column that a title names.
  std::optional<std::string_view> known(std::string_view title) const;

 private:
  std::map<std::string, std::string, std::less<>> names_;           // by known column
  std::map<std::string, std::string_view, std::less<>> by_folded_;  // known column by what a title folds to
};

/// What to say of a queue table that has a known column twice: of two texts the first counts. Errors: kMalformed
/// "ambiguous_columns" where they decide who gets what, so that nobody can say which one is meant.
Result<std::vector<Warning>> check_columns(const Document& document, const Table& table, const ColumnNames& names);

/// kMalformed "no_queue_table": which columns a queue table needs, and where a line looks like the header of one, why
/// it is none.
Error no_queue_table(const Document& document, const ColumnNames& names);

}  // namespace smbatcher

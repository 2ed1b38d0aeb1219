#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// Two changes of a registry that exclude each other.
struct Contradiction {
  std::string what;     // "batch", "name", … (a column); "removed", "members", "columns", "order", "row", "text"
  std::string subject;  // the domain, the batch id, or the line of ours as "line 12"
  std::string ours;     // what each side says; a row, a list of domains or lines where that is what they say
  std::string theirs;
  std::string note;  // why the two exclude each other, where they do not say it themselves

  /// "bakery.example batch: '003' here, '004' at the remote".
  std::string describe(std::string_view ours_are = "here", std::string_view theirs_are = "at the remote") const;
};

/// What became of two changes of one registry: a text, or why there is none.
struct RegistryMerge {
  std::string text;  // of use only without contradictions
  std::vector<Contradiction> contradictions;
};

struct MergeSources {
  std::string_view base;  // empty: both sides made the registry anew
  std::string_view ours;
  std::string_view theirs;
};

/// Merges two changes of one registry, a pure function of three texts. Source: docs/git-sync.md, "How registries are
/// merged".
///
/// Rows are known by their domain, so that neighbours which changed apart are no conflict. Of a cell, what one side
/// changed wins, also when a status went back; when both changed a status, the further one. Rows that were added on
/// either side are all there, ours before theirs, under the columns that they were written for, also where the other
/// side has reordered these. An order of rows that one side changed is kept. Blanks in a table are no change. What is
/// not a row (headings, prose, other tables, rows that cannot be understood) is merged by lines. Bytes that nobody
/// changed stay as they are, line ends included.
///
/// `columns` as in Registry::parse. Errors: those of Registry::parse, `where` being "base", "ours" or "theirs" and the
/// line.
Result<RegistryMerge> merge_registries(const MergeSources& sources, const std::map<std::string, std::string>& columns);

}  // namespace smbatcher

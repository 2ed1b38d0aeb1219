#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "libregistry/queue/document/lines.h"
#include "libregistry/queue/document/verbatim.h"

namespace smbatcher {

/// What a merge that met a conflict left in a document: its marker lines, and what they enclose.
struct Conflict {
  std::vector<std::size_t> markers;  // "<<<<<<<", "|||||||" (diff3, zdiff3), "=======", ">>>>>>>", in order
  std::size_t first = 0;             // what lies in [first, last] is in doubt
  std::size_t last = 0;

  bool holds(std::size_t line) const { return first <= line && line <= last; }
  bool has_marker(std::size_t line) const;
  /// "lines 5, 7 and 9".
  std::string lines() const;
};

/// The conflicts of a document, in order; marker lines in code blocks and comments are examples. One without its end
/// goes to the end of the document; one without its beginning begins with the block of lines that its end stands in.
/// Errors: those of MarkdownTree::parse.
Result<std::vector<Conflict>> find_conflicts(const Lines& lines, const std::string& path);
/// The one of `conflicts` that holds the line; null when none does.
const Conflict* conflict_at(const std::vector<Conflict>& conflicts, std::size_t line);

}  // namespace smbatcher

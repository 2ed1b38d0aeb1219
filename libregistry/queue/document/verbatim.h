#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/queue/document/lines.h"

namespace smbatcher {

/// Lines [first, last] that say nothing by themselves: they are shown as they are, or not at all.
struct VerbatimLines {
  std::size_t first = 0;
  std::size_t last = 0;
  bool indented = false;  // code by its four blanks alone, as a row that slipped to the right is too
};

/// The insides of code blocks, comments, <pre>, <script>, <style> and <textarea> of a document, in order. One whose end
/// is missing swallows the rest of the document, which nobody means: it is not listed. The text is within the guards of
/// Document::parse. Errors: those of MarkdownTree::parse.
Result<std::vector<VerbatimLines>> find_verbatim_lines(const Lines& lines, const std::string& path);

}  // namespace smbatcher

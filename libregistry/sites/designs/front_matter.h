#pragma once

#include <cstddef>
#include <string_view>

#include "libregistry/queue/document/lines.h"

namespace smbatcher {

/// Where the front matter of a document is: between a first line `---` and the next `---` or `...`. All lines are
/// 1-based. Source: docs/site-files.md, "Front matter".
struct FrontMatterRange {
  bool begins = false;        // the first line is `---`
  std::size_t end_line = 0;   // the line that ends it; 0 without front matter, also where it has no end
  ByteRange yaml;             // the lines between, with their line ends
  ByteRange body;             // what follows; without front matter all but the byte order mark
  std::size_t body_line = 1;  // the line that `body` begins on
  bool present() const { return end_line != 0; }
};

/// `lines` begin behind the byte order mark.
FrontMatterRange find_front_matter(const Lines& lines);

/// The length of the byte order mark that `bytes` begin with: 3, else 0.
std::size_t byte_order_mark_size(std::string_view bytes);

}  // namespace smbatcher

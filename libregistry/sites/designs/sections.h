#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/sites/designs/front_matter.h"

namespace smbatcher {

/// A heading and what stands between it and the next one of any level.
struct DocumentSection {
  std::string heading;   // as it is shown; empty for what stands before the first one
  int level = 0;         // 1 to 6; 0 before the first heading
  std::size_t line = 0;  // 1-based, in the file: of the heading, else of the text
  std::string text;      // Markdown as it stands in the file, blank lines around it left out
  ByteRange range;       // of the text in the file, blank lines included
};

/// `text` without the blank lines at both ends, and without the last line end.
std::string_view without_blank_lines(std::string_view text);

/// The sections of the body behind `front`, in order; `lines` are those of the whole document, within the guards of
/// Document::parse. Errors: those of find_headings().
Result<std::vector<DocumentSection>> find_sections(const Lines& lines, const FrontMatterRange& front,
                                                   const std::string& path);

}  // namespace smbatcher

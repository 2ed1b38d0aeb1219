#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/base/result.h"

namespace smbatcher {

/// One line of a document: its bytes are [begin, end), its line end is [end, next).
struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t next = 0;
};

/// The lines from byte `start` on, ended by LF, CRLF or CR as in CommonMark; line 1 is the first element.
std::vector<Line> split_lines(std::string_view bytes, std::size_t start);

/// The errors that Document::parse lists.
Result<void> check_source(std::string_view bytes, const std::vector<Line>& lines, const std::string& path);

}  // namespace smbatcher

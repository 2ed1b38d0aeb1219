#include <algorithm>

#include "libregistry/queue/document/blanks.h"
#include "libregistry/queue/document/document.h"
#include "libregistry/queue/document/markdown.h"

namespace smbatcher {
namespace {

constexpr std::string_view kMarkup = "\\`*_~[<&";  // text without these shows as it is written

/// The next pipe that separates cells. Only the byte before it counts: cmark-gfm takes the pipe of `\\|` as escaped
/// too.
std::size_t find_separator(std::string_view bytes, std::size_t from) {
  std::size_t pipe = bytes.find('|', from);
  while (pipe != std::string_view::npos && pipe > from && bytes[pipe - 1] == '\\') {
    pipe = bytes.find('|', pipe + 1);
  }
  return std::min(pipe, bytes.size());
}

}  // namespace

std::vector<Cell> split_row(std::string_view bytes, std::size_t offset) {
  std::vector<Cell> cells;
  const std::size_t first = std::min(bytes.find_first_not_of(" \t"), bytes.size());
  std::size_t begin = first < bytes.size() && bytes[first] == '|' ? first + 1 : first;
  while (begin < bytes.size()) {
    const std::size_t end = find_separator(bytes, begin);
    const std::string_view content = trim_cell(bytes.substr(begin, end - begin));
    if (end == bytes.size() && content.empty() && begin > first) {
      break;  // blanks behind the trailing pipe
    }
    const std::size_t content_begin = offset + static_cast<std::size_t>(content.data() - bytes.data());
    cells.push_back({{offset + begin, offset + end}, {content_begin, content_begin + content.size()}});
    begin = end + 1;
  }
  return cells;
}

std::string cell_text(std::string_view content, const DefinedLabels& labels) {
  content = trim_cell(content);
  if (content.find_first_of(kMarkup) == std::string_view::npos) {
    return std::string(content);
  }
  return shown_text(content, labels.definitions_for(content)).value_or(std::string(content));
}

}  // namespace smbatcher

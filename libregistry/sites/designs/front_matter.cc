#include "libregistry/sites/designs/front_matter.h"

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

bool is_mark(const Lines& lines, std::size_t number, std::string_view mark) {
  const std::string_view content = lines.text(number);
  return content.starts_with(mark) && trim(content) == mark;
}

}  // namespace

FrontMatterRange find_front_matter(const Lines& lines) {
  const std::size_t end = lines.bytes().size();
  FrontMatterRange range;
  range.body = {end - lines.content().size(), end};
  range.begins = lines.count() > 0 && is_mark(lines, 1, "---");
  for (std::size_t number = 2; range.begins && number <= lines.count(); ++number) {
    if (is_mark(lines, number, "---") || is_mark(lines, number, "...")) {
      range.end_line = number;
      range.yaml = {lines.whole_range(1).end, lines.whole_range(number).begin};
      range.body = {lines.whole_range(number).end, end};
      range.body_line = number + 1;
      break;
    }
  }
  return range;
}

std::size_t byte_order_mark_size(std::string_view bytes) { return bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0; }

}  // namespace smbatcher

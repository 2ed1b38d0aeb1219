#include "libregistry/sites/designs/sections.h"

#include "libregistry/core/base/text.h"
#include "libregistry/queue/document/markdown.h"

namespace smbatcher {

std::string_view without_blank_lines(std::string_view text) {
  const Lines lines(text);
  std::size_t first = 1;
  std::size_t last = lines.count();
  while (first <= last && trim(lines.text(first)).empty()) {
    ++first;
  }
  while (first < last && trim(lines.text(last)).empty()) {
    --last;
  }
  if (first > last) {
    return {};
  }
  const std::size_t begin = lines.range(first).begin;
  return text.substr(begin, lines.range(last).end - begin);
}

Result<std::vector<DocumentSection>> find_sections(const Lines& lines, const FrontMatterRange& front,
                                                   const std::string& path) {
  const std::string_view bytes = lines.bytes();
  const std::size_t before = front.body_line - 1;  // lines above the body
  const auto begin_of = [&](std::size_t number) {
    return number <= lines.count() ? lines.whole_range(number).begin : bytes.size();
  };
  std::vector<DocumentSection> sections(1);
  sections[0].line = front.body_line;
  sections[0].range.begin = front.body.begin;
  SMB_TRY_ASSIGN(const std::vector<ShownHeading> headings,
                 find_headings(bytes.substr(front.body.begin, front.body.size()), path));
  for (const ShownHeading& heading : headings) {
    sections.back().range.end = begin_of(before + heading.line);
    sections.push_back({heading.text, heading.level, before + heading.line, {}, {}});
    sections.back().range.begin = begin_of(before + heading.last_line + 1);
  }
  sections.back().range.end = bytes.size();
  for (DocumentSection& section : sections) {
    section.text = without_blank_lines(bytes.substr(section.range.begin, section.range.size()));
  }
  if (sections[0].text.empty()) {
    sections.erase(sections.begin());
    return sections;
  }
  while (trim(lines.text(sections[0].line)).empty()) {
    ++sections[0].line;
  }
  return sections;
}

}  // namespace smbatcher

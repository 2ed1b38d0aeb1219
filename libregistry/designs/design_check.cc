#include "libregistry/designs/design_check.h"

#include <set>
#include <string_view>

#include "libregistry/base/text.h"
#include "libregistry/document/lines.h"
#include "libregistry/document/markdown.h"
#include "libregistry/fs/snapshot.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMaxSize = std::size_t{8} << 20U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// What follows the front matter: a first line `---` up to the next `---` or `...`. Without an end there is none.
std::string_view without_front_matter(std::string_view text, const std::vector<Line>& lines, std::size_t start) {
  const auto is_mark = [text](const Line& line, std::string_view mark) {
    const std::string_view content = text.substr(line.begin, line.end - line.begin);
    return content.starts_with(mark) && trim(content) == mark;
  };
  if (!lines.empty() && is_mark(lines.front(), "---")) {
    for (std::size_t i = 1; i < lines.size(); ++i) {
      if (is_mark(lines[i], "---") || is_mark(lines[i], "...")) {
        return text.substr(lines[i].next);
      }
    }
  }
  return text.substr(start);
}

}  // namespace

Result<DesignCheck> check_headings(FileOps& ops, const std::string& path, const std::vector<std::string>& required) {
  const auto bytes = read_file(ops, path, kMaxSize);
  if (!bytes) {
    if (bytes.error().code == Errc::kNotFound) {
      return DesignCheck{false, required};
    }
    return fail(bytes.error());
  }
  const std::size_t start = bytes->starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::vector<Line> lines = split_lines(*bytes, start);
  SMB_TRY(check_source(*bytes, lines, path));

  std::set<std::string> found;
  for (const std::string& heading : heading_texts(without_front_matter(*bytes, lines, start))) {
    found.insert(to_lower(heading));
  }
  DesignCheck check{true, {}};
  for (const std::string& heading : required) {
    if (!found.contains(to_lower(trim(heading)))) {
      check.missing.push_back(heading);
    }
  }
  return check;
}

}  // namespace smbatcher

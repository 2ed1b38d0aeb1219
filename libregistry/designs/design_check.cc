#include "libregistry/designs/design_check.h"

#include <set>
#include <string_view>

#include "libregistry/base/text.h"
#include "libregistry/document/collapse.h"
#include "libregistry/document/guards.h"
#include "libregistry/document/lines.h"
#include "libregistry/document/markdown.h"
#include "libregistry/fs/snapshot.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMaxSize = std::size_t{8} << 20U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// What follows the front matter: a first line `---` up to the next `---` or `...`. Without an end there is none.
std::string_view without_front_matter(const Lines& lines) {
  const auto is_mark = [&lines](std::size_t number, std::string_view mark) {
    const std::string_view content = lines.text(number);
    return content.starts_with(mark) && trim(content) == mark;
  };
  if (lines.count() > 0 && is_mark(1, "---")) {
    for (std::size_t number = 2; number <= lines.count(); ++number) {
      if (is_mark(number, "---") || is_mark(number, "...")) {
        return lines.bytes().substr(lines.whole_range(number).end);
      }
    }
  }
  return lines.content();
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
  const Lines lines(*bytes, start);
  const Collapsed collapsed(lines);
  SMB_TRY(check_source(lines, collapsed, path));

  std::set<std::string> found;
  for (const std::string& heading : heading_texts(without_front_matter(lines))) {
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

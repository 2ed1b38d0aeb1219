#include "libregistry/sites/designs/design_check.h"

#include <set>
#include <string_view>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/queue/document/collapse.h"
#include "libregistry/queue/document/guards.h"
#include "libregistry/queue/document/lines.h"
#include "libregistry/queue/document/markdown.h"
#include "libregistry/sites/designs/front_matter.h"

namespace smbatcher {
namespace {

/// True when the section of headings[index] holds comments and nothing else, its own sections included: nobody has
/// begun it.
bool is_placeholder(const std::vector<ShownHeading>& headings, std::size_t index) {
  const int level = headings[index].level;
  bool has_comments = headings[index].has_comments;
  bool has_content = headings[index].has_content;
  for (std::size_t i = index + 1; i < headings.size() && headings[i].level > level; ++i) {
    has_comments = has_comments || headings[i].has_comments;
    has_content = has_content || headings[i].has_content;
  }
  return has_comments && !has_content;
}

}  // namespace

Result<DesignCheck> check_headings(FileOps& ops, const std::string& path, const std::vector<std::string>& required) {
  const auto bytes = read_file(ops, path, kLargestText);
  if (!bytes) {
    if (bytes.error().code == Errc::kNotFound) {
      return DesignCheck{false, required};
    }
    return fail(bytes.error());
  }
  const Lines lines(*bytes, byte_order_mark_size(*bytes));
  const Collapsed collapsed(lines);
  SMB_TRY(check_source(lines, collapsed, path));

  const ByteRange body = find_front_matter(lines).body;
  SMB_TRY_ASSIGN(const std::vector<ShownHeading> headings,
                 find_headings(std::string_view(*bytes).substr(body.begin, body.size()), path));
  std::set<std::string> found;
  for (std::size_t i = 0; i < headings.size(); ++i) {
    if (!is_placeholder(headings, i)) {
      found.insert(to_lower(headings[i].text));
    }
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

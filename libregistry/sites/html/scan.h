#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace smbatcher {

/// A start or end tag as it is written.
struct ScannedTag {
  std::string name;       // in lower case
  std::size_t begin = 0;  // of its '<'
  std::size_t end = 0;    // behind its '>'
  bool is_end = false;
  bool self_closing = false;
  std::size_t attributes = 0;  // as many at least
};

/// Hands over every tag of `html` in order until `take` answers false: one pass, no tree, no recursion. Comments are
/// skipped, and what is text in elements such as script.
void scan_tags(std::string_view html, const std::function<bool(const ScannedTag&)>& take);

}  // namespace smbatcher

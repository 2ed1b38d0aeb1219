#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace smbatcher {

/// One part of a bar: how much, and the class of its colour in the page's style sheet.
struct BarPart {
  std::string css_class;
  std::string name;
  std::size_t value = 0;
};

struct Bar {
  std::string label;
  std::vector<BarPart> parts;
  std::size_t total() const;
};

/// One bar over the whole width, its parts in order. `title` is read out by screen readers.
std::string svg_share(const std::string& title, const Bar& bar);

/// Columns side by side, their parts stacked, over an axis that says the largest value and the first and last label.
std::string svg_columns(const std::string& title, const std::vector<Bar>& bars);

}  // namespace smbatcher

#include "libregistry/core/base/text_places.h"

#include <algorithm>
#include <iterator>

#include "libregistry/core/base/text.h"

namespace smbatcher {

TextPlaces::TextPlaces(std::string_view text) : text_(text), begins_{0} {
  for (std::size_t end = text.find_first_of("\r\n"); end != std::string_view::npos;
       end = text.find_first_of("\r\n", end)) {
    end += text.substr(end).starts_with("\r\n") ? 2 : 1;
    if (end < text.size()) {
      begins_.push_back(end);
    }
  }
}

TextPlace TextPlaces::at(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto next = std::upper_bound(begins_.begin() + 1, begins_.end(), offset);
  const std::size_t begin = *std::prev(next);
  return {static_cast<std::size_t>(next - begins_.begin()), offset - begin + 1,
          count_code_points(text_.substr(begin, offset - begin)) + 1};
}

}  // namespace smbatcher

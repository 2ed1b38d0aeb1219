#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/queue/document/lines.h"

namespace smbatcher {

/// A document as cmark-gfm is given it: without the middles of its long runs of plain lines.
///
/// cmark-gfm takes microseconds and kilobytes for each row, a hundred times what the row itself costs here. A plain
/// line changes nothing for those below it, so two at each end of a run tell what all of them are; the last ones stay
/// because a delimiter row below makes the line above it a header.
class Collapsed {
 public:
  /// Lines [first, last] that were left out.
  struct Gap {
    std::size_t first = 0;
    std::size_t last = 0;
    std::size_t shown_after = 0;  // the number in text() of the line below
  };

  /// `lines` must outlive this.
  explicit Collapsed(const Lines& lines);

  std::string_view text() const { return gaps_.empty() ? whole_ : std::string_view(text_); }
  const std::vector<Gap>& gaps() const { return gaps_; }
  /// The number that line `number` of text() has in the document.
  std::size_t original(std::size_t number) const;

 private:
  std::string_view whole_;
  std::string text_;
  std::vector<Gap> gaps_;
};

}  // namespace smbatcher

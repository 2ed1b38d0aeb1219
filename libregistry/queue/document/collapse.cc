#include "libregistry/queue/document/collapse.h"

#include <algorithm>
#include <iterator>

namespace smbatcher {
namespace {

constexpr std::size_t kKeptAtEachEnd = 2;
constexpr std::size_t kShortestRun = 8;

}  // namespace

Collapsed::Collapsed(const Lines& lines) : whole_(lines.content()) {
  std::size_t copied = 1;  // the first line that is not in text_ yet
  const auto copy_up_to = [&](std::size_t end) {
    if (copied < end) {
      const std::size_t from = lines.whole_range(copied).begin;
      text_ += lines.bytes().substr(from, lines.whole_range(end - 1).end - from);
    }
  };
  std::size_t left_out = 0;
  std::size_t run = 0;  // plain lines directly above `number`
  for (std::size_t number = 1; number <= lines.count() + 1; ++number) {
    if (number <= lines.count() && lines.is_plain(number)) {
      ++run;
      continue;
    }
    if (run >= kShortestRun) {
      const Gap gap{number - run + kKeptAtEachEnd, number - 1 - kKeptAtEachEnd,
                    number - run + kKeptAtEachEnd - left_out};
      copy_up_to(gap.first);
      copied = gap.last + 1;
      left_out += gap.last - gap.first + 1;
      gaps_.push_back(gap);
    }
    run = 0;
  }
  if (!gaps_.empty()) {
    copy_up_to(lines.count() + 1);
  }
}

std::size_t Collapsed::original(std::size_t number) const {
  const auto above = std::upper_bound(gaps_.begin(), gaps_.end(), number,
                                      [](std::size_t value, const Gap& gap) { return value < gap.shown_after; });
  return above == gaps_.begin() ? number : std::prev(above)->last + 1 + (number - std::prev(above)->shown_after);
}

}  // namespace smbatcher

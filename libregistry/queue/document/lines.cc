#include "libregistry/queue/document/lines.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "libregistry/queue/document/byte_masks.h"

namespace smbatcher {
namespace {

// Longer lines are rare, and limits such as the number of pipes are then looked after in one place.
constexpr std::size_t kMaxPlainLine = 256;

/// A line of these only may be a delimiter row or end a table.
bool has_text(std::string_view line) {
  for (const char c : line) {
    switch (c) {
      case '|':
      case ':':
      case '-':
      case ' ':
      case '\t':
      case '\v':
      case '\f':
        break;
      default:
        return true;
    }
  }
  return false;
}

bool is_plain_without(bool has_mark, std::string_view line) {
  return !has_mark && !line.empty() && line.front() == '|' && line.size() <= kMaxPlainLine && has_text(line);
}

}  // namespace

Lines::Lines(std::string_view bytes, std::size_t start) : bytes_(bytes) {
  const std::size_t guess = (bytes.size() - start) / 48 + 16;
  begins_.reserve(guess);
  plain_.reserve(guess);
  std::size_t begin = start;
  bool has_mark = false;  // between `begin` and the block that is looked at
  const auto end_line = [&](std::size_t end, std::size_t next, bool marked) {
    begins_.push_back(static_cast<std::uint32_t>(begin));
    plain_.push_back(is_plain_without(marked, bytes.substr(begin, end - begin)));
    begin = next;
  };
  for (std::size_t at = start; at < bytes.size(); at += ByteBlock::kSize) {
    const ByteBlock block(bytes, at);
    has_non_ascii_ = has_non_ascii_ || block.has_high_bit();
    const std::uint64_t marks = block.mask('>') | block.mask('^');
    std::uint64_t ends = block.mask('\n') | block.mask('\r');
    std::uint64_t rest = ~std::uint64_t{0};  // of this block, what no finished line holds
    while (ends != 0) {
      const auto bit = static_cast<unsigned>(std::countr_zero(ends));
      const std::uint64_t this_end = std::uint64_t{1} << bit;
      ends &= ends - 1;
      const std::size_t end = at + bit;
      if (end < begin) {
        rest &= ~((this_end << 1U) - 1);
        continue;  // the LF of a CRLF
      }
      const bool crlf = bytes[end] == '\r' && end + 1 < bytes.size() && bytes[end + 1] == '\n';
      end_line(end, end + (crlf ? 2 : 1), has_mark || (marks & rest & (this_end - 1)) != 0);
      has_mark = false;
      rest &= ~((this_end << 1U) - 1);
    }
    has_mark = has_mark || (marks & rest) != 0;
  }
  if (begin < bytes.size()) {
    end_line(bytes.size(), bytes.size(), has_mark);
  }
  if (!begins_.empty()) {
    begins_.push_back(static_cast<std::uint32_t>(bytes.size()));
  }
}

ByteRange Lines::range(std::size_t number) const {
  ByteRange line = whole_range(number);
  if (line.size() > 0 && bytes_[line.end - 1] == '\n') {
    --line.end;
  }
  if (line.size() > 0 && bytes_[line.end - 1] == '\r') {
    --line.end;
  }
  return line;
}

std::string_view Lines::text(std::size_t number) const {
  const ByteRange line = range(number);
  return bytes_.substr(line.begin, line.size());
}

std::size_t Lines::at(std::size_t byte) const {
  const auto after = std::upper_bound(begins_.begin(), begins_.end() - 1, byte);
  return std::max<std::size_t>(1, static_cast<std::size_t>(after - begins_.begin()));
}

bool is_plain_line(std::string_view line) {
  return is_plain_without(line.find_first_of(">^") != std::string_view::npos, line);
}

}  // namespace smbatcher

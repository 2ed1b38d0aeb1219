#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace smbatcher {

/// What the text of one paragraph, or of one row, would cost cmark-gfm beyond its length. Two kinds of text were found
/// to: what begins an HTML instruction, declaration or CDATA section is looked through for its end each time; and each
/// `]` may look at every bracket and emphasis mark before it.
class InlineCost {
 public:
  void take(std::string_view line) {
    std::size_t most_open = open_html();
    for (std::size_t i = 0; i < line.size(); ++i) {
      switch (line[i]) {
        case '<':
          open(line.substr(i + 1));
          most_open = std::max(most_open, open_html());
          break;
        case '>':
          close(line.substr(0, i));
          break;
        case ']':
          pairings_ += marks_;
          break;
        case '[':
          ++marks_;
          break;
        case '*':
        case '_':
        case '~':
          marks_ += i == 0 || line[i - 1] != line[i] ? 1 : 0;
          break;
        default:
          break;
      }
    }
    scanned_ += most_open * (line.size() + 1);
    bytes_ += line.size() + 1;
  }

  std::size_t bytes() const { return bytes_; }
  std::size_t scanned() const { return scanned_; }    // bytes
  std::size_t pairings() const { return pairings_; }  // a bracket with a mark before it

 private:
  std::size_t open_html() const { return instructions_ + declarations_ + sections_; }

  void open(std::string_view after) {
    if (after.starts_with('?')) {
      ++instructions_;
    } else if (after.starts_with("![CDATA[")) {
      ++sections_;
    } else if (after.size() > 1 && after[0] == '!' && after[1] >= 'A' && after[1] <= 'Z') {
      ++declarations_;
    }
  }

  void close(std::string_view before) {
    declarations_ = 0;
    instructions_ = before.ends_with('?') ? 0 : instructions_;
    sections_ = before.ends_with("]]") ? 0 : sections_;
  }

  std::size_t bytes_ = 0;
  std::size_t scanned_ = 0;
  std::size_t pairings_ = 0;
  std::size_t marks_ = 0;
  std::size_t instructions_ = 0;  // begun and not ended
  std::size_t declarations_ = 0;
  std::size_t sections_ = 0;
};

}  // namespace smbatcher

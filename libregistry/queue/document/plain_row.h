#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libregistry/queue/document/blanks.h"
#include "libregistry/queue/document/byte_masks.h"
#include "libregistry/queue/document/lines.h"

namespace smbatcher {

/// The cells of a plain line (see Lines), cut as split_row() does but without memory of their own: a call reads every
/// row of a registry and needs three cells of each.
class PlainRow {
 public:
  PlainRow(std::string_view bytes, ByteRange line) : bytes_(bytes) {
    for (std::size_t at = line.begin; at < line.end; at += ByteBlock::kSize) {
      const ByteBlock block(bytes, at);
      const std::size_t left = line.end - at;
      const std::uint64_t inside = left < ByteBlock::kSize ? (std::uint64_t{1} << left) - 1 : ~std::uint64_t{0};
      has_backslash_ = has_backslash_ || (block.mask('\\') & inside) != 0;
      for (std::uint64_t pipes = block.mask('|') & inside; pipes != 0; pipes &= pipes - 1) {
        pipes_[count_++] = static_cast<std::uint32_t>(at + static_cast<std::size_t>(std::countr_zero(pipes)));
      }
    }
    if (trim_cell(bytes.substr(pipes_[count_ - 1] + 1, line.end - pipes_[count_ - 1] - 1)).empty()) {
      --count_;  // the trailing pipe
    } else {
      pipes_[count_] = static_cast<std::uint32_t>(line.end);
    }
  }

  /// False when a backslash stands in the row: which pipes separate cells is then for split_row() to say.
  bool is_simple() const { return !has_backslash_; }
  std::size_t size() const { return count_; }
  /// The content of a cell, without the blanks around it.
  std::string_view operator[](std::size_t index) const {
    return trim_cell(bytes_.substr(pipes_[index] + 1, pipes_[index + 1] - pipes_[index] - 1));
  }

 private:
  std::string_view bytes_;
  std::array<std::uint32_t, 258> pipes_;  // a plain line has at most 256 bytes; filled up to count_
  std::size_t count_ = 0;
  bool has_backslash_ = false;
};

}  // namespace smbatcher

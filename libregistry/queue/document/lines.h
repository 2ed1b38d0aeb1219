#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// Bytes [begin, end) of a document's source.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
};

/// The lines of a document, numbered from 1, ended by LF, CRLF or CR as in CommonMark; and which of them are plain.
///
/// A plain line begins with a pipe at its very first byte, has text besides pipes and delimiter characters, holds no
/// '>' (so that it ends no HTML block) and no '^' (so that it refers to no footnote, which would not be shown
/// otherwise), and is at most 256 bytes long. Such a line leaves cmark-gfm in the state in which it finds it, from the
/// second one of a run on: a row after a row, text after text, code after code. Source: docs/registry-format.md, "How
/// the file is read".
class Lines {
 public:
  Lines() = default;
  /// The lines of `bytes` from byte `start` on. `bytes` must outlive this and be smaller than 4 GiB.
  explicit Lines(std::string_view bytes, std::size_t start = 0);

  std::string_view bytes() const { return bytes_; }
  /// The bytes from `start` on.
  std::string_view content() const { return begins_.empty() ? std::string_view() : bytes_.substr(begins_.front()); }
  std::size_t count() const { return begins_.empty() ? 0 : begins_.size() - 1; }
  /// Without its line end.
  ByteRange range(std::size_t number) const;
  /// With its line end.
  ByteRange whole_range(std::size_t number) const { return {begins_[number - 1], begins_[number]}; }
  std::string_view text(std::size_t number) const;
  bool is_plain(std::size_t number) const { return plain_[number - 1]; }
  /// False when every byte is ASCII.
  bool has_non_ascii() const { return has_non_ascii_; }
  /// The number of the line that holds `byte`.
  std::size_t at(std::size_t byte) const;

 private:
  std::string_view bytes_;
  std::vector<std::uint32_t> begins_;  // one more than there are lines: the last is the end of the document
  std::vector<bool> plain_;
  bool has_non_ascii_ = false;
};

/// True when a line with this text, alone on its line, is plain.
bool is_plain_line(std::string_view line);

}  // namespace smbatcher

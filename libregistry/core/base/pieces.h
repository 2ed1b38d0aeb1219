#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace smbatcher {

/// A text in pieces that stand one after the other. It owns none of them: a registry of megabytes of which three cells
/// change is written and compared without being copied.
class Pieces {
 public:
  Pieces(std::string_view whole)
      : Pieces(std::vector<std::string_view>{whole}) {}                  // NOLINT(google-explicit-constructor)
  Pieces(const std::string& whole) : Pieces(std::string_view(whole)) {}  // NOLINT(google-explicit-constructor)
  Pieces(const char* whole) : Pieces(std::string_view(whole)) {}         // NOLINT(google-explicit-constructor)
  explicit Pieces(std::vector<std::string_view> pieces) : pieces_(std::move(pieces)) {
    for (const std::string_view piece : pieces_) {
      size_ += piece.size();
    }
  }

  std::size_t size() const { return size_; }
  auto begin() const { return pieces_.begin(); }
  auto end() const { return pieces_.end(); }

 private:
  std::vector<std::string_view> pieces_;
  std::size_t size_ = 0;
};

/// Compares a text, handed over part by part, with the text that it should be.
class PieceComparison {
 public:
  explicit PieceComparison(const Pieces& expected) : next_(expected.begin()), end_(expected.end()) {}

  /// False from the first difference on.
  bool matches(std::string_view part) {
    while (!part.empty()) {
      if (next_ == end_) {
        return false;
      }
      const std::string_view piece = next_->substr(used_, part.size());
      if (part.substr(0, piece.size()) != piece) {
        return false;
      }
      part.remove_prefix(piece.size());
      used_ += piece.size();
      if (used_ == next_->size()) {
        ++next_;
        used_ = 0;
      }
    }
    return true;
  }
  /// True when nothing of the expected text is left.
  bool complete() const {
    for (auto piece = next_; piece != end_; ++piece) {
      if (piece->size() > (piece == next_ ? used_ : 0)) {
        return false;
      }
    }
    return true;
  }

 private:
  std::vector<std::string_view>::const_iterator next_;
  std::vector<std::string_view>::const_iterator end_;
  std::size_t used_ = 0;
};

}  // namespace smbatcher

#include "libregistry/core/base/pieces.h"

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

TEST(PieceComparison, FindsTheSameTextHoweverItIsCut) {
  const std::string text = "one two three";
  for (std::size_t a = 0; a <= text.size(); ++a) {
    for (std::size_t b = a; b <= text.size(); ++b) {
      const std::string_view view = text;
      const Pieces pieces({view.substr(0, a), view.substr(a, b - a), view.substr(b)});
      EXPECT_EQ(pieces.size(), text.size());
      for (std::size_t part = 1; part <= text.size(); ++part) {
        PieceComparison comparison(pieces);
        for (std::size_t at = 0; at < text.size(); at += part) {
          EXPECT_FALSE(comparison.complete());
          EXPECT_TRUE(comparison.matches(view.substr(at, part)));
        }
        EXPECT_TRUE(comparison.complete());
        EXPECT_FALSE(comparison.matches("x")) << "there is more than expected";
      }
    }
  }
}

TEST(PieceComparison, FindsADifferenceInEveryByte) {
  const std::string text = "abcdef";
  const Pieces pieces({std::string_view("ab"), std::string_view(""), std::string_view("cdef")});
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = 'x';
    EXPECT_FALSE(PieceComparison(pieces).matches(other)) << i;
  }
}

}  // namespace
}  // namespace smbatcher

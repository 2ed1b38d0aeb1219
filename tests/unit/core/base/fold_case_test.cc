#include "libregistry/core/base/fold_case.h"

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

TEST(FoldCase, MakesLettersOfOneKindEqual) {
  EXPECT_EQ(fold_case("Domain-42"), "domain-42");
  EXPECT_EQ(fold_case("ZUSTÄND Ÿ"), fold_case("zuständ ÿ"));
  EXPECT_EQ(fold_case("ΚΑΤΆΣΤΑΣΗ"), fold_case("κατάσταση"));
  EXPECT_EQ(fold_case("οδος"), fold_case("ΟΔΟΣ"));
  EXPECT_EQ(fold_case("СТАТУС Ё"), "статус ё");
  EXPECT_EQ(fold_case("ŁÓDŹ Ő İ"), "łódź ő İ");
  EXPECT_EQ(fold_case("日本 🙂"), "日本 🙂");
  EXPECT_EQ(fold_case("a\xC3"), "a\xC3");
  EXPECT_NE(fold_case("O"), fold_case("О"));  // Latin and Cyrillic
}

TEST(UnusualCodePoints, AreNamed) {
  EXPECT_EQ(unusual_code_points("done"), "");
  EXPECT_EQ(unusual_code_points("О"), "U+041E");
  EXPECT_EQ(unusual_code_points("O\xE2\x80\x8B\xC2\xA0"), "U+200B, U+00A0");
  EXPECT_EQ(unusual_code_points("\xF0\x9F\x99\x82"), "U+1F642");
}

}  // namespace
}  // namespace smbatcher

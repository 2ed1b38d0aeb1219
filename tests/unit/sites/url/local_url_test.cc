#include "libregistry/sites/url/local_url.h"

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

std::string at(std::string_view url, const std::optional<std::string>& href = {}) {
  return local_path(base_of("/site/", "/site/a/x.html", href), url).value_or("none");
}

TEST(LocalUrl, LeadsToAFileOfTheSite) {
  EXPECT_EQ(at("b.js"), "/site/a/b.js");
  EXPECT_EQ(at("../c/./b.js?v=1#x"), "/site/c/b.js");
  EXPECT_EQ(at("/b.js"), "/site/b.js");
  EXPECT_EQ(at(" \n b%20c.js "), "/site/a/b c.js");
  EXPECT_EQ(at("100%.js"), "/site/a/100%.js");
}

TEST(LocalUrl, IsNothingForOtherHosts) {
  for (const char* const url :
       {"https://a.example/b.js", "//a.example/b.js", "data:text/css,a", "", "#top", "?q", "a%00b"}) {
    EXPECT_EQ(at(url), "none") << url;
  }
  EXPECT_EQ(local_path(base_of("", "/a/x.html"), "/b.js").value_or("none"), "none") << "there is no root";
}

TEST(LocalUrl, BeginsWhereTheBaseSays) {
  EXPECT_EQ(at("b.js", "/c/"), "/site/c/b.js");
  EXPECT_EQ(at("b.js", "../d/e"), "/site/d/b.js");
  EXPECT_EQ(at("b.js", "https://a.example/"), "none");
  EXPECT_EQ(at("/b.js", "/c/"), "/site/b.js");
}

}  // namespace
}  // namespace smbatcher

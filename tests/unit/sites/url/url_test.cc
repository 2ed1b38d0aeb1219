#include "libregistry/sites/url/url.h"

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

/// What a browser makes of `text` on the page at `base`; "none" when it can make nothing of it.
std::string on(const std::string& base, std::string_view text) {
  const auto page = parse_url(base);
  EXPECT_TRUE(page) << base;
  const auto url = parse_url(text, page ? &*page : nullptr);
  return url ? url->href() : "none";
}

std::string href(std::string_view text) {
  const auto url = parse_url(text);
  return url ? url->href() : "none";
}

TEST(Url, IsRelativeToItsPage) {
  const std::string page = "https://quay.example/tides/low.html?y=1#now";
  EXPECT_EQ(on(page, "high.html"), "https://quay.example/tides/high.html");
  EXPECT_EQ(on(page, "../a/./b%2E/..//c"), "https://quay.example/a//c");
  EXPECT_EQ(on(page, "/x"), "https://quay.example/x");
  EXPECT_EQ(on(page, "?a=b c"), "https://quay.example/tides/low.html?a=b%20c");
  EXPECT_EQ(on(page, "#t"), "https://quay.example/tides/low.html?y=1#t");
  EXPECT_EQ(on(page, ""), "https://quay.example/tides/low.html?y=1");
  EXPECT_EQ(on(page, "//other.example"), "https://other.example/");
  EXPECT_EQ(on(page, "https:high.html"), "https://quay.example/tides/high.html");
  EXPECT_EQ(on(page, "http:high.html"), "http://high.html/") << "of another scheme than its page";
  EXPECT_EQ(on(page, "mailto:anna@quay.example"), "mailto:anna@quay.example");
}

TEST(Url, ReadsABackslashAsBrowsersDo) {
  EXPECT_EQ(href(R"(https://evil.example\@ok.example/a.js)"), "https://evil.example/@ok.example/a.js");
  EXPECT_EQ(href(R"(https:\\evil.example\.ok.example)"), "https://evil.example/.ok.example");
  EXPECT_EQ(on("https://quay.example/", R"(/\evil.example/a)"), "https://evil.example/a");
  EXPECT_EQ(href(R"(berth:a\b)"), R"(berth:a\b)") << "only in the schemes of the web";
}

TEST(Url, PassesOverWhatBrowsersPassOver) {
  EXPECT_EQ(href(" \n ht\ntps:/\t/quay.example \x01"), "https://quay.example/");
  EXPECT_EQ(href("https:////quay.example"), "https://quay.example/");
  EXPECT_EQ(href("HTTPS://QUAY.example:443/%7Ea"), "https://quay.example/%7Ea");
  EXPECT_EQ(href("http://quay.example:/"), "http://quay.example/");
}

TEST(Url, NormalizesHosts) {
  EXPECT_EQ(href("http://0x7f.1/"), "http://127.0.0.1/");
  EXPECT_EQ(href("http://2130706433/"), "http://127.0.0.1/");
  EXPECT_EQ(href("http://127.0.0.1./"), "http://127.0.0.1/");
  EXPECT_EQ(href("http://[::FFFF:127.0.0.1]:8080/"), "http://[::ffff:7f00:1]:8080/");
  EXPECT_EQ(href("http://[1:0:0:2:0:0:0:3]/"), "http://[1:0:0:2::3]/");
  EXPECT_EQ(href("https://Mün%63hen.example/"), "https://xn--mnchen-3ya.example/");
  EXPECT_EQ(href("https://ｅvil。example/"), "https://evil.example/") << "full width letters and stop";
  EXPECT_EQ(href("https://anna:pass@word@quay.example/"), "https://anna:pass%40word@quay.example/");
}

TEST(Url, IsNothingWithAnImpossibleHostOrPort) {
  for (const char* const text :
       {"https://", "https://a b/", "https://a:99999/", "https://a:1x/", "https://anna@/", "https://1.2.3.256/",
        "https://[::1/", "https://[1::2::3]/", "https://a%00b/", "https://xn--a/", "high.html", "//quay.example"}) {
    EXPECT_EQ(href(text), "none") << text;
  }
}

TEST(Url, TellsThatItClimbsOut) {
  const auto page = parse_url("https://quay.example/a/b.html");
  EXPECT_FALSE(parse_url("../c.html", &*page)->climbs_out);
  EXPECT_TRUE(parse_url("../../c.html", &*page)->climbs_out);
  EXPECT_TRUE(parse_url("/%2e%2E/c.html", &*page)->climbs_out);
}

TEST(Url, OfFilesKeepTheirDrive) {
  EXPECT_EQ(on("file:///C:/site/a.html", "../../../b.html"), "file:///C:/b.html");
  EXPECT_EQ(href("file://localhost/c|/x"), "file:///c:/x");
}

}  // namespace
}  // namespace smbatcher

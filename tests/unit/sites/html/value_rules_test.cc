#include <gtest/gtest.h>

#include "libregistry/sites/html/date_syntax.h"
#include "tests/unit/sites/html/html_findings.h"

// Values of attributes, and what must be there.

namespace smbatcher::test {
namespace {

using Rules = std::set<std::string>;

Rules in_body(const std::string& body) { return rules_in(page_with(body)); }

TEST(Dates, AreDaysThatThereAre) {
  for (const char* const good : {"2026-11-30", "0001-01-01", "2024-02-29", "12026-01-01"}) {
    EXPECT_TRUE(is_date(good)) << good;
  }
  for (const char* const bad : {"", "2026-11-31", "2025-02-29", "2100-02-29", "0000-01-01", "2026-1-1", "2026-11-30 ",
                                "20261130", "-2026-11-30", "2026-13-01", "2026-11"}) {
    EXPECT_FALSE(is_date(bad)) << bad;
  }
}

TEST(Dates, OfAllTheWorldHaveAZone) {
  for (const char* const good : {"2026-11-30T18:00Z", "2026-11-30 18:00:59.123+01:00", "2026-11-30T00:00-0800"}) {
    EXPECT_TRUE(is_global_time(good)) << good;
  }
  for (const char* const bad :
       {"2026-11-30T18:00", "2026-11-30T24:00Z", "2026-11-30T18:60Z", "2026-11-30t18:00Z", "2026-11-30T18:00:00.1234Z",
        "2026-11-30T18:00+24:00", "2026-11-30T18:00+1:00", "2026-11-30  18:00Z", "2026-11-30T18Z"}) {
    EXPECT_FALSE(is_global_time(bad)) << bad;
  }
}

TEST(Dates, OfATimeElementAreOfManyKinds) {
  for (const char* const good : {"2026", "2026-11", "2026-W48", "11-30", "--02-29", "18:00", "2026-11-30T18:00", "Z",
                                 "+01:00", "PT4H18M3.5S", "P2D", "4h 18m 3s", "2w"}) {
    EXPECT_TRUE(is_time_value(good)) << good;
  }
  for (const char* const bad :
       {"", "today", "26", "2026-W54", "02-30", "25:00", "P", "PT", "PT3", "4 hours", "PT3S4M"}) {
    EXPECT_FALSE(is_time_value(bad)) << bad;
  }
}

TEST(Values, OfDatesAreJudgedWhereTheyStand) {
  EXPECT_EQ(in_body("<p><time>18:00</time> <time datetime=\"2026\">x</time> <ins datetime=\"2026-11-30\">y</ins>"),
            Rules{});
  EXPECT_EQ(in_body("<p><time>soon</time>"), Rules{"html-date"});
  EXPECT_EQ(in_body("<p><del datetime=\"18:00\">x</del>"), Rules{"html-date"});
  EXPECT_EQ(in_body("<p><time datetime=\"05-02\">x</time> <time datetime=\"--05-02\">y</time>"), Rules{});
  EXPECT_EQ(in_body("<p><time datetime=\"-05-02\">x</time>"), Rules{"html-date"});
}

TEST(Values, OfMediaTypes) {
  EXPECT_EQ(in_body("<p><a href=a type=\"text/html; charset=utf-8\">x</a><a href=a type='a/b;c=\"d e\"'>x</a>"),
            Rules{});
  for (const char* const bad : {"text", "text/", "/html", "text/html;", "text/html; charset", "te xt/html"}) {
    EXPECT_EQ(in_body("<p><a href=a type=\"" + std::string(bad) + "\">x</a>"), Rules{"html-attribute-value"}) << bad;
  }
}

TEST(Values, OfAddressesAreWrittenAsTheStandardWants) {
  EXPECT_EQ(
      in_body("<p><a href=\"\">a</a><a href=\" /b?c#d \">b</a><a href=\"mailto:a@b.example\">c</a>"
              "<a href=\"https://m\u00fcnchen.example/\u4f60\">d</a><img src=\"data:image/svg+xml,<svg a='b'/>\" alt>"
              "<input type=url value=\"https://a.example\" aria-label=x>")
          .count("html-url"),
      0U);
  for (const char* const bad : {"https:/a.example", "https:\\\\a.example", "a b", "a%", "https://a:b@c.example",
                                "https://a.example:99999", "https://0x7f.1/", "a\\b", "[a]"}) {
    EXPECT_TRUE(in_body("<p><a href=\"" + std::string(bad) + "\">x</a>").contains("html-url")) << bad;
  }
  EXPECT_TRUE(in_body("<img src=\"\" alt>").contains("html-url")) << "an image needs one";
  EXPECT_TRUE(in_body("<input type=url value=\"a.html\" aria-label=x>").contains("html-url")) << "a whole one";
}

TEST(Required, AttributesAreMissed) {
  for (const char* const bad : {"<img alt=x>", "<p><bdo>x</bdo>", "<p><data>x</data>", "<object></object>",
                                "<p><a target=_blank>x</a>", "<video><track></video>", "<p><meter></meter>"}) {
    EXPECT_TRUE(in_body(bad).contains("html-required-attribute")) << bad;
  }
  EXPECT_EQ(in_body("<template><img alt=x></template>"), Rules{}) << "a script may add it";
}

TEST(Scripts, HaveNothingThatIsNeverUsed) {
  EXPECT_EQ(in_body("<script src=a.js>// a comment\n/* and another */</script><script type=module async>1</script>"
                    "<script type=module src=a.js integrity=x></script><script src=a.js defer></script>"),
            Rules{});
  for (const char* const bad :
       {"<script src=a.js>f()</script>", "<script defer>f()</script>", "<script async>f()</script>",
        "<script type=module defer src=a.js></script>", "<script type=application/json src=a.json></script>",
        "<script type=module nomodule src=a.js></script>"}) {
    EXPECT_EQ(in_body(bad), Rules{"html-script"}) << bad;
  }
}

TEST(Sources, CanBeRead) {
  EXPECT_EQ(in_body("<img src=a alt srcset=\"a, b 2x, c 1.5x\"><img alt srcset=\"a 1w, b 2w\" sizes=50vw>"
                    "<img src=a alt srcset=\"data:,a%2Cb 2x\"><img alt srcset=\"a 1w\" loading=lazy sizes=auto>"
                    "<picture><source srcset=a media=\"(width > 9px)\"><source srcset=b type=image/webp><img src=c alt>"
                    "</picture>"),
            Rules{});
  for (const char* const bad :
       {"<img src=a alt srcset=\"\">", "<img src=a alt srcset=\"a 2y\">", "<img src=a alt srcset=\"a 1x, b 1x\">",
        "<img src=a alt srcset=\"a 1w, b 2x\" sizes=9px>", "<img src=a alt srcset=\"a 1w\">",
        "<img src=a alt sizes=9px>", "<img src=a alt srcset=\"a 2x\" sizes=9px>", "<picture></picture>",
        "<picture><source srcset=a><source srcset=b><img src=c alt></picture>",
        "<picture><img src=c alt><source srcset=a media=print></picture>",
        "<picture><img src=c alt><img src=d alt></picture>"}) {
    EXPECT_TRUE(in_body(bad).contains("html-source")) << bad;
  }
}

TEST(Structure, TellsWhatTheParserPassesOver) {
  EXPECT_EQ(places_in(page_with("<p>x</p>\n<!doctype html>")), std::vector<std::string>{"3:1 html-doctype"});
  EXPECT_EQ(in_body("<!-- <!doctype html> --><p title='<!doctype html>'>x<script>'<!doctype html>'</script>"), Rules{});
  EXPECT_EQ(places_in(page_with("<table>\nTides<tr><td>x</table>")), std::vector<std::string>{"2:8 html-children"});
  EXPECT_EQ(in_body("<main>a</main><main>b</main>"), Rules{"html-children"});
  EXPECT_EQ(in_body("<main>a</main><main hidden>b</main>"), Rules{});
  EXPECT_EQ(in_body("<article><main>a</main></article>"), Rules{"html-children"});
  EXPECT_EQ(
      places_in("<!doctype html>\n<html lang=en><head><title>x</title>\n<div>y</div>\n</head><body></body></html>"),
      std::vector<std::string>{"3:1 html-nesting +1"})
      << "told where the head was ended";
}

TEST(Structure, LetsAStyledSelectHoldWhatItMay) {
  EXPECT_EQ(
      in_body("<select aria-label=x><button><selectedcontent></selectedcontent></button><hr>"
              "<optgroup><legend>y</legend><option><span>a</span> b</option></optgroup><div><option>c</div></select>"),
      Rules{});
  EXPECT_NE(in_body("<select aria-label=x><input></select>"), Rules{});
}

TEST(Charset, IsSaidInTime) {
  const std::string head = "<!doctype html><html lang=en><head><title>x</title>";
  const std::string rest = "</head><body><p>\u00e9</p></body></html>";
  EXPECT_EQ(rules_in(head + rest), Rules{"html-charset"});
  EXPECT_EQ(rules_in(head + "<meta charset=utf-8>" + rest), Rules{});
  EXPECT_EQ(rules_in(head + "<meta http-equiv=content-type content=\"text/html; charset=utf-8\">" + rest), Rules{});
  EXPECT_EQ(rules_in(head + "<!--" + std::string(1024, 'x') + "--><meta charset=utf-8>" + rest), Rules{"html-charset"});
  EXPECT_EQ(rules_in("\xEF\xBB\xBF" + head + rest), Rules{});
}

}  // namespace
}  // namespace smbatcher::test

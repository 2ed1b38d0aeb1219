#include "libregistry/sites/html/check_html.h"

#include <gmock/gmock.h>

#include "tests/support/temp_dir.h"
#include "tests/unit/sites/html/html_findings.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string message_of(const std::string& html) {
  const std::vector<Finding> findings = with_levels(check_page(html, "a.html").findings, {});
  return findings.empty() ? std::string() : findings.front().message;
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

TEST(CheckHtml, DoesNotParseWhatIsTooLargeTooDeepOrNoText) {
  EXPECT_THAT(places_in(std::string(kMaxPageSize + 1, 'x')), ElementsAre("0:0 html-too-large"));
  EXPECT_THAT(places_in("<!doctype html>\n" + repeated("<div>", 40'000)), ElementsAre("2:2561 html-too-deep"));
  EXPECT_THAT(places_in(std::string("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\1", 20)), ElementsAre("0:0 html-binary"));
  EXPECT_THAT(places_in(""), ElementsAre("0:0 html-empty"));
  EXPECT_THAT(places_in(" \r\n\t"), ElementsAre("0:0 html-empty"));
  EXPECT_THAT(places_in(std::string("\xFF\xFE<\0p\0", 6)), ElementsAre("0:0 html-invalid-utf8"));
  EXPECT_FALSE(check_page(std::string(kMaxPageSize + 1, 'x'), "a").page.has_value());
}

TEST(CheckHtml, DoesNotParseATagWithTooManyAttributes) {
  for (const char* attribute : {" a1", " a=\"b\"", "a=\"b\"", "/a", " a='>'"}) {
    EXPECT_THAT(places_in(page_with("<p" + std::string(" x") + repeated(attribute, 1001) + ">y</p>")),
                ElementsAre("2:1 html-too-large"))
        << attribute;
  }
  const std::string words = repeated("word ", 5000);
  EXPECT_THAT(places_in(page_with("<p class=\"" + words + "\" title = '" + words + "'>y</p>")), IsEmpty());
}

TEST(CheckHtml, DoesNotParseWhatWouldOpenMillionsOfElementsAgain) {
  std::string html = "<p>";
  for (int i = 0; i < 400; ++i) {
    html += "<b id=" + std::to_string(i) + ">";
  }
  const std::vector<std::string> places = places_in(page_with(html + "</p>" + repeated("<p>x</p>", 100'000)));
  ASSERT_EQ(places.size(), 1U);
  EXPECT_TRUE(places[0].ends_with(" html-too-deep")) << places[0];
  EXPECT_THAT(places_in(page_with("<b><i>" + repeated("<u>x</u>", 100'000) + "</i></b>")), IsEmpty());
}

TEST(CheckHtml, ParsesWhatIsJustWithinTheLimits) {
  EXPECT_THAT(places_in(page_with(repeated("<div>", 511) + repeated("</div>", 511))), IsEmpty());
  EXPECT_THAT(places_in(page_with(repeated("<ul><li>", 200) + repeated("</ul>", 200))), IsEmpty());
  EXPECT_THAT(places_in(page_with(repeated("<p>x</p>\n", 100'000))), IsEmpty());
}

TEST(CheckHtml, TellsOfBytesThatAreNoText) {
  EXPECT_THAT(places_in(page_with("<p>caf\xE9</p>")), ElementsAre("2:7 html-invalid-utf8"));
  EXPECT_THAT(places_in(page_with(std::string("<p>a\0b\0</p>", 11))), ElementsAre("2:5 html-nul-byte"));
  EXPECT_THAT(places_in(page_with("<p>caf\xC3\xA9</p>")), IsEmpty());
}

TEST(CheckHtml, CountsColumnsInBytes) {
  EXPECT_THAT(places_in(page_with("<p>\t\xC3\xA9<b>x</p>")), ElementsAre("2:7 html-unclosed"));
}

TEST(CheckHtml, NamesWhatEndedAnUnclosedElement) {
  EXPECT_EQ(message_of(page_with("<main><div><p>x</main>")), "<div> is not closed before </main> at 2:16");
  EXPECT_EQ(message_of("<!doctype html><html lang=en><title>x</title><div>"),
            "<div> is not closed before the end of the file");
  EXPECT_EQ(message_of(page_with("<h1>x<h2>y</h2>")), "<h1> is not closed before <h2> at 2:6");
  EXPECT_EQ(message_of(page_with("<p>a<ul><li>b</ul></p>")),
            "<ul> ends the <p> of 2:1, so its </p> at 2:19 closes nothing");
}

TEST(CheckHtml, TellsACascadeOnce) {
  EXPECT_THAT(places_in(page_with(repeated("<p>x</p>", 3) + "<b>" + repeated("<p>x</p>", 3))),
              ElementsAre("2:25 html-unclosed"));
  EXPECT_THAT(places_in(page_with("<p><i>x</p>" + repeated("<p>x</p>", 8))), ElementsAre("2:4 html-unclosed +8"));
  EXPECT_THAT(places_in(page_with("<table>" + repeated("<div>x</div>", 5) + "</table>")),
              ElementsAre("2:8 html-nesting +9"));
}

TEST(CheckHtml, FindsFormsWithoutAnEnd) {
  EXPECT_THAT(places_in(page_with("<div><form><input></div>")), ElementsAre("2:6 html-unclosed"));
  EXPECT_THAT(places_in(page_with("<form><p><input></form>")), IsEmpty());
}

TEST(CheckHtml, LeavesForeignElementsAndTemplatesAlone) {
  EXPECT_THAT(places_in(page_with("<svg><path d=\"M0 0\"/><foo bar=\"1\"/><linearGradient id=\"a\"/></svg>")),
              IsEmpty());
  EXPECT_THAT(places_in(page_with("<svg><g></svg>")), ElementsAre("2:6 html-unclosed"));
  EXPECT_THAT(
      places_in(page_with("<template><p id=a></p></template><p id=a></p><template><tr><td>x</td></tr></template>")),
      IsEmpty());
}

TEST(CheckHtml, IsNotMisledByTextThatLooksLikeTags) {
  EXPECT_THAT(places_in(page_with("<script>var a = '<div><b>';</script><p title='<b>'>x</p><textarea><div></textarea>"
                                  "<!-- <div> --><style>/* <p> */</style>")),
              IsEmpty());
}

TEST(CheckHtml, KnowsWhatHtmlCameToAllow) {
  EXPECT_THAT(places_in(page_with("<!-- a -- b --><p><search>x</search></p><dialog open>y</dialog>")).size(), 1U);
  EXPECT_THAT(places_in(page_with("<!-- a -- b ---><p>x</p>")), IsEmpty());
  EXPECT_THAT(places_in(page_with("<a href=\"?a=1&copy=2&b=3\">x</a>")), IsEmpty());
}

TEST(CheckHtml, ReadsFilesAndNoMoreOfThemThanItChecks) {
  const TempDir dir;
  dir.write("a.html", page_with("<p>x</p>"));
  dir.write("b.html", std::string(kMaxPageSize + 1, ' '));
  const auto page = check_page_at(system_file_ops(), dir.at("a.html"), "a.html");
  ASSERT_TRUE(page && page->page);
  const auto large = check_page_at(system_file_ops(), dir.at("b.html"), "b.html");
  ASSERT_TRUE(large.has_value());
  EXPECT_EQ(large->findings.at(0).rule, "html-too-large");
  const auto absent = check_page_at(system_file_ops(), dir.at("c.html"), "c.html");
  ASSERT_FALSE(absent.has_value());
  EXPECT_EQ(absent.error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace smbatcher::test

#include "libregistry/core/findings/report.h"

#include <gtest/gtest.h>

#include "libregistry/core/base/text.h"
#include "libregistry/core/findings/rules.h"

namespace smbatcher::test {
namespace {

std::vector<Finding> some() {
  std::vector<Finding> findings{make_finding("html-id", "a.html", 3, 7, "an <id> & \"more\""),
                                make_finding("html-empty", "b c,d:e.html", 0, 0, "100% \xFF empty\nreally")};
  findings[0].follow_on = 2;
  findings[0].characters = 6;  // a letter of two bytes stands before it
  findings[1].severity = Severity::kWarning;
  return findings;
}

std::string render(FindingFormat format) {
  return render_findings(some(), {kRules.begin(), kRules.begin() + 2}, format, "check-html");
}

TEST(Report, PrintsALineForEachFinding) {
  EXPECT_EQ(render(FindingFormat::kText),
            "a.html:3:7 html-id an <id> & \"more\" (+2 follow-on)\n"
            "b c,d:e.html html-empty 100% \\xff empty\\nreally (warning)\n");
}

TEST(Report, PrintsJson) {
  EXPECT_EQ(render(FindingFormat::kJson),
            R"([{"file":"a.html","line":3,"column":7,"rule":"html-id","severity":"error",)"
            R"("message":"an <id> & \"more\"","follow_on":2},)"
            R"({"file":"b c,d:e.html","rule":"html-empty","severity":"warning",)"
            R"("message":"100% \\xff empty\\nreally"}])"
            "\n");
}

TEST(Report, PrintsJunitThatIsXml) {
  EXPECT_EQ(render(FindingFormat::kJunit),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
            "  <testsuite name=\"check-html\" tests=\"2\" failures=\"1\" errors=\"0\">\n"
            "    <testcase classname=\"check-html\" name=\"a.html\">\n"
            "      <failure type=\"html-id\" message=\"an &lt;id&gt; &amp; &quot;more&quot; (+2 follow-on)\">"
            "a.html:3:7 html-id an &lt;id&gt; &amp; &quot;more&quot; (+2 follow-on)</failure>\n"
            "    </testcase>\n"
            "    <testcase classname=\"check-html\" name=\"b c,d:e.html\">\n"
            "      <system-out>b c,d:e.html html-empty 100% \\xff empty\\nreally (warning)\n</system-out>\n"
            "    </testcase>\n  </testsuite>\n</testsuites>\n");
  EXPECT_NE(render_findings({}, {}, FindingFormat::kJunit, "check-html").find("tests=\"1\" failures=\"0\""),
            std::string::npos);
}

TEST(Report, PrintsWorkflowCommandsInWhichNothingEndsAValue) {
  EXPECT_EQ(render(FindingFormat::kGithub),
            "::error file=a.html,line=3,col=7,title=html-id::an <id> & \"more\" (+2 follow-on)\n"
            "::warning file=b c%2Cd%3Ae.html,title=html-empty::100%25 \\xff empty\\nreally\n");
}

TEST(Report, PrintsSarifWithRulesAndUris) {
  const auto parsed = parse_json(render(FindingFormat::kSarif));
  const Json* const document = std::get_if<Json>(&parsed);
  ASSERT_NE(document, nullptr);
  EXPECT_EQ(*document->find("version")->string(), "2.1.0");
  const Json& run = document->find("runs")->array()->front();
  EXPECT_EQ(run.find("tool")->find("driver")->find("rules")->array()->size(), 2U);
  const JsonArray& results = *run.find("results")->array();
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].find("locations")->dump(), R"([{"physicalLocation":{"artifactLocation":{"uri":"a.html"},)"
                                                  R"("region":{"startLine":3,"startColumn":6}}}])");
  EXPECT_EQ(*results[1].find("level")->string(), "warning");
  EXPECT_EQ(results[1].find("locations")->dump(),
            R"([{"physicalLocation":{"artifactLocation":{"uri":"b%20c%2Cd%3Ae.html"}}}])");
}

TEST(Report, IsWellFormedWhateverTheBytesAre) {
  std::string bytes = "\xEF\xBF\xBE\xEF\xBF\xBF";
  for (int c = 0; c < 256; ++c) {
    bytes += static_cast<char>(c);
  }
  const std::vector<Finding> findings{make_finding("html-id", bytes, 1, 1, bytes)};
  for (const FindingFormat format : {FindingFormat::kText, FindingFormat::kJson, FindingFormat::kJunit,
                                     FindingFormat::kSarif, FindingFormat::kGithub}) {
    const std::string text = render_findings(findings, {}, format, "check-html");
    EXPECT_TRUE(is_valid_utf8(text));
    EXPECT_EQ(text.find_first_of(std::string("\0\x01\x1B\r\t\x7F", 6)), std::string::npos);
    EXPECT_EQ(text.find("\xEF\xBF\xBE") == std::string::npos, format == FindingFormat::kJunit);
  }
}

}  // namespace
}  // namespace smbatcher::test

#include <filesystem>

#include <gmock/gmock.h>

#include "tests/process/outcome_support.h"
#include "tests/support/pages.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// docs/reports.md.

Sandbox queue() {
  return Sandbox(
      {{"a.example", "001", "O"}, {"b.example", "001", "O"}, {"c.example", "002", "B"}, {"d.example", "", "-"}});
}

TEST(StatusReport, TellsProgressHoldersAndWhatIsHeldBack) {
  const Sandbox sandbox = queue();
  claim_for(sandbox, "anna", {"--lease", "1h"});
  lapsed_claim_for(sandbox, "ben", {"--phase", "design"});
  build_site(sandbox, "a.example");
  expect_ok(sandbox.run("implement-complete", {"a.example", "--owner", "anna"}), "OK:marked_complete:1/1");
  const ProcessResult result = sandbox.run("status-report");
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out,
              ::testing::MatchesRegex("OK:status_report\n" + sandbox.dir().at(".smbatcher/REGISTRY.md") +
                                      "\ndesigned 2 of 4 \\(50 %\\), built 1 of 4 \\(25 %\\)\n"
                                      "- 1 registered\nd 1 in design\ni 1 being built\nI 1 built\n"
                                      "held: batch 001 \\(implement\\) by anna, 1 site left, [^\n]* left\n"
                                      "overdue: batch 002 \\(design\\) by ben, 1 site left, free for the next claim\n"
                                      "implement is expected to end [^\n]*\n"));
}

TEST(StatusReport, HasTheSameInJson) {
  const Sandbox sandbox = queue();
  expect_ok(sandbox.run("bury", {"a.example", "--why", "no photos", "--owner", "carl"}), "OK:buried");
  const Json answer = ask(sandbox, "status-report", {});
  EXPECT_EQ(member(answer, "counts"), R"({"-":1,"B":1,"d":0,"D":0,"O":2,"i":0,"I":0,"Q":0})");
  EXPECT_EQ(number_of(answer, "total"), 4);
  EXPECT_EQ(text_of(item(answer, "buried", 0), "domain"), "a.example");
  EXPECT_EQ(text_of(item(answer, "buried", 0), "why"), "no photos");
  EXPECT_EQ(member(answer, "holders"), "[]");
  EXPECT_EQ(member(answer, "expected_end"), "{}") << "nothing was completed, so nothing is promised";
}

TEST(StatusReport, WritesAPageThatNeedsNothingElse) {
  const Sandbox sandbox = queue();
  expect_ok(sandbox.run("bury", {"a.example", "--why", "<script>alert(1)</script> & \"more\"", "--owner", "o'neil"}),
            "OK:buried");
  expect_ok(sandbox.run("status-report", {"--html", "report.html"}), "OK:status_report");
  const std::string page = sandbox.dir().read("report.html");
  EXPECT_TRUE(page.starts_with("<!doctype html>\n"));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;"));
  EXPECT_THAT(page, HasSubstr("o&#39;neil"));
  for (const char* const foreign : {"<script", "http://", "https://", "url(", "@import", "src=", "<link"}) {
    EXPECT_THAT(page, Not(HasSubstr(foreign)));
  }
  EXPECT_THAT(page, HasSubstr("<svg role='img' aria-label='sites by status'"));
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
}

/// The page in a frame as wide as a phone, and a script beside it that measures.
std::string in_a_phone(const std::string& page) {
  std::string quoted;
  for (const char c : page) {
    quoted += c == '"' ? std::string("&quot;") : c == '&' ? std::string("&amp;") : std::string(1, c);
  }
  return "<!doctype html><iframe id=phone width=375 height=800 srcdoc=\"" + quoted +
         "\"></iframe><pre id=seen></pre><script>phone.onload = () => { const page = "
         "phone.contentDocument.documentElement; seen.textContent = 'overflow ' + (page.scrollWidth - "
         "page.clientWidth) + ', charts ' + page.querySelectorAll('svg').length + ', scripts ' + "
         "page.querySelectorAll('script').length }</script>";
}

TEST(StatusReport, PageFitsAPhoneInARealBrowser) {
  if (test::run({.argv = {"sh", "-c", "command -v chromium"}}).status != 0) {
    GTEST_SKIP() << "chromium is not installed here: nothing else can tell how the page looks";
  }
  const Sandbox sandbox = queue();
  claim_for(sandbox, "an-owner-with-a-long-name-on-a-host-with-a-long-name-4711");
  expect_ok(sandbox.run("bury", {"c.example", "--why", "a long reason, which goes on and on and on"}), "OK:buried");
  expect_ok(sandbox.run("status-report", {"--html", "report.html"}), "OK:status_report");
  sandbox.dir().write("phone.html", in_a_phone(sandbox.dir().read("report.html")));
  const ProcessResult browser =
      test::run({.argv = {"chromium", "--headless", "--no-sandbox", "--disable-gpu",
                          "--user-data-dir=" + sandbox.dir().at("profile"), "--enable-logging=stderr",
                          "--virtual-time-budget=2000", "--dump-dom", "file://" + sandbox.dir().at("phone.html")}});
  EXPECT_THAT(browser.out, HasSubstr(">overflow 0, charts 3, scripts 0<"));
  EXPECT_THAT(browser.err, Not(HasSubstr(":CONSOLE")));
}

TEST(StatusReport, LeavesNoHalfPageAndSaysWhyItCannotWrite) {
  const Sandbox sandbox = queue();
  sandbox.dir().make_dir("folder");
  expect_untouched(sandbox, "status-report", {"--html", "folder"}, 2, "ERROR:");
  expect_untouched(sandbox, "status-report", {"--html", "no/such/report.html"}, 2, "ERROR:not_found:");
}

TEST(StatusReport, WithoutARegistrySaysHowToBegin) {
  expect_error(Sandbox().run("status-report"), "ERROR:registry_not_found");
  const ProcessResult empty = Sandbox(std::vector<Sandbox::Site>{}).run("status-report", {"--html", "r.html"});
  EXPECT_THAT(empty.out, HasSubstr("designed 0 of 0, built 0 of 0\n"));
}

}  // namespace
}  // namespace smbatcher::test

#include <sys/stat.h>

#include <filesystem>

#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

constexpr const char* kGood =
    "<!doctype html>\n<html lang=\"en\">\n<head><title>x</title></head>\n<body><p>x</p></body>\n</html>\n";
constexpr const char* kBad =
    "<!doctype html>\n<html lang=\"en\">\n<head><title>x</title></head>\n<body><p>a <b>c</p></body>\n</html>\n";
constexpr const char* kUnclosed = ":4:12 html-unclosed <b> is not closed before </p> at 4:16";

TEST(CheckHtml, SaysThatPagesAreValidOrWhatIsWrong) {
  const Sandbox sandbox;
  sandbox.dir().write("a.html", kGood);
  sandbox.dir().write("b.html", kBad);
  expect_exactly(sandbox, "check-html", {"a.html"}, 0, "OK:html_valid\n");
  expect_exactly(sandbox, "check-html", {"a.html", "b.html"}, 1,
                 "FAIL:html_invalid:1 issue\n2 files, 1 error, 0 warnings\nb.html" + std::string(kUnclosed) + "\n");
}

TEST(CheckHtml, LooksIntoFoldersAndNotThroughLinksOutOfThem) {
  const Sandbox sandbox;
  sandbox.dir().write("site/index.html", kGood);
  sandbox.dir().write("site/deep/er/PAGE.HTM", kBad);
  sandbox.dir().write("site/.hidden/b.html", kBad);
  sandbox.dir().write("site/text.txt", kBad);
  sandbox.dir().write("out.html", kBad);
  std::filesystem::create_symlink("../out.html", sandbox.dir().at("site/link.html"));
  expect_exactly(
      sandbox, "check-html", {"site/"}, 1,
      "FAIL:html_invalid:1 issue\n2 files, 1 error, 0 warnings\nsite/deep/er/PAGE.HTM" + std::string(kUnclosed) + "\n");
}

TEST(CheckHtml, TakesSitesByDomainAndByBatch) {
  const Sandbox sandbox({{"a.example", "003", "I"}, {"b.example", "003", "I"}});
  sandbox.dir().write("sites/a.example/index.html", kBad);
  sandbox.dir().write("sites/b.example/index.html", kGood);
  const std::string found = "sites/a.example/index.html" + std::string(kUnclosed) + "\n";
  expect_exactly(sandbox, "check-html", {"--batch", "3"}, 1,
                 "FAIL:html_invalid:1 issue\n2 files, 1 error, 0 warnings\n" + found);
  expect_exactly(sandbox, "check-html", {"a.example"}, 1,
                 "FAIL:html_invalid:1 issue\n1 file, 1 error, 0 warnings\n" + found);
  expect_exactly(sandbox, "check-html", {"b.example"}, 0, "OK:html_valid\n");
  expect_error(sandbox.run("check-html", {"c.example"}), "ERROR:file_not_found");
  expect_error(sandbox.run("check-html", {"--batch", "4"}), "ERROR:batch_not_found");
}

TEST(CheckHtml, SaysWhatItCannotFind) {
  const Sandbox sandbox;
  ASSERT_EQ(::mkfifo(sandbox.dir().at("pipe.html").c_str(), 0600), 0);
  expect_exactly(sandbox, "check-html", {"nowhere"}, 2,
                 "ERROR:directory_not_found:nowhere\nno folder is at 'nowhere'\n");
  expect_exactly(sandbox, "check-html", {"no.html"}, 2, "ERROR:file_not_found:no.html\nno file is at 'no.html'\n");
  expect_error(sandbox.run("check-html"), "ERROR:missing_argument");
  expect_error(sandbox.run("check-html", {"pipe.html"}), "ERROR:not_a_regular_file");
  EXPECT_EQ(sandbox.run("check-html", {"nowhere", "--format", "sarif"}).out,
            "ERROR:directory_not_found:nowhere\nno folder is at 'nowhere'\n");
}

TEST(CheckHtml, ObeysTheLevelsOfTheConfigAndTheNumberOfWarnings) {
  const Sandbox sandbox({{"a.example", "003", "I"}});
  sandbox.dir().write("b.html", kBad);
  sandbox.dir().write(".smbatcher/config.yml", "rules: {html-unclosed: warn}\n");
  const std::string line = "b.html" + std::string(kUnclosed) + " (warning)\n";
  expect_exactly(sandbox, "check-html", {"b.html"}, 0, "OK:html_valid\n" + line);
  expect_exactly(sandbox, "check-html", {"b.html", "--max-warnings", "1"}, 0, "OK:html_valid\n" + line);
  expect_exactly(sandbox, "check-html", {"b.html", "--max-warnings", "0"}, 1,
                 "FAIL:html_invalid:0 issues\n1 file, 0 errors, 1 warning: more than --max-warnings 0\n" + line);
  sandbox.dir().write(".smbatcher/config.yml", "rules: {html-unclosed: off}\n");
  expect_exactly(sandbox, "check-html", {"b.html"}, 0, "OK:html_valid\n");
  sandbox.dir().write(".smbatcher/config.yml", "rules: {html-unclose: off}\n");
  const ProcessResult refused = sandbox.run("check-html", {"b.html"});
  EXPECT_EQ(refused.out, "ERROR:config_invalid:" + sandbox.dir().at(".smbatcher/config.yml") +
                             ":1: unknown rule 'html-unclose'; did you mean 'html-unclosed'?\n");
  EXPECT_EQ(refused.status, 2);
}

TEST(CheckHtml, TellsBinaryLargeDeepAndStrangelyNamedFilesInALineEach) {
  const Sandbox sandbox;
  const std::string name = "a b'\"c\n\xFF<d>.html";
  sandbox.dir().write("1.html", std::string("\x7F"
                                            "ELF\0\0\1\2\3\4\5\6\0\0\0\0",
                                            16));
  sandbox.dir().write("2.html", "");
  std::filesystem::resize_file(sandbox.dir().at("2.html"), 100'000'000);
  std::string deep = "<!doctype html>\n";
  for (int i = 0; i < 40'000; ++i) {
    deep += "<div>";
  }
  sandbox.dir().write("3.html", deep);
  sandbox.dir().write(name, kBad);
  const ProcessResult result = sandbox.run("check-html", {"."});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(
      result.out,
      "FAIL:html_invalid:4 issues\n4 files, 4 errors, 0 warnings\n"
      "1.html html-binary the file is not text: is it a picture with the wrong name?\n"
      "2.html html-too-large the file has more than 2097152 bytes, and no more are checked: split it, or move data "
      "out of the page\n"
      "3.html:2:2561 html-too-deep elements are nested deeper than 512 levels here, so the page is not checked: "
      "is an end tag missing in a loop?\n"
      "a b'\"c\\n\\xff<d>.html" +
          std::string(kUnclosed) + "\n");
  for (const char* format : {"json", "sarif", "junit", "github"}) {
    EXPECT_EQ(sandbox.run("check-html", {".", "--format", format}).status, 1) << format;
  }
}

TEST(CheckHtml, PrintsTheFormatsOfOthersAndNothingElse) {
  const Sandbox sandbox;
  sandbox.dir().write("b.html", kBad);
  EXPECT_EQ(sandbox.run("check-html", {"b.html", "--format", "github"}).out,
            "FAIL:html_invalid:1 issue\n"
            "::error file=b.html,line=4,col=12,title=html-unclosed::<b> is not closed before </p> at 4:16\n");
  EXPECT_TRUE(sandbox.run("check-html", {"b.html", "--format", "junit"}).out.starts_with("<?xml "));
  const auto sarif = parse_json(sandbox.run("check-html", {"b.html", "--format", "sarif"}).out);
  ASSERT_TRUE(std::holds_alternative<Json>(sarif));
  EXPECT_EQ(text_of(std::get<Json>(sarif), "version"), "2.1.0");
  expect_error(sandbox.run("check-outputs", {"x.example", "--format", "sarif"}), "ERROR:invalid_argument");
}

}  // namespace
}  // namespace smbatcher::test

#include "libregistry/sites/css/compliance.h"

#include <unistd.h>

#include <chrono>

#include <gtest/gtest.h>

#include "libregistry/core/findings/report.h"
#include "tests/support/temp_dir.h"

namespace smbatcher {
namespace {

constexpr const char* kDesign =
    "---\npalette: {background: \"#f4ede4\", text: \"#2e2622\"}\nfonts: {body: \"Spectral, serif\"}\n---\n"
    "## Content\n### Opening hours\n";
constexpr const char* kStyles = "body{background:#f4ede4;color:rgb(46 38 34);font-family:Spectral,serif}";

std::string page(const std::string& head, const std::string& body = "<h2>Opening hours</h2>") {
  return "<!doctype html><title>Kiln</title><meta name=description content=Bowls>\n" + head + "\n<body>\n" + body;
}

/// A site with a design, and what is found in it.
class Compliance : public testing::Test {
 protected:
  Compliance() {
    dir_.write("styles.css", kStyles);
    dir_.write("index.html", page("<link rel=stylesheet href=styles.css>"));
  }

  std::string found() const {
    const auto design = parse_design(design_, "DESIGN.md");
    EXPECT_TRUE(design);
    const auto findings = check_compliance(dir_.path(), *design);
    EXPECT_TRUE(findings) << findings.error().message;
    std::string lines;
    for (const Finding& finding : findings ? with_levels(*findings, {}) : std::vector<Finding>()) {
      lines += describe(finding) + "\n";
    }
    return lines;
  }

  test::TempDir dir_;
  std::string design_ = kDesign;
};

TEST_F(Compliance, PassesASiteThatIsAsDesigned) { EXPECT_EQ(found(), ""); }

TEST_F(Compliance, FindsColoursOutsideThePalette) {
  dir_.write("styles.css", std::string(kStyles) + "\na{color:tomato}\np{border-color:#F5EEE5}");
  EXPECT_EQ(found(),
            "styles.css:2:9 compliance-colour tomato (#ff6347) is not in the palette; nearest is 'background' #f4ede4, "
            "0.313 away in OKLab (at most 0.02)\n");
}

TEST_F(Compliance, LooksAtEveryPlaceOfAPage) {
  dir_.write("index.html", page("<link rel='x STYLESHEET' href=styles.css><meta name=theme-color content=lime>\n"
                                "<style>\na{color:red}</style>",
                                "<h2>Opening hours</h2>\n<p style='color:&#35;00f'>\n<svg><rect fill=teal />"));
  const std::string lines = found();
  EXPECT_NE(lines.find("index.html:2:73 compliance-colour lime"), std::string::npos) << lines;
  EXPECT_NE(lines.find("index.html:4:9 compliance-colour red"), std::string::npos) << lines;
  EXPECT_NE(lines.find("index.html:7:11 compliance-colour #00f"), std::string::npos) << lines;
  EXPECT_NE(lines.find("index.html:8:17 compliance-colour teal"), std::string::npos) << lines;
}

TEST_F(Compliance, FollowsVariablesToWhereTheColourIsWritten) {
  dir_.write("styles.css",
             std::string(kStyles) +
                 "\n:root{--used:#0f0;--unused:red}\n@media (prefers-color-scheme:dark){:root{--used:#00f}}"
                 "\na{color:var(--used)}");
  const std::string lines = found();
  EXPECT_NE(lines.find("styles.css:2:14 compliance-colour #0f0"), std::string::npos) << lines;
  EXPECT_NE(lines.find("styles.css:3:49 compliance-colour #00f"), std::string::npos) << lines;
  EXPECT_EQ(lines.find("red"), std::string::npos) << "what nobody uses is not seen";
}

TEST_F(Compliance, FindsVariablesThatNoPageSets) {
  dir_.write("styles.css", std::string(kStyles) + "\na{color:var(--nope);top:var(--ours)}");
  dir_.write("other.html", page("<link rel=stylesheet href=/styles.css><style>:root{--ours:0}</style>"));
  EXPECT_EQ(found(), "styles.css:2:9 compliance-variable --nope is set nowhere, and there is no fallback\n");
}

TEST_F(Compliance, LeavesOutWhatIsPrinted) {
  dir_.write("styles.css", std::string(kStyles) +
                               "\n@media print{a{color:red}@supports (top:0){b{color:lime}}}"
                               "@media only print and (color), print{i{color:teal}}");
  EXPECT_EQ(found(), "");
  dir_.write("index.html", page("<link rel=stylesheet href=styles.css><link rel=stylesheet media=print href=p.css>"
                                "<style media=' PRINT '>a{color:red}</style>"));
  dir_.write("p.css", "a{color:red}");
  EXPECT_EQ(found(), "");
  dir_.write("styles.css",
             std::string(kStyles) + "\n@media print,screen{\na{color:red}}@media not print{\nb{color:red}}");
  dir_.write("index.html", page("<link rel=stylesheet href=styles.css>"
                                "<link rel=stylesheet media=print onload=\"this.media='all'\" href=p.css>"));
  const std::string lines = found();
  for (const char* const place : {"p.css:1:9 ", "styles.css:3:9 ", "styles.css:4:9 "}) {
    EXPECT_NE(lines.find(place), std::string::npos) << place << "is seen on a screen\n" << lines;
  }
}

TEST_F(Compliance, LeavesOutRulesForWhatNoPageHas) {
  dir_.write("index.html", page("<link rel=stylesheet href=styles.css>",
                                "<h2 class='a b'>Opening hours</h2><p id=d></p><script src=s.js></script>"));
  dir_.write("s.js", "tab.classList.add('is-' + state, 'open')");
  const auto colour_of = [this](const std::string& selector) {
    dir_.write("styles.css", std::string(kStyles) + "\n" + selector + "{color:red}" +
                                 (selector.find('{') == std::string::npos ? "" : "}"));
    return found().find("compliance-colour") != std::string::npos;
  };
  for (const char* const unused : {".btn", ".a.btn", "#x .a", "a > .btn:hover", ".btn, .card", ".b{.btn"}) {
    EXPECT_FALSE(colour_of(unused)) << unused;
  }
  for (const char* const used :
       {".a", ".a.b", "#d", "a", ".btn, .a", ".a:not(.btn)", ":is(.btn)", "[class=btn]", ".open", ".is-done"}) {
    EXPECT_TRUE(colour_of(used)) << used;
  }
}

TEST_F(Compliance, TakesVariablesThatAScriptSets) {
  dir_.write("styles.css", std::string(kStyles) + "\np{left:var(--x);top:var(--y)}");
  dir_.write("index.html", page("<link rel=stylesheet href=styles.css>",
                                "<h2>Opening hours</h2><script>s.setProperty('--x', '3px')</script>"));
  EXPECT_EQ(found(), "styles.css:2:21 compliance-variable --y is set nowhere, and there is no fallback\n");
}

TEST_F(Compliance, TakesFacesThatOnlyMeasureAFontOfTheSystem) {
  dir_.write("styles.css",
             "@font-face{font-family:'Spectral Fallback';src:local(Times);size-adjust:97%}\n"
             "body{background:#f4ede4;color:#2e2622;font-family:Spectral,'Spectral Fallback',serif}");
  EXPECT_EQ(found(), "");
  dir_.write("styles.css",
             "@font-face{font-family:'Other';src:url(o.woff2);size-adjust:97%}\n"
             "body{background:#f4ede4;color:#2e2622;font-family:Spectral,serif}");
  EXPECT_NE(found().find("compliance-font the font 'Other'"), std::string::npos) << "a font of its own";
}

TEST_F(Compliance, FindsFontsOutsideTheDesign) {
  dir_.write("index.html",
             page("<link rel=stylesheet href='https://fonts.googleapis.com/css2?family=Open+Sans:wght@400'>"
                  "<link rel=stylesheet href=styles.css>"));
  dir_.write("styles.css",
             std::string(kStyles) + "\n@font-face{font-family:Rubik;src:url(r.woff2)}\na{font:1em/1 Lato,Arial}");
  EXPECT_EQ(found(),
            "index.html:2:1 compliance-font the font 'Open Sans' is not in the design, which has Spectral, serif\n"
            "styles.css:2:24 compliance-font the font 'Rubik' is not in the design, which has Spectral, serif\n"
            "styles.css:3:14 compliance-font the font 'Lato' is not in the design, which has Spectral, serif\n");
}

TEST_F(Compliance, FindsWhatTheDesignHasAndTheSiteDoesNotUse) {
  dir_.write("styles.css", "@font-face{font-family:Spectral;src:url(s.woff2)}body{color:#2e2622;font-family:serif}");
  EXPECT_EQ(found(),
            "DESIGN.md:2 compliance-colour-unused 'background' #f4ede4 of the palette is used nowhere\n"
            "DESIGN.md:3 compliance-font-unused the font 'Spectral' of the design is used nowhere\n");
}

TEST_F(Compliance, WantsSectionsTitleAndDescription) {
  dir_.write("index.html", "<!doctype html><title> </title><link rel=stylesheet href=styles.css><h2>Prices</h2>");
  EXPECT_EQ(found(),
            "DESIGN.md:6 compliance-section no page has a heading or an id for the section 'Opening hours'\n"
            "index.html compliance-title the page has no title: write <title>…</title> in its head\n"
            "index.html compliance-description the page has no description: write <meta name=\"description\" "
            "content=\"…\"> in its head\n");
  dir_.write("index.html", page("<link rel=stylesheet href=styles.css>", "<section id=opening-hours>"));
  EXPECT_EQ(found(), "");
}

TEST_F(Compliance, ReadsImportsAndSaysWhatIsNotThere) {
  dir_.write("index.html", page("<link rel=stylesheet href=css/a.css?v=1><link rel=stylesheet href=styles.css>"));
  dir_.write("css/a.css", "@import '../css/b.css';@import url(a.css);@import '../../out.css';@import 'c.css';");
  dir_.write("css/b.css", "a{color:lime}");
  ASSERT_EQ(::symlink("/etc/passwd", dir_.at("css/c.css").c_str()), 0);
  const std::string lines = found();
  EXPECT_NE(lines.find("css/b.css:1:9 compliance-colour lime"), std::string::npos) << lines;
  EXPECT_NE(lines.find("css/a.css:1:43 compliance-style-sheet"), std::string::npos) << lines;
  EXPECT_NE(lines.find("css/a.css:1:67 compliance-style-sheet the style sheet 'css/c.css' is not in the site"),
            std::string::npos)
      << lines;
}

TEST_F(Compliance, TellsWhatItCannotCompareAndWhatIsBroken) {
  dir_.write("styles.css", std::string(kStyles) + "\na{color:rgb(calc(1) 2 3)}\nb{color:#2e2622");
  EXPECT_EQ(found(),
            "styles.css:2:9 compliance-colour-unknown rgb(calc(1) 2 3) cannot be compared with the palette (warning)\n"
            "styles.css:3:2 compliance-css-syntax '{' is not closed (warning)\n");
}

TEST_F(Compliance, HasNothingToComparePagesWithoutWith) {
  const test::TempDir empty;
  const auto design = parse_design(kDesign, "DESIGN.md");
  const auto findings = check_compliance(empty.path(), *design);
  ASSERT_TRUE(findings);
  ASSERT_EQ(findings->size(), 1U);
  EXPECT_EQ(describe(findings->front()), ". compliance-no-page the site has no page: an .html file");
  EXPECT_EQ(check_compliance(empty.at("none"), *design).error().reason.text(), "directory_not_found");
}

TEST_F(Compliance, IsNotStoppedByDeepOrBinaryPages) {
  std::string deep;
  for (int i = 0; i < 40'000; ++i) {
    deep += "<div>";
  }
  dir_.write("deep.html", deep);
  dir_.write("binary.html", std::string("\0\xff\xfe\x01", 4) + "<style>a{color:red");
  const std::string lines = found();
  EXPECT_NE(lines.find("deep.html compliance-no-page elements are nested too deeply"), std::string::npos) << lines;
  EXPECT_NE(lines.find("binary.html:1:20 compliance-colour red"), std::string::npos) << lines;
}

}  // namespace
}  // namespace smbatcher

#include "tests/process/outcome_support.h"

// What check-compliance answers. What it finds is tests/unit/css.

namespace smbatcher::test {
namespace {

/// A site that is as its design says.
class CheckCompliance : public testing::Test {
 protected:
  CheckCompliance() {
    write("DESIGN.md",
          "---\npalette: {background: \"#f4ede4\", text: \"#2e2622\"}\nfonts: [Spectral]\n---\n# Concept\n");
    write("index.html",
          "<!doctype html><title>Kiln</title><meta name=description content=Bowls><link rel=stylesheet href=s.css>");
    write("s.css", "body { background: #f4ede4; color: #2e2622; font-family: Spectral, serif }\n");
  }
  void write(const std::string& name, const std::string& text) const {
    sandbox_.dir().write("sites/a.example/" + name, text);
  }

  Sandbox sandbox_{std::vector<Sandbox::Site>{{"a.example", "003", "I"}, {"b.example", "003", "I"}}};
};

TEST_F(CheckCompliance, SaysThatASiteIsAsDesigned) {
  expect_exactly(sandbox_, "check-compliance", {"a.example"}, 0, "OK:full_compliance\n");
  expect_exactly(sandbox_, "check-compliance", {"--path", "sites/a.example"}, 0, "OK:full_compliance\n");
}

TEST_F(CheckCompliance, ListsWhatDiffers) {
  write("s.css", "body { background: #f4ede4; color: #333; font: 1rem Lato }\n");
  expect_exactly(
      sandbox_, "check-compliance", {"a.example"}, 1,
      "FAIL:compliance_issues:4\n1 file, 4 errors, 0 warnings\n"
      "sites/a.example/DESIGN.md:2 compliance-colour-unused 'text' #2e2622 of the palette is used nowhere\n"
      "sites/a.example/DESIGN.md:3 compliance-font-unused the font 'Spectral' of the design is used nowhere\n"
      "sites/a.example/s.css:1:36 compliance-colour #333 (#333333) is not in the palette; nearest is 'text' "
      "#2e2622, 0.047 away in OKLab (at most 0.02)\n"
      "sites/a.example/s.css:1:53 compliance-font the font 'Lato' is not in the design, which has Spectral\n");
}

TEST_F(CheckCompliance, FindsThatTheDesignIsAbsentOrBroken) {
  sandbox_.dir().write("sites/b.example/index.html", "x");
  expect_exactly(sandbox_, "check-compliance", {"--batch", "003"}, 1,
                 "FAIL:compliance_issues:1\n2 files, 1 error, 0 warnings\n"
                 "sites/b.example/DESIGN.md design-missing no design document is here\n");
  sandbox_.dir().write("sites/b.example/DESIGN.md", "---\npalette:\n  text: #111\n---\n");
  const ProcessResult result = sandbox_.run("check-compliance", {"b.example"});
  expect_fail(result, "FAIL:compliance_issues:1");
  EXPECT_NE(result.out.find("\nsites/b.example/DESIGN.md:3 design-front-matter "), std::string::npos) << result.out;
}

TEST_F(CheckCompliance, GoesByTheRulesOfTheConfig) {
  write("s.css", "body { background: #f4ede4; color: #2e2622; font-family: Spectral, Georgia }\n");
  expect_ok(sandbox_.run("check-compliance", {"a.example"}), "OK:full_compliance");
  sandbox_.dir().write(".smbatcher/config.yml", "rules: {compliance-font-fallback: error}\n");
  expect_fail(sandbox_.run("check-compliance", {"a.example"}), "FAIL:compliance_issues:1");
}

TEST_F(CheckCompliance, RefusesWhatIsNotThere) {
  expect_error(sandbox_.run("check-compliance"), "ERROR:missing_argument");
  expect_error(sandbox_.run("check-compliance", {"b.example"}), "ERROR:directory_not_found");
  expect_error(sandbox_.run("check-compliance", {"--path", "nowhere"}), "ERROR:directory_not_found:nowhere");
  expect_error(sandbox_.run("check-compliance", {"../a"}), "ERROR:domain_not_found");
  expect_error(sandbox_.run("check-compliance", {"z.example"}), "ERROR:domain_not_found");
}

}  // namespace
}  // namespace smbatcher::test

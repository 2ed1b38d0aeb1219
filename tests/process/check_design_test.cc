#include "tests/process/outcome_support.h"

// What check-design and verify-post-design answer. What they find is tests/unit/css.

namespace smbatcher::test {
namespace {

/// Two sites in work, the first with a good design and the second without palette and fonts.
class CheckedDesigns : public testing::Test {
 protected:
  CheckedDesigns() {
    build_site(sandbox_, "a.example");
    build_site(sandbox_, "b.example");
    good_ = sandbox_.dir().read("sites/a.example/DESIGN.md");
    sandbox_.dir().write("sites/b.example/DESIGN.md", good_.substr(good_.find("## Concept")));
  }

  static constexpr const char* kFaults =
      "DESIGN.md:1 design-palette no palette is given: write palette: {background: \"#f4ede4\", text: \"#2e2622\"}";

  Sandbox sandbox_{std::vector<Sandbox::Site>{{"a.example", "003", "B"}, {"b.example", "003", "B"}}};
  std::string good_;
};
using CheckDesign = CheckedDesigns;
using VerifyPostDesign = CheckedDesigns;

TEST_F(CheckDesign, PassesACompleteDesign) {
  expect_exactly(sandbox_, "check-design", {"a.example"}, 0, "OK:check_passed\n");
  expect_exactly(sandbox_, "check-design", {"--path", "sites/a.example/DESIGN.md"}, 0, "OK:check_passed\n");
  expect_exactly(sandbox_, "check-design", {"--path", "sites/a.example"}, 0, "OK:check_passed\n");
}

TEST_F(CheckDesign, ListsWhatIsWrong) {
  expect_exactly(sandbox_, "check-design", {"--batch", "003"}, 1,
                 "FAIL:check_failed:2 failures\n2 files, 2 errors, 0 warnings\nsites/b.example/" +
                     std::string(kFaults) +
                     "\nsites/b.example/DESIGN.md:1 design-fonts no fonts are given: write fonts: [Source Serif 4, "
                     "serif]\n");
  EXPECT_EQ(count_of(ask(sandbox_, "check-design", {"--batch", "003"}), "findings"), 2U);
}

TEST_F(CheckDesign, FindsEveryTrapOfYaml) {
  sandbox_.dir().write("sites/b.example/DESIGN.md", "---\npalette:\n\ttext: white\n---\n");
  const ProcessResult result = sandbox_.run("check-design", {"b.example"});
  expect_fail(result, "FAIL:check_failed:1 failure");
  EXPECT_NE(result.out.find("\nsites/b.example/DESIGN.md:3 design-front-matter a tab indents this line"),
            std::string::npos)
      << result.out;
}

TEST_F(CheckDesign, GoesByTheSettings) {
  sandbox_.dir().write(".smbatcher/config.yml", "design: {required_headings: [Concept, Story]}\n");
  const ProcessResult result = sandbox_.run("check-design", {"a.example"});
  expect_fail(result, "FAIL:check_failed:1 failure");
  EXPECT_NE(result.out.find(" design-heading the heading 'Story' is missing\n"), std::string::npos) << result.out;
  sandbox_.dir().write(".smbatcher/config.yml", "rules: {design-palette: off, design-fonts: off}\n");
  expect_ok(sandbox_.run("check-design", {"b.example"}), "OK:check_passed");
}

TEST_F(CheckDesign, RefusesWhatIsNotThere) {
  expect_error(sandbox_.run("check-design"), "ERROR:missing_argument");
  expect_error(sandbox_.run("check-design", {"--path", "nowhere"}), "ERROR:directory_not_found:nowhere");
  expect_error(sandbox_.run("check-design", {"--batch", "9"}), "ERROR:batch_not_found");
  expect_error(sandbox_.run("check-design", {"z.example"}), "ERROR:file_not_found");
}

TEST_F(VerifyPostDesign, CompletesTheSitesThatPass) {
  const std::string token = claim_for(sandbox_, "anna", {"--phase", "design"});
  expect_untouched(sandbox_, "verify-post-design", {"--token", token, "--dry-run"}, 0, "OK:dry_run\n");
  const ProcessResult result = sandbox_.run("verify-post-design", {"--token", token});
  expect_ok(result, "OK:verified:1/2");
  EXPECT_NE(result.out.find("\nnot verified: b.example: " + std::string(kFaults) + "\n"), std::string::npos)
      << result.out;
  EXPECT_EQ(sandbox_.status_of("a.example") + sandbox_.status_of("b.example"), "Dd");
  sandbox_.dir().write("sites/b.example/DESIGN.md", good_);
  const Json answer = ask(sandbox_, "verify-post-design", {"--token", token});
  EXPECT_EQ(member(answer, "sites") + member(answer, "passed") + member(answer, "checked"), R"(["b.example"]22)");
  EXPECT_EQ(sandbox_.status_of("b.example"), "D");
}

TEST_F(VerifyPostDesign, ChangesNothingWhenNonePasses) {
  sandbox_.dir().write("sites/a.example/DESIGN.md", "# Concept\n");
  const std::string token = claim_for(sandbox_, "anna", {"--phase", "design"});
  expect_untouched(sandbox_, "verify-post-design", {"--token", token}, 1, "FAIL:no_designs_passed\n");
  EXPECT_EQ(text_of(ask(sandbox_, "verify-post-design", {"--token", token}), "reason"), "no_designs_passed");
}

TEST_F(VerifyPostDesign, NeedsNoClaimWhereAllAreComplete) {
  const Sandbox done(std::vector<Sandbox::Site>{{"a.example", "003", "D"}, {"b.example", "003", "D"}});
  build_site(done, "a.example");
  expect_untouched(done, "verify-post-design", {"--batch", "003"}, 0, "OK:verified:1/2\n");
  EXPECT_EQ(done.status_of("b.example"), "D") << "it is not taken back: reopen does that";
}

TEST_F(VerifyPostDesign, KeepsToTheClaim) {
  claim_for(sandbox_, "anna", {"--phase", "design"});
  expect_untouched(sandbox_, "verify-post-design", {"--batch", "003", "--owner", "ben"}, 1, "FAIL:held:anna");
  expect_untouched(sandbox_, "verify-post-design", {"--batch", "003", "--token", "99"}, 1, "FAIL:stale_claim");
  expect_error(sandbox_.run("verify-post-design", {"--batch", "9", "--owner", "ben"}), "ERROR:batch_not_found");
}

}  // namespace
}  // namespace smbatcher::test

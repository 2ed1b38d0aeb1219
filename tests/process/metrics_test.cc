#include "tests/process/outcome_support.h"

// What metrics and metrics-collision-rate answer.

namespace smbatcher::test {
namespace {

std::string design(const std::string& colour, const std::string& font) {
  return "---\npalette: [\"" + colour + "\"]\nfonts: [" + font + "]\nlayout: one column\n---\n\nBowls and plates.\n";
}

/// Four sites, two of them implemented; three have designs, of which two are the same.
class MetricsTest : public testing::Test {
 protected:
  MetricsTest() {
    write("a.example", design("#f4ede4", "Spectral"));
    write("b.example", design("#ff0000", "Inter"));
    write("c.example", design("#f4ede4", "spectral"));
  }

  void write(const std::string& domain, const std::string& text) const {
    sandbox_.dir().write("sites/" + domain + "/DESIGN.md", text);
  }
  void configure(const std::string& text) const { sandbox_.dir().write(".smbatcher/config.yml", text); }

  Sandbox sandbox_{std::vector<Sandbox::Site>{
      {"a.example", "003", "Q"}, {"b.example", "003", "I"}, {"c.example", "004", "D"}, {"d.example", "", "-"}}};
};

using Metrics = MetricsTest;
using MetricsCollisionRate = MetricsTest;

TEST_F(Metrics, AreHeldAgainstTheConfig) {
  const std::string counts = "4 sites: -=1 D=1 I=1 Q=1\n";
  configure("metrics: {min_completion: 0.5, max_collision: 0.7}\n");
  expect_exactly(sandbox_, "metrics", {}, 0,
                 "OK:metrics_passed\n" + counts +
                     "completion 0.50, at least 0.5 is wanted: 2 of 4 sites at I or past it\n"
                     "collision 0.6666, at most 0.7 is wanted: 2 of 3 designs with another at 0.8 or over\n");
  configure("metrics: {min_completion: 0.51}\nsimilarity: {threshold: 1}\n");
  expect_exactly(sandbox_, "metrics", {}, 1,
                 "FAIL:metrics_failed:completion, collision\n"
                 "smbatcher similarity lists the designs that are alike, and says why\n" +
                     counts +
                     "completion 0.50, at least 0.51 is wanted: 2 of 4 sites at I or past it\n"
                     "collision 0.6666, at most 0.2 is wanted: 2 of 3 designs with another at 1 or over\n");
  const Json answer = ask(sandbox_, "metrics", {});
  EXPECT_EQ(member(answer, "failed"), R"(["completion","collision"])");
  EXPECT_EQ(member(answer, "completion"), R"({"rate":0.5,"done":2,"total":4,"minimum":0.51,"passed":false})");
  EXPECT_EQ(member(answer, "collision"),
            R"({"rate":0.6666,"colliding":2,"total":3,"maximum":0.2,"threshold":1.0,"passed":false})");
}

TEST_F(Metrics, NameWhatIsBeyondItsThreshold) {
  configure("metrics: {min_completion: 0.9, max_collision: 1}\n");
  expect_fail(sandbox_.run("metrics"), "FAIL:metrics_failed:completion");
  const Sandbox none({{"a.example", "003", "D"}});
  expect_ok(none.run("metrics"), "OK:metrics_passed");
  expect_error(Sandbox().run("metrics"), "ERROR:registry_not_found");
}

TEST_F(MetricsCollisionRate, IsTheShareOfDesignsWithAnotherOneLikeIt) {
  expect_exactly(sandbox_, "metrics-collision-rate", {}, 0,
                 "OK:rate:0.6666\n2 of 3 designs have another at 0.80 or over\n");
  expect_exactly(sandbox_, "metrics-collision-rate", {"--threshold", "0.1"}, 0,
                 "OK:rate:1.00\n3 of 3 designs have another at 0.10 or over\n");
  configure("similarity: {threshold: 0.1}\n");
  expect_ok(sandbox_.run("metrics-collision-rate"), "OK:rate:1.00");
  EXPECT_EQ(member(ask(sandbox_, "metrics-collision-rate", {"--threshold", "0.9"}), "sites"),
            R"(["a.example","c.example"])");
  expect_exactly(Sandbox({{"a.example", "003", "D"}}), "metrics-collision-rate", {}, 0,
                 "OK:rate:0.00\nthere is no design: the rate of none is 0\n");
}

TEST_F(MetricsCollisionRate, NeedsAThresholdWhereThereIsNoConfig) {
  expect_exactly(sandbox_, "metrics-collision-rate", {"--path", "sites"}, 2,
                 "ERROR:missing_args:--path reads no config: say with --threshold from which score on two designs "
                 "collide, e.g. --threshold 0.8\n");
  const Sandbox bare;
  bare.dir().write("designs/one/DESIGN.md", design("#f4ede4", "Spectral"));
  bare.dir().write("designs/two/DESIGN.md", design("#f4ede4", "Spectral"));
  bare.dir().write("designs/three.md", design("#f4ede4", "Spectral"));
  expect_exactly(bare, "metrics-collision-rate", {"--path", "designs", "--threshold", "0.8"}, 0,
                 "OK:rate:1.00\n2 of 2 designs have another at 0.80 or over\n");
  expect_exactly(bare, "metrics-collision-rate", {"--path", "no/where", "--threshold", "0.8"}, 2,
                 "ERROR:directory_not_found:no/where\nthere is no folder 'no/where'\n");
  expect_error(bare.run("metrics-collision-rate"), "ERROR:registry_not_found");
}

}  // namespace
}  // namespace smbatcher::test

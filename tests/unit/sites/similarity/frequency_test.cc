#include "libregistry/sites/similarity/frequency.h"

#include <gmock/gmock.h>

#include "tests/unit/sites/similarity/support.h"

namespace smbatcher::test {
namespace {

using testing::ElementsAre;

std::vector<std::string> shown(const std::vector<Use>& uses) {
  std::vector<std::string> lines;
  for (const Use& use : uses) {
    lines.push_back(use.value + " " + std::to_string(use.designs) + (use.overused ? "!" : ""));
    for (const std::string& variant : use.variants) {
      lines.back() += " " + variant;
    }
  }
  return lines;
}

Frequencies count(const std::vector<std::string>& front_matters, double limit = kOveruse) {
  FrequencyCounter counter;
  for (const std::string& text : front_matters) {
    counter.add(design("---\n" + text + "\n---\n"));
  }
  return counter.finish(limit);
}

TEST(Frequency, CountsEachValueOnceInADesign) {
  const Frequencies uses = count({"{fonts: [Lora, lora, serif], layout: Grid, theme: clay}",
                                  "{fonts: [Inter, LORA], layout: ' grid ', theme: Clay}", "{fonts: [Lora]}"});
  EXPECT_EQ(uses.designs, 3U);
  EXPECT_THAT(shown(uses.fonts), ElementsAre("lora 3!", "inter 1"));
  EXPECT_THAT(shown(uses.layouts), ElementsAre("grid 2"));
  EXPECT_THAT(shown(uses.themes), ElementsAre("clay 2"));
  EXPECT_DOUBLE_EQ(uses.fonts[1].share, 1.0 / 3);
}

TEST(Frequency, GroupsColoursThatLookAlike) {
  const Frequencies uses = count(
      {R"({palette: ["#a4502f", "#a4512f"]})", R"({palette: ["#A4502F"]})", R"({palette: ["#a55130", "#0000ff"]})"});
  EXPECT_THAT(shown(uses.colours), ElementsAre("#a4502f 3! #a4512f #a55130", "#0000ff 1"));
}

TEST(Frequency, CallsNothingOverusedThatIsOrdinary) {
  const std::string plain = R"({palette: ["#fefefe", "#111", "#c00000"], fonts: [serif]})";
  const Frequencies uses = count({plain, plain, plain});
  EXPECT_THAT(shown(uses.colours), ElementsAre("#111 3", "#c00000 3!", "#fefefe 3"));
  EXPECT_THAT(shown(uses.fonts), ElementsAre("serif 3"));
}

TEST(Frequency, CallsOverusedWhatIsAboveTheLimit) {
  const std::string lora = "{fonts: [Lora]}";
  const std::string other = "{fonts: [Inter]}";
  const std::vector<std::string> designs{lora, lora, lora, other, "{theme: a}", "{theme: b}"};
  EXPECT_THAT(shown(count(designs, 0.5).fonts), ElementsAre("lora 3", "inter 1"));
  EXPECT_THAT(shown(count(designs, 0.49).fonts), ElementsAre("lora 3!", "inter 1"));
  EXPECT_THAT(shown(count({lora, lora}).fonts), ElementsAre("lora 2"));
}

}  // namespace
}  // namespace smbatcher::test

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crash/seam_sweep.h"

namespace smbatcher::test {
namespace {

enum class Died { kBeforePublication, kAfterPublication };

/// `scene` with its call killed, and then somebody's claim, which settles what was left: the call that is swept.
Scene settling(Scene scene, Died died) {
  const std::vector<Point> points = run_undisturbed(scene).points;
  int number = number_of_point(points, is_publication);
  if (died == Died::kAfterPublication) {
    const int published = number;
    number = number_of_point(points, [published](const Point& point) {
      return point.number > published && point.is("write", "/history.jsonl");  // the closing line
    });
  }
  scene.first.push_back({scene.words, number});
  scene.name += died == Died::kBeforePublication ? "DiedBeforePublication" : "DiedAfterPublication";
  scene.words = {"find-next", "--claim", "--owner", "carl"};
  scene.next = {"find-next", "--claim", "--owner", "next"};
  return scene;
}

Scene scene_named(const std::string& name) {
  for (const Scene& scene : sweep_scenes()) {
    if (scene.name == name) {
      return scene;
    }
  }
  throw std::runtime_error("there is no scene '" + name + "'");
}

class KillSettling : public ::testing::TestWithParam<std::string> {};

TEST_P(KillSettling, AtEveryOperationIsRepeatedByTheNextCall) {
  for (const Died died : {Died::kBeforePublication, Died::kAfterPublication}) {
    const Scene scene = settling(scene_named(GetParam()), died);
    expect_sound(scene, sweep(scene, in_turn({"kill"})));
  }
}

INSTANTIATE_TEST_SUITE_P(Scenes, KillSettling, ::testing::Values("Claim", "Complete"),
                         [](const auto& test) { return test.param; });

// The control: settling that does not look at the registry is caught, whichever way it decides.
TEST(KillSettlingControl, FindsSettlingThatDoesNotLook) {
  const Actions at_the_end = [](const Point& point) {
    return point.is("close", "/REGISTRY.lock") ? std::vector<std::string>{"kill"} : std::vector<std::string>{};
  };
  expect_caught(sweep(settling(scene_named("Claim"), Died::kBeforePublication), at_the_end, {"settle_always_done"}),
                "sandbox.status_of(domain)");
  expect_caught(sweep(settling(scene_named("Claim"), Died::kAfterPublication), at_the_end, {"settle_always_void"}),
                "sandbox.status_of(domain)");
}

}  // namespace
}  // namespace smbatcher::test

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crash/seam_sweep.h"

namespace smbatcher::test {
namespace {

const std::vector<std::string> kErrors{"EIO", "ENOSPC", "EDQUOT", "EINTR", "EROFS", "ENOLCK", "EMFILE"};

class FailEveryOperation : public ::testing::TestWithParam<Scene> {};

// Each scene begins with another error, so that all of them meet the operations that the scenes have in common.
TEST_P(FailEveryOperation, LeavesOldOrNewAndTheAnswerAgrees) {
  const std::vector<Scene> scenes = sweep_scenes();
  const auto is_this = [](const Scene& scene) { return scene.name == GetParam().name; };
  const auto index = std::find_if(scenes.begin(), scenes.end(), is_this) - scenes.begin();
  expect_sound(GetParam(), sweep(GetParam(), in_turn(kErrors, static_cast<std::size_t>(index))));
}

TEST_P(FailEveryOperation, ShortReadsAndWritesAreContinued) {
  const Actions transfers = [](const Point& point) {
    const bool transfers_bytes = point.name.ends_with("read") || point.name.ends_with("write");
    return transfers_bytes ? std::vector<std::string>{"short"} : std::vector<std::string>{};
  };
  expect_sound(GetParam(), sweep(GetParam(), transfers));
}

INSTANTIATE_TEST_SUITE_P(Scenes, FailEveryOperation, ::testing::ValuesIn(sweep_scenes()),
                         [](const auto& test) { return test.param.name; });

// The control: a call that takes no notice of a failed publication is caught.
TEST(FailEveryOperationControl, FindsTheSuccessThatWasNone) {
  expect_caught(sweep(sweep_scenes().front(), in_turn({"EIO"}), {"ignores_failed_publication"}),
                "this was said of a change that is not there: {\"result\"");
}

}  // namespace
}  // namespace smbatcher::test

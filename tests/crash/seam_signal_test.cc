#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crash/seam_sweep.h"

namespace smbatcher::test {
namespace {

class StopAtEveryOperation : public ::testing::TestWithParam<Scene> {};

TEST_P(StopAtEveryOperation, LeavesOldOrNewAndNoTemporaryFile) {
  expect_sound(GetParam(), sweep(GetParam(), in_turn({"term", "int", "hup"})));
}

INSTANTIATE_TEST_SUITE_P(Scenes, StopAtEveryOperation, ::testing::ValuesIn(sweep_scenes()),
                         [](const auto& test) { return test.param.name; });

// The control: signals that get through while the registry is written are caught.
TEST(StopAtEveryOperationControl, FindsWhatUnblockedSignalsLeave) {
  expect_caught(sweep(sweep_scenes().front(), in_turn({"term"}), {"unblocked_signals"}), ".REGISTRY.md.part");
}

}  // namespace
}  // namespace smbatcher::test

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crash/seam_sweep.h"

namespace smbatcher::test {
namespace {

class KillAtEveryOperation : public ::testing::TestWithParam<Scene> {};

TEST_P(KillAtEveryOperation, LeavesOldOrNewAndTheNextCallWorks) {
  expect_sound(GetParam(), sweep(GetParam(), in_turn({"kill"})));
}

INSTANTIATE_TEST_SUITE_P(Scenes, KillAtEveryOperation, ::testing::ValuesIn(sweep_scenes()),
                         [](const auto& test) { return test.param.name; });

// The control: a publication that truncates and writes is caught.
TEST(KillAtEveryOperationControl, FindsTheHalfWrittenRegistryOfTruncateAndWrite) {
  expect_caught(sweep(sweep_scenes().front(), in_turn({"kill"}), {"truncate_and_write"}),
                "neither the old registry nor the new one");
}

}  // namespace
}  // namespace smbatcher::test

#pragma once

#include <string>

#include <gtest/gtest.h>

#include "tests/crash/strace_run.h"

namespace smbatcher::test {

/// Tests that trace processes; skipped, with the reason, where that cannot be done.
class WithStrace : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = why_no_strace(); !why.empty()) {
      GTEST_SKIP() << why;
    }
  }
};

}  // namespace smbatcher::test

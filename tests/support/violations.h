#pragma once

#include <exception>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

namespace smbatcher::test {

/// The failures that `checks` reports, one text each, in place of a failed test. So one check serves a proof, which
/// wants none, and its control on a broken build, which wants some.
inline std::vector<std::string> violations_of(const std::function<void()>& checks) {
  ::testing::TestPartResultArray reported;
  std::vector<std::string> violations;
  {
    const ::testing::ScopedFakeTestPartResultReporter reporter(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &reported);
    try {
      checks();
    } catch (const std::exception& error) {
      violations.emplace_back(error.what());
    }
  }
  for (int i = 0; i < reported.size(); ++i) {
    if (reported.GetTestPartResult(i).failed()) {
      violations.emplace_back(reported.GetTestPartResult(i).message());
    }
  }
  return violations;
}

/// The first few of them, for a message.
inline std::string summary(const std::vector<std::string>& violations) {
  constexpr std::size_t kMost = 8;
  std::string text = std::to_string(violations.size()) + " violations\n";
  for (std::size_t i = 0; i < violations.size() && i < kMost; ++i) {
    text += violations[i] + "\n";
  }
  return text;
}

}  // namespace smbatcher::test

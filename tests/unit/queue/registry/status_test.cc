#include "libregistry/queue/registry/status.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace smbatcher::test {
namespace {

constexpr std::array<Step, 7> kSteps{Step::kBatch,  Step::kStart,    Step::kComplete, Step::kLock,
                                     Step::kFinish, Step::kGiveBack, Step::kReopen};

// The machine as the documentation writes it: from, to, step.
const std::vector<std::pair<std::string, Step>> kAllowed{
    {"-B", Step::kBatch},    {"Bd", Step::kStart},    {"dD", Step::kComplete}, {"DO", Step::kLock},
    {"Oi", Step::kStart},    {"iI", Step::kComplete}, {"IQ", Step::kFinish},   {"dB", Step::kGiveBack},
    {"iO", Step::kGiveBack}, {"QO", Step::kReopen},   {"IO", Step::kReopen},   {"OD", Step::kReopen},
    {"DB", Step::kReopen},   {"B-", Step::kReopen}};

TEST(Status, LettersRoundTripAndNothingElseIsOne) {
  for (const char c : kStatusLetters) {
    EXPECT_EQ(letter(status_of(std::string(1, c)).value()), c);
  }
  for (const char* text : {"", "b", "o", "DD", " O", "x"}) {
    EXPECT_FALSE(status_of(text)) << text;
  }
}

TEST(Status, OnlyTheStepsOfTheMachineAreAllowed) {
  for (const char from : kStatusLetters) {
    for (const char to : kStatusLetters) {
      for (const Step step : kSteps) {
        const bool expected =
            std::find(kAllowed.begin(), kAllowed.end(), std::pair(std::string{from, to}, step)) != kAllowed.end();
        EXPECT_EQ(is_allowed(*status_of(std::string(1, from)), *status_of(std::string(1, to)), step), expected)
            << from << to << static_cast<int>(step);
      }
    }
  }
}

TEST(Status, PhasesCoverTheirLetters) {
  const std::string phases = "-ddiii--";
  for (std::size_t i = 0; i < kStatusCount; ++i) {
    const auto phase = phase_with(static_cast<Status>(i));
    EXPECT_EQ(phase ? rule_of(*phase).name.front() : '-', phases[i]) << kStatusLetters[i];
  }
  EXPECT_EQ(phase_of("design"), Phase::kDesign);
  EXPECT_EQ(phase_of("implement"), Phase::kImplement);
  EXPECT_FALSE(phase_of("Design"));
}

// The table of the documentation, in letters.
BatchState by_the_table(Phase phase, const std::string& letters) {
  const auto any = [&](char c) { return letters.find(c) != std::string::npos; };
  const auto all_in = [&](const std::string& set) { return letters.find_first_not_of(set) == std::string::npos; };
  if (letters.empty()) {
    return BatchState::kEmpty;
  }
  if (phase == Phase::kDesign) {
    return any('d')   ? BatchState::kInProgress
           : any('-') ? BatchState::kBehind
           : any('B') ? BatchState::kReady
                      : BatchState::kDone;
  }
  if (any('i')) {
    return BatchState::kInProgress;
  }
  if (!all_in("DOIQ")) {
    return BatchState::kBehind;
  }
  return any('D') ? BatchState::kToLock : any('O') ? BatchState::kReady : BatchState::kDone;
}

TEST(BatchState, IsTheTableForEveryBatchOfUpToFourSites) {
  std::vector<std::string> multisets{""};
  for (std::size_t begin = 0, size = 0; size < 4; ++size) {
    const std::size_t end = multisets.size();
    for (; begin < end; ++begin) {
      for (const char c : kStatusLetters) {
        if (multisets[begin].empty() || kStatusLetters.find(multisets[begin].back()) <= kStatusLetters.find(c)) {
          multisets.push_back(multisets[begin] + c);
        }
      }
    }
  }
  EXPECT_EQ(multisets.size(), 495U);
  for (const std::string& letters : multisets) {
    std::vector<Status> statuses;
    for (const char c : letters) {
      statuses.insert(statuses.begin(), *status_of(std::string(1, c)));
    }
    for (const Phase phase : {Phase::kDesign, Phase::kImplement}) {
      EXPECT_EQ(batch_state(phase, statuses), by_the_table(phase, letters)) << letters << " " << rule_of(phase).name;
    }
  }
}

}  // namespace
}  // namespace smbatcher::test

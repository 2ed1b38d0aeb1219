#include "tests/fuzz/corpus.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include <gtest/gtest.h>

#include "tests/fuzz/target.h"

namespace smbatcher::test {
namespace {

std::vector<std::string> corpus() {
  std::vector<std::filesystem::path> paths;
  for (const std::string folder : {kCorpus, kMoreCorpus}) {
    if (!folder.empty()) {
      for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        paths.push_back(entry.path());
      }
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

/// What an editor, a crash and a bad disk make of a file, from a fixed seed.
class Mutator {
 public:
  explicit Mutator(const std::vector<std::string>& inputs) : inputs_(inputs) {}

  std::string next() {
    std::string text = one();
    for (std::size_t more = 1 + below(3); more > 0; --more) {
      mutate(text);
    }
    return text;
  }

 private:
  std::size_t below(std::size_t count) { return count == 0 ? 0 : random_() % count; }
  const std::string& one() { return inputs_[below(inputs_.size())]; }

  void mutate(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = below(std::min<std::size_t>(text.size() - at, 40) + 1);
    switch (below(6)) {
      case 0:
        text.resize(at);
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      case 3:
        text.insert(at, 1, static_cast<char>(below(256)));
        break;
      case 4:
        text.insert(at, 1, kSigns[below(kSigns.size())]);
        break;
      default: {
        const std::string& other = one();
        const std::size_t from = below(other.size() + 1);
        text.insert(at, other, from, below(80));
      }
    }
  }

  static constexpr std::string_view kSigns = "|-:\n\r\\`*_~[](){}<>!#\"',&> \t0123456789";

  const std::vector<std::string>& inputs_;
  std::mt19937 random_{1};
};

std::size_t mutations() {
  const char* soak = std::getenv("SMB_SOAK");
  return soak != nullptr && *soak != '\0' ? kMutations * 100 : kMutations;
}

TEST(FuzzCorpus, EveryInputFindsThePromisesKept) {
  const std::vector<std::string> inputs = corpus();
  ASSERT_GE(inputs.size(), 3U) << "in " << kCorpus;
  for (const std::string& input : inputs) {
    EXPECT_EQ(broken_promise(input), "") << input;
  }
}

TEST(FuzzCorpus, EveryMutationFindsThePromisesKept) {
  const std::vector<std::string> inputs = corpus();
  Mutator mutate(inputs);
  for (std::size_t i = mutations(); i > 0; --i) {
    const std::string input = mutate.next();
    ASSERT_EQ(broken_promise(input), "") << input;
  }
}

}  // namespace
}  // namespace smbatcher::test

#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "libregistry/sites/similarity/traits.h"
#include "libregistry/sites/similarity/words.h"

namespace smbatcher::test {

inline std::vector<PaletteColour> palette(const std::vector<std::string>& texts) {
  std::vector<PaletteColour> colours;
  for (const std::string& text : texts) {
    if (const auto colour = parse_colour(text)) {
      add_colour(colours, text, *colour);
    }
  }
  return colours;
}

inline DesignDocument design(const std::string& text) {
  auto parsed = parse_design(text, "DESIGN.md");
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? std::move(*parsed) : DesignDocument();
}

inline Traits traits(const std::string& text, const std::string& name = "a.example") {
  return traits_of(design(text), name);
}

/// A design out of few words, colours and fonts, so that many are alike, with each part absent now and then.
class RandomDesigns {
 public:
  explicit RandomDesigns(unsigned seed) : random_(seed) {}

  Traits next(const std::string& name) {
    Traits made;
    made.name = name;
    for (std::size_t i = below(4) == 0 ? 0 : 1 + below(30); i > 0; --i) {
      made.words.push_back("w" + std::to_string(below(6)));
    }
    made.phrases = phrases_of(made.words);
    for (std::size_t i = below(4) == 0 ? 0 : below(7); i > 0; --i) {
      constexpr const char* kDigits = "0123456789abcdef";
      std::string text = "#";
      for (int digit = 0; digit < 3; ++digit) {
        text += std::string(1, kDigits[4 + below(3)]) + kDigits[below(16)];
      }
      add_colour(made.palette, text, *parse_colour(text));
    }
    made.fonts = some("font", 3);
    made.layout = some("layout", 4);
    return made;
  }

 private:
  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_); }
  std::vector<std::string> some(const std::string& word, std::size_t kinds) {
    std::vector<std::string> chosen;
    for (std::size_t i = 0; i < kinds; ++i) {
      if (below(2) == 0) {
        chosen.push_back(word + std::to_string(i));
      }
    }
    return chosen;
  }

  std::mt19937 random_;
};

}  // namespace smbatcher::test

#include "libregistry/sites/similarity/measure.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <numeric>

#include "libregistry/core/base/text.h"
#include "libregistry/core/base/text_hash.h"
#include "libregistry/sites/similarity/words.h"

namespace smbatcher {
namespace {

constexpr double kTold = 0.5;
constexpr std::size_t kExamples = 4;

/// What a sum of fractions lacks to a whole by rounding alone is not cut off: 0.29 * 100 is 28.999999999999996.
double cut_off(double number) { return std::floor(number + 1e-9); }

template <class Member>
std::optional<double> set_score(const std::vector<Member>& a, const std::vector<Member>& b) {
  return a.empty() && b.empty() ? std::nullopt : std::optional(jaccard(count_common(a, b), a.size(), b.size()));
}

std::string listed(const std::vector<std::string>& examples, std::size_t count) {
  return join(examples, ", ") + (count > examples.size() ? ", …" : "");
}

/// Phrases that both texts have, as the first one reads: neighbouring phrases in one piece.
std::string common_text(const Traits& a, const Traits& b) {
  std::vector<std::string> passages;
  std::size_t last = 0;  // the word that the last passage ends with, counted from 1
  for (std::size_t i = 1; i < a.words.size(); ++i) {
    const std::string phrase = a.words[i - 1] + " " + a.words[i];
    if (!std::binary_search(b.phrases.begin(), b.phrases.end(), text_hash(phrase))) {
      continue;
    }
    if (last == i && !passages.empty()) {
      passages.back() += " " + a.words[i];
    } else {
      passages.push_back(phrase);
    }
    last = i + 1;
  }
  std::stable_sort(passages.begin(), passages.end(),
                   [](const std::string& x, const std::string& y) { return x.size() > y.size(); });
  constexpr std::size_t kPassages = 2;
  constexpr std::size_t kLongest = 60;
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(passages.size(), kPassages); ++i) {
    std::string passage = passages[i];
    if (passage.size() > kLongest) {
      passage.resize(passage.rfind(' ', kLongest) == std::string::npos ? passage.size() : passage.rfind(' ', kLongest));
      passage += " …";
    }
    shown.push_back("\"" + passage + "\"");
  }
  return listed(shown, passages.size());
}

std::string common_colours(const Traits& a, const Traits& b) {
  std::vector<ColourPair> pairs = match_colours(a.palette, b.palette);
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const ColourPair& x, const ColourPair& y) { return x.closeness > y.closeness; });
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(pairs.size(), kExamples); ++i) {
    const PaletteColour& first = a.palette[pairs[i].first];
    const PaletteColour& second = b.palette[pairs[i].second];
    shown.push_back(first.text + (first.text == second.text ? " = " : " ≈ ") + second.text);
  }
  return listed(shown, pairs.size());
}

std::string common_members(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
  const std::size_t count = common.size();
  common.resize(std::min(count, kExamples));
  return listed(common, count);
}

std::string common_fonts(const Traits& a, const Traits& b) { return common_members(a.fonts, b.fonts); }
std::string common_layout(const Traits& a, const Traits& b) { return common_members(a.layout, b.layout); }

/// What two designs have in common in each part, in the order of kLikenessParts.
constexpr std::array<std::string (*)(const Traits&, const Traits&), kLikenessParts.size()> kCommon{
    common_text, common_colours, common_fonts, common_layout};

}  // namespace

double score_of(const PartScores& parts) {
  double sum = 0;
  double weights = 0;
  for (const LikenessPart& part : kLikenessParts) {
    if (const std::optional<double>& score = parts.*part.score) {
      sum += part.weight * *score;
      weights += part.weight;
    }
  }
  return weights == 0 ? 0 : sum / weights;
}

PartScores compare(const Traits& a, const Traits& b) {
  PartScores parts;
  parts.text = set_score(a.phrases, b.phrases);
  if (!a.palette.empty() || !b.palette.empty()) {
    parts.palette = palette_score(matched_closeness(a.palette, b.palette), a.palette.size(), b.palette.size());
  }
  parts.fonts = set_score(a.fonts, b.fonts);
  parts.layout = set_score(a.layout, b.layout);
  return parts;
}

std::vector<std::string> explain(const Traits& a, const Traits& b, const PartScores& parts) {
  std::vector<std::size_t> told(kLikenessParts.size());
  std::iota(told.begin(), told.end(), 0U);
  const auto score = [&parts](std::size_t i) { return (parts.*kLikenessParts[i].score).value_or(0); };
  const auto gain = [&score](std::size_t i) { return kLikenessParts[i].weight * score(i); };
  std::stable_sort(told.begin(), told.end(), [&gain](std::size_t i, std::size_t j) { return gain(i) > gain(j); });
  std::vector<std::string> lines;
  for (const std::size_t i : told) {
    if (score(i) >= kTold || (i == told.front() && score(i) > 0)) {
      lines.push_back(std::string(kLikenessParts[i].name) + " " + describe_score(score(i)) + ": " + kCommon[i](a, b));
    }
  }
  return lines;
}

std::string describe_score(double score) {
  constexpr std::uint64_t kWhole = 100;
  const auto hundredths = static_cast<std::uint64_t>(cut_off(score * static_cast<double>(kWhole)));
  return std::to_string(hundredths / kWhole) + "." + std::to_string(kWhole + hundredths % kWhole).substr(1);
}

double shortened_score(double score) { return cut_off(score * 1e4) / 1e4; }

}  // namespace smbatcher

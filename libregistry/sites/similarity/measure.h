#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/sites/similarity/traits.h"

namespace smbatcher {

/// How alike two designs are: each part from 0 to 1, nothing where neither has it.
struct PartScores {
  std::optional<double> text;
  std::optional<double> palette;
  std::optional<double> fonts;
  std::optional<double> layout;
};

/// A part, and how much it counts. Source: docs/similarity.md, "The score".
struct LikenessPart {
  std::string_view name;
  double weight = 0;
  std::optional<double> PartScores::*score = nullptr;
};
inline constexpr auto kLikenessParts = std::to_array<LikenessPart>({{"text", 0.3, &PartScores::text},
                                                                    {"palette", 0.3, &PartScores::palette},
                                                                    {"fonts", 0.2, &PartScores::fonts},
                                                                    {"layout", 0.2, &PartScores::layout}});

/// The weighted mean of the parts that there are; 0 when there is none. It grows with every part.
double score_of(const PartScores& parts);

/// Compares two designs; the order makes no difference.
PartScores compare(const Traits& a, const Traits& b);

/// What makes them alike, the part that adds most first: "palette 0.97: #f4ede4 = #f4ede4, #2e2622 ~ #2f2723". Parts
/// under a half are left out, but for the first.
std::vector<std::string> explain(const Traits& a, const Traits& b, const PartScores& parts);

/// "0.97", "1.00": two digits, cut off, so that 1.00 means the same.
std::string describe_score(double score);
/// Four digits, cut off: what programs are told.
double shortened_score(double score);

}  // namespace smbatcher

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/sites/designs/batch_notes.h"

namespace smbatcher {

/// What a design begins with, as words that can be compared. Source: docs/similarity.md, "Design seeds".
struct SeedTraits {
  std::vector<std::string> theme;
  std::vector<std::string> description;
  std::vector<std::string> seed;  // of a seed that somebody wrote in words
};
SeedTraits seed_traits(const SiteNotes& notes);

/// How alike two seeds are, 0 to 1: the mean over the parts that one of them has.
double seed_score(const SeedTraits& a, const SeedTraits& b);

/// The seed that is most like another: the first of several.
struct NearestSeed {
  std::size_t index = 0;
  double score = 0;
};

/// For each seed the nearest other; nothing where all others have nothing in common with it.
std::vector<std::optional<NearestSeed>> nearest_seeds(const std::vector<SiteNotes>& notes);

/// "Nearest seed: 8d78c60d (ferry.example), 0.33".
std::string render_nearest(const std::optional<NearestSeed>& nearest, const std::vector<SiteNotes>& notes);

/// A line for the section of a site.
struct SeedLine {
  const SiteNotes* notes = nullptr;  // as find_site_notes() read it in this text
  std::string line;                  // of render_nearest()
};

/// The text of a batch file with these lines: each takes the place of a former one, else it stands behind the line
/// `Design seed:`, or behind the last of those that prepare-batch writes. No other byte changes; a section without such
/// lines stays as it is.
std::string with_seed_lines(std::string_view bytes, const std::vector<SeedLine>& seed_lines);

}  // namespace smbatcher

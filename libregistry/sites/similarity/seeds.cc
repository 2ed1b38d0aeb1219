#include "libregistry/sites/similarity/seeds.h"

#include <algorithm>
#include <array>
#include <utility>

#include "libregistry/core/base/ascii.h"
#include "libregistry/queue/document/document.h"
#include "libregistry/sites/designs/front_matter.h"
#include "libregistry/sites/similarity/measure.h"
#include "libregistry/sites/similarity/words.h"

namespace smbatcher {
namespace {

constexpr std::string_view kLabel = "Nearest seed:";
constexpr std::string_view kSeedLabel = "Design seed:";
constexpr auto kLabels = std::to_array<std::string_view>({"Name:", "Theme:", "Description:", kSeedLabel});

/// As prepare-batch makes it from the site: digits that say nothing.
bool is_made(std::string_view seed) { return seed.size() == 8 && std::all_of(seed.begin(), seed.end(), is_hex_digit); }

std::optional<Edit> edit_of(const Lines& lines, const SeedLine& wanted) {
  const ByteRange& range = wanted.notes->range;
  std::optional<std::size_t> behind;
  bool found_seed = false;
  for (std::size_t number = lines.at(range.begin); number <= lines.count(); ++number) {
    if (lines.whole_range(number).begin >= range.end) {
      break;
    }
    const std::string_view text = lines.text(number);
    if (text.starts_with(kLabel)) {
      return Edit{lines.range(number), wanted.line};
    }
    if (!found_seed && std::any_of(kLabels.begin(), kLabels.end(),
                                   [text](std::string_view label) { return text.starts_with(label); })) {
      behind = number;
      found_seed = text.starts_with(kSeedLabel);
    }
  }
  if (!behind) {
    return std::nullopt;
  }
  const std::size_t end = lines.range(*behind).end;
  const std::size_t neighbour = lines.whole_range(*behind).end > end ? *behind : std::max<std::size_t>(*behind, 2) - 1;
  const ByteRange ending{lines.range(neighbour).end, lines.whole_range(neighbour).end};
  return Edit{{end, end}, std::string(lines.bytes().substr(ending.begin, ending.size())) + wanted.line};
}

}  // namespace

SeedTraits seed_traits(const SiteNotes& notes) {
  return {telling_words(notes.site.theme), telling_words(notes.site.description),
          is_made(notes.design_seed) ? std::vector<std::string>() : telling_words(notes.design_seed)};
}

double seed_score(const SeedTraits& a, const SeedTraits& b) {
  double sum = 0;
  int parts = 0;
  for (const auto part : {&SeedTraits::theme, &SeedTraits::description, &SeedTraits::seed}) {
    if (!(a.*part).empty() || !(b.*part).empty()) {
      sum += jaccard(count_common(a.*part, b.*part), (a.*part).size(), (b.*part).size());
      ++parts;
    }
  }
  return parts == 0 ? 0 : sum / parts;
}

std::vector<std::optional<NearestSeed>> nearest_seeds(const std::vector<SiteNotes>& notes) {
  std::vector<SeedTraits> traits(notes.size());
  std::transform(notes.begin(), notes.end(), traits.begin(), seed_traits);
  std::vector<std::optional<NearestSeed>> nearest(notes.size());
  const auto offer = [&nearest](std::size_t to, std::size_t other, double score) {
    if (score > 0 && (!nearest[to] || score > nearest[to]->score)) {
      nearest[to] = NearestSeed{other, score};
    }
  };
  for (std::size_t second = 1; second < notes.size(); ++second) {
    for (std::size_t first = 0; first < second; ++first) {
      const double score = seed_score(traits[first], traits[second]);
      offer(first, second, score);
      offer(second, first, score);
    }
  }
  return nearest;
}

std::string render_nearest(const std::optional<NearestSeed>& nearest, const std::vector<SiteNotes>& notes) {
  if (!nearest) {
    return std::string(kLabel) + " none";
  }
  const SiteNotes& other = notes[nearest->index];
  return std::string(kLabel) + " " + (other.design_seed.empty() ? "" : other.design_seed + " ") + "(" +
         other.site.domain + "), " + describe_score(nearest->score);
}

std::string with_seed_lines(std::string_view bytes, const std::vector<SeedLine>& seed_lines) {
  const Lines lines(bytes, byte_order_mark_size(bytes));
  std::vector<Edit> edits;
  for (const SeedLine& wanted : seed_lines) {
    if (std::optional<Edit> edit = edit_of(lines, wanted)) {
      edits.push_back(std::move(*edit));
    }
  }
  return splice(bytes, std::move(edits));
}

}  // namespace smbatcher

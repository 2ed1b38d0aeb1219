#include <algorithm>

#include "libregistry/sites/designs/front_matter.h"
#include "libregistry/sites/similarity/measure.h"
#include "libregistry/sites/similarity/seeds.h"
#include "libregistry/sites/similarity/site_traits.h"
#include "libregistry/sites/similarity/words.h"
#include "tests/fuzz/target.h"

// Pages, style sheets and texts that are compared, and the lines that batch files get.
namespace smbatcher::test {
namespace {

std::string reads_badly(std::string_view input) {
  for (const std::string& word : words_of(input)) {
    if (word.empty() || word.find_first_of(" \t\r\n<>ABCXYZ") != std::string::npos) {
      return "words_of: '" + word + "' is not a word";
    }
  }
  SiteTraits site;
  site.add_page(input);
  site.add_style_sheet(input);
  const Traits traits = site.finish("a.example");
  if (traits.palette.size() > kMostColours || !std::is_sorted(traits.fonts.begin(), traits.fonts.end()) ||
      !std::is_sorted(traits.layout.begin(), traits.layout.end())) {
    return "SiteTraits: traits that cannot be compared";
  }
  const double score = score_of(compare(traits, traits));
  return score == (traits.empty() ? 0 : 1) ? "" : "compare: a site is not like itself";
}

/// The lines of a text but for those that tell of the nearest seed.
std::vector<std::string> other_lines(std::string_view text) {
  const Lines lines(text, byte_order_mark_size(text));
  std::vector<std::string> others;
  for (std::size_t number = 1; number <= lines.count(); ++number) {
    if (!lines.text(number).starts_with("Nearest seed:")) {
      others.emplace_back(lines.text(number));
    }
  }
  return others;
}

std::optional<std::string> annotated(std::string_view text) {
  const auto notes = find_site_notes(text, "batch-003.md");
  if (!notes) {
    return std::nullopt;
  }
  const auto nearest = nearest_seeds(*notes);
  std::vector<SeedLine> lines;
  for (std::size_t i = 0; i < notes->size(); ++i) {
    lines.push_back({&(*notes)[i], render_nearest(nearest[i], *notes)});
  }
  return with_seed_lines(text, lines);
}

std::string annotates_badly(std::string_view input) {
  const auto once = annotated(input);
  if (!once) {
    return "";
  }
  if (other_lines(*once) != other_lines(input)) {
    return "with_seed_lines: another line changed";
  }
  const auto twice = annotated(*once);
  return twice == once ? "" : "with_seed_lines: the second time there is something to change";
}

}  // namespace

std::string broken_promise(std::string_view input) {
  std::string broken = reads_badly(input);
  return broken.empty() ? annotates_badly(input) : broken;
}

}  // namespace smbatcher::test

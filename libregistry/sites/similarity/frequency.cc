#include "libregistry/sites/similarity/frequency.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/css/style_values.h"
#include "libregistry/sites/similarity/traits.h"

namespace smbatcher {
namespace {

/// Two just noticeable differences: told apart side by side, and not from memory.
constexpr double kOneColour = 2 * kColourTolerance;

std::string normal(std::string_view text) { return to_lower(trim(text)); }

bool is_ordinary_font(const std::string& family) { return is_generic_font(family); }
bool is_never_ordinary(const std::string& /*value*/) { return false; }

/// Paper and ink: nearly every page has them.
bool is_nearly_black_or_white(const Colour& colour) {
  return std::hypot(colour.a, colour.b) < 0.04 && (colour.lightness > 0.9 || colour.lightness < 0.3);
}

bool by_frequency(const Use& x, const Use& y) { return std::tie(y.designs, x.value) < std::tie(x.designs, y.value); }

void add_use(std::map<std::string, std::vector<std::size_t>>& users, const std::string& value, std::size_t design) {
  if (!value.empty()) {
    users[value].push_back(design);
  }
}

}  // namespace

void FrequencyCounter::add(const DesignDocument& design) {
  for (const std::string& family : compared_fonts(design)) {
    add_use(fonts_, family, designs_);
  }
  add_use(layouts_, normal(design.fields.layout), designs_);
  add_use(themes_, normal(design.fields.theme), designs_);
  for (const PaletteColour& colour : compared_colours(design)) {
    ColourUse& known = colours_[to_lower(colour.text)];
    known.colour = colour.colour;
    known.designs.push_back(designs_);
  }
  ++designs_;
}

Frequencies FrequencyCounter::finish(double limit) const {
  return {designs_, uses_of(fonts_, limit, is_ordinary_font), colour_groups(limit),
          uses_of(layouts_, limit, is_never_ordinary), uses_of(themes_, limit, is_never_ordinary)};
}

Use FrequencyCounter::use_of(std::string value, std::size_t designs, double limit, bool is_ordinary) const {
  const double share = static_cast<double>(designs) / static_cast<double>(designs_);
  return {std::move(value), designs, share, !is_ordinary && designs > kFewDesigns && share > limit, {}};
}

std::vector<Use> FrequencyCounter::uses_of(const Users& users, double limit,
                                           bool (*is_ordinary)(const std::string&)) const {
  std::vector<Use> uses;
  for (const auto& [value, designs] : users) {
    uses.push_back(use_of(value, designs.size(), limit, is_ordinary(value)));
  }
  std::sort(uses.begin(), uses.end(), by_frequency);
  return uses;
}

/// The most frequent colour that is in no group begins one; each other joins the nearest group that is near enough.
std::vector<Use> FrequencyCounter::colour_groups(double limit) const {
  std::vector<const std::pair<const std::string, ColourUse>*> colours;
  for (const auto& colour : colours_) {
    colours.push_back(&colour);
  }
  std::stable_sort(colours.begin(), colours.end(),
                   [](const auto* x, const auto* y) { return x->second.designs.size() > y->second.designs.size(); });
  struct Group {
    Colour colour;
    std::string value;
    std::vector<std::string> variants;
    std::vector<std::size_t> designs;
  };
  std::vector<Group> groups;
  for (const auto* const entry : colours) {
    const auto& [value, use] = *entry;
    Group* nearest = nullptr;
    double least = kOneColour;
    for (Group& group : groups) {
      if (const double apart = distance(group.colour, use.colour); apart < least) {
        least = apart;
        nearest = &group;
      }
    }
    if (nearest == nullptr) {
      groups.push_back({use.colour, value, {}, use.designs});
      continue;
    }
    nearest->variants.push_back(value);
    std::vector<std::size_t> both;
    std::set_union(nearest->designs.begin(), nearest->designs.end(), use.designs.begin(), use.designs.end(),
                   std::back_inserter(both));
    nearest->designs = std::move(both);
  }
  std::vector<Use> uses;
  for (Group& group : groups) {
    uses.push_back(use_of(std::move(group.value), group.designs.size(), limit, is_nearly_black_or_white(group.colour)));
    uses.back().variants = std::move(group.variants);
  }
  std::sort(uses.begin(), uses.end(), by_frequency);
  return uses;
}

}  // namespace smbatcher

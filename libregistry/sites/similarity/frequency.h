#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "libregistry/sites/designs/design_document.h"
#include "libregistry/sites/similarity/palette.h"

namespace smbatcher {

/// Something that designs use, and in how many of them it is. Source: docs/similarity.md, "Frequency".
struct Use {
  std::string value;  // of a colour that of the group's most frequent one
  std::size_t designs = 0;
  double share = 0;                   // of all designs, 0 to 1
  bool overused = false;              // over the limit, in more than kFewDesigns
  std::vector<std::string> variants;  // other colours of the group, the most frequent first
};

/// The most frequent first, then by value.
struct Frequencies {
  std::size_t designs = 0;
  std::vector<Use> fonts;
  std::vector<Use> colours;
  std::vector<Use> layouts;
  std::vector<Use> themes;
};

/// From which share on something counts as overused, where nobody says otherwise.
constexpr double kOveruse = 0.2;
/// Shares of very few designs say nothing.
constexpr std::size_t kFewDesigns = 2;

/// Counts what designs use, each once in a design. Colours that are hard to tell apart are one group. Nearly black and
/// nearly white ones and generic fonts are counted, and never called overused.
class FrequencyCounter {
 public:
  void add(const DesignDocument& design);
  Frequencies finish(double limit = kOveruse) const;

 private:
  using Users = std::map<std::string, std::vector<std::size_t>>;  // a value, and the designs that have it, in order

  struct ColourUse {
    Colour colour;
    std::vector<std::size_t> designs;
  };

  std::vector<Use> uses_of(const Users& users, double limit, bool (*is_ordinary)(const std::string&)) const;
  std::vector<Use> colour_groups(double limit) const;
  Use use_of(std::string value, std::size_t designs, double limit, bool is_ordinary) const;

  std::size_t designs_ = 0;
  Users fonts_;
  Users layouts_;
  Users themes_;
  std::map<std::string, ColourUse> colours_;
};

}  // namespace smbatcher

#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/sites/css/style_sheet.h"

namespace smbatcher {

/// A value with its `var()` put in. The tokens keep the places where they are written.
struct ExpandedValue {
  struct Missing {
    std::string name;
    CssToken at;      // the `var(`
    std::string why;  // "is set nowhere"
  };
  std::vector<CssToken> tokens;
  std::vector<Missing> missing;
  std::size_t choices = 1;  // the most values that one of its custom properties has
};

/// The custom properties that the style sheets of a page set. A property may be set more than once, in `:root`, for a
/// dark scheme, for one element: which value counts where is not known here, so each of them is a choice.
class VariableScope {
 public:
  /// `sheet` must outlive this.
  void add(const StyleSheet& sheet);

  /// With the `round`-th choice of each custom property, counted round: rounds 0 to `choices` - 1 see every value. A
  /// fallback counts where the property is not set. Values that grow beyond 20,000 tokens, and properties that need
  /// themselves, are missing.
  ExpandedValue expand(const std::vector<CssToken>& value, std::size_t round) const;

 private:
  class Expansion;

  std::map<std::string, std::vector<const CssDeclaration*>, std::less<>> values_;
};

/// True when `var()` is among the tokens.
bool uses_variables(const std::vector<CssToken>& value);

/// The index behind the block that the token at `index` opens; `index` + 1 when it opens none.
std::size_t end_of_component(const std::vector<CssToken>& tokens, std::size_t index);

}  // namespace smbatcher

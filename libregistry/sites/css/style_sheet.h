#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/sites/css/tokens.h"

namespace smbatcher {

struct CssDeclaration {
  std::string property;             // in lower case; "--name" of a custom property as it is written
  std::vector<CssToken> value;      // without blanks around it and without "!important"
  std::size_t begin = 0;            // of the property, in bytes
  std::string block;                // the at-rule whose block it stands in: "font-face"; else empty
  std::size_t block_number = 0;     // another one for each block of the sheet
  bool for_print = false;           // in a block of `@media print`
  std::optional<std::size_t> rule;  // in StyleSheet::rules; absent in an at-rule of its own and in an attribute
};

/// The classes and ids that a page must have for a rule to apply to something: all of one of its selectors. What stands
/// within `:is(…)`, `:not(…)` and the like is left out.
struct CssRule {
  std::vector<std::vector<std::string>> selectors;
  std::optional<std::size_t> parent;  // the rule that it is nested in
};

struct CssImport {
  std::string url;
  std::size_t begin = 0;
};

struct CssFault {
  std::size_t begin = 0;
  std::string message;
};

/// What a style sheet says, rules and at-rules of any depth laid flat.
struct StyleSheet {
  std::vector<CssDeclaration> declarations;  // in order; the initial value of an @property is one of its name
  std::vector<CssRule> rules;
  std::vector<CssImport> imports;
  std::vector<CssFault> faults;  // what a browser would read otherwise than it was meant
};

/// Reads any bytes at all, as CSS Syntax Module Level 3 says (section 5) with nested rules. `source` goes into the
/// tokens.
StyleSheet parse_style_sheet(std::string_view text, std::size_t source = 0);
/// The same for a `style` attribute: declarations only.
StyleSheet parse_style_attribute(std::string_view text, std::size_t source = 0);

/// Whether a media query list, as in `media="print"`, is about printed pages alone.
bool is_for_print_only(std::string_view media);

}  // namespace smbatcher

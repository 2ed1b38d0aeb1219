#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "libregistry/core/findings/finding.h"

namespace smbatcher {

/// Every rule of every check: what the config's `rules` may name. Each has a page docs/rules/<id>.md and a row in
/// docs/checks.md. Rules of style are off until the config asks for them.
inline constexpr auto kRules = std::to_array<Rule>({
    // check-html: files that are not parsed, or not wholly
    {"html-binary", Severity::kError, "the file is not text"},
    {"html-too-large", Severity::kError, "the file is larger than 2 MiB, or a tag has over 1,000 attributes"},
    {"html-too-deep", Severity::kError, "elements are nested deeper than 512 levels"},
    {"html-invalid-utf8", Severity::kError, "the file is not UTF-8"},
    {"html-nul-byte", Severity::kError, "the file holds a NUL byte"},
    {"html-empty", Severity::kError, "the file is empty"},
    // check-html: syntax
    {"html-doctype", Severity::kError, "the page does not begin with <!doctype html>"},
    {"html-unclosed", Severity::kError, "an element is not closed"},
    {"html-stray-end-tag", Severity::kError, "an end tag closes nothing"},
    {"html-nesting", Severity::kError, "a tag stands where it is not allowed"},
    {"html-self-closing", Severity::kError, "an element that is not void is written as <x/>"},
    {"html-duplicate-attribute", Severity::kError, "an attribute is given twice"},
    {"html-attribute-syntax", Severity::kError, "an attribute is written wrongly"},
    {"html-character-reference", Severity::kError, "a character reference is written wrongly"},
    {"html-unexpected-eof", Severity::kError, "the file ends in the middle of something"},
    {"html-syntax", Severity::kError, "a tag, a comment or a doctype is written wrongly"},
    // check-html: elements and attributes
    {"html-unknown-element", Severity::kError, "no such element is in HTML"},
    {"html-obsolete-element", Severity::kError, "the element is obsolete"},
    {"html-unknown-attribute", Severity::kError, "no such attribute is in HTML"},
    {"html-attribute-value", Severity::kError, "an attribute has a value that it cannot have"},
    {"html-charset", Severity::kError, "the page does not say its encoding where browsers look for it"},
    {"html-required-attribute", Severity::kError, "an attribute is missing that the element needs"},
    {"html-script", Severity::kError, "a script has a text or an attribute that is never used"},
    {"html-source", Severity::kError, "the choices of a picture are written wrongly"},
    {"html-date", Severity::kError, "a date or a time is written wrongly"},
    {"html-url", Severity::kError, "an address is written wrongly"},
    {"html-duplicate-id", Severity::kError, "an id is given twice"},
    {"html-id", Severity::kError, "an id is empty or holds a blank"},
    {"html-title", Severity::kError, "the page has no title"},
    {"html-lang", Severity::kError, "the page does not say its language"},
    {"html-img-alt", Severity::kError, "an image has no alt text"},
    {"html-label", Severity::kError, "a label is for nothing"},
    {"html-aria-reference", Severity::kError, "an ARIA attribute names an id that is not there"},
    {"html-aria-role", Severity::kError, "no such role is in ARIA"},
    {"html-interactive", Severity::kError, "something to click stands in something to click"},
    {"html-children", Severity::kError, "a list, table or select holds what it cannot hold"},
    // check-html: style
    {"html-style-doctype-case", Severity::kOff, "the doctype is not written in lower case"},
    {"html-style-optional-end-tag", Severity::kOff, "an end tag that may be left out is left out"},
    {"html-style-void-slash", Severity::kOff, "a void element is written with a slash"},
    {"html-style-inline-style", Severity::kOff, "an element has a style attribute"},
    // verify-site: files and links
    {"site-missing-file", Severity::kError, "a required file is absent or empty"},
    {"site-link", Severity::kError, "a link leads to nothing in the site"},
    {"site-resource", Severity::kError, "an image, style sheet, script or other file is not in the site"},
    {"site-fragment", Severity::kError, "a link names an id that its page does not have"},
    {"site-external", Severity::kError, "the page loads something from another host"},
    {"site-external-link", Severity::kError, "a link leads to another host"},
    {"site-outside", Severity::kError, "a link or symbolic link leads out of the site"},
    {"site-url", Severity::kError, "an address cannot be read"},
    // check-js
    {"js-syntax", Severity::kError, "a script cannot be read"},
    {"js-json", Severity::kError, "a JSON block cannot be read"},
    {"js-encoding", Severity::kError, "a script is not UTF-8"},
    {"js-too-large", Severity::kError, "a script is larger than 8 MiB"},
    {"js-page-not-read", Severity::kError, "a page is too large or too deep for its scripts to be found"},
    // check-compliance
    {"compliance-colour", Severity::kError, "a colour is not in the design's palette"},
    {"compliance-colour-unknown", Severity::kWarning, "a colour cannot be compared with the palette"},
    {"compliance-colour-unused", Severity::kError, "a colour of the palette is not used"},
    {"compliance-font", Severity::kError, "a font is not in the design"},
    {"compliance-font-fallback", Severity::kOff, "a font that stands in for another is not in the design"},
    {"compliance-font-unused", Severity::kError, "a font of the design is not used"},
    {"compliance-variable", Severity::kError, "a custom property is used that nobody sets"},
    {"compliance-section", Severity::kError, "a section of the design is in no page"},
    {"compliance-title", Severity::kError, "a page has no title"},
    {"compliance-description", Severity::kError, "a page has no description"},
    {"compliance-no-page", Severity::kError, "the site has no page that could be read"},
    {"compliance-style-sheet", Severity::kError, "a style sheet cannot be read"},
    {"compliance-css-syntax", Severity::kWarning, "a style sheet is not closed, or has a broken text"},
    // check-design
    {"design-missing", Severity::kError, "the design document is absent"},
    {"design-front-matter", Severity::kError, "the document cannot be read, or its front matter cannot"},
    {"design-heading", Severity::kError, "a required heading is absent"},
    {"design-empty-section", Severity::kError, "nothing stands below a required heading"},
    {"design-palette", Severity::kError, "the front matter names no palette"},
    {"design-colour", Severity::kError, "a colour of the palette is not a valid colour"},
    {"design-fonts", Severity::kError, "the front matter names no fonts"},
    {"design-contrast", Severity::kError, "text is hard to read on its background"},
    {"design-contrast-unknown", Severity::kWarning, "the palette does not say which colour text has, and on what"},
});

/// The rule of that id; null when there is none.
constexpr const Rule* find_rule(std::string_view id) {
  const auto* const found =
      std::find_if(kRules.begin(), kRules.end(), [id](const Rule& rule) { return rule.id == id; });
  return found == kRules.end() ? nullptr : found;
}

}  // namespace smbatcher

#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace smbatcher {

// The words of HTML as the living standard has them (https://html.spec.whatwg.org, "Index"), with ARIA 1.2. Names are
// in lower case.

bool is_void_element(std::string_view name);
/// Its end tag may be left out.
bool has_optional_end(std::string_view name);
bool is_known_element(std::string_view name);
/// Was in HTML once and must not be used.
bool is_obsolete_element(std::string_view name);
/// A name that an author may give an element of their own: with a hyphen.
bool is_custom_element(std::string_view name);
/// May not stand in text: a heading, a list, a division.
bool is_block_element(std::string_view name);
/// May hold text and what stands in text only.
bool holds_phrasing_only(std::string_view name);

/// What to write instead of an obsolete attribute.
std::string_view instead_of_attribute(std::string_view element, std::string_view attribute);
/// What to write instead of an obsolete element.
std::string_view instead_of_element(std::string_view name);

enum class AttributeKnown { kYes, kNo, kObsolete };
/// Whether `element` of HTML may have the attribute.
AttributeKnown knows_attribute(std::string_view element, std::string_view attribute);
/// Present or absent: a value would mean nothing.
bool is_boolean_attribute(std::string_view attribute);
/// The values that the attribute can have (in lower case; "" where it may be empty); empty where any will do.
std::vector<std::string_view> values_of(std::string_view element, std::string_view attribute);
bool is_role(std::string_view word);

/// For the short lists that one rule has.
template <class List>
bool contains(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace smbatcher

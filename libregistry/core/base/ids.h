#pragma once

#include <string>
#include <string_view>

namespace smbatcher {

/// Batch ids: 1 to 64 of [A-Za-z0-9._-], no leading dot. Source: docs/registry-format.md, "Names".
bool is_batch_id(std::string_view text);

/// Domains: host names of RFC 1123, at most 253 characters, labels of 1 to 63 letters, digits and inner hyphens.
bool is_domain(std::string_view text);
/// The same for a name in lower case. Looked at for every row of a registry, so one pass and no search.
bool is_lower_domain(std::string_view text);

/// Owners: 1 to 128 characters of UTF-8 without control characters, and no colon (it separates fields in FAIL lines).
/// "unknown" is nobody's name: it owns work that was found in progress without a lease.
bool is_owner(std::string_view text);

/// Numeric ids by value and before the others; ids of one value, and the others, as text.
bool batch_id_less(std::string_view a, std::string_view b);
/// True for "3" and "003": two spellings of one value.
bool same_batch_value(std::string_view a, std::string_view b);
/// The id above `highest` in its own width: "003" -> "004", "999" -> "1000"; "001" for an empty one.
std::string next_batch_id(std::string_view highest);
bool is_numeric(std::string_view text);

struct BatchIdLess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return batch_id_less(a, b); }
};

/// A name nobody else has, for a call that named no owner: "anon-" and 16 hex digits of getrandom(2).
std::string fresh_owner();

}  // namespace smbatcher

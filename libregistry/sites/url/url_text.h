#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smbatcher {

// What the parser of addresses asks about a piece of text, whatever state it is in. For use inside libregistry/url.

/// The port that a special scheme has by itself, 0 for "file"; nullopt for every other scheme.
/// Source: https://url.spec.whatwg.org/#special-scheme
std::optional<std::uint16_t> special_port(std::string_view scheme);

/// "C:" or "C|".
bool is_drive_letter(std::string_view text);
/// "C:", alone or with a slash, a query or a fragment behind it.
bool starts_with_drive_letter(std::string_view text);

/// "." and "..", also where a dot is written as %2e.
bool is_single_dot(std::string_view part);
bool is_double_dot(std::string_view part);

/// Without blanks and control characters around it, tabs and line ends inside.
std::string cleaned(std::string_view text);

/// Why a part of an address must not be written so, though browsers read it; empty where it may be.
/// Source: https://url.spec.whatwg.org/#url-units
std::string_view fault_in(std::string_view text);

}  // namespace smbatcher

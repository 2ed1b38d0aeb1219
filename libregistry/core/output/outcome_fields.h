#pragma once

#include "libregistry/core/output/field.h"

/// The keys that every Outcome may have, whatever the tool.
namespace smbatcher::field {

inline constexpr Field<std::string> kResult{"result", "what was done"};
inline constexpr Field<std::string> kReason{"reason", "why not"};
inline constexpr Field<std::string> kError{"error", "what could not be done"};
inline constexpr Field<std::string> kMessage{"message", "for people: what is the matter and what to do next"};
inline constexpr Field<std::string> kWhere{"where", "path:line, or a path"};
inline constexpr Field<std::string> kRegistry{"registry", "the resolved path of the registry"};
inline constexpr Field<std::string> kWould{"would", "what the call would answer"};
inline constexpr Record kWarning{Field<std::string>{"file", "the file; empty when it concerns none"},
                                 Field<std::uint64_t>{"line", "1-based; 0 when it concerns no line"},
                                 Field<std::string>{"code", "a stable word"}, kMessage.means("for people")};
inline constexpr Field<ListOf<kWarning>> kWarnings{
    "warnings", "what is worth saying but did not stop the call, such as a damaged row; absent when there is nothing"};
inline constexpr Field<std::uint64_t> kExitCode{"exit_code", "the exit status"};

}  // namespace smbatcher::field

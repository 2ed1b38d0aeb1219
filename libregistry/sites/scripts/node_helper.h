#pragma once

#include <string_view>

namespace smbatcher {

/// What runs inside node. It reads {"scripts": [{"path", "goal", "text"}]} on its standard input and writes one line on
/// its standard output: `kNodeMark` and {"version", "tooOld", "faults": [{"script", "line", "column", "message",
/// "isModule"}]}. It compiles and runs nothing of what it is given.
///
/// Goals are "classic", "module", "handler" (a function's body), "commonjs" and "either". Lines are 1-based; columns
/// too, in UTF-16 units, 0 where node does not tell. Written so that a node of any age can read it.
extern const std::string_view kNodeHelper;
inline constexpr std::string_view kNodeMark = "\x1Esmbatcher ";

}  // namespace smbatcher

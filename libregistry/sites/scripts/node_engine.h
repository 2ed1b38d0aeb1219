#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/sites/scripts/check_scripts.h"

namespace smbatcher {

enum class ScriptGoal { kClassic, kModule, kHandler, kCommonJs, kEither };

/// A script to be judged. For use inside libregistry/scripts.
struct ScriptText {
  std::string path;  // of a file, without "." and ".."; what modules import is found by it
  std::string root;  // what "/…" begins at, ends in '/'
  ScriptGoal goal = ScriptGoal::kClassic;
  std::string text;  // UTF-8
};

struct ScriptFault {
  std::size_t script = 0;  // its index
  std::size_t line = 0;    // 1-based, in the script; 0 where node does not tell
  std::size_t column = 0;  // 1-based, in UTF-16 units; 0 where node does not tell
  std::string message;
  bool is_module = false;  // it was read as one
};

/// What node says of some scripts.
struct ScriptVerdict {
  struct Import {
    std::size_t script = 0;  // the index of the module that names it
    std::string specifier;   // as it is written, escapes resolved
  };
  std::vector<ScriptFault> faults;
  std::vector<Import> imports;  // of the modules that can be read; those of `import()` are not among them
};

/// Asks one node about all of them. Errors: kNotFound "node_not_found"; kIo "node_too_old", "node_timeout",
/// "node_failed" with what it printed.
Result<ScriptVerdict> judge_scripts(const std::vector<ScriptText>& scripts, const ScriptEngine& engine);

/// The offset in `text` of a place that node names; lines end as in ECMAScript (LF, CR, CRLF, U+2028, U+2029). At most
/// the size of the text.
std::size_t offset_of(std::string_view text, std::size_t line, std::size_t utf16_column);

}  // namespace smbatcher

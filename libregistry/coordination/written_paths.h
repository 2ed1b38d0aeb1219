#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/json.h"

namespace smbatcher {

/// The files that a tool call writes, as its input names them: each once, in the order in which they stand.
///
/// Looked at are the members in which agents and MCP servers name files (`file_path`, `filePath`, `path`, `uri`, source
/// and destination of a move, …), lists of such (`files`, `edits`, `replacements`, …), and texts that are a patch in
/// the form of `apply_patch`: what it adds, updates, deletes and moves to. `input` may be a text: a patch, or an object
/// as JSON. A call that only views a file, and one about a file of a remote repository (`repo`), writes none.
std::vector<std::string> written_paths(const Json& input);

/// The files that a patch names; none when `text` is not a patch of this form.
std::vector<std::string> paths_of_patch(std::string_view text);

}  // namespace smbatcher

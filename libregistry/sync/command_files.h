#pragma once

#include <string>
#include <vector>

#include "libregistry/base/result.h"
#include "libregistry/fs/file_ops.h"

namespace smbatcher {

struct CopiedCommands {
  std::vector<std::string> copied;  // names
  std::vector<std::string> kept;    // the user has changed these since
};

/// Copies *.md of `from` (a repository's .claude/commands) to the user's folder `to`, which is made.
///
/// A copy that is what we once put there is replaced; any other is the user's and kept. What we put there stands in
/// `to`/.smbatcher-commands.json, by hash. Each file is replaced as a whole.
Result<CopiedCommands> copy_commands(FileOps& ops, const std::string& from, const std::string& to, bool dry_run);

}  // namespace smbatcher

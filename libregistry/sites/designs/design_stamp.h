#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/base/warning.h"
#include "libregistry/core/fs/file_lock.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/sites/designs/design_document.h"

namespace smbatcher {

/// The text of the document with its stamp: one line of the front matter, `stamp: {batch: …, time: …, hash: …}`, is
/// written or changed, and no other byte. Source: docs/site-files.md, "Stamps".
///
/// Line ends, byte order mark, comments and order stay. A document without front matter gets some, before its first
/// line. Errors: kMalformed "design_invalid" where the stamp that is there is written over several lines;
/// "edit_not_confirmed" where front matter in one piece ({…}) takes no further line.
Result<std::string> with_stamp(const DesignDocument& document, const DesignStamp& stamp);

struct StampRequest {
  std::string folder;  // the site's
  std::string name;    // the design document's, in the folder
  std::string batch;
  WallTime now{};
  LockDeadline deadline;
  bool dry_run = false;
};

struct StampResult {
  std::string path;
  DesignStamp stamp;
  bool repeated = false;  // batch and body were stamped already: nothing was written
  std::vector<Warning> warnings;
};

/// Stamps a site's design document: its batch, the time, and the hash of its body. The file is replaced atomically
/// under a lock of its folder. What an editor saved in that moment into the displaced file is kept as
/// NAME.conflict-<time>, with a warning.
///
/// Errors: those of read_design(), with_stamp() and rewrite(); kIo "not_a_folder" and "not_a_regular_file" for links;
/// kBusy "lock_timeout".
Result<StampResult> stamp_design(FileOps& ops, const StampRequest& request);

}  // namespace smbatcher

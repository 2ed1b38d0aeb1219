#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "libregistry/coordination/place.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/base/warning.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

struct InstallRequest {
  std::string agent = "claude";     // whose hooks; see agent_install()
  std::vector<std::string> events;  // further ones, which not every version of the agent accepts; "all": all of them
  bool force = false;               // replace files that say something else; each is kept as <file>.replaced-<time>
  bool dry_run = false;             // look, and change nothing
  std::string home;  // HOME and CLAUDE_CONFIG_DIR: where further settings that apply are looked for; may be empty
  std::string config_dir;
  std::chrono::milliseconds lock_timeout{60'000};
};

struct Installation {
  std::vector<std::string> created;  // paths relative to the root
  std::vector<std::string> unchanged;
  std::vector<std::string> replaced;
  std::vector<std::string> kept;   // where the replaced ones are kept
  std::string settings;            // the path of the agent's settings
  std::vector<std::string> added;  // events for which a hook was added to settings.json
  std::vector<Warning> warnings;
};

/// Lays out install_files() below the root and adds the hooks to the agent's settings, where all that is there stays
/// byte for byte (merge_settings()); a symbolic link there is followed. Only events that every version of the agent
/// with hooks accepts: an unknown one makes Claude Code drop the whole file, deny rules included. Everything is looked
/// at before anything is written, and the settings are changed last, durably, so that they never name a stub that is
/// not there; what a crash cut short, the next call completes.
///
/// Warns "hooks_disabled" of settings that switch hooks off, and "later_event" of an event in them that was not asked
/// for.
/// Errors: kUsage "invalid_argument" for an agent or an event that is not known; kRefused "files_differ" when files are
/// there that say something else (without `force`); kMalformed "invalid_json" or "settings_invalid" for settings that
/// cannot be read or have hooks of another shape: they are left alone. kIo, kBusy.
Result<Installation> install_coordination(FileOps& ops, const CoordinationPlace& place, const InstallRequest& request);

}  // namespace smbatcher

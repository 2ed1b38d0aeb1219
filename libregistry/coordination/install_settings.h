#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/base/warning.h"

namespace smbatcher {

struct MergedSettings {
  std::string text;
  std::vector<std::string> added;  // events, one for each hook that was added; empty: nothing is to be changed
};

/// The settings `text` with the hooks of `fragment`: each group of the fragment whose command stands nowhere under its
/// event is added at the end of that event's list, and other members of the fragment where they are missing. All else
/// stays byte for byte; what is added has the indent and the line ends of the text.
///
/// A hook stands in a group's `hooks` (Claude Code, Codex, Gemini CLI) or is the list's item itself (Cursor, Copilot).
/// `path` is for errors: kMalformed "invalid_json"; "settings_invalid" for comments and commas after the last item,
/// which an agent may refuse, and where `hooks` is not an object or an event's value is not a list.
Result<MergedSettings> merge_settings(const std::string& path, std::string_view text, const Json& fragment);

/// Claude Code's settings that apply to a project beside its settings.json, most decisive first.
std::vector<std::string> settings_that_apply(const std::string& root, const std::string& home,
                                             const std::string& config_dir);

/// "hooks_disabled" where the settings `text` of the file `path` switch the hooks of a project off.
std::vector<Warning> look_for_switched_off_hooks(const std::string& path, std::string_view text);

/// "later_event" where the settings `text` call one of our hooks under an event of `later` that `wanted` has not.
std::vector<Warning> look_for_later_events(const std::string& path, std::string_view text, const Json& later,
                                           const Json& wanted);

}  // namespace smbatcher

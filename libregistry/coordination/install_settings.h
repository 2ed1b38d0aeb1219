#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libregistry/base/json.h"
#include "libregistry/base/result.h"

namespace smbatcher {

struct MergedSettings {
  Json settings;
  std::vector<std::string> added;  // events, one for each hook that was added; empty: nothing is to be changed
};

/// `settings` with the hooks of `fragment`: each group of the fragment whose command stands nowhere under its event is
/// added at the end. `path` is for errors: kMalformed "settings_invalid" where `hooks` is no object or an event's value
/// is no list.
Result<MergedSettings> merge_settings(const std::string& path, const Json& settings, const Json& fragment);

}  // namespace smbatcher

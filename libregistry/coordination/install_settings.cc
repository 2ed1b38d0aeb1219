#include "libregistry/coordination/install_settings.h"

#include <algorithm>

#include "libregistry/base/json_fields.h"

namespace smbatcher {
namespace {

const JsonArray& hooks_of(const Json& group) {
  static const JsonArray none;
  const Json* const hooks = group.find("hooks");
  return hooks != nullptr && hooks->array() != nullptr ? *hooks->array() : none;
}

bool has_command(const JsonArray& groups, const std::string& command) {
  return std::any_of(groups.begin(), groups.end(), [&command](const Json& group) {
    const JsonArray& hooks = hooks_of(group);
    return std::any_of(hooks.begin(), hooks.end(),
                       [&command](const Json& hook) { return string_field(hook, "command") == command; });
  });
}

/// True when each hook of `group` stands in one of `groups`.
bool has_all_of(const JsonArray& groups, const Json& group) {
  const JsonArray& hooks = hooks_of(group);
  return std::all_of(hooks.begin(), hooks.end(), [&groups](const Json& hook) {
    return has_command(groups, string_field(hook, "command").value_or(""));
  });
}

Error invalid(const std::string& path, const std::string& what) {
  return malformed("settings_invalid", path, "'" + path + "': " + what + "; mend it by hand");
}

}  // namespace

Result<MergedSettings> merge_settings(const std::string& path, const Json& settings, const Json& fragment) {
  MergedSettings merged{settings, {}};
  const Json* const hooks_before = settings.find("hooks");
  if (hooks_before != nullptr && !hooks_before->is_object()) {
    return fail(invalid(path, R"("hooks" is no object)"));
  }
  JsonObject hooks = hooks_before == nullptr ? JsonObject() : *hooks_before->object();
  for (const auto& [event, groups] : *fragment.find("hooks")->object()) {
    JsonArray all;
    if (const Json* const there = hooks_before == nullptr ? nullptr : hooks_before->find(event)) {
      if (there->array() == nullptr) {
        return fail(invalid(path, R"("hooks" has ")" + event + R"(", which is no list)"));
      }
      all = *there->array();
    }
    const JsonArray before = all;
    for (const Json& group : *groups.array()) {
      if (!has_all_of(before, group)) {
        all.push_back(group);
        merged.added.push_back(event);
      }
    }
    if (all.size() != before.size()) {
      set_member(hooks, event, std::move(all));
    }
  }
  if (!merged.added.empty()) {
    JsonObject members = *settings.object();
    set_member(members, "hooks", std::move(hooks));
    merged.settings = std::move(members);
  }
  return merged;
}

}  // namespace smbatcher

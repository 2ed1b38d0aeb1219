#include "libregistry/coordination/install_settings.h"

#include <algorithm>

#include "libregistry/coordination/json_file.h"
#include "libregistry/coordination/json_spans.h"
#include "libregistry/core/base/json_fields.h"

namespace smbatcher {
namespace {

constexpr std::string_view kHooks = "hooks";

/// The hooks of one item of an event's list.
JsonArray hooks_of_group(const Json& group) {
  const Json* const hooks = group.find(kHooks);
  return hooks != nullptr && hooks->array() != nullptr ? *hooks->array() : JsonArray{group};
}

std::string command_of(const Json& hook) {
  return string_field(hook, "command").value_or(string_field(hook, "bash").value_or(""));
}

bool has_command(const JsonArray& groups, const std::string& command) {
  return std::any_of(groups.begin(), groups.end(), [&command](const Json& group) {
    const JsonArray hooks = hooks_of_group(group);
    return std::any_of(hooks.begin(), hooks.end(),
                       [&command](const Json& hook) { return command_of(hook) == command; });
  });
}

/// True when each hook of `group` stands in one of `groups`.
bool has_all_of(const JsonArray& groups, const Json& group) {
  const JsonArray hooks = hooks_of_group(group);
  return std::all_of(hooks.begin(), hooks.end(),
                     [&groups](const Json& hook) { return has_command(groups, command_of(hook)); });
}

Error invalid_settings(const std::string& path, const std::string& what) {
  return malformed("settings_invalid", path, "'" + path + "': " + what + "; mend it by hand");
}

std::string member_text(std::string_view key, const Json& value) { return Json(key).dump() + ": " + value.pretty(); }

Result<Json> parse_settings(const std::string& path, std::string_view text) {
  Result<Json> settings = parse_json_file(path, text);
  std::size_t byte = 0;
  if (!settings && is_json_with_comments(text, byte)) {
    const std::string where = invalid_json(path, text, byte, "").where;
    return fail(malformed("settings_invalid", where,
                          "'" + where + "': settings with comments, or a comma after the last item, are left alone: " +
                              "take those out and call again, or add the hooks by hand"));
  }
  return settings;
}

class Merger {
 public:
  Merger(const std::string& path, std::string_view text, const Json& settings)
      : path_(path), text_(text), settings_(settings), spans_(json_spans(text)) {}

  Result<MergedSettings> merge(const Json& fragment) {
    std::vector<std::string> members;
    for (const auto& [key, value] : *fragment.object()) {
      const Json* const there = settings_.find(key);
      if (there == nullptr) {
        members.push_back(member_text(key, value));
        note_all(key, value);
      } else if (key == kHooks) {
        SMB_TRY(merge_hooks(*there, value));
      }
    }
    insert(spans_, members);
    if (added_.empty()) {
      return MergedSettings{std::string(text_), {}};
    }
    // From the end: what stands before an insertion keeps its offset.
    std::sort(insertions_.begin(), insertions_.end(), [](const auto& a, const auto& b) { return a.at > b.at; });
    MergedSettings merged{std::string(text_), std::move(added_)};
    for (const JsonInsertion& insertion : insertions_) {
      merged.text.insert(insertion.at, insertion.text);
    }
    return merged;
  }

 private:
  void note_all(const std::string& key, const Json& value) {
    if (key == kHooks) {
      for (const auto& [event, groups] : *value.object()) {
        added_.insert(added_.end(), groups.array()->size(), event);
      }
    }
  }

  Result<void> merge_hooks(const Json& there, const Json& wanted) {
    if (!there.is_object()) {
      return fail(invalid_settings(path_, R"("hooks" is not an object)"));
    }
    const JsonSpan& hooks = *spans_.find(kHooks);
    std::vector<std::string> members;
    for (const auto& [event, groups] : *wanted.object()) {
      const Json* const list = there.find(event);
      if (list == nullptr) {
        members.push_back(member_text(event, groups));
        added_.insert(added_.end(), groups.array()->size(), event);
        continue;
      }
      if (list->array() == nullptr) {
        return fail(invalid_settings(path_, R"("hooks" has ")" + event + R"(", which is not a list)"));
      }
      std::vector<std::string> items;
      for (const Json& group : *groups.array()) {
        if (!has_all_of(*list->array(), group)) {
          items.push_back(group.pretty());
          added_.push_back(event);
        }
      }
      insert(*hooks.find(event), items);
    }
    insert(hooks, members);
    return {};
  }

  void insert(const JsonSpan& container, const std::vector<std::string>& values) {
    if (!values.empty()) {
      insertions_.push_back(insertion_at_end(text_, container, values));
    }
  }

  const std::string& path_;
  std::string_view text_;
  const Json& settings_;
  JsonSpan spans_;
  std::vector<JsonInsertion> insertions_;
  std::vector<std::string> added_;
};

}  // namespace

Result<MergedSettings> merge_settings(const std::string& path, std::string_view text, const Json& fragment) {
  SMB_TRY_ASSIGN(const Json settings, parse_settings(path, text));
  return Merger(path, text, settings).merge(fragment);
}

std::vector<std::string> settings_that_apply(const std::string& root, const std::string& home,
                                             const std::string& config_dir) {
  std::vector<std::string> files{"/etc/claude-code/managed-settings.json", root + "/.claude/settings.local.json"};
  const std::string users = !config_dir.empty() ? config_dir : home.empty() ? "" : home + "/.claude";
  if (!users.empty()) {
    files.push_back(users + "/settings.json");
  }
  return files;
}

std::vector<Warning> look_for_switched_off_hooks(const std::string& path, std::string_view text) {
  std::vector<Warning> warnings;
  const auto parsed = parse_json(text);
  const Json* const settings = std::get_if<Json>(&parsed);
  if (settings == nullptr) {
    return warnings;  // an agent cannot read it either
  }
  for (const char* const key : {"disableAllHooks", "allowManagedHooksOnly"}) {
    const Json* const value = settings->find(key);
    if (value != nullptr && value->boolean() == true) {
      warnings.push_back(
          {path, 0, "hooks_disabled",
           std::string("\"") + key + "\" is true: agents run none of these hooks until it is taken out"});
    }
  }
  return warnings;
}

std::vector<Warning> look_for_later_events(const std::string& path, std::string_view text, const Json& later,
                                           const Json& wanted) {
  std::vector<Warning> warnings;
  const auto parsed = parse_json(text);
  const Json* const settings = std::get_if<Json>(&parsed);
  const Json* const hooks = settings == nullptr ? nullptr : settings->find(kHooks);
  for (const auto& [event, groups] : *later.find(kHooks)->object()) {
    const Json* const list = hooks == nullptr ? nullptr : hooks->find(event);
    const bool is_there =
        list != nullptr && list->array() != nullptr && has_all_of(*list->array(), (*groups.array())[0]);
    if (is_there && wanted.find(kHooks)->find(event) == nullptr) {
      warnings.push_back({path, 0, "later_event",
                          "\"" + event + "\" is not known to older versions of the agent, which then read nothing of " +
                              "this file: take it out unless everybody's is newer"});
    }
  }
  return warnings;
}

}  // namespace smbatcher

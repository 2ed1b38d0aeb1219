#include "libregistry/core/config/settings.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <string_view>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/findings/rules.h"

namespace smbatcher {
namespace {

using Kind = YamlValue::Kind;

constexpr auto kColumns =
    std::to_array<std::string_view>({"domain", "name", "description", "theme", "batch", "priority", "status"});
constexpr auto kRuleLevels = std::to_array<std::string_view>({"off", "warn", "error"});

/// One value of the file on its way to a setting: the key's full name is for messages.
struct Entry {
  const std::string& path;
  std::string name;
  const YamlValue& value;

  tl::unexpected<Error> wrong(std::string message) const {
    return fail(malformed("config_invalid", place(path, value.line), std::move(message)));
  }

  tl::unexpected<Error> must_be(std::string_view expected) const {
    return wrong("'" + name + "' must be " + std::string(expected) + ", not " + found());
  }

  Entry at(const YamlEntry& entry) const { return {path, name + "." + entry.key, entry.value}; }
  Entry at(std::size_t index) const { return {path, name + "[" + std::to_string(index + 1) + "]", value.items[index]}; }

 private:
  std::string found() const {
    switch (value.kind) {
      case Kind::kScalar:
        return "'" + value.scalar + "'";
      case Kind::kList:
        return "a list";
      case Kind::kMap:
        return "a map";
      case Kind::kNull:
        break;
    }
    return "nothing";
  }
};

/// Takes one value into the Config it is bound to.
using Reader = std::function<Result<void>(const Entry&)>;

struct Setting {
  std::string key;
  Reader read;
};

template <class Number>
std::optional<Number> parse_number(const YamlValue& value) {
  Number number{};
  const char* const end = value.scalar.data() + value.scalar.size();
  const auto [stopped, error] = std::from_chars(value.scalar.data(), end, number);
  const bool whole = value.kind == Kind::kScalar && error == std::errc() && stopped == end;
  return whole ? std::optional(number) : std::nullopt;
}

Reader duration(std::chrono::seconds& target, std::chrono::seconds least = std::chrono::seconds(1)) {
  return [&target, least](const Entry& entry) -> Result<void> {
    const Result<std::chrono::seconds> parsed = parse_duration(entry.value.scalar);
    if (entry.value.kind != Kind::kScalar || !parsed) {
      return entry.must_be("a duration such as 90s, 30m or 2h");
    }
    if (*parsed < least) {
      return entry.must_be("longer than 0 s");
    }
    target = *parsed;
    return {};
  };
}

Reader count(int& target) {
  return [&target](const Entry& entry) -> Result<void> {
    const std::optional<int> number = parse_number<int>(entry.value);
    if (!number || *number < 1 || *number > 1000) {
      return entry.must_be("a whole number from 1 to 1000");
    }
    target = *number;
    return {};
  };
}

Reader factor(double& target) {
  return [&target](const Entry& entry) -> Result<void> {
    const std::optional<double> number = parse_number<double>(entry.value);
    if (!number || !(*number >= 1 && *number <= 100)) {
      return entry.must_be("a number from 1 to 100");
    }
    target = *number;
    return {};
  };
}

Reader ratio(double& target) {
  return [&target](const Entry& entry) -> Result<void> {
    const std::optional<double> number = parse_number<double>(entry.value);
    if (!number || !(*number >= 0 && *number <= 1)) {
      return entry.must_be("a number from 0 to 1");
    }
    target = *number;
    return {};
  };
}

Result<std::string> read_text(const Entry& entry) {
  const std::string& text = entry.value.scalar;
  if (entry.value.kind != Kind::kScalar || trim(text).empty()) {
    return entry.must_be("text");
  }
  if (escape_control(text) != text) {
    return entry.wrong("'" + entry.name + "' must not hold control characters");
  }
  return text;
}

/// Paths lead to a place below the repository's top, wherever it is checked out.
Result<std::string> read_path(const Entry& entry) {
  SMB_TRY_ASSIGN(std::string text, read_text(entry));
  const std::string parts = "/" + text + "/";
  if (text.front() == '/' || parts.find("/../") != std::string::npos) {
    return entry.must_be("a relative path without '..'");
  }
  return text;
}

Reader path(std::string& target) {
  return [&target](const Entry& entry) -> Result<void> {
    SMB_TRY_ASSIGN(target, read_path(entry));
    return {};
  };
}

Reader list(std::vector<std::string>& target, Result<std::string> (*read_item)(const Entry&)) {
  return [&target, read_item](const Entry& entry) -> Result<void> {
    if (entry.value.kind != Kind::kList) {
      return entry.must_be("a list such as [a, b]");
    }
    target.clear();
    for (std::size_t i = 0; i < entry.value.items.size(); ++i) {
      SMB_TRY_ASSIGN(std::string item, read_item(entry.at(i)));
      target.push_back(std::move(item));
    }
    return {};
  };
}

/// Nothing is an empty map: a section whose lines are all commented out.
bool is_map(const Entry& entry) { return entry.value.kind == Kind::kMap || entry.value.kind == Kind::kNull; }

tl::unexpected<Error> unknown_key(const std::string& path, const std::string& prefix, const YamlEntry& entry,
                                  const std::vector<std::string>& known) {
  std::string message = "unknown key '" + prefix + entry.key + "'; ";
  const std::string near = nearest(entry.key, known);
  message += near.empty() ? "known are " + join(known, ", ") : "did you mean '" + prefix + near + "'?";
  return fail(malformed("config_invalid", place(path, entry.line), std::move(message)));
}

Result<void> read_entries(const std::string& path, const std::string& prefix, const YamlValue& map,
                          const std::vector<Setting>& settings) {
  for (const YamlEntry& entry : map.entries) {
    const auto setting = std::find_if(settings.begin(), settings.end(),
                                      [&entry](const Setting& candidate) { return candidate.key == entry.key; });
    if (setting == settings.end()) {
      std::vector<std::string> known(settings.size());
      std::transform(settings.begin(), settings.end(), known.begin(),
                     [](const Setting& candidate) { return candidate.key; });
      return unknown_key(path, prefix, entry, known);
    }
    SMB_TRY(setting->read({path, prefix + entry.key, entry.value}));
  }
  return {};
}

Reader section(std::vector<Setting> settings) {
  return [settings = std::move(settings)](const Entry& entry) -> Result<void> {
    if (!is_map(entry)) {
      return entry.must_be("a map");
    }
    return read_entries(entry.path, entry.name + ".", entry.value, settings);
  };
}

Reader columns(std::map<std::string, std::string>& target) {
  return [&target](const Entry& entry) -> Result<void> {
    if (!is_map(entry)) {
      return entry.must_be("a map such as {domain: Host}");
    }
    for (const YamlEntry& column : entry.value.entries) {
      if (std::find(kColumns.begin(), kColumns.end(), column.key) == kColumns.end()) {
        return unknown_key(entry.path, entry.name + ".", column, {kColumns.begin(), kColumns.end()});
      }
      SMB_TRY_ASSIGN(target[column.key], read_text(entry.at(column)));
    }
    // Header cells are found in any case, and a column that is not mapped keeps its own name.
    std::set<std::string> names;
    for (const std::string_view known : kColumns) {
      const auto mapped = target.find(std::string(known));
      if (!names.insert(to_lower(mapped == target.end() ? known : mapped->second)).second) {
        return entry.wrong("'columns' gives two columns one name; the second is '" + std::string(known) + "'");
      }
    }
    return {};
  };
}

std::vector<std::string> rule_ids() {
  std::vector<std::string> ids(kRules.size());
  std::transform(kRules.begin(), kRules.end(), ids.begin(), [](const Rule& rule) { return std::string(rule.id); });
  return ids;
}

tl::unexpected<Error> unknown_rule(const Entry& entry, const YamlEntry& rule) {
  const std::vector<std::string> known = rule_ids();
  const std::string near = nearest(rule.key, known);
  return fail(malformed("config_invalid", place(entry.path, rule.line),
                        "unknown rule '" + rule.key + "'; " +
                            (near.empty() ? "docs/checks.md lists the rules" : "did you mean '" + near + "'?")));
}

Reader rules(std::map<std::string, std::string>& target) {
  return [&target](const Entry& entry) -> Result<void> {
    if (!is_map(entry)) {
      return entry.must_be("a map such as {rule: warn}");
    }
    for (const YamlEntry& rule : entry.value.entries) {
      if (find_rule(rule.key) == nullptr) {
        return unknown_rule(entry, rule);
      }
      if (std::find(kRuleLevels.begin(), kRuleLevels.end(), rule.value.scalar) == kRuleLevels.end()) {
        return entry.at(rule).must_be("off, warn or error");
      }
      target[rule.key] = rule.value.scalar;
    }
    return {};
  };
}

/// Every setting there is. Source: docs/configuration.md.
std::vector<Setting> settings_of(Config& config) {
  return {
      {"lease", duration(config.lease)},
      {"max_attempts", count(config.max_attempts)},
      {"retry", section({{"max_attempts", count(config.max_attempts)},
                         {"delay", section({{"first", duration(config.retry_first, std::chrono::seconds(0))},
                                            {"factor", factor(config.retry_factor)},
                                            {"longest", duration(config.retry_longest)}})}})},
      {"lock_timeout", duration(config.lock_timeout, std::chrono::seconds(0))},
      {"clock_skew", duration(config.clock_skew)},
      {"columns", columns(config.columns)},
      {"batch_size", count(config.batch_size)},
      {"sites_dir", path(config.sites_dir)},
      {"batches_dir", path(config.batches_dir)},
      {"design", section({{"file", path(config.design_file)},
                          {"required_headings", list(config.design_required_headings, read_text)}})},
      {"outputs", section({{"required_files", list(config.outputs_required_files, read_path)},
                           {"allowed_hosts", list(config.outputs_allowed_hosts, read_text)}})},
      {"similarity", section({{"threshold", ratio(config.similarity_threshold)}})},
      {"metrics", section({{"min_completion", ratio(config.metrics_min_completion)},
                           {"max_collision", ratio(config.metrics_max_collision)}})},
      {"rules", rules(config.rules)},
  };
}

}  // namespace

Result<Config> read_settings(const YamlValue& document, const std::string& path) {
  if (document.kind != Kind::kMap && document.kind != Kind::kNull) {
    return fail(malformed("config_invalid", place(path, document.line),
                          "the file must be a map of settings such as 'lease: 2h', one a line"));
  }
  Config config;
  SMB_TRY(read_entries(path, "", document, settings_of(config)));
  return config;
}

}  // namespace smbatcher

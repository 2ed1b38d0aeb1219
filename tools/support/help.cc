#include <algorithm>

#include "libregistry/core/base/json.h"
#include "tools/support/option_spec.h"
#include "tools/support/wrapped.h"

namespace smbatcher {
namespace {

using Kind = OptionSpec::Kind;

constexpr std::size_t kHelpColumn = 28;

void append_help(std::string& text, std::string_view left, std::string_view right) {
  append_row(text, left, kHelpColumn, right);
}

std::string label_of(const OptionSpec& spec) {
  std::string name(spec.name);
  switch (spec.kind) {
    case Kind::kPositionals:
      return name + "...";
    case Kind::kRest:
      return "-- " + name + "...";
    case Kind::kFlag:
    case Kind::kPositional:
      return name;
    case Kind::kSingle:
    case Kind::kList:
      break;
  }
  return name + " " + (spec.choices.empty() ? std::string(spec.metavar) : spec.listed_choices("|"));
}

std::string description_of(const OptionSpec& spec) {
  std::string text(spec.help);
  if (spec.required) {
    text += " (required)";
  } else if (spec.kind == Kind::kList) {
    text += " (may be repeated)";
  } else if (!spec.default_text.empty()) {
    text += " (default: " + spec.default_text + ")";
  }
  return text;
}

/// What a call needs; what it may have is in the lists below.
std::string usage_of(const std::string& tool, const std::vector<OptionSpec>& specs) {
  std::string usage = "smbatcher " + tool;
  for (const OptionSpec& spec : specs) {
    if (spec.is_option() && spec.required) {
      usage += " " + label_of(spec);
    }
  }
  usage += " [options]";
  for (const OptionSpec& spec : specs) {
    if (!spec.is_option() && !spec.hidden) {
      usage += spec.required ? " " + label_of(spec) : " [" + label_of(spec) + "]";
    }
  }
  return usage;
}

}  // namespace

std::string OptionSet::help() const {
  std::string text;
  append_wrapped(text, 0, 2, "smbatcher " + impl_->tool + ": " + impl_->summary);
  text += '\n';
  append_wrapped(text, 0, 4, "Usage: " + usage_of(impl_->tool, impl_->specs));

  std::vector<std::string_view> groups;
  for (const OptionSpec& spec : impl_->specs) {
    if (!spec.hidden && std::find(groups.begin(), groups.end(), spec.group) == groups.end()) {
      groups.push_back(spec.group);
    }
  }
  for (const std::string_view heading : groups) {
    text += "\n" + std::string(heading) + ":\n";
    for (const OptionSpec& spec : impl_->specs) {
      if (!spec.hidden && spec.group == heading) {
        append_help(text, label_of(spec), description_of(spec));
      }
    }
  }
  text += "\nAbout the tool:\n";
  append_help(text, "--help, -h", "this text");
  append_help(text, "--version, -V", "the version");
  append_help(text, "--schema", "the JSON schema of what --format json prints");
  if (!impl_->examples.empty()) {
    text += "\nExamples:\n";
    for (const auto& [command, what] : impl_->examples) {
      text += "  " + command + "\n      ";
      append_wrapped(text, 6, 6, what);
    }
  }
  text += '\n';
  append_wrapped(text, 0, 0, "Exit codes: 0 OK; 1 FAIL, it ran and the answer is no; 2 ERROR, it could not run.");
  return text;
}

JsonObject OptionSet::help_json() const {
  JsonArray options;
  JsonArray arguments;
  for (const OptionSpec& spec : impl_->specs) {
    if (spec.hidden) {
      continue;
    }
    JsonObject told{{"name", spec.name}, {"help", spec.help}, {"group", spec.group}, {"required", spec.required}};
    if (spec.takes_value()) {
      told.emplace_back("value", spec.choices.empty() ? std::string(spec.metavar) : spec.listed_choices("|"));
    }
    if (!spec.default_text.empty()) {
      told.emplace_back("default", spec.default_text);
    }
    if (spec.kind == Kind::kList || spec.kind == Kind::kPositionals || spec.kind == Kind::kRest) {
      told.emplace_back("repeated", true);
    }
    (spec.is_option() ? options : arguments).emplace_back(std::move(told));
  }
  JsonArray examples;
  for (const auto& [command, what] : impl_->examples) {
    examples.emplace_back(JsonObject{{"command", command}, {"what", what}});
  }
  return {{"tool", impl_->tool},
          {"summary", impl_->summary},
          {"usage", usage_of(impl_->tool, impl_->specs)},
          {"options", std::move(options)},
          {"arguments", std::move(arguments)},
          {"examples", std::move(examples)}};
}

}  // namespace smbatcher

#include <algorithm>

#include "tools/support/option_spec.h"

namespace smbatcher {
namespace {

using Kind = OptionSpec::Kind;

constexpr std::size_t kWidth = 100;
constexpr std::size_t kHelpColumn = 28;

/// Appends words to `text`, whose last line is `column` long, breaking lines at kWidth; further lines begin at
/// `indent`.
void append_wrapped(std::string& text, std::size_t column, std::size_t indent, std::string_view words) {
  bool first = true;
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    const std::string_view word = words.substr(0, space);
    words.remove_prefix(space == std::string_view::npos ? words.size() : space + 1);
    if (!first && column + 1 + word.size() > kWidth) {
      text += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      text += ' ';
      ++column;
    }
    text += word;
    column += word.size();
    first = false;
  }
  text += '\n';
}

/// Two columns; the second begins on a line of its own where the first is too long.
void append_row(std::string& text, const std::string& left, const std::string& right) {
  text += "  " + left;
  std::size_t column = left.size() + 2;
  if (column + 2 > kHelpColumn) {
    text += "\n";
    column = 0;
  }
  text += std::string(kHelpColumn - column, ' ');
  append_wrapped(text, kHelpColumn, kHelpColumn, right);
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
  std::string usage = "Usage: smbatcher " + tool;
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
  append_wrapped(text, 0, 4, usage_of(impl_->tool, impl_->specs));

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
        append_row(text, label_of(spec), description_of(spec));
      }
    }
  }
  text += "\nAbout the tool:\n";
  append_row(text, "--help, -h", "this text");
  append_row(text, "--version", "the version");
  append_row(text, "--schema", "the JSON schema of what --format json prints");
  if (!impl_->examples.empty()) {
    text += "\nExamples:\n";
    for (const auto& [command, what] : impl_->examples) {
      text += "  " + command + "\n      ";
      append_wrapped(text, 6, 6, what);
    }
  }
  text += "\nExit codes: 0 OK; 1 FAIL, it ran and the answer is no; 2 ERROR, it could not run.\n";
  return text;
}

}  // namespace smbatcher

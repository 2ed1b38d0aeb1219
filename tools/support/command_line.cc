#include <algorithm>

#include "libregistry/core/base/text.h"
#include "tools/support/option_spec.h"

namespace smbatcher {
namespace {

using Words = std::vector<std::string>;

tl::unexpected<Error> invalid(std::string message) { return fail(usage_error("invalid_argument", std::move(message))); }

bool looks_like_option(std::string_view argument) { return argument.size() > 1 && argument.front() == '-'; }

/// --help and its like answer whatever else is wrong with the line.
Asked find_asked(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") {
      break;
    }
    if (argument == "--help" || argument == "-h") {
      return Asked::kHelp;
    }
    if (argument == "--version" || argument == "-V") {
      return Asked::kVersion;
    }
    if (argument == "--schema") {
      return Asked::kSchema;
    }
  }
  return Asked::kRun;
}

tl::unexpected<Error> unknown_option(const std::vector<OptionSpec>& specs, const std::string& name) {
  std::vector<std::string> known{"--help", "--version", "--schema"};
  for (const OptionSpec& spec : specs) {
    if (spec.is_option() && !spec.hidden) {
      known.emplace_back(spec.name);
    }
  }
  const std::string near = nearest(name, known);
  return invalid("unknown option " + name + "; " + (near.empty() ? "see --help" : "did you mean " + near + "?"));
}

/// Reads the option at `at`, and moves `at` on to its value where that is a word of its own.
Result<void> read_option(const std::vector<OptionSpec>& specs, const Words& words, std::size_t& at, CommandLine& line) {
  const std::size_t equals = words[at].find('=');
  const std::string_view name = std::string_view(words[at]).substr(0, equals);
  const auto spec = std::find_if(specs.begin(), specs.end(), [name](const OptionSpec& candidate) {
    return candidate.is_option() && candidate.name == name;
  });
  if (spec == specs.end()) {
    return unknown_option(specs, std::string(name));
  }
  CommandLine::Given& given = line.options.emplace_back(CommandLine::Given{&*spec, {}});
  if (equals != std::string::npos) {
    if (!spec->takes_value()) {
      return invalid(std::string(name) + " takes no value");
    }
    given.value = words[at].substr(equals + 1);
    return {};
  }
  if (!spec->takes_value()) {
    return {};
  }
  if (at + 1 == words.size() || looks_like_option(words[at + 1])) {
    std::string message(name);
    message += " needs a value; one that begins with '-' is written " + message + "=VALUE";
    return fail(usage_error("missing_argument", std::move(message)));
  }
  given.value = words[++at];
  return {};
}

}  // namespace

Result<CommandLine> sort_arguments(const std::vector<OptionSpec>& specs, const Words& words) {
  CommandLine line;
  line.asked = find_asked(words);
  if (line.asked != Asked::kRun) {
    return line;
  }
  const bool has_rest = std::any_of(specs.begin(), specs.end(),
                                    [](const OptionSpec& spec) { return spec.kind == OptionSpec::Kind::kRest; });
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (words[at] == "--") {
      Words& after = has_rest ? line.rest : line.positionals;
      after.insert(after.end(), words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
      break;
    }
    if (looks_like_option(words[at])) {
      SMB_TRY(read_option(specs, words, at, line));
    } else {
      line.positionals.push_back(words[at]);
    }
  }
  return line;
}

Result<void> store_value(const OptionSpec& spec, const std::string& value) {
  const std::string name(spec.name);
  if (value.empty() && spec.kind != OptionSpec::Kind::kRest) {
    return invalid(name + " must not be empty");
  }
  if (spec.valid != nullptr && !spec.valid(value)) {
    return invalid(name + " '" + value + "' is not " + std::string(spec.valid_what));
  }
  if (!spec.choices.empty() && std::find(spec.choices.begin(), spec.choices.end(), value) == spec.choices.end()) {
    return invalid(name + " '" + value + "' is not one of " + spec.listed_choices(", "));
  }
  const std::string expected = spec.store(value);
  if (!expected.empty()) {
    return invalid(name + " '" + value + "' is not " + expected);
  }
  return {};
}

}  // namespace smbatcher

#include <algorithm>

#include "libregistry/base/text.h"
#include "tools/support/option_spec.h"

namespace smbatcher {
namespace {

using Words = std::vector<std::string>;

tl::unexpected<Error> invalid(std::string message) { return fail(usage_error("invalid_argument", std::move(message))); }

bool looks_like_option(std::string_view argument) { return argument.size() > 1 && argument.front() == '-'; }

/// --help and its like answer whatever else is wrong with the line.
Request find_request(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") {
      break;
    }
    if (argument == "--help" || argument == "-h") {
      return Request::kHelp;
    }
    if (argument == "--version") {
      return Request::kVersion;
    }
    if (argument == "--schema") {
      return Request::kSchema;
    }
  }
  return Request::kRun;
}

tl::unexpected<Error> unknown_option(const std::deque<OptionSpec>& specs, const std::string& name) {
  std::vector<std::string> known{"--help", "--version", "--schema"};
  for (const OptionSpec& spec : specs) {
    if (spec.is_option() && !spec.hidden) {
      known.push_back(spec.name);
    }
  }
  const std::string near = nearest(name, known);
  return invalid("unknown option " + name + "; " + (near.empty() ? "see --help" : "did you mean " + near + "?"));
}

/// Reads the option at `at`, and moves `at` on to its value where that is a word of its own.
Result<void> read_option(const std::deque<OptionSpec>& specs, const Words& words, std::size_t& at, CommandLine& line) {
  const std::size_t equals = words[at].find('=');
  const std::string name = words[at].substr(0, equals);
  const auto spec = std::find_if(specs.begin(), specs.end(), [&name](const OptionSpec& candidate) {
    return candidate.is_option() && candidate.name == name;
  });
  if (spec == specs.end()) {
    return unknown_option(specs, name);
  }
  if (equals != std::string::npos) {
    if (!spec->takes_value()) {
      return invalid(name + " takes no value");
    }
    line.options.emplace_back(name, words[at].substr(equals + 1));
    return {};
  }
  if (!spec->takes_value()) {
    line.options.emplace_back(name, std::string());
    return {};
  }
  if (at + 1 == words.size() || looks_like_option(words[at + 1])) {
    std::string message = name;
    message += " needs a value; one that begins with '-' is written " + name + "=VALUE";
    return fail(usage_error("missing_argument", std::move(message)));
  }
  ++at;
  line.options.emplace_back(name, words[at]);
  return {};
}

}  // namespace

Result<CommandLine> sort_arguments(const std::deque<OptionSpec>& specs, const Words& words) {
  CommandLine line;
  line.request = find_request(words);
  if (line.request != Request::kRun) {
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
  if (value.empty() && spec.kind != OptionSpec::Kind::kRest) {
    return invalid(spec.name + " must not be empty");
  }
  if (spec.valid != nullptr && !spec.valid(value)) {
    return invalid(spec.name + " '" + value + "' is not " + spec.valid_what);
  }
  const std::string expected = spec.store(value);
  if (!expected.empty()) {
    return invalid(spec.name + " '" + value + "' is not " + expected);
  }
  return {};
}

}  // namespace smbatcher

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libregistry/core/base/result.h"
#include "tools/support/options.h"

namespace smbatcher {

/// One declared option or positional argument. Private to the option parser.
///
/// Declared on every start, and described only for --help: so it holds views of what was declared, and help() does
/// the rest.
struct OptionSpec {
  enum class Kind { kFlag, kSingle, kList, kPositional, kPositionals, kRest };

  Kind kind = Kind::kSingle;
  std::string_view name;     // "--batch", or "DOMAIN" for positional arguments
  std::string_view metavar;  // "ID"; empty for flags and choices
  std::string_view help;
  std::string_view group;
  std::string default_text;
  bool required = false;
  bool hidden = false;
  std::vector<std::string_view> choices;
  std::vector<std::string_view> excludes;
  bool (*valid)(std::string_view) = nullptr;
  std::string_view valid_what;
  /// Takes one value into the variable; answers what it must be instead when it cannot ("a whole number"), else
  /// nothing.
  std::function<std::string(const std::string&)> store;

  bool is_option() const { return kind == Kind::kFlag || kind == Kind::kSingle || kind == Kind::kList; }
  bool takes_value() const { return kind == Kind::kSingle || kind == Kind::kList; }
  std::string listed_choices(std::string_view separator) const;
};

struct OptionSet::Impl {
  std::string tool;
  std::string summary;
  std::string_view group = "Options";
  std::vector<OptionSpec> specs;
  std::vector<std::pair<std::string, std::string>> examples;  // command, what it does

  OptionSpec& add(OptionSpec::Kind kind, std::string_view name, std::string_view help);
};

/// A command line, sorted by what its parts are.
struct CommandLine {
  /// An option as it was given.
  struct Given {
    const OptionSpec* spec;
    std::string value;  // empty for a flag
  };

  Asked asked = Asked::kRun;
  std::vector<Given> options;
  std::vector<std::string> positionals;
  std::vector<std::string> rest;
};

/// Tells options, their values and positional arguments apart where CLI11 would guess: it takes the value of a misspelt
/// option for a positional argument, and an option for the value of the one before it.
Result<CommandLine> sort_arguments(const std::vector<OptionSpec>& specs, const std::vector<std::string>& words);

/// Stores one value, or says what is wrong with it.
Result<void> store_value(const OptionSpec& spec, const std::string& value);

/// Stores the options of a line, or says what is wrong with them.
Result<void> parse_with_cli11(const std::vector<OptionSpec>& specs, const CommandLine& line);

}  // namespace smbatcher

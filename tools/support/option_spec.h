#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libregistry/base/result.h"
#include "tools/support/options.h"

namespace smbatcher {

/// One declared option or positional argument. Private to the option parser.
struct OptionSpec {
  enum class Kind { kFlag, kSingle, kList, kPositional, kPositionals, kRest };

  Kind kind = Kind::kSingle;
  std::string name;     // "--batch", or "DOMAIN" for positional arguments
  std::string metavar;  // "ID"; empty for flags
  std::string help;
  std::string group;
  std::string default_text;
  bool required = false;
  bool hidden = false;
  std::vector<std::string> excludes;
  bool (*valid)(std::string_view) = nullptr;
  std::string valid_what;
  /// Takes one value into the variable; answers what it must be instead when it cannot ("a whole number"), else
  /// nothing.
  std::function<std::string(const std::string&)> store;

  bool is_option() const { return kind == Kind::kFlag || kind == Kind::kSingle || kind == Kind::kList; }
  bool takes_value() const { return kind == Kind::kSingle || kind == Kind::kList; }
};

struct OptionSet::Impl {
  std::string tool;
  std::string summary;
  std::string group = "Options";
  std::deque<OptionSpec> specs;                               // Declared points into it
  std::vector<std::pair<std::string, std::string>> examples;  // command, what it does

  OptionSpec& add(OptionSpec::Kind kind, std::string_view name, std::string_view help);
};

/// A command line, sorted by what its parts are.
struct CommandLine {
  Request request = Request::kRun;
  std::vector<std::pair<std::string, std::string>> options;  // name and value; the value of a flag is empty
  std::vector<std::string> positionals;
  std::vector<std::string> rest;
};

/// Tells options, their values and positional arguments apart where CLI11 would guess: it takes the value of a misspelt
/// option for a positional argument, and an option for the value of the one before it.
Result<CommandLine> sort_arguments(const std::deque<OptionSpec>& specs, const std::vector<std::string>& words);

/// Stores one value, or says what is wrong with it.
Result<void> store_value(const OptionSpec& spec, const std::string& value);

}  // namespace smbatcher

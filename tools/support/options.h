#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/result.h"

namespace smbatcher {

struct OptionSpec;

/// What a command line asks for.
enum class Asked { kRun, kHelp, kVersion, kSchema };

/// A tool's options and positional arguments: declared once, they are parsed into the variables they name and described
/// by --help.
///
///     options.text("--batch ID", batch, "the claimed batch").required().must_be(is_batch_id, "a batch id");
///
/// The variables must outlive parse(), and so must the texts, but for those of an example. What stands in a variable
/// when it is declared is its default and shown in
/// --help. Options may stand before and after positional arguments; `--name value` and `--name=value` are the same, but
/// a value that begins with '-' takes the second form. No value may be empty, and only lists may be given twice.
/// Source: docs/machine-contract.md, "Command lines".
class OptionSet {
 public:
  /// What was just declared, to say more about it at once: it is void when the next one is declared.
  class Declared {
   public:
    explicit Declared(OptionSpec& spec) : spec_(&spec) {}

    Declared& required();
    /// Parsed, but not shown in --help.
    Declared& hidden();
    /// Refuses values that `valid` refuses: "--batch '.x' is not a batch id".
    Declared& must_be(bool (*valid)(std::string_view), std::string_view what);
    /// Refuses the command line when `option` ("--batch") is given too. Said once for a pair is enough.
    Declared& excludes(std::string_view option);

   private:
    OptionSpec* spec_;
  };

  /// `tool` and `summary` head the help. Every set has --help (-h), --version (-V) and --schema.
  OptionSet(std::string_view tool, std::string_view summary);
  OptionSet(const OptionSet&) = delete;
  OptionSet& operator=(const OptionSet&) = delete;
  ~OptionSet();

  /// `name` is the option and, but for flags and choices, what its value is called: "--batch ID".
  Declared text(std::string_view name, std::string& value, std::string_view help);
  Declared text(std::string_view name, std::optional<std::string>& value, std::string_view help);
  /// Decimal digits only, up to 64 bits.
  Declared number(std::string_view name, std::uint64_t& value, std::string_view help);
  Declared number(std::string_view name, std::optional<std::uint64_t>& value, std::string_view help);
  /// A number from 0 to 1.
  Declared ratio(std::string_view name, std::optional<double>& value, std::string_view help);
  /// "90s", "30m", "2h"; a bare number is seconds.
  Declared duration(std::string_view name, std::optional<std::chrono::seconds>& value, std::string_view help);
  Declared flag(std::string_view name, bool& value, std::string_view help);
  Declared choice(std::string_view name, std::string& value, std::vector<std::string_view> choices,
                  std::string_view help);
  Declared choice(std::string_view name, std::optional<std::string>& value, std::vector<std::string_view> choices,
                  std::string_view help);
  /// An option that may be given several times, one value each.
  Declared list(std::string_view name, std::vector<std::string>& values, std::string_view help);

  /// Positional arguments, named as in the usage line: "BATCH". Single ones come before positionals().
  Declared positional(std::string_view name, std::optional<std::string>& value, std::string_view help);
  Declared positionals(std::string_view name, std::vector<std::string>& values, std::string_view help);
  /// Everything after "--". Without this, what stands there are positional arguments.
  Declared rest(std::string_view name, std::vector<std::string>& values, std::string_view help);

  /// Options declared from now on stand under this heading in --help; "Options" until then.
  void group(std::string_view heading);
  /// A command for --help, with what it does.
  void example(std::string_view command, std::string_view what);

  /// Errors: kUsage "missing_argument" and "invalid_argument". --help, --version and --schema win over all faults.
  Result<Asked> parse(int argc, const char* const* argv);
  /// Plain text of at most 80 columns.
  std::string help() const;
  /// The same for programs: `tool`, `summary`, `usage`, `options`, `arguments`, `examples`.
  JsonObject help_json() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace smbatcher

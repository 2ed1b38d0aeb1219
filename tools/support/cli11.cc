// The only user of CLI11, which takes seconds to compile.
#include <algorithm>

#include <CLI/CLI.hpp>

#include "libregistry/core/base/text.h"
#include "tools/support/option_spec.h"

namespace smbatcher {
namespace {

using Kind = OptionSpec::Kind;

/// Each value to its option, and the rules about which options go together.
///
/// It knows the options of the line and those that must be there: CLI11 makes an object for each, and all that a tool
/// has would cost a tenth of a claim.
class OptionParser {
 public:
  OptionParser(const std::vector<OptionSpec>& specs, const CommandLine& line) : line_(line) {
    app_.set_help_flag();
    for (const OptionSpec& spec : specs) {
      const bool given = std::any_of(line.options.begin(), line.options.end(),
                                     [&spec](const CommandLine::Given& each) { return each.spec == &spec; });
      if (spec.is_option() && (spec.required || given)) {
        declare(spec);
      }
    }
    for (const auto& [spec, option] : options_) {
      for (const std::string_view other : spec->excludes) {
        if (CLI::Option* const declared = app_.get_option_no_throw(std::string(other)); declared != nullptr) {
          option->excludes(declared);
        }
      }
    }
  }

  Result<void> parse() {
    std::vector<std::string> words;
    for (const CommandLine::Given& given : line_.options) {
      words.emplace_back(given.spec->name);
      if (given.spec->takes_value()) {
        words.push_back(given.value);
      }
    }
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
    try {
      app_.parse(std::move(words));
    } catch (const CLI::RequiredError& error) {
      return fail(usage_error("missing_argument", error.what()));
    } catch (const CLI::ParseError& error) {
      return fail(usage_error("invalid_argument", error.what()));
    }
    return refuse_repeated();
  }

 private:
  void declare(const OptionSpec& spec) {
    const auto store = [&spec](const std::vector<std::string>& values) {
      for (const std::string& value : values) {
        if (const Result<void> stored = store_value(spec, value); !stored) {
          throw CLI::ValidationError(stored.error().message);
        }
      }
      return true;
    };
    CLI::Option* option = nullptr;
    if (spec.kind == Kind::kFlag) {
      option = app_.add_flag_callback(std::string(spec.name), [&spec] { spec.store({}); });
    } else {
      option = app_.add_option(std::string(spec.name), store)->type_size(1)->expected(1);
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
    options_.emplace_back(&spec, option->required(spec.required));
  }

  Result<void> refuse_repeated() const {
    for (const auto& [spec, option] : options_) {
      if (spec->kind != Kind::kList && option->count() > 1) {
        return fail(usage_error("invalid_argument", std::string(spec->name) + " was given " +
                                                        counted(option->count(), "time") + "; give it once"));
      }
    }
    return {};
  }

  const CommandLine& line_;
  CLI::App app_;
  std::vector<std::pair<const OptionSpec*, CLI::Option*>> options_;
};

}  // namespace

Result<void> parse_with_cli11(const std::vector<OptionSpec>& specs, const CommandLine& line) {
  return OptionParser(specs, line).parse();
}

}  // namespace smbatcher

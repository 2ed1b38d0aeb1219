#include "tools/support/options.h"

#include <algorithm>

#include <CLI/CLI.hpp>  // here only: it takes seconds to compile

#include "tools/support/option_spec.h"

namespace smbatcher {
namespace {

using Kind = OptionSpec::Kind;

/// CLI11's part: each value to its option, and the rules about which options go together.
class OptionParser {
 public:
  explicit OptionParser(const std::deque<OptionSpec>& specs) {
    app_.set_help_flag();
    for (const OptionSpec& spec : specs) {
      if (spec.is_option()) {
        declare(spec);
      }
    }
    for (const auto& [spec, option] : options_) {
      for (const std::string& other : spec->excludes) {
        option->excludes(app_.get_option(other));
      }
    }
  }

  Result<void> parse(const CommandLine& line) {
    std::vector<std::string> words;
    for (const auto& [name, value] : line.options) {
      words.push_back(name);
      if (app_.get_option(name)->get_items_expected_max() > 0) {
        words.push_back(value);
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
      option = app_.add_flag_callback(spec.name, [&spec] { spec.store({}); });
    } else {
      option = app_.add_option(spec.name, store)->type_size(1)->expected(1);
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
    options_.emplace_back(&spec, option->required(spec.required));
  }

  Result<void> refuse_repeated() const {
    for (const auto& [spec, option] : options_) {
      if (spec->kind != Kind::kList && option->count() > 1) {
        return fail(usage_error("invalid_argument",
                                spec->name + " was given " + std::to_string(option->count()) + " times; give it once"));
      }
    }
    return {};
  }

  CLI::App app_;
  std::vector<std::pair<const OptionSpec*, CLI::Option*>> options_;
};

/// What a positional argument or the rest takes: a list all that is left, from `next` on.
std::vector<std::string> take_values(const OptionSpec& spec, const CommandLine& line, std::size_t& next) {
  if (spec.kind == Kind::kRest) {
    return line.rest;
  }
  const std::size_t left = line.positionals.size() - next;
  const std::size_t taken = spec.kind == Kind::kPositionals ? left : std::min<std::size_t>(left, 1);
  const auto begin = line.positionals.begin() + static_cast<std::ptrdiff_t>(next);
  next += taken;
  return {begin, begin + static_cast<std::ptrdiff_t>(taken)};
}

Result<void> store_positionals(const std::deque<OptionSpec>& specs, const CommandLine& line) {
  std::size_t next = 0;
  std::string hint = "see --help";
  for (const OptionSpec& spec : specs) {
    if (spec.is_option()) {
      continue;
    }
    if (spec.kind == Kind::kRest) {
      hint = "a command follows after --";
    }
    const std::vector<std::string> values = take_values(spec, line, next);
    if (spec.required && values.empty()) {
      return fail(
          usage_error("missing_argument", (spec.kind == Kind::kRest ? "-- " : "") + spec.name + " is required"));
    }
    for (const std::string& other : spec.excludes) {
      const bool given = std::any_of(line.options.begin(), line.options.end(),
                                     [&other](const auto& option) { return option.first == other; });
      if (given && !values.empty()) {
        return fail(usage_error("invalid_argument", spec.name + " excludes " + other));
      }
    }
    for (const std::string& value : values) {
      SMB_TRY(store_value(spec, value));
    }
  }
  if (next < line.positionals.size()) {
    return fail(usage_error("invalid_argument", "unexpected argument '" + line.positionals[next] + "'; " + hint));
  }
  return {};
}

}  // namespace

OptionSet::OptionSet(std::string_view tool, std::string_view summary) : impl_(std::make_unique<Impl>()) {
  impl_->tool = tool;
  impl_->summary = summary;
}

OptionSet::~OptionSet() = default;

void OptionSet::group(std::string_view heading) { impl_->group = heading; }

void OptionSet::example(std::string_view command, std::string_view what) {
  impl_->examples.emplace_back(command, what);
}

Result<Request> OptionSet::parse(int argc, const char* const* argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  SMB_TRY_ASSIGN(const CommandLine line, sort_arguments(impl_->specs, arguments));
  if (line.request == Request::kRun) {
    SMB_TRY(OptionParser(impl_->specs).parse(line));
    SMB_TRY(store_positionals(impl_->specs, line));
  }
  return line.request;
}

}  // namespace smbatcher

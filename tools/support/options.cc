#include "tools/support/options.h"

#include <algorithm>

#include "tools/support/option_spec.h"

namespace smbatcher {
namespace {

using Kind = OptionSpec::Kind;

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

Result<void> store_positionals(const std::vector<OptionSpec>& specs, const CommandLine& line) {
  std::size_t next = 0;
  std::string hint = "see --help";
  for (const OptionSpec& spec : specs) {
    if (spec.is_option()) {
      continue;
    }
    if (spec.kind == Kind::kRest) {
      hint = "a command follows after --";
    }
    const std::string name(spec.name);
    const std::vector<std::string> values = take_values(spec, line, next);
    if (spec.required && values.empty()) {
      return fail(usage_error("missing_argument", (spec.kind == Kind::kRest ? "-- " : "") + name + " is required" +
                                                      (spec.help.empty() ? "" : ": " + std::string(spec.help))));
    }
    for (const std::string_view other : spec.excludes) {
      const bool given = std::any_of(line.options.begin(), line.options.end(),
                                     [other](const auto& option) { return option.spec->name == other; });
      if (given && !values.empty()) {
        return fail(usage_error("invalid_argument", name + " excludes " + std::string(other)));
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
  impl_->specs.reserve(32);  // more than any tool has
}

OptionSet::~OptionSet() = default;

void OptionSet::group(std::string_view heading) { impl_->group = heading; }

void OptionSet::example(std::string_view command, std::string_view what) {
  impl_->examples.emplace_back(command, what);
}

Result<Asked> OptionSet::parse(int argc, const char* const* argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  SMB_TRY_ASSIGN(const CommandLine line, sort_arguments(impl_->specs, arguments));
  if (line.asked == Asked::kRun) {
    SMB_TRY(parse_with_cli11(impl_->specs, line));
    SMB_TRY(store_positionals(impl_->specs, line));
  }
  return line.asked;
}

}  // namespace smbatcher

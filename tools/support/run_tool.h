#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "libregistry/core/base/result.h"
#include "libregistry/core/output/outcome.h"
#include "libregistry/core/output/schema.h"
#include "tools/support/context.h"
#include "tools/support/operations.h"
#include "tools/support/options.h"

namespace smbatcher {

/// What run_tool() needs to know of a tool.
struct ToolShape {
  std::string_view name;
  std::string_view summary;
  Format default_format = Format::kText;
  bool has_simple = false;              // --format simple too
  bool has_finding_formats = false;     // --format junit, sarif and github too
  bool has_registry = true;             // --registry and --lock-file; a tool without them has --json
  std::function<std::string()> schema;  // of its JSON
  std::function<void(OptionSet&)> declare;
  std::function<Result<Outcome>(const Context&)> run;
};

/// The main() of a tool: options, --help and its like, the call, its one answer on standard output, the exit status.
///
/// Every fault, a failed write of the answer included, ends in exit 2, and everything but that one in an ERROR in the
/// format that was asked for. SIGPIPE and SIGXFSZ are ignored meanwhile: who starts other programs gives them back
/// their default (posix_spawnattr_setsigdefault). Source: docs/machine-contract.md.
int run_tool(const ToolShape& shape, int argc, const char* const* argv);

template <class Tool>
constexpr Format default_format() {
  if constexpr (requires { Tool::kDefaultFormat; }) {
    return Tool::kDefaultFormat;
  }
  return Format::kText;
}

template <class Tool>
constexpr bool has_simple() {
  if constexpr (requires { Tool::kHasSimple; }) {
    return Tool::kHasSimple;
  }
  return false;
}

template <class Tool>
constexpr bool has_finding_formats() {
  if constexpr (requires { Tool::kHasFindingFormats; }) {
    return Tool::kHasFindingFormats;
  }
  return false;
}

template <class Tool>
constexpr bool has_registry() {
  if constexpr (requires { Tool::kHasRegistry; }) {
    return Tool::kHasRegistry;
  }
  return true;
}

/// Tool::schema(), else the one that came with the operation.
template <class Tool>
std::string schema_of(const Operation& self) {
  if constexpr (requires { Tool::schema(); }) {
    return Tool::schema().text(self.name, has_registry<Tool>());
  }
  return std::string(self.schema);
}

/// `Tool` is options plus one library call. All of tools/shared/heartbeat.cc, for example:
///
///     struct Heartbeat {
///       static constexpr std::string_view kSummary = "renew the lease of a claim";
///       static constexpr Effect kEffect = Effect::kChanges;
///       void declare(OptionSet& options);
///       Result<Outcome> run(const Context& context) const;
///       static Schema schema();  // what --schema prints: the fields that run() adds
///     };
///     int heartbeat_main(const Operation& self, int argc, const char* const* argv) {
///       return run_tool<Heartbeat>(self, argc, argv);
///     }
///
/// cmake/Operations.cmake reads kSummary and kEffect, and finds the function by the name of the file. The struct may
/// also have `static constexpr Program kProgram`, `Format kDefaultFormat` and `bool kHasSimple`, `kHasFindingFormats`
/// and `kHasRegistry`.
template <class Tool>
int run_tool(const Operation& self, int argc, const char* const* argv) {
  Tool tool;
  const ToolShape shape{self.name,
                        self.summary,
                        default_format<Tool>(),
                        has_simple<Tool>(),
                        has_finding_formats<Tool>(),
                        has_registry<Tool>(),
                        [&self] { return schema_of<Tool>(self); },
                        [&tool](OptionSet& options) { tool.declare(options); },
                        [&tool](const Context& context) { return tool.run(context); }};
  return run_tool(shape, argc, argv);
}

}  // namespace smbatcher

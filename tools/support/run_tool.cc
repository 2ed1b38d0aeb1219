#include "tools/support/run_tool.h"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "tools/support/standard_output.h"

namespace smbatcher {
namespace {

constexpr int kCouldNotRun = 2;

struct Answer {
  std::string text;
  int exit_code = 0;
};

constexpr auto kFormats = std::to_array<std::pair<std::string_view, Format>>({{"text", Format::kText},
                                                                              {"json", Format::kJson},
                                                                              {"simple", Format::kSimple},
                                                                              {"junit", Format::kJunit},
                                                                              {"sarif", Format::kSarif},
                                                                              {"github", Format::kGithub}});

std::optional<Format> format_named(std::string_view name) {
  for (const auto& [known, format] : kFormats) {
    if (known == name) {
      return format;
    }
  }
  return std::nullopt;
}

/// The format that a command line asks for, `format` where it asks for none; also one that could not be parsed: who
/// reads JSON must get its faults so too.
Format requested_format(const ToolShape& shape, Format format, int argc, const char* const* argv) {
  constexpr std::string_view kOption = "--format";
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    const std::string_view argument = argv[i];
    if (argument == kOption && i + 1 < argc) {
      format = format_named(argv[i + 1]).value_or(format);
    } else if (argument == "--json" && !shape.has_registry) {
      format = Format::kJson;
    } else if (argument.starts_with(kOption) && argument.substr(kOption.size()).starts_with("=")) {
      format = format_named(argument.substr(kOption.size() + 1)).value_or(format);
    }
  }
  return format;
}

std::string_view name_of(Format format) {
  for (const auto& [name, known] : kFormats) {
    if (known == format) {
      return name;
    }
  }
  return {};
}

void declare_common(OptionSet& options, const ToolShape& shape, CommonOptions& common, std::string& format) {
  options.group("Common options");
  if (shape.has_registry) {
    options.text("--registry PATH", common.registry,
                 "the registry; else SMBATCHER_REGISTRY, else .smbatcher/REGISTRY.md in the nearest folder upwards");
  }
  std::vector<std::string_view> formats{"text", "json"};
  if (shape.has_simple) {
    formats.emplace_back("simple");
  }
  if (shape.has_finding_formats) {
    formats.insert(formats.end(), {"junit", "sarif", "github"});
  }
  options.choice("--format", format, std::move(formats), "how the answer is printed");
  if (shape.has_registry) {
    options.text("--lock-file PATH", common.lock_file, "the file to lock instead of the one beside the registry");
  } else {
    options.flag("--json", common.json, "the same as --format json");
  }
  options.duration("--lock-timeout TIME", common.lock_timeout,
                   shape.has_registry
                       ? "how long to wait for the lock, e.g. 90s or 2m; 0 tries once (default: the config's, 60s)"
                       : "how long to wait for a lock of ours, e.g. 90s or 2m; 0 tries once (default: 60s)");
}

void add_standing(Outcome& outcome, const Standing& standing) {
  const auto& fields = outcome.fields();
  const bool named =
      std::any_of(fields.begin(), fields.end(), [](const auto& field) { return field.first == "registry"; });
  if (standing.registry && !named) {
    outcome.add("registry", *standing.registry);
  }
  outcome.warn(standing.warnings);
}

/// What a tool says of itself is for people, whatever its default is, unless JSON was asked for.
bool asks_for_json(const ToolShape& shape, int argc, const char* const* argv) {
  return requested_format(shape, Format::kText, argc, argv) == Format::kJson;
}

Answer about(OkWord word, JsonObject facts) {
  Outcome outcome = Outcome::ok(word);
  for (auto& [key, value] : facts) {
    outcome.add(key, std::move(value));
  }
  return {outcome.render(Format::kJson), 0};
}

Answer run_unguarded(const ToolShape& shape, Format format, int argc, const char* const* argv) {
  CommonOptions common;
  std::string format_name(name_of(shape.default_format));
  OptionSet options(shape.name, shape.summary);
  shape.declare(options);
  declare_common(options, shape, common, format_name);

  const Result<Asked> asked = options.parse(argc, argv);
  if (!asked) {
    const Outcome outcome = Outcome::of(asked.error());
    return {outcome.render(format), outcome.exit_code()};
  }
  switch (*asked) {
    case Asked::kHelp:
      return asks_for_json(shape, argc, argv) ? about("help", options.help_json()) : Answer{options.help()};
    case Asked::kVersion:
      return asks_for_json(shape, argc, argv) ? about("version", {{"tool", shape.name}, {"version", SMB_VERSION}})
                                              : Answer{"smbatcher " + std::string(shape.name) + " " SMB_VERSION "\n"};
    case Asked::kSchema:
      return {shape.schema()};
    case Asked::kRun:
      break;
  }
  common.format = format;
  const SystemClock clock;
  Standing standing;
  const Context context{clock, system_file_ops(), std::move(common), std::string(shape.name), &standing};
  const Result<Outcome> result = shape.run(context);
  Outcome outcome = result ? *result : Outcome::of(result.error());
  add_standing(outcome, standing);
  return {outcome.render(format), outcome.exit_code()};
}

Answer run_guarded(const ToolShape& shape, int argc, const char* const* argv) {
  const Format format = requested_format(shape, shape.default_format, argc, argv);
  try {
    return run_unguarded(shape, format, argc, argv);
  } catch (const std::exception& error) {
    const Outcome outcome = Outcome::error("internal_error", "", error.what());
    return {outcome.render(format), outcome.exit_code()};
  }
}

/// A tool lives for milliseconds. Asking the kernel for memory in small pieces and handing it back costs more than all
/// that is done with it, so the heap grows in large steps and stays.
void prepare_memory() {
  constexpr int kStep = 256 * 1024;
  constexpr int kKeep = 256 * 1024 * 1024;
  ::mallopt(M_TOP_PAD, kStep);
  ::mallopt(M_TRIM_THRESHOLD, kKeep);
  ::mallopt(M_MMAP_THRESHOLD, kKeep);
}

}  // namespace

int run_tool(const ToolShape& shape, int argc, const char* const* argv) {
  prepare_memory();
  if (!prepare_standard_output()) {
    return kCouldNotRun;
  }
  const Answer answer = run_guarded(shape, argc, argv);
  return finish_standard_output(answer.text) ? answer.exit_code : kCouldNotRun;
}

}  // namespace smbatcher

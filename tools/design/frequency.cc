#include "libregistry/sites/similarity/frequency.h"

#include "libregistry/core/base/text.h"
#include "tools/queue/collected_designs.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/rate.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct Frequency {
  static constexpr std::string_view kSummary = "print how often fonts, colours, layouts and themes are used";
  static constexpr Effect kEffect = Effect::kReads;
  std::optional<double> limit;
  std::uint64_t top = 10;
  std::optional<std::string> root;

  void declare(OptionSet& options) {
    options.ratio("--limit NUMBER", limit, "what a greater share of the designs has is overused, 0 to 1; else 0.2");
    options.number("--top N", top, "show so many of each kind, the most frequent first");
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    options.example("smbatcher frequency", "which fonts, colours, layouts and themes do too many designs have?");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {{}, root, false}));
    SMB_TRY_ASSIGN(NamedSites named, find_named(queue, {}, {}));
    FrequencyCounter counter;
    const std::vector<Warning> warnings =
        for_each_design(*queue.ops, queue.paths, queue.config, domains_of(named),
                        [&counter](const std::string&, const DesignDocument& design) { counter.add(design); });
    named.warnings.insert(named.warnings.end(), warnings.begin(), warnings.end());
    const Frequencies found = counter.finish(limit.value_or(kOveruse));
    if (found.designs == 0) {
      return fail(refused("no_designs_found", "",
                          "no site has a '" + queue.config.design_file + "' that can be read below '" +
                              queue.paths.work_tree + "/" + queue.config.sites_dir + "'"));
    }
    Outcome outcome = Outcome::ok("analyzed", std::to_string(found.designs));
    outcome.add("designs", static_cast<std::uint64_t>(found.designs)).add("limit", limit.value_or(kOveruse));
    show(outcome, "fonts", "font", found.fonts, found.designs);
    show(outcome, "colours", "colour", found.colours, found.designs);
    show(outcome, "layouts", "layout", found.layouts, found.designs);
    show(outcome, "themes", "theme", found.themes, found.designs);
    outcome.add("registry", queue.paths.registry);
    return std::move(outcome.warn(std::move(named.warnings)));
  }

 private:
  void show(Outcome& outcome, std::string_view key, const std::string& noun, const std::vector<Use>& uses,
            std::size_t designs) const {
    JsonArray list;
    for (std::size_t i = 0; i < uses.size() && i < top; ++i) {
      const Use& use = uses[i];
      outcome.line(noun + " " + use.value + ": " + std::to_string(use.designs) + " of " + std::to_string(designs) +
                   (use.variants.empty() ? "" : ", with " + counted(use.variants.size(), "colour") + " like it") +
                   (use.overused ? ", overused" : ""));
      JsonObject entry{{"value", use.value},
                       {"designs", static_cast<std::uint64_t>(use.designs)},
                       {"share", Rate(use.designs, designs).value()},
                       {"overused", use.overused}};
      if (!use.variants.empty()) {
        entry.emplace_back("variants", use.variants);
      }
      list.push_back(std::move(entry));
    }
    if (uses.size() > list.size()) {
      outcome.line("and " + counted(uses.size() - list.size(), "more " + noun) + ": --top N shows more");
    }
    outcome.add(std::string(key), std::move(list));
  }
};

}  // namespace

int frequency_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<Frequency>(self, argc, argv);
}

}  // namespace smbatcher

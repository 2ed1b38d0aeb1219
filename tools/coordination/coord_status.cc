#include <unistd.h>

#include <chrono>
#include <limits>
#include <thread>

#include "libregistry/coordination/decisions.h"
#include "tools/coordination/identity.h"
#include "tools/coordination/status_text.h"
#include "tools/support/run_tool.h"
#include "tools/support/standard_output.h"

namespace smbatcher {
namespace {

constexpr std::size_t kRecentDecisions = 5;

struct CoordStatus {
  static constexpr std::string_view kSummary = "show the agent instances, their locks and who waits";
  static constexpr Effect kEffect = Effect::kReads;
  static constexpr bool kHasRegistry = false;
  CoordinationOptions where;
  bool verbose = false;
  bool watch = false;
  bool metrics = false;
  std::optional<std::chrono::seconds> interval;

  void declare(OptionSet& options) {
    options.flag("--verbose", verbose, "locks one by one, and the newest decisions");
    options.flag("--metrics", metrics, "numbers in the Prometheus text format").excludes("--watch");
    options.flag("--watch", watch, "print it again whenever it changed, until a signal ends it");
    options.duration("--interval TIME", interval, "of --watch: how often to look (default: 2s)");
    where.declare_place(options);
    options.example("smbatcher coord-status", "who works on what, which files are locked, who waits");
    options.example("smbatcher coord-status --json", "the work registry, up to date");
    options.example("smbatcher coord-status --metrics > /var/lib/node_exporter/coordination.prom", "for Prometheus");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const Coordination coordination, where.open(context));
    if (!watch) {
      SMB_TRY_ASSIGN(std::string text, show(context, coordination));
      return Outcome::verbatim(std::move(text), 0);
    }
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    std::string shown;
    for (;;) {
      SMB_TRY_ASSIGN(const std::string text, show(context, coordination));
      if (text != shown) {
        constexpr std::string_view kClearScreen = "\x1b[H\x1b[2J";
        if (!write_standard_output((terminal ? std::string(kClearScreen) : std::string()) + text)) {
          return Outcome::verbatim({}, 2);
        }
        shown = text;
      }
      std::this_thread::sleep_for(interval.value_or(std::chrono::seconds(2)));
    }
  }

 private:
  Result<std::string> show(const Context& context, const Coordination& coordination) const {
    StatusFacts facts;
    SMB_TRY_ASSIGN(facts.view, view_coordination(coordination));
    if (context.common.format == Format::kJson && !metrics) {
      return facts.view.registry.to_json().pretty() + "\n";
    }
    facts.verbose = verbose;
    if (verbose || metrics) {
      SMB_TRY_ASSIGN(LockList locks, list_locks(coordination));
      facts.locks = std::move(locks.locks);
    }
    DecisionFilter all;
    all.limit = std::numeric_limits<std::size_t>::max();
    const auto decisions = DecisionLog(coordination.ops, coordination.clock, coordination.place.folder).list(all);
    if (decisions) {  // else coord-decisions says what is wrong with the log
      facts.decisions = decisions->size();
      const std::size_t first = decisions->size() - std::min(decisions->size(), kRecentDecisions);
      facts.recent_decisions.assign(decisions->begin() + static_cast<std::ptrdiff_t>(first), decisions->end());
    } else {
      const Error& error = decisions.error();
      facts.view.warnings.push_back({error.where, 0, error.reason.text(), error.message});
    }
    return metrics ? status_metrics(facts, coordination.clock.now().wall) : status_text(facts);
  }
};

}  // namespace

int coord_status_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CoordStatus>(self, argc, argv);
}

}  // namespace smbatcher

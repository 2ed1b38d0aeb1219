#include <array>
#include <map>

#include "tools/queue/open_queue.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct MetricsBatchCounts {
  static constexpr std::string_view kSummary = "count each batch's sites by status";
  static constexpr Effect kEffect = Effect::kReads;

  static void declare(OptionSet& options) {
    options.example("smbatcher metrics-batch-counts --format json", "sites per batch and status");
  }

  static Result<Outcome> run(const Context& context) {
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context));
    SMB_TRY_ASSIGN(const LoadedRegistry loaded, load_registry(*queue.ops, queue.paths, {&queue.config.columns, true}));
    using Counts = std::array<std::uint64_t, kStatusCount>;
    std::map<std::string, Counts, BatchIdLess> batches;
    std::uint64_t unbatched = 0;
    for (const Site& site : loaded.registry.sites()) {
      if (site.damaged) {
        continue;
      }
      if (site.batch.empty()) {
        ++unbatched;
      } else {
        ++batches[site.batch][static_cast<std::size_t>(site.status)];
      }
    }
    Outcome outcome = Outcome::ok("counts");
    JsonArray list;
    for (const auto& [batch, counts] : batches) {
      JsonObject by_status;
      std::string line = batch;
      std::uint64_t total = 0;
      for (std::size_t i = 0; i < kStatusCount; ++i) {
        const std::string name(1, kStatusLetters[i]);
        by_status.emplace_back(name, counts[i]);
        total += counts[i];
        if (counts[i] > 0) {
          line += " " + name + "=" + std::to_string(counts[i]);
        }
      }
      outcome.line(line);
      list.push_back(JsonObject{{"batch", batch}, {"total", total}, {"counts", std::move(by_status)}});
    }
    outcome.add("batches", std::move(list)).add("unbatched", unbatched).add("registry", queue.paths.registry);
    outcome.warn(loaded.registry.damages());
    return outcome;
  }
};

}  // namespace

int metrics_batch_counts_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<MetricsBatchCounts>(self, argc, argv);
}

}  // namespace smbatcher

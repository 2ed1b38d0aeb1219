#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/ledger/find.h"
#include "libregistry/sites/similarity/pairs.h"
#include "tools/queue/collected_designs.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/rate.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

/// A setting as it would be typed: "0.8", "1".
std::string setting(double value) {
  std::array<char, 32> digits{};
  auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

struct Completion {
  std::size_t done = 0;
  std::size_t total = 0;
  double minimum = 0;

  bool passed() const { return static_cast<double>(done) >= minimum * static_cast<double>(total); }
};

struct Collision {
  std::size_t colliding = 0;
  std::size_t total = 0;
  double maximum = 0;
  double threshold = 0;

  bool passed() const { return static_cast<double>(colliding) <= maximum * static_cast<double>(total); }
};

struct Metrics {
  static constexpr std::string_view kSummary = "compare counts, completion and collisions with the config's thresholds";
  static constexpr Effect kEffect = Effect::kReads;
  std::optional<std::string> root;

  void declare(OptionSet& options) {
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    options.example("smbatcher metrics", "are enough sites complete, and few enough too much like another?");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {{}, root, false}));
    SMB_TRY_ASSIGN(const StatusCounts counts, count_statuses(queue));
    SMB_TRY_ASSIGN(Collection collection, collect_all(queue));
    const Config& config = queue.config;
    const auto* const implemented = counts.by_status.begin() + static_cast<std::ptrdiff_t>(Status::kImplemented);
    const Completion completion{std::accumulate(implemented, counts.by_status.end(), std::size_t{0}), counts.total,
                                config.metrics_min_completion};
    const std::vector<bool> marks =
        colliding(find_pairs(collection.designs, config.similarity_threshold), collection.designs.size());
    const Collision collision{static_cast<std::size_t>(std::count(marks.begin(), marks.end(), true)), marks.size(),
                              config.metrics_max_collision, config.similarity_threshold};
    std::vector<std::string> failed;
    if (!completion.passed()) {
      failed.emplace_back("completion");
    }
    if (!collision.passed()) {
      failed.emplace_back("collision");
    }
    Outcome outcome = failed.empty() ? Outcome::ok("metrics_passed")
                                     : Outcome::fail("metrics_failed", join(failed, ", "), advice(failed));
    if (!failed.empty()) {
      outcome.add("failed", failed);
    }
    add(outcome, counts);
    add(outcome, completion);
    add(outcome, collision);
    outcome.add("registry", queue.paths.registry);
    outcome.warn(counts.warnings);
    return std::move(outcome.warn(std::move(collection.warnings)));
  }

 private:
  static std::string advice(const std::vector<std::string>& failed) {
    return failed.back() == "collision" ? "smbatcher similarity lists the designs that are alike, and says why"
                                        : "smbatcher status-report shows what is not complete";
  }

  static void add(Outcome& outcome, const StatusCounts& counts) {
    JsonObject by_status;
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < kStatusCount; ++i) {
      const std::string name(1, kStatusLetters[i]);
      by_status.emplace_back(name, static_cast<std::uint64_t>(counts.by_status[i]));
      if (counts.by_status[i] > 0) {
        shown.push_back(name + "=" + std::to_string(counts.by_status[i]));
      }
    }
    outcome.line(counted(counts.total, "site") + (shown.empty() ? "" : ": " + join(shown, " ")));
    outcome.add("counts", std::move(by_status));
  }

  static void add(Outcome& outcome, const Completion& completion) {
    const Rate rate(completion.done, completion.total);
    outcome.line("completion " + rate.text() + ", at least " + setting(completion.minimum) + " is wanted: " +
                 std::to_string(completion.done) + " of " + counted(completion.total, "site") + " at I or past it");
    outcome.add("completion", JsonObject{{"rate", rate.value()},
                                         {"done", static_cast<std::uint64_t>(completion.done)},
                                         {"total", static_cast<std::uint64_t>(completion.total)},
                                         {"minimum", completion.minimum},
                                         {"passed", completion.passed()}});
  }

  static void add(Outcome& outcome, const Collision& collision) {
    const Rate rate(collision.colliding, collision.total);
    outcome.line("collision " + rate.text() + ", at most " + setting(collision.maximum) +
                 " is wanted: " + std::to_string(collision.colliding) + " of " + counted(collision.total, "design") +
                 " with another at " + setting(collision.threshold) + " or over");
    outcome.add("collision", JsonObject{{"rate", rate.value()},
                                        {"colliding", static_cast<std::uint64_t>(collision.colliding)},
                                        {"total", static_cast<std::uint64_t>(collision.total)},
                                        {"maximum", collision.maximum},
                                        {"threshold", collision.threshold},
                                        {"passed", collision.passed()}});
  }
};

}  // namespace

int metrics_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<Metrics>(self, argc, argv);
}

}  // namespace smbatcher

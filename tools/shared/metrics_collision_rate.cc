#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/similarity/pairs.h"
#include "tools/queue/collected_designs.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/rate.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct MetricsCollisionRate {
  static constexpr std::string_view kSummary = "print the share of sites that are too much like another";
  static constexpr Effect kEffect = Effect::kReads;
  std::optional<double> threshold;
  std::optional<std::string> root;
  std::optional<std::string> path;

  void declare(OptionSet& options) {
    options.ratio("--threshold NUMBER", threshold,
                  "from which score on two designs collide, 0 to 1; else the config's");
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    options
        .text("--path DIR", path,
              "the designs in the folders of this one, without a registry and its config; takes --threshold")
        .excludes("--root");
    options.example("smbatcher metrics-collision-rate", "how many sites are too much like another, from 0 to 1");
    options.example("smbatcher metrics-collision-rate --threshold 0.6", "the same, with a stricter eye");
  }

  Result<Outcome> run(const Context& context) const {
    if (path && !threshold) {
      return fail(usage_error("missing_args",
                              "--path reads no config: say with --threshold from which score on two "
                              "designs collide, e.g. --threshold 0.8"));
    }
    std::string registry;
    double from = threshold.value_or(0);
    Collection collection;
    if (path) {
      SMB_TRY_ASSIGN(collection, collect_designs_below(context.ops, *path, Config().design_file));
    } else {
      SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {{}, root, false}));
      SMB_TRY_ASSIGN(collection, collect_all(queue));
      from = threshold.value_or(queue.config.similarity_threshold);
      registry = queue.paths.registry;
    }
    return tell(collection, from, registry);
  }

 private:
  static Outcome tell(Collection& collection, double from, const std::string& registry) {
    const std::vector<Traits>& designs = collection.designs;
    const std::vector<bool> marks = colliding(find_pairs(designs, from), designs.size());
    std::vector<std::string> sites;
    for (std::size_t i = 0; i < designs.size(); ++i) {
      if (marks[i]) {
        sites.push_back(designs[i].name);
      }
    }
    const Rate rate(sites.size(), designs.size());
    Outcome outcome = Outcome::ok("rate", rate.text());
    outcome.line(designs.empty()
                     ? "there is no design: the rate of none is 0"
                     : std::to_string(sites.size()) + " of " + counted(designs.size(), "design") +
                           (sites.size() == 1 ? " has" : " have") + " another at " + describe_score(from) + " or over");
    outcome.add("threshold", from).add("rate", rate.value());
    outcome.add("colliding", static_cast<std::uint64_t>(sites.size()));
    outcome.add("total", static_cast<std::uint64_t>(designs.size())).add("sites", sites);
    if (!registry.empty()) {
      outcome.add("registry", registry);
    }
    return std::move(outcome.warn(std::move(collection.warnings)));
  }
};

}  // namespace

int metrics_collision_rate_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<MetricsCollisionRate>(self, argc, argv);
}

}  // namespace smbatcher

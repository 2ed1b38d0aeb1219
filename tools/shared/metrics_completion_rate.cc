#include <cstdint>
#include <numeric>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/text.h"
#include "libregistry/queue/ledger/find.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/rate.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

bool is_status(std::string_view text) { return status_of(text).has_value(); }

struct MetricsCompletionRate {
  static constexpr std::string_view kSummary = "print the share of sites at or past a status";
  static constexpr Effect kEffect = Effect::kReads;
  std::optional<std::string> status;
  std::optional<std::string> batch;

  void declare(OptionSet& options) {
    options.text("--status LETTER", status, "count sites at this status or past it: B d D O i I Q; required")
        .must_be(is_status, "one of - B d D O i I Q");
    options.text("--batch ID", batch, "of this batch; else of all sites").must_be(is_batch_id, "a batch id");
    options.example("smbatcher metrics-completion-rate --status I",
                    "how much of the whole is implemented, from 0 to 1");
    options.example("smbatcher metrics-completion-rate --status Q --batch 003", "how much of one batch is finished");
  }

  Result<Outcome> run(const Context& context) const {
    if (!status) {
      return fail(usage_error("missing_args", "--status is required: one of - B d D O i I Q, e.g. --status I"));
    }
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context));
    SMB_TRY_ASSIGN(const StatusCounts counts, count_statuses(queue, batch));
    const auto* const first = counts.by_status.begin() + static_cast<std::ptrdiff_t>(*status_of(*status));
    const std::uint64_t done = std::accumulate(first, counts.by_status.end(), std::uint64_t{0});
    const Rate rate(done, counts.total);
    Outcome outcome = Outcome::ok("rate", rate.text());
    const std::string where = counts.batch ? " in batch " + *counts.batch : "";
    outcome.line(counts.total == 0 ? "there is no site" + where + ": the rate of none is 0"
                                   : std::to_string(done) + " of " + counted(counts.total, "site") + where + " at " +
                                         *status + " or past it");
    if (counts.batch) {
      outcome.add("batch", *counts.batch);
    }
    outcome.add("status", *status).add("rate", rate.value());
    outcome.add("done", done).add("total", static_cast<std::uint64_t>(counts.total));
    outcome.add("registry", queue.paths.registry);
    return std::move(outcome.warn(counts.warnings));
  }
};

}  // namespace

int metrics_completion_rate_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<MetricsCompletionRate>(self, argc, argv);
}

}  // namespace smbatcher

#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/ledger/find.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/site_orders.h"
#include "tools/queue/wait.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct FindNext {
  static constexpr std::string_view kSummary = "show the next work, and with --claim claim it";
  static constexpr Effect kEffect = Effect::kChanges;
  static constexpr Format kDefaultFormat = Format::kJson;
  static constexpr bool kHasSimple = true;

  std::string mode = "batch";
  std::string phase = "implement";
  bool claim_it = false;
  bool start = false;
  std::optional<std::string> batch;
  std::optional<std::uint64_t> token;
  std::optional<std::uint64_t> limit;
  std::optional<std::chrono::seconds> wait;
  std::optional<std::string> root;
  LeaseOptions lease;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.choice(
        "--mode", mode, {"batch", "sites", "status", "active"},
        "batch: the next one; sites: the same as a list of sites; status: counts; active: the batch in progress");
    options.choice("--phase", phase, {"design", "implement"}, "the phase of work");
    options.flag("--claim", claim_it,
                 "claim it: nobody else gets it until it is completed, released or its lease ends");
    options.flag("--start", start,
                 "begin the work at once: a batch whose designs are still to be closed (D) is closed and started");
    options.text("--batch ID", batch, "just this batch").must_be(is_batch_id, "a batch id");
    options.number("--token N", token, "go on with the claim of this number, no matter who owns it");
    options.number("--limit N", limit, "list at most N sites (the claim is the same)");
    options.duration("--wait TIME", wait, "wait up to this long until there is work, without holding the lock");
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    lease.declare(options);
    write.declare(options);
    options.example("smbatcher find-next --claim --start --owner anna", "claim the next batch to implement");
    options.example("smbatcher find-next --phase design --claim --owner anna --wait 5m", "wait for work to design");
    options.example("smbatcher find-next --format simple", "only the id of what would come next");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const auto owner, write.named_owner());
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {owner, root, false}));
    if (mode == "status" || mode == "active") {
      if (claim_it) {
        return fail(
            usage_error("invalid_argument", "--claim goes with --mode batch or sites, not with --mode " + mode));
      }
      return mode == "status" ? status_counts(queue) : active_batch(queue, owner);
    }
    SMB_TRY_ASSIGN(ClaimRequest request, claim_request(queue, write, lease, *phase_of(phase), token));
    request.batch = batch;
    request.through_lock = start;
    const Request asked{request, {}};
    return wait_for_work(queue, wait, [&]() -> Result<Outcome> {
      if (claim_it) {
        std::vector<std::string> ids;  // a dry run prints them too
        Result<Outcome> outcome = carry_out(queue, write, asked, [&](const Answer& answer) {
          ids = mode == "sites" ? shortened(answer.sites) : std::vector<std::string>{answer.batch};
          return claimed(context, queue, answer);
        });
        if (outcome) {
          outcome->simple(std::move(ids));
        }
        return outcome;
      }
      return found(queue, asked);
    });
  }

 private:
  /// Read only: what the same call would take now.
  Result<Outcome> found(const QueueContext& queue, const Request& asked) const {
    SMB_TRY_ASSIGN(Answer answer, preview(queue, asked));
    if (answer.refusal) {
      return refusal(queue, std::move(answer));
    }
    answer.lease.reset();
    answer.rows.clear();
    Outcome outcome = Outcome::ok("found", answer.batch);
    outcome.add("claimed", false);
    outcome.line(answer.action + ": " + listed(answer.sites));
    return shown(queue, std::move(outcome), answer);
  }

  static Outcome refusal(const QueueContext& queue, Answer answer) {
    Outcome outcome = Outcome::of(*answer.refusal);
    outcome.add("registry", queue.paths.registry);
    return std::move(outcome.warn(std::move(answer.warnings)));
  }

  Outcome claimed(const Context& context, const QueueContext& queue, const Answer& answer) const {
    Outcome outcome = Outcome::ok("claimed", answer.batch);
    if (write.dry_run) {
      return outcome;
    }
    outcome.add("claimed", true);
    const Json next = next_commands(context, queue, answer, {.names_root = root.has_value()});
    outcome.add("next", next);
    outcome.line(answer.action + ": " + describe_lease(answer));
    outcome.line("sites: " + listed(answer.sites));
    if (answer.action == "lock") {
      outcome.line("only the designs were closed; to begin the work: " + *next.find("start")->string());
    } else {
      add_orders(outcome, queue, answer, next);
    }
    outcome.warn(lease.warnings());
    if (limit && *limit < answer.sites.size()) {
      outcome.add("listed", shortened(answer.sites));
    }
    return outcome;
  }

  /// What to make of each site, and how to hand it in.
  void add_orders(Outcome& outcome, const QueueContext& queue, const Answer& answer, const Json& next) const {
    JsonArray orders;
    const std::size_t most = limit ? static_cast<std::size_t>(*limit) : answer.sites.size();
    for (OrderedSite& site : order_sites(queue, *answer.phase, answer.batch, answer.sites, Preparation::kBrief)) {
      if (orders.size() < most) {
        outcome.line(site.domain + (site.brief.empty() ? "" : ": " + site.brief) +
                     (site.lacks.empty() ? "" : "; lacks " + join(site.lacks, ", ")));
      }
      orders.emplace_back(std::move(site.json));
      outcome.warn(std::move(site.warnings));
    }
    outcome.line("when they are done: " + *next.find("complete")->string());
    outcome.add("orders", std::move(orders));
  }

  /// "a.example, b.example and 3 more"
  std::string listed(const std::vector<std::string>& sites) const {
    const std::vector<std::string> first = shortened(sites);
    const std::size_t more = sites.size() - first.size();
    return join(first, ", ") + (more == 0 ? std::string() : " and " + std::to_string(more) + " more");
  }

  std::vector<std::string> shortened(std::vector<std::string> sites) const {
    if (limit && *limit < sites.size()) {
      sites.resize(static_cast<std::size_t>(*limit));
    }
    return sites;
  }

  Outcome shown(const QueueContext& queue, Outcome outcome, Answer answer) const {
    answer.sites = shortened(answer.sites);
    outcome.simple(mode == "sites" ? answer.sites : std::vector<std::string>{answer.batch});
    add_answer(outcome, queue, answer);
    return std::move(outcome.warn(std::move(answer.warnings)));
  }

  static Result<Outcome> status_counts(const QueueContext& queue) {
    SMB_TRY_ASSIGN(const StatusCounts counts, count_statuses(queue));
    Outcome outcome = Outcome::ok("status", std::to_string(counts.total));
    std::vector<std::string> lines;
    JsonObject json;
    for (std::size_t i = 0; i < kStatusCount; ++i) {
      const std::string name(1, kStatusLetters[i]);
      json.emplace_back(name, static_cast<std::uint64_t>(counts.by_status[i]));
      lines.push_back(name + " " + std::to_string(counts.by_status[i]));
      outcome.line(lines.back());
    }
    outcome.add("counts", json).add("total", static_cast<std::uint64_t>(counts.total));
    outcome.add("registry", queue.paths.registry);
    outcome.simple(lines).warn(counts.warnings);
    return outcome;
  }

  Result<Outcome> active_batch(const QueueContext& queue, const std::optional<std::string>& owner) const {
    SMB_TRY_ASSIGN(Answer answer, find_active(queue, *phase_of(phase), owner));
    if (answer.refusal) {
      return refusal(queue, std::move(answer));
    }
    Outcome outcome = Outcome::ok("active", answer.batch);
    outcome.add("claimed", false);
    return shown(queue, std::move(outcome), answer);
  }
};

}  // namespace

int find_next_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<FindNext>(self, argc, argv);
}

}  // namespace smbatcher

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/sites/report/html_page.h"
#include "libregistry/sites/report/registry_report.h"
#include "tools/queue/open_queue.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

Json to_json(const std::array<std::size_t, kStatusCount>& counts) {
  JsonObject json;
  for (std::size_t i = 0; i < kStatusCount; ++i) {
    json.emplace_back(std::string(1, kStatusLetters[i]), static_cast<std::uint64_t>(counts[i]));
  }
  return json;
}

Json to_json(const HolderRow& holder) {
  return JsonObject{{"owner", holder.owner},
                    {"batch", holder.batch},
                    {"phase", rule_of(holder.phase).name},
                    {"token", holder.token},
                    {"sites_left", static_cast<std::uint64_t>(holder.sites)},
                    {"since", format_time(holder.since)},
                    {"live", holder.live},
                    {"seconds_left", holder.live ? holder.left.count() : std::int64_t{0}}};
}

Json to_json(const BuriedRow& site) {
  return JsonObject{{"domain", site.domain}, {"batch", site.batch}, {"phase", rule_of(site.phase).name},
                    {"why", site.why},       {"by", site.by},       {"at", format_time(site.at)}};
}

Json to_json(const Throughput& throughput) {
  JsonArray stretches;
  for (const Stretch& stretch : throughput.stretches) {
    stretches.push_back(JsonObject{{"from", format_time(stretch.begin)},
                                   {"designed", static_cast<std::uint64_t>(stretch.completed[0])},
                                   {"implemented", static_cast<std::uint64_t>(stretch.completed[1])}});
  }
  return JsonObject{{"stretch_s", throughput.length.count()}, {"stretches", std::move(stretches)}};
}

std::string share(const RegistryReport& report, Phase phase, std::string_view word) {
  const std::size_t all = report.total();
  const std::size_t done = report.done(phase);
  return std::string(word) + " " + std::to_string(done) + " of " + std::to_string(all) +
         (all == 0 ? "" : " (" + std::to_string(done * 100 / all) + " %)");
}

struct StatusReport {
  static constexpr std::string_view kSummary = "report the whole registry: progress, holders, throughput";
  static constexpr Effect kEffect = Effect::kReads;
  std::optional<std::string> page;

  void declare(OptionSet& options) {
    options.text("--html FILE", page, "write the report as one HTML page that needs nothing else");
    options.example("smbatcher status-report", "progress, who holds what, throughput and expected end");
    options.example("smbatcher status-report --html report.html", "the same as a page with charts");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context));
    SMB_TRY_ASSIGN(RegistryReport report, report_of(queue));
    if (page) {
      SMB_TRY(write_cache_file(context.ops, *page, render_page(report), std::nullopt));
    }
    Outcome outcome = Outcome::ok("status_report");
    for (const std::string& line : lines_of(report)) {
      outcome.line(line);
    }
    add_facts(outcome, report);
    return std::move(outcome.warn(std::move(report.warnings)));
  }

 private:
  std::vector<std::string> lines_of(const RegistryReport& report) const {
    std::vector<std::string> lines{
        report.registry, share(report, Phase::kDesign, "designed") + ", " + share(report, Phase::kImplement, "built")};
    for (std::size_t i = 0; i < kStatusCount; ++i) {
      if (report.by_status[i] > 0) {
        lines.push_back(std::string(1, kStatusLetters[i]) + " " + std::to_string(report.by_status[i]) + " " +
                        std::string(words_for(static_cast<Status>(i))));
      }
    }
    for (const HolderRow& holder : report.holders) {
      lines.push_back((holder.live ? "held: batch " : "overdue: batch ") + holder.batch + " (" +
                      std::string(rule_of(holder.phase).name) + ") by " + holder.owner + ", " +
                      counted(holder.sites, "site") + " left, " +
                      (holder.live ? describe_duration(holder.left) + " left" : "free for the next claim"));
    }
    for (const BuriedRow& batch : report.given_up) {
      lines.push_back("given up: batch " + batch.batch + " (" + std::string(rule_of(batch.phase).name) +
                      "): " + batch.why);
    }
    for (const BuriedRow& site : report.buried) {
      lines.push_back("buried: " + site.domain + " (batch " + site.batch + ") by " + site.by + ": " + site.why);
    }
    for (const PhaseRule& rule : kPhases) {
      if (const auto end = report.expected_end(rule.phase)) {
        lines.push_back(std::string(rule.name) + " is expected to end " + format_time(*end));
      }
    }
    if (page) {
      lines.push_back("page: " + *page);
    }
    return lines;
  }

  void add_facts(Outcome& outcome, const RegistryReport& report) const {
    JsonArray batches;
    for (const BatchReportRow& batch : report.batches) {
      batches.push_back(JsonObject{{"batch", batch.batch},
                                   {"total", static_cast<std::uint64_t>(batch.sites())},
                                   {"counts", to_json(batch.by_status)}});
    }
    JsonArray holders;
    for (const HolderRow& holder : report.holders) {
      holders.push_back(to_json(holder));
    }
    JsonArray buried;
    for (const BuriedRow& site : report.buried) {
      buried.push_back(to_json(site));
    }
    JsonArray given_up;
    for (const BuriedRow& batch : report.given_up) {
      given_up.push_back(JsonObject{{"batch", batch.batch},
                                    {"phase", rule_of(batch.phase).name},
                                    {"why", batch.why},
                                    {"at", format_time(batch.at)}});
    }
    JsonObject ends;
    for (const PhaseRule& rule : kPhases) {
      if (const auto end = report.expected_end(rule.phase)) {
        ends.emplace_back(std::string(rule.name), format_time(*end));
      }
    }
    outcome.add("at", format_time(report.at));
    outcome.add("counts", to_json(report.by_status)).add("total", static_cast<std::uint64_t>(report.total()));
    outcome.add("damaged", static_cast<std::uint64_t>(report.damaged));
    outcome.add("batches", std::move(batches)).add("holders", std::move(holders)).add("buried", std::move(buried));
    outcome.add("given_up", std::move(given_up));
    outcome.add("throughput", to_json(report.throughput)).add("expected_end", std::move(ends));
    if (page) {
      outcome.add("page", *page);
    }
    outcome.add("registry", report.registry);
  }
};

}  // namespace

int status_report_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<StatusReport>(self, argc, argv);
}

}  // namespace smbatcher

#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/ledger/history_query.h"
#include "tools/queue/open_queue.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

std::string outcome_of(const HistoryEntry& entry) {
  if (entry.closing) {
    return std::string(name_of(*entry.closing));
  }
  return entry.is_open() ? "open" : "done";
}

/// "2026-11-20T18:00:00Z claim by anna, token 17, batch 003: bakery.example O -> i"
std::string describe(const HistoryEntry& entry) {
  const Event& event = entry.event;
  std::string text =
      format_time(event.at) + " " + event.verb + " by " + (event.owner.empty() ? "smbatcher" : event.owner);
  if (event.token != 0) {
    text += ", token " + std::to_string(event.token);
  }
  if (const auto batches = batches_of(event); !batches.empty()) {
    text += ", batch " + join(batches, " ");
  }
  std::vector<std::string> sites;
  for (const RowChange& row : event.rows) {
    sites.push_back(row.domain + " " + (row.from ? std::string(1, letter(*row.from)) : "(new)") + " -> " +
                    letter(row.to));
  }
  for (const std::string& domain : sites_of(event)) {
    if (std::none_of(event.rows.begin(), event.rows.end(),
                     [&domain](const RowChange& row) { return row.domain == domain; })) {
      sites.push_back(domain);  // a burial, an adoption: its row stayed as it was
    }
  }
  if (!sites.empty()) {
    text += ": " + join(sites, ", ");
  }
  if (!event.why.empty()) {
    text += " (" + event.why + ")";
  }
  const std::string outcome = outcome_of(entry);
  return outcome == "done" ? text : text + " [" + outcome + "]";
}

Json to_json(const HistoryEntry& entry) {
  const Event& event = entry.event;
  JsonArray rows;
  for (const RowChange& row : event.rows) {
    rows.push_back(to_json(row));
  }
  JsonObject json{{"event", event.number},        {"at", format_time_ms(event.at)}, {"verb", event.verb},
                  {"owner", event.owner},         {"token", event.token},           {"why", event.why},
                  {"batches", batches_of(event)}, {"sites", sites_of(event)},       {"rows", std::move(rows)},
                  {"outcome", outcome_of(entry)}};
  if (event.late) {
    json.emplace_back("late", true);
  }
  if (event.forced) {
    json.emplace_back("forced", true);
  }
  return json;
}

struct HistoryTool {
  static constexpr std::string_view kSummary = "list who changed what, and when";
  static constexpr Effect kEffect = Effect::kReads;
  HistoryFilter filter;
  std::optional<std::string> since;
  std::optional<std::uint64_t> limit;

  void declare(OptionSet& options) {
    options.text("--batch ID", filter.batch, "only events of this batch").must_be(is_batch_id, "a batch id");
    options.text("--domain DOMAIN", filter.domain, "only events of this site");
    options.text("--owner NAME", filter.owner, "only events by this owner");
    options.text("--since TIME", since, "only events since then: 2h, 2026-11-20 (UTC), or 2026-11-20T18:00:00Z");
    options.number("--limit N", limit, "the newest N");
    options.example("smbatcher history --batch 003 --since 2h", "what happened to a batch");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context));
    HistoryFilter wanted = filter;
    if (since) {
      SMB_TRY_ASSIGN(wanted.since, parse_since(*since, context.clock.now().wall));
    }
    if (limit) {
      wanted.limit = static_cast<std::size_t>(*limit);
    }
    SMB_TRY_ASSIGN(History history, read_history(queue, wanted));
    Outcome outcome = Outcome::ok("history", std::to_string(history.entries.size()));
    JsonArray events;
    for (const HistoryEntry& entry : history.entries) {
      outcome.line(describe(entry));
      events.push_back(to_json(entry));
    }
    outcome.add("events", std::move(events)).add("registry", queue.paths.registry);
    return std::move(outcome.warn(std::move(history.warnings)));
  }
};

}  // namespace

int history_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<HistoryTool>(self, argc, argv);
}

}  // namespace smbatcher

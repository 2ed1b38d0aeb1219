#include "libregistry/sites/report/html_page.h"

#include <algorithm>

#include "libregistry/core/base/html_text.h"
#include "libregistry/core/base/text.h"
#include "libregistry/sites/report/svg_chart.h"

namespace smbatcher {
namespace {

// Colours go from what waits to what is done; each has its letter in the tables, so that none is told by colour alone.
constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6573; --paper: #fbfaf8; --card: #fff; --line: #d9dde3;
  --s0: #b8bec8; --s1: #9db4d8; --s2: #e0a63a; --s3: #6f9bd1; --s4: #4b78b8; --s5: #d07f2a; --s6: #4f9d69; --s7: #2c6e49; --bad: #a8323e }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #a3adba; --paper: #14171c; --card: #1c2027; --line: #343b46;
  --s0: #5a626e; --s1: #5f7fae; --s2: #d9a441; --s3: #5d8fce; --s4: #86aede; --s5: #e39a4b; --s6: #5fb37f; --s7: #8fd3a8; --bad: #f0808b } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 60rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2rem 0 .6rem }
p { margin: .3rem 0 } .soft { color: var(--soft) } .path { overflow-wrap: anywhere }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .8rem; margin: 1.2rem 0 }
.figure { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem }
.figure b { display: block; font-size: 1.5rem; line-height: 1.2 }
svg { display: block; width: 100%; height: 1.75rem; border-radius: .25rem; background: var(--line) }
svg.tall, .tall svg { height: 10rem; background: none; border-bottom: 1px solid var(--line); border-radius: 0 }
td svg { height: 1rem; min-width: 8rem }
.s0 { fill: var(--s0) } .s1 { fill: var(--s1) } .s2 { fill: var(--s2) } .s3 { fill: var(--s3) } .s4 { fill: var(--s4) }
.s5 { fill: var(--s5) } .s6 { fill: var(--s6) } .s7 { fill: var(--s7) } .bad { fill: var(--bad) }
i.key { display: inline-block; width: .8em; height: .8em; border-radius: .15em; margin-right: .35em }
i.s0 { background: var(--s0) } i.s1 { background: var(--s1) } i.s2 { background: var(--s2) } i.s3 { background: var(--s3) }
i.s4 { background: var(--s4) } i.s5 { background: var(--s5) } i.s6 { background: var(--s6) } i.s7 { background: var(--s7) }
i.bad { background: var(--bad) }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { font-weight: 600; color: var(--soft) }
.late { color: var(--bad) } td:last-child, td time { white-space: nowrap }
summary { cursor: pointer; color: var(--soft); margin: .5rem 0 }
)css";

std::string class_of(std::size_t status) { return "s" + std::to_string(status); }

std::string percent(std::size_t part, std::size_t all) {
  return all == 0 ? "–" : std::to_string(part * 100 / all) + " %";
}

std::string figure(const std::string& value, const std::string& what) {
  return "<div class=\"figure\"><b>" + html_text(value) + "</b>" + html_text(what) + "</div>\n";
}

std::string row(const std::vector<std::string>& cells, std::string_view tag = "td") {
  std::string text = "<tr>";
  for (const std::string& cell : cells) {
    text += "<" + std::string(tag) + ">" + cell + "</" + std::string(tag) + ">";
  }
  return text + "</tr>\n";
}

std::string table(const std::vector<std::string>& header, const std::string& rows) {
  return "<div class=\"wide\"><table>\n<thead>" + row(header, "th") + "</thead>\n<tbody>\n" + rows +
         "</tbody></table></div>\n";
}

std::string phase_name(Phase phase) { return std::string(rule_of(phase).name); }

/// "2026-11-20 18:00 UTC", in the form that machines read too.
std::string time_element(WallTime time) {
  std::string text = format_time(time);
  std::string shown = text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
  return "<time datetime=\"" + text + "\">" + shown + "</time>";
}

Bar bar_of(const std::string& label, const std::array<std::size_t, kStatusCount>& counts, std::size_t damaged) {
  Bar bar{label, {}};
  for (std::size_t i = kStatusCount; i-- > 0;) {  // done first: it grows from the left
    bar.parts.push_back({class_of(i), std::string(words_for(static_cast<Status>(i))), counts[i]});
  }
  bar.parts.push_back({"bad", "damaged", damaged});
  return bar;
}

std::string progress(const RegistryReport& report) {
  std::string text =
      "<h2>Progress</h2>\n" + svg_share("sites by status", bar_of("", report.by_status, report.damaged)) + "\n";
  std::string rows;
  for (std::size_t i = 0; i < kStatusCount; ++i) {
    rows += row(
        {"<i class=\"key " + class_of(i) + "\"></i><code>" + html_text(std::string(1, kStatusLetters[i])) + "</code>",
         std::string(words_for(static_cast<Status>(i))), std::to_string(report.by_status[i]),
         percent(report.by_status[i], report.total())});
  }
  if (report.damaged > 0) {
    rows += row({"<i class=\"key bad\"></i>", "damaged rows", std::to_string(report.damaged), ""});
  }
  return text + table({"Status", "", "Sites", "Share"}, rows);
}

std::string held_work(const RegistryReport& report) {
  if (report.holders.empty()) {
    return "<h2>Who holds what</h2>\n<p class=\"soft\">Nobody holds anything.</p>\n";
  }
  std::string rows;
  for (const HolderRow& holder : report.holders) {
    const std::string left = holder.live ? html_text(describe_duration(holder.left) + " left")
                                         : "<span class=\"late\">ended, free for the next claim</span>";
    rows += row({html_text(holder.owner), html_text(holder.batch), phase_name(holder.phase),
                 std::to_string(holder.sites), time_element(holder.since), left});
  }
  return "<h2>Who holds what</h2>\n" + table({"Owner", "Batch", "Phase", "Sites left", "Since", "Lease"}, rows);
}

std::string batches(const RegistryReport& report) {
  if (report.batches.empty()) {
    return {};
  }
  std::string rows;
  for (const BatchReportRow& batch : report.batches) {
    const std::size_t done = batch.by_status[static_cast<std::size_t>(Status::kImplemented)] +
                             batch.by_status[static_cast<std::size_t>(Status::kFinished)];
    rows += row({html_text(batch.batch),
                 svg_share("batch " + batch.batch, bar_of(batch.batch, batch.by_status, batch.damaged)),
                 std::to_string(done) + " of " + std::to_string(batch.sites())});
  }
  return "<h2>Batches</h2>\n" + table({"Batch", "Status of its sites", "Built"}, rows);
}

std::string throughput(const RegistryReport& report) {
  const Throughput& pace = report.throughput;
  if (pace.stretches.empty()) {
    return "<h2>Throughput</h2>\n<p class=\"soft\">Nothing has been completed yet.</p>\n";
  }
  std::vector<Bar> bars;
  std::string rows;
  for (const Stretch& stretch : pace.stretches) {
    bars.push_back({format_time(stretch.begin),
                    {{"s3", "designed", stretch.completed[0]}, {"s6", "built", stretch.completed[1]}}});
    if (stretch.completed[0] + stretch.completed[1] > 0) {
      rows += row(
          {time_element(stretch.begin), std::to_string(stretch.completed[0]), std::to_string(stretch.completed[1])});
    }
  }
  std::size_t most = 0;
  for (const Bar& bar : bars) {
    most = std::max(most, bar.total());
  }
  return "<h2>Throughput</h2>\n<p class=\"soft\">Sites completed in each " + html_text(describe_duration(pace.length)) +
         ", at most " + std::to_string(most) +
         ": <i class=\"key s3\"></i>designed, <i class=\"key s6\"></i>built</p>\n<div class=\"tall\">" +
         svg_columns("sites completed over time", bars) + "</div>\n<details><summary>As a table</summary>\n" +
         table({"From", "Designed", "Built"}, rows) + "</details>\n";
}

std::string buried_work(const RegistryReport& report) {
  if (report.buried.empty() && report.given_up.empty()) {
    return {};
  }
  std::string rows;
  for (const auto* held_back : {&report.given_up, &report.buried}) {
    for (const BuriedRow& site : *held_back) {
      rows += row({site.domain.empty() ? "the whole batch" : html_text(site.domain), html_text(site.batch),
                   phase_name(site.phase), html_text(site.why), html_text(site.by), time_element(site.at)});
    }
  }
  return "<h2>Held back</h2>\n<p class=\"soft\"><code>smbatcher kick</code> takes a site up again, with "
         "<code>--batch</code> a whole batch.</p>\n" +
         table({"Site", "Batch", "Phase", "Why", "By", "Since"}, rows);
}

std::string warnings(const RegistryReport& report) {
  if (report.warnings.empty()) {
    return {};
  }
  std::string rows;
  for (const Warning& warning : report.warnings) {
    rows +=
        row({"<span class=\"path\">" +
                 html_text(warning.file + (warning.line == 0 ? "" : ":" + std::to_string(warning.line))) + "</span>",
             html_text(warning.message)});
  }
  return "<h2>To be looked at</h2>\n" + table({"Where", "What"}, rows);
}

std::string figures(const RegistryReport& report) {
  const std::size_t all = report.total();
  const auto end = report.expected_end(Phase::kImplement);
  std::size_t live = 0;
  for (const HolderRow& holder : report.holders) {
    live += holder.live ? 1 : 0;
  }
  std::string text = "<div class=\"figures\">\n";
  text += figure(percent(report.done(Phase::kImplement), all),
                 std::to_string(report.done(Phase::kImplement)) + " of " + counted(all, "site") + " built");
  text += figure(percent(report.done(Phase::kDesign), all), std::to_string(report.done(Phase::kDesign)) + " designed");
  text += figure(std::to_string(live), live == 1 ? "batch at work" : "batches at work");
  text += figure(std::to_string(report.holders.size() - live), "overdue");
  text += figure(std::to_string(report.buried.size() + report.given_up.size()), "held back");
  if (end) {
    text += "<div class=\"figure\"><b>" +
            html_text(describe_duration(std::chrono::ceil<std::chrono::seconds>(*end - report.at))) +
            "</b>to go, until " + time_element(*end) + "</div>\n";
  }
  return text + "</div>\n";
}

}  // namespace

std::string_view words_for(Status status) {
  constexpr std::array<std::string_view, kStatusCount> kWords{"registered", "batched",     "in design", "designed",
                                                              "open",       "being built", "built",     "finished"};
  return kWords[static_cast<std::size_t>(status)];
}

std::string render_page(const RegistryReport& report) {
  std::string page = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
          percent(report.done(Phase::kImplement), report.total()) + " built</title>\n<style>";
  page += kStyle;
  page += "</style>\n</head>\n<body>\n<h1>The queue</h1>\n<p class=\"soft path\">" + html_text(report.registry) + ", " +
          time_element(report.at) + "</p>\n";
  page += figures(report) + progress(report) + held_work(report) + buried_work(report) + throughput(report) +
          batches(report) + warnings(report);
  return page + "</body>\n</html>\n";
}

}  // namespace smbatcher

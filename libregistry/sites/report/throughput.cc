#include "libregistry/sites/report/throughput.h"

#include <algorithm>

#include "libregistry/queue/verbs/complete.h"

namespace smbatcher {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr std::size_t kMostStretches = 48;
constexpr seconds kWindow = std::chrono::hours(24);
constexpr std::array<seconds, 9> kLengths{seconds(60),        seconds(300),       seconds(900),
                                          seconds(3600),      seconds(3 * 3600),  seconds(6 * 3600),
                                          seconds(24 * 3600), seconds(7 * 86400), seconds(30 * 86400)};

struct Completion {
  WallTime at{};
  Phase phase = Phase::kDesign;
  std::size_t sites = 0;
};

std::vector<Completion> completions_in(const std::vector<HistoryEntry>& entries) {
  std::vector<Completion> completions;
  for (const HistoryEntry& entry : entries) {
    for (const PhaseRule& rule : kPhases) {
      if (entry.closing == Closing::kVoid || entry.event.verb != completion_verb(rule.phase)) {
        continue;
      }
      const auto sites = std::count_if(entry.event.rows.begin(), entry.event.rows.end(),
                                       [&rule](const RowChange& row) { return row.to == rule.done; });
      completions.push_back({entry.event.at, rule.phase, static_cast<std::size_t>(sites)});
    }
  }
  return completions;
}

seconds length_for(seconds span) {
  const auto fits = [span](seconds length) { return span < length * static_cast<seconds::rep>(kMostStretches - 1); };
  const auto* const found = std::find_if(kLengths.begin(), kLengths.end(), fits);
  return found != kLengths.end() ? *found : span / static_cast<seconds::rep>(kMostStretches - 1) + seconds(1);
}

}  // namespace

std::optional<seconds> Throughput::time_for(Phase phase, std::size_t remaining) const {
  const std::size_t done = in_window[static_cast<std::size_t>(phase)];
  if (done == 0) {
    return std::nullopt;
  }
  const double each = static_cast<double>(window.count()) / static_cast<double>(done);
  return seconds(static_cast<seconds::rep>(each * static_cast<double>(remaining)));
}

Throughput throughput_of(const std::vector<HistoryEntry>& entries, WallTime now) {
  Throughput result;
  const std::vector<Completion> completions = completions_in(entries);
  if (completions.empty()) {
    return result;
  }
  const auto earlier = [](const Completion& a, const Completion& b) { return a.at < b.at; };
  const WallTime first = std::min_element(completions.begin(), completions.end(), earlier)->at;
  const WallTime last = std::max(now, std::max_element(completions.begin(), completions.end(), earlier)->at);
  const auto span = duration_cast<seconds>(last - first);
  result.length = length_for(span);
  const auto since_epoch = duration_cast<seconds>(first.time_since_epoch());
  const WallTime begin{std::chrono::milliseconds((since_epoch / result.length) * result.length)};
  const auto count = static_cast<std::size_t>(duration_cast<seconds>(last - begin) / result.length) + 1;
  for (std::size_t i = 0; i < count; ++i) {
    result.stretches.push_back({begin + result.length * static_cast<seconds::rep>(i), {}});
  }
  // A pace that is told by a few seconds would promise too much.
  result.window = std::clamp(span, seconds(60), kWindow);
  for (const Completion& completion : completions) {
    const auto index = static_cast<std::size_t>(duration_cast<seconds>(completion.at - begin) / result.length);
    const auto phase = static_cast<std::size_t>(completion.phase);
    result.stretches[index].completed[phase] += completion.sites;
    result.in_window[phase] += now - completion.at <= result.window ? completion.sites : 0;
  }
  return result;
}

}  // namespace smbatcher

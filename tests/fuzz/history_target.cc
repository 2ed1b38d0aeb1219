#include <algorithm>

#include "libregistry/queue/records/history.h"
#include "tests/fuzz/target.h"

// The history reader: any bytes are read, and what is read can be written and read again without a difference.
namespace smbatcher::test {
namespace {

std::string text_of(const HistoryEntry& entry) {
  return to_line(entry.event) + (entry.closing ? closing_line(entry.event.number, *entry.closing) : "");
}

std::vector<std::string> texts_of(const History& history) {
  std::vector<std::string> texts;
  std::transform(history.entries.begin(), history.entries.end(), std::back_inserter(texts), text_of);
  return texts;
}

bool same_row(const RowChange& a, const RowChange& b) {
  return a.domain == b.domain && a.from == b.from && a.to == b.to && a.batch == b.batch &&
         a.batch_before == b.batch_before;
}

bool same_record(const WorkRecord& a, const WorkRecord& b) {
  const auto token = [](const WorkRecord& record) { return record.claim ? record.claim->lease.token : 0; };
  return token(a) == token(b) && a.claim.has_value() == b.claim.has_value() && a.sites.size() == b.sites.size() &&
         a.last.has_value() == b.last.has_value() && a.last_token == b.last_token && a.past == b.past &&
         a.event == b.event;
}

bool same_change(const RecordChange& a, const RecordChange& b) {
  return a.key == b.key && same_record(a.before, b.before) && same_record(a.after, b.after);
}

bool same_event(const Event& a, const Event& b) {
  return a.number == b.number && a.verb == b.verb && a.at == b.at && a.boot == b.boot && a.owner == b.owner &&
         a.token == b.token && a.why == b.why && a.late == b.late && a.forced == b.forced && a.floor == b.floor &&
         a.hash_before == b.hash_before && a.hash_after == b.hash_after &&
         std::equal(a.rows.begin(), a.rows.end(), b.rows.begin(), b.rows.end(), same_row) &&
         std::equal(a.work.begin(), a.work.end(), b.work.begin(), b.work.end(), same_change);
}

std::string writes_badly(const History& history) {
  for (const HistoryEntry& entry : history.entries) {
    const std::string line = to_line(entry.event);
    if (line.find('\n') + 1 != line.size()) {
      return "to_line: not one line";
    }
    const History again = parse_history(text_of(entry), "h");
    if (again.entries.size() != 1 || again.damaged || again.torn || !again.warnings.empty()) {
      return "to_line: what was read and written again cannot be read: " + line;
    }
    if (!same_event(again.entries[0].event, entry.event) || again.entries[0].closing != entry.closing ||
        to_line(again.entries[0].event) != line) {
      return "to_line: reads as another event: " + line;
    }
  }
  return "";
}

}  // namespace

std::string broken_promise(std::string_view input) {
  const History history = parse_history(input, "h");
  if (history.torn != (!input.empty() && input.back() != '\n')) {
    return "parse_history: torn is not whether the last line lacks its newline";
  }
  if (history.damaged == history.warnings.empty()) {
    return "parse_history: damage without a warning, or a warning without damage";
  }
  const std::size_t lines = static_cast<std::size_t>(std::count(input.begin(), input.end(), '\n'));
  for (const Warning& warning : history.warnings) {
    if (warning.line == 0 || warning.line > lines) {
      return "parse_history: a warning about line " + std::to_string(warning.line);
    }
  }
  // What a crash cut off is not there, whether the next call has closed it yet or not.
  const std::string whole(input.substr(0, input.rfind('\n') + 1));
  if (texts_of(parse_history(whole, "h")) != texts_of(history)) {
    return "parse_history: a line that was cut short counts";
  }
  if (history.torn) {
    const History closed = parse_history(std::string(input) + torn_line_mark(), "h");
    if (texts_of(closed) != texts_of(history) || closed.warnings.size() != history.warnings.size()) {
      return "torn_line_mark: a line that was cut short counts, or is damage, once it is closed";
    }
  }
  return writes_badly(history);
}

}  // namespace smbatcher::test

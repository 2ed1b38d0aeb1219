#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "libregistry/queue/records/history.h"
#include "tests/unit/queue/ledger/orders_actors.h"

namespace smbatcher::test {

/// What is broken, in words; empty when every promise was kept.
using Violations = std::vector<std::string>;

/// The state that a queue is left in, as text: rows, lease and what the history says of the way there.
inline std::string state_of(Bench& bench) {
  std::string text = bench.statuses() + "\n";
  for (const HistoryEntry& entry : parse_history(bench.history(), "history.jsonl").entries) {
    text += entry.event.verb + " token " + std::to_string(entry.event.token) + " by " + entry.event.owner +
            (entry.closing ? " " + std::string(name_of(*entry.closing)) : "") + "\n";
  }
  if (const auto claim = bench.claim_of(Phase::kImplement, "001")) {
    text += "held by " + claim->lease.owner + " token " + std::to_string(claim->lease.token) + " until " +
            std::to_string(claim->lease.expires.since_boot.count()) + "\n";
  }
  return text;
}

/// Reads what was left and holds it against the promises that the two answers made about the lease `held`.
class PromiseCheck {
 public:
  PromiseCheck(Bench& bench, const Ending& ending, Token held) : bench_(bench), ending_(ending), held_(held) {}

  Violations violations() {
    const History history = parse_history(bench_.history(), "history.jsonl");
    expect(history.warnings.empty(), "the history is damaged");
    for (const HistoryEntry& entry : history.entries) {
      expect(!entry.is_open(), "event " + std::to_string(entry.event.number) + " is open");
      if (entry.closing != Closing::kVoid) {
        follow(entry.event);
      }
    }
    const Registry registry = bench_.parsed();
    for (const auto& [domain, status] : rows_) {
      expect(registry.find(domain)->status == status, "the history does not lead to the status of " + domain);
    }
    expect(endings_of_held_ <= 1, "the lease was ended " + std::to_string(endings_of_held_) + " times");
    check_answers();
    check_lease();
    return found_;
  }

 private:
  void expect(bool holds, const std::string& otherwise) {
    if (!holds) {
      found_.push_back(otherwise);
    }
  }

  void follow(const Event& event) {
    for (const RowChange& row : event.rows) {
      const auto known = rows_.find(row.domain);
      expect(known == rows_.end() || known->second == row.from, "event " + event.verb + " finds another " + row.domain);
      rows_[row.domain] = row.to;
    }
    for (const RecordChange& change : event.work) {
      const Token before = change.before.claim ? change.before.claim->lease.token : 0;
      const Token after = change.after.claim ? change.after.claim->lease.token : 0;
      expect(before == lease_, "event " + event.verb + " continues another lease than the one in force");
      if (before != 0 && after != before) {
        ++endings_;
        endings_of_held_ += before == held_ ? 1 : 0;
      }
      if (after != before && after != 0) {
        expect(after > highest_, "token " + std::to_string(after) + " is not above " + std::to_string(highest_));
        highest_ = std::max(highest_, after);
      }
      lease_ = after;
    }
  }

  /// Whoever was told that he ended a lease did so, and nobody else did.
  void check_answers() {
    int told_endings = 0;
    for (const Result<Answer>& answer : ending_.answers) {
      if (!answer || answer->refusal || answer->repeated) {
        continue;
      }
      expect(answer->durable, "an answer is not durable");
      const bool adopted = answer->action == "adopt";
      const bool finished = answer->status == rule_of(Phase::kImplement).done;
      const bool returned = answer->action.empty() && answer->status == rule_of(Phase::kImplement).ready;
      told_endings += static_cast<int>(adopted || finished || returned || (!answer->status && !answer->rows.empty()));
      if (answer->lease) {
        expect(answer->lease->token == held_ || answer->lease->token <= highest_, "an answer has a token nobody gave");
      }
    }
    expect(told_endings == endings_, std::to_string(told_endings) + " answers say that they ended a lease, but " +
                                         std::to_string(endings_) + " events did");
  }

  /// What is in force is what the history gave last; a heartbeat brings nothing back, not even when everything is
  /// derived again.
  void check_lease() {
    check_lease_in("the claim files");
    std::filesystem::remove_all(bench_.dir.at(".smbatcher-state/claims"));
    check_lease_in("the history alone");
  }
  void check_lease_in(const std::string& where) {
    const auto claim = bench_.claim_of(Phase::kImplement, "001");
    const Token now = claim ? claim->lease.token : 0;
    expect(now == lease_,
           where + ": token " + std::to_string(now) + " is in force instead of " + std::to_string(lease_));
  }

  Bench& bench_;
  const Ending& ending_;
  Token held_;
  Violations found_;
  std::map<std::string, Status> rows_;
  Token lease_ = 0;
  Token highest_ = 0;
  int endings_ = 0;
  int endings_of_held_ = 0;
};

}  // namespace smbatcher::test

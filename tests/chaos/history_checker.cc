#include "tests/chaos/history_checker.h"

namespace smbatcher::test {

std::vector<std::string> violations(const Evidence& evidence) {
  std::vector<std::string> found;
  const PastEvents past = read_past_events(evidence.history);
  for (const std::string& fault : past.faults) {
    found.push_back("damaged history: " + fault);
  }
  for (const PastEvent& event : past.events) {
    if (event.changes_registry && event.closed_as.empty()) {
      found.push_back("open event: " + event.name());
    }
  }
  check_rows(evidence, past, found);
  check_leases(past, found);
  check_holds(evidence.calls, found);
  check_answers(evidence, past, found);
  check_errors(evidence, found);
  return found;
}

}  // namespace smbatcher::test

#pragma once

#include <string>
#include <vector>

#include "tests/chaos/evidence.h"
#include "tests/chaos/past_events.h"

namespace smbatcher::test {

/// Caller and tool read the clocks one after the other, each cut to milliseconds.
constexpr std::int64_t kClockGrainMs = 5;

/// What the evidence shows that must not be: each violation begins with its kind and a colon. None is what is expected.
///
/// It uses nothing of the code under test but JSON and times, and trusts neither side alone: the history is judged by
/// itself, against the registry at its begin and end, and against what the callers were told.
///
///   damaged history       a line that nobody could have written, events out of order, an event closed twice
///   open event            an intent that nobody settled
///   impossible step       a row moved as its verb cannot move it
///   rows not explained    a row changed from a status that neither an event nor an editor's save gave it
///   finished twice        a row reached again what it has reached already
///   registry not explained   the registry at rest shows another status than the last event, or save, gave
///   row lost, row doubled
///   token not growing     a grant with a token that is not above all before it
///   token used twice
///   lease out of nowhere  an event continues another lease than the one before it left
///   lease taken early     a live lease was ended or replaced by somebody else
///   leases overlap        a site is under two leases of one phase
///   stale token accepted  a change under a token whose lease is over, or a change of work that another holds
///   claim without lease   a claim moved a row that its lease does not cover
///   told twice            two owners were told that they hold a site at one time
///   answer without event  a success that the history does not have
///   one event for two     two calls were told of one and the same change
///   event without call    a change that no call can have made
///   refused but done      the answer was no, and the change is in force
///   unexpected error      none that what happened can explain: full disks, stops, a save while the call ran
std::vector<std::string> violations(const Evidence& evidence);

/// The parts of it, each over the events in their order.
void check_rows(const Evidence& evidence, const PastEvents& past, std::vector<std::string>& found);
void check_leases(const PastEvents& past, std::vector<std::string>& found);
void check_holds(const std::vector<Call>& calls, std::vector<std::string>& found);
void check_answers(const Evidence& evidence, const PastEvents& past, std::vector<std::string>& found);
void check_errors(const Evidence& evidence, std::vector<std::string>& found);

}  // namespace smbatcher::test

#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smbatcher {

/// A site's status, in the order of the pipeline. Source: docs/registry-format.md, "Status".
enum class Status { kRegistered, kBatched, kDesigning, kDesigned, kOpen, kImplementing, kImplemented, kFinished };

constexpr std::string_view kStatusLetters = "-BdDOiIQ";
constexpr std::size_t kStatusCount = kStatusLetters.size();

constexpr char letter(Status status) { return kStatusLetters[static_cast<std::size_t>(status)]; }
std::optional<Status> status_of(std::string_view text);

/// What a change of status is called. Forward steps go one letter at a time; the others go back.
enum class Step { kBatch, kStart, kComplete, kLock, kFinish, kGiveBack, kReopen };

struct Transition {
  Status from;
  Status to;
  Step step;
};

/// The status machine: every change there is, and nothing else.
constexpr std::array<Transition, 14> kTransitions{{
    {Status::kRegistered, Status::kBatched, Step::kBatch},
    {Status::kBatched, Status::kDesigning, Step::kStart},
    {Status::kDesigning, Status::kDesigned, Step::kComplete},
    {Status::kDesigned, Status::kOpen, Step::kLock},
    {Status::kOpen, Status::kImplementing, Step::kStart},
    {Status::kImplementing, Status::kImplemented, Step::kComplete},
    {Status::kImplemented, Status::kFinished, Step::kFinish},
    {Status::kDesigning, Status::kBatched, Step::kGiveBack},
    {Status::kImplementing, Status::kOpen, Step::kGiveBack},
    {Status::kFinished, Status::kOpen, Step::kReopen},
    {Status::kImplemented, Status::kOpen, Step::kReopen},
    {Status::kOpen, Status::kDesigned, Step::kReopen},
    {Status::kDesigned, Status::kBatched, Step::kReopen},
    {Status::kBatched, Status::kRegistered, Step::kReopen},
}};

bool is_allowed(Status from, Status to, Step step);
/// Where `step` leads from `from`; nullopt when it is not a step of the machine.
std::optional<Status> target_of(Status from, Step step);

/// A phase of work that is claimed: its letters and what they mean.
enum class Phase { kDesign, kImplement };

struct PhaseRule {
  Phase phase;
  std::string_view name;
  Status entry;        // the earliest letter of the phase; in `implement` it must be locked before it is ready
  Status ready;        // claimed from here
  Status in_progress;  // to here
  Status done;         // completed to here
};

constexpr std::array<PhaseRule, 2> kPhases{{
    {Phase::kDesign, "design", Status::kBatched, Status::kBatched, Status::kDesigning, Status::kDesigned},
    {Phase::kImplement, "implement", Status::kDesigned, Status::kOpen, Status::kImplementing, Status::kImplemented},
}};

constexpr const PhaseRule& rule_of(Phase phase) { return kPhases[static_cast<std::size_t>(phase)]; }
std::optional<Phase> phase_of(std::string_view name);
/// The phase whose letters (entry to in progress) contain `status`.
std::optional<Phase> phase_with(Status status);

/// How far a batch is in a phase. Source: docs/claims-and-leases.md, "A batch in a phase".
enum class BatchState { kInProgress, kReady, kToLock, kDone, kBehind, kEmpty };

/// Which statuses there are among some sites.
class StatusSet {
 public:
  void add(Status status) { bits_ |= bit(status); }
  bool has(Status status) const { return (bits_ & bit(status)) != 0; }
  bool empty() const { return bits_ == 0; }
  bool none_before(Status earliest) const { return (bits_ & (bit(earliest) - 1U)) == 0; }

 private:
  static constexpr unsigned bit(Status status) { return 1U << static_cast<unsigned>(status); }
  unsigned bits_ = 0;
};

/// Derived from the statuses of the batch's sites, buried and damaged ones left out.
BatchState batch_state(Phase phase, StatusSet statuses);
BatchState batch_state(Phase phase, const std::vector<Status>& statuses);

}  // namespace smbatcher

#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/json.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/base/warning.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/core/fs/guarded_lock.h"
#include "libregistry/core/fs/replace_file.h"

namespace smbatcher {

inline constexpr auto kDecisionCategories =
    std::to_array<std::string_view>({"architecture", "api-design", "database-schema", "security", "performance",
                                     "testing", "workflow", "ui-pattern", "integration"});
inline constexpr auto kDecisionScopes =
    std::to_array<std::string_view>({"local", "module", "service", "system", "global"});

/// In characters (code points).
inline constexpr std::size_t kMaxDecisionTitle = 100;
inline constexpr std::size_t kMaxDecisionDescription = 500;

struct NewDecision {
  std::string instance_id;
  std::optional<std::string> agent_role;
  std::string category;
  std::string title;
  std::string description;
  std::string scope = "module";
};

/// Errors: kUsage "invalid_argument" for a category or scope that is none (naming those that are), and for a title or
/// description that is empty, too long or not UTF-8.
Result<void> check_decision(const NewDecision& decision);
Result<void> check_decision_category(std::string_view category);
Result<void> check_decision_scope(std::string_view scope);

struct DecisionFilter {
  std::optional<std::string> category;
  std::optional<std::string> scope;
  std::optional<WallTime> since;
  std::size_t limit = 10;  // the newest so many
};

/// The decisions that the agents of a project share: `decision-log.json` in its coordination folder.
///
/// Shape, key order and layout are those of the shell library that programs in the field use, unknown keys stay, and
/// people may edit it: it is replaced as the registry is, and synced before success is said. Beside it:
///   decision-log.json.lock             the flock of all that write it, as a GuardedLock
///   decision-log.json.mark             a cache: the last number given out, and the hashes of the last change
///   decision-log-archive-YYYYMMDD[-N].json   what archive() moved out; never changed again
/// An id is DEC-YYYYMMDD-NNNN (day in UTC). NNNN starts at 0000 and is never given twice: it is one more than the
/// greatest that the log, the mark and, where one of the two is missing, the archives and the copies that were set
/// aside know.
///
/// Source: docs/coordination.md, "The decision log".
class DecisionLog {
 public:
  /// `folder`: the coordination folder. It is created by what writes.
  DecisionLog(FileOps& ops, const Clock& clock, std::string folder);

  const std::string& path() const { return names_.target; }

  /// The newest that fit, oldest first; none where there is no log. Errors: kMalformed "invalid_json"; kIo.
  Result<std::vector<Json>> list(const DecisionFilter& filter) const;
  /// Looks in the log, then in the archives. Errors: kRefused "decision_not_found", and as above.
  Result<Json> find(const std::string& id) const;

  struct Added {
    Json decision;
    std::vector<Warning> warnings{};
  };
  /// The decision is in the log, which is durable. A log that cannot be read is set aside as
  /// decision-log.json.corrupt-<time>, warned about, and a new one begun.
  /// Errors: those of check_decision(); kBusy "lock_timeout"; kIo "conflict" when others kept saving; kIo
  /// "durability_unknown" (with decision_id) when the decision is there but the disk did not confirm it.
  Result<Added> add(const NewDecision& decision, const LockDeadline& deadline, bool dry_run);

  struct Archived {
    std::size_t moved = 0;
    std::size_t kept = 0;
    std::string archive{};  // the archive's path; empty when nothing was moved
    std::vector<Warning> warnings{};
  };
  /// Moves all but the newest `keep` to an archive, which is durable before the log is cut. Cut short and called again,
  /// it finds its own archive and goes on.
  Result<Archived> archive(std::size_t keep, const LockDeadline& deadline, bool dry_run);

 private:
  struct State;
  Result<GuardedLock> lock(const LockDeadline& deadline);
  Result<State> read(bool heal, std::vector<Warning>& warnings);
  Result<std::int64_t> last_number(const State& state) const;
  Result<void> settle(const State& state, std::vector<Warning>& warnings);
  void remember(const State& state, const std::string& after, std::int64_t number);
  Result<std::string> write_archive(const std::string& text);
  std::vector<std::string> archives() const;
  std::vector<std::string> files_beginning(std::string_view start) const;

  FileOps& ops_;
  const Clock& clock_;
  std::string folder_;
  ReplaceNames names_;
};

}  // namespace smbatcher

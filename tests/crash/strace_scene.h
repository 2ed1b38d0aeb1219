#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tools.h"

namespace smbatcher::test {

/// The expectations that fail in `checks`, as texts: so one check is used on the shipped tools, where there must be
/// none, and on tools that are broken on purpose, where there must be some.
std::vector<std::string> failures_of(const std::function<void()>& checks);

/// A queue right before a call that will be cut off somewhere, and what must hold afterwards wherever that was.
class Scene {
 public:
  enum class Kind {
    kClaim,              // anna claims while ben holds other work
    kFirstClaim,         // there is nothing yet beside the registry
    kCompletion,         // anna completes what she holds
    kRegistration,       // a site is added to the registry
    kFirstRegistration,  // there is no registry yet
    kRelease,            // anna gives back what she holds
  };
  static const char* name_of(Kind kind);

  /// With a `variant`, the call is made with that broken build of its tool. `prepare` runs what comes before it.
  explicit Scene(Kind kind, const std::string& variant = {},
                 const std::function<ProcessResult(const Command&)>& prepare = run);

  /// The same queue, in which carl's claim was begun before this call, and `kill` has killed it.
  void begin_with_a_killed_claim(const std::function<void(const Command& claim)>& kill);

  const Sandbox& sandbox() const { return sandbox_; }
  const Command& call() const { return call_; }
  /// Makes the folder what it was right before the call.
  void restore() const;
  /// Empties the folder.
  void clear() const;
  /// That a file was there before the call.
  bool began_with(const std::string& path) const { return kept_->exists(path); }
  /// The bytes of a file before the call; empty when it was not there.
  std::string first_bytes(const std::string& path) const { return began_with(path) ? kept_->read(path) : ""; }

  /// Whether the registry's bytes are those before the call, or those after it.
  bool shows_old() const { return registry() == old_bytes_; }
  bool shows_new() const { return registry() == new_bytes_; }

  /// That `text` is the call's whole answer, and says that the change was made.
  static bool reports_success(const std::string& text);

  /// What must hold however the call ended, after it has printed `said`; with gtest's expectations. Makes further
  /// calls: the registry is old or new, and new if that was said; all can be read; the next claim gets the lock at
  /// once, a higher token, and nothing that somebody holds; and the same call can be made again.
  void expect_recovery(const std::string& said) const;

  /// That the history, after all that, explains the registry and its leases.
  void expect_history() const;

 private:
  std::string registry() const;
  /// Copies the folder as it now is, for restore(), and runs the call to its end, to learn what it comes to.
  void keep_and_rehearse();
  void claim_for_other(bool published, const std::string& said) const;
  void repeat(bool published, const std::string& said) const;

  Kind kind_;
  std::vector<Sandbox::Site> sites_;
  Sandbox sandbox_;
  std::optional<TempDir> kept_;
  Command call_;
  std::set<std::string> taken_;  // batches that another owner holds, and the call does not free
  std::int64_t highest_ = 0;     // the highest token that was reported before the call
  std::string old_bytes_;
  std::string new_bytes_;
  std::string answer_;  // what the call prints when nothing hinders it
};

inline std::ostream& operator<<(std::ostream& out, Scene::Kind kind) { return out << Scene::name_of(kind); }

}  // namespace smbatcher::test

#pragma once

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/faulty_file_ops.h"
#include "tests/unit/queue/verbs/support.h"

// Two actors on one piece of work, in every order that the file system can see: the first is stopped before one of its
// file operations, and there the second makes its whole call. Where the first holds the lock, the second waits for it,
// and the first goes on.

namespace smbatcher::test {

enum class Act { kComplete, kAdopt, kReap, kForcedReap, kRelease, kHeartbeat, kContinue };
inline constexpr std::array kActs{Act::kComplete, Act::kAdopt,     Act::kReap,    Act::kForcedReap,
                                  Act::kRelease,  Act::kHeartbeat, Act::kContinue};

inline std::string name_of(Act act) {
  switch (act) {
    case Act::kComplete:
      return "complete";
    case Act::kAdopt:
      return "adopt";
    case Act::kReap:
      return "reap";
    case Act::kForcedReap:
      return "forced reap";
    case Act::kRelease:
      return "release";
    case Act::kHeartbeat:
      return "heartbeat";
    case Act::kContinue:
      return "continue";
  }
  return {};
}

/// How locks are: as they should be; on a file system that cannot lock folders; or, for controls, ignored by the second
/// actor, all of them or those of folders.
enum class Locking { kKept, kNoFolders, kIgnored, kFoldersIgnored };

inline bool is_folder(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

/// The file operations of the first actor, who can be stopped at each. Nothing waits for the disk.
class FirstFileOps final : public FaultyFileOps {
 public:
  explicit FirstFileOps(Locking locking) : locking_(locking) { pretend_sync(); }

  int flock(int fd, int operation) override {
    const int result = FaultyFileOps::flock(fd, operation);
    if (locking_ == Locking::kNoFolders && is_folder(fd)) {
      errno = EOPNOTSUPP;
      return -1;
    }
    return result;
  }

 private:
  Locking locking_;
};

/// The file operations of the second actor. It tells when it begins to wait for a lock.
class SecondFileOps final : public FileOps {
 public:
  SecondFileOps(Locking locking, std::function<void()> waits) : locking_(locking), waits_(std::move(waits)) {}

  int flock(int fd, int operation) override {
    if (locking_ == Locking::kNoFolders && is_folder(fd)) {
      errno = EOPNOTSUPP;
      return -1;
    }
    const bool ignored = locking_ == Locking::kIgnored || (locking_ == Locking::kFoldersIgnored && is_folder(fd));
    if (ignored || FileOps::flock(fd, operation | LOCK_NB) == 0) {
      return 0;
    }
    if (errno != EWOULDBLOCK) {
      return -1;
    }
    waits_();
    if ((operation & LOCK_NB) != 0) {
      errno = EWOULDBLOCK;
      return -1;
    }
    return FileOps::flock(fd, operation);
  }
  int fsync(int /*fd*/) override { return 0; }

 private:
  Locking locking_;
  std::function<void()> waits_;
};

/// A batch "001" of two sites, held by a1 under `held`, its lease live or lapsed.
struct HeldWork : Bench {
  explicit HeldWork(bool lapsed) : Bench({{"a.example", "001", 'O'}, {"b.example", "001", 'O'}}) {
    const auto given = claim("a1");
    EXPECT_TRUE(given && given->lease) << said(given);
    held = given->lease->token;
    clock.advance(lapsed ? std::chrono::hours(2) : std::chrono::minutes(10));
  }
  Token held = 0;
};

/// `who` acts: 1 or 2. Only adopters differ by it.
inline Verb verb_of(Act act, Token held, int who) {
  switch (act) {
    case Act::kComplete:
      return [held](Draft& draft) { return complete(draft, Phase::kImplement, batch_target("001"), with_token(held)); };
    case Act::kAdopt:
    case Act::kContinue: {
      ClaimRequest request = Bench::request(act == Act::kContinue ? "a1" : "b" + std::to_string(who));
      request.batch = "001";
      return [request](Draft& draft) { return claim(draft, request); };
    }
    case Act::kReap:
      return [](Draft& draft) { return reap(draft, {}, named("r1")); };
    case Act::kForcedReap:
      return [](Draft& draft) { return reap(draft, {{}, "001", false}, {{}, "r1", true, "stuck"}); };
    case Act::kRelease:
      return [held](Draft& draft) {
        return release(draft, {{}, batch_target("001"), std::chrono::seconds(0), true}, with_token(held));
      };
    case Act::kHeartbeat:
      return [held](Draft& draft) { return renew_claims(draft, {}, batch_target("001"), with_token(held)); };
  }
  return {};
}

/// All that an answer tells its caller.
inline std::string told(const Result<Answer>& answer) {
  std::string text = said(answer);
  if (!answer) {
    return text;
  }
  text += " " + answer->action + " to " + (answer->status ? std::string(1, letter(*answer->status)) : "-") + " ";
  for (const auto* list : {&answer->sites, &answer->batches, &answer->remaining}) {
    for (const std::string& each : *list) {
      text += each + ",";
    }
    text += ";";
  }
  text += answer->lease ? " token " + std::to_string(answer->lease->token) : "";
  text += answer->repeated ? " repeated" : "";
  text += answer->late ? " late" : "";
  text += answer->durable ? "" : " not durable";
  return text;
}

/// What two calls have led to.
struct Ending {
  std::vector<Result<Answer>> answers;  // of the first and the second actor
  std::string stopped_before;           // the first one's file operation
  bool second_waited = false;           // for a lock that the first one held

  std::string told_both() const { return told(answers[0]) + " | " + told(answers[1]); }
};

/// The first actor is stopped before its `stop`-th file operation, counted from 1; nullopt when it makes fewer.
/// `meanwhile` is done right before the second one begins.
inline std::optional<Ending> run_order(
    Bench& bench, const Verb& first, const Verb& second, int stop, Locking locking,
    const std::function<void()>& meanwhile = [] {}) {
  std::mutex mutex;
  std::condition_variable changed;
  bool resting = false;  // the second actor waits, or has ended
  Ending ending{{Result<Answer>(), Result<Answer>()}, {}, false};
  const auto rest = [&](bool waits) {
    const std::lock_guard guard(mutex);
    ending.second_waited = ending.second_waited || waits;
    resting = true;
    changed.notify_one();
  };
  SecondFileOps second_ops(locking, [&] { rest(true); });
  std::thread thread;
  FirstFileOps first_ops(locking);
  first_ops.before = [&](std::string_view call, int /*count*/) {
    if (first_ops.count() != stop) {
      return;
    }
    ending.stopped_before = call;
    meanwhile();
    thread = std::thread([&] {
      ending.answers[1] = change(bench.queue(second_ops), second);
      rest(false);
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return resting; });
  };
  ending.answers[0] = change(bench.queue(first_ops), first);
  if (!thread.joinable()) {
    return std::nullopt;
  }
  thread.join();
  return ending;
}

}  // namespace smbatcher::test

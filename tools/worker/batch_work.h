#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "libregistry/core/process/signal_queue.h"
#include "libregistry/queue/ledger/lease_keeper.h"
#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/queue/verbs/answer.h"
#include "libregistry/queue/verbs/authority.h"
#include "libregistry/queue/verbs/draft.h"
#include "tools/queue/lease_watch.h"
#include "tools/worker/progress.h"
#include "tools/worker/site_run.h"

namespace smbatcher {

/// What became of one site that the command was run for.
struct SiteResult {
  enum class End {
    kCompleted,
    kFailed,  // given back with a delay, or buried
    kPutOff,  // the command said "not now": given back uncounted
  };
  std::string domain;
  End end = End::kFailed;
  std::string why;  // of a failure: "exit status 3: no such host"
  std::string log;
  bool buried = false;
  std::chrono::milliseconds took{0};
};

/// "completed", "failed", "put_off".
std::string_view name_of(SiteResult::End end);

/// One line for people: "completed: bakery.example in 12 s".
std::string describe(const SiteResult& site);

/// Whether the shell can run the command at all, as far as the sites tried tell: over all batches of a worker. A
/// command is to blame for exit status 126 or 127 only when it ends so on every site; else it is the site's failure.
class CommandTrial {
 public:
  void note_run() { has_run_ = true; }
  void note_not_started(const std::string& domain, const std::string& log) {
    not_started_.insert(domain);
    log_ = log;
  }
  bool has_run() const { return has_run_; }
  /// It has run nowhere, and could not on some site.
  bool is_suspect() const { return !has_run_ && !not_started_.empty(); }
  /// On two sites: that is proof enough.
  bool is_to_blame() const { return !has_run_ && not_started_.size() > 1; }
  /// "command_failed_to_start".
  Error verdict(const std::string& command) const;

 private:
  bool has_run_ = false;
  std::set<std::string> not_started_;
  std::string log_;
};

struct BatchReport {
  std::string batch;
  std::vector<SiteResult> sites;  // in the order in which they ended; those given back by a stop are left out
  std::vector<Warning> warnings;
  std::optional<Error> stop;  // why the worker must end
};

/// A refusal that says so: somebody else has the work now, or nobody.
bool tells_of_a_lost_lease(const Error& error);

/// Runs the command for every site of one claim, records that it begins and how it ends, and keeps the lease meanwhile.
/// Whatever stops it, all that it has started has ended when run() returns, and unfinished work is given back
/// uncounted, unless the lease is lost: then nothing more is recorded. Source: docs/workers.md.
class BatchWork {
 public:
  struct Setting {
    CommandSetting command;
    std::size_t jobs = 1;
    bool verify = false;  // a site must pass verify_site() too
  };

  /// `folder` must have been watched since before the claim.
  BatchWork(const QueueContext& queue, WorkKey key, const Lease& lease, Setting setting, const SignalQueue& signals,
            const FolderWatch& folder, Progress& progress, CommandTrial& trial);
  BatchWork(const BatchWork&) = delete;
  BatchWork& operator=(const BatchWork&) = delete;

  BatchReport run(const std::vector<std::string>& domains);

 private:
  void start_next();
  void wait_for_something();
  void obey_signals();
  void stop_all(Error why);
  void finish(SiteRun& run);
  void judge_end(const SiteRun& run, const Child::End& end);
  void command_has_run();
  void judge_command();
  void complete_site(const SiteRun& run);
  Result<std::string> fault_of(const std::string& domain) const;
  enum class Cost { kAttempt, kNothing };
  void give_back(SiteResult site, Cost cost);
  void give_back_the_rest();
  void record_failed(Error error, SiteResult site);
  void report(SiteResult site);
  void show_progress();
  bool stopping() const { return report_.stop.has_value(); }
  /// As the holder of the lease.
  Result<Answer> record(Request request);

  const QueueContext* queue_;
  WorkKey key_;
  Setting setting_;
  const SignalQueue* signals_;
  Progress* progress_;
  CommandTrial* trial_;
  LeaseKeeper keeper_;
  LeaseWatch watch_;
  std::deque<std::string> pending_;
  std::list<SiteRun> running_;
  std::vector<SiteResult> not_started_;  // given back when it is known whose fault it is
  std::size_t all_ = 0;
  bool any_unrecorded_ = false;  // a site whose work is neither completed nor given back
  bool lost_ = false;            // the lease: from then on nothing is recorded
  BatchReport report_;
};

}  // namespace smbatcher

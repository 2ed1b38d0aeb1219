#pragma once

#include <deque>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/claims/lease_keeper.h"
#include "libregistry/claims/queue.h"
#include "libregistry/claims/work.h"
#include "libregistry/process/signal_queue.h"
#include "tools/queue/lease_watch.h"
#include "tools/worker/progress.h"
#include "tools/worker/site_run.h"

namespace smbatcher {

/// What became of one site that the command was run for.
struct SiteResult {
  enum class End {
    kCompleted,
    kFailed,  // given back with an attempt counted and a delay, or buried
    kPutOff,  // the command said "not now": given back uncounted
  };
  std::string domain;
  End end = End::kFailed;
  std::string why;  // of a failure: "exit status 3"
  std::string log;
  bool buried = false;
};

struct BatchReport {
  std::string batch;
  std::vector<SiteResult> sites;  // in the order in which they ended; those given back by a stop are left out
  std::vector<Warning> warnings;
  std::optional<Error> stop;  // why the worker must end
};

/// Runs the command for every site of one claim, records each as it ends, and keeps the lease meanwhile. Whatever stops
/// it, all that it has started has ended when run() returns, and unfinished work is given back uncounted, unless the
/// lease is lost: then nothing more is recorded. Source: docs/workers.md.
class BatchWork {
 public:
  struct Setting {
    CommandSetting command;
    std::size_t jobs = 1;
    bool verify = false;  // a site must pass verify_site() too
  };

  /// `folder` must have been watched since before the claim.
  BatchWork(const Queue& queue, WorkKey key, const Lease& lease, Setting setting, const SignalQueue& signals,
            const FolderWatch& folder, Progress& progress);
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
  void complete_site(const SiteRun& run);
  Result<std::string> fault_of(const std::string& domain) const;
  void give_back(const std::string& domain, const std::string& log, SiteResult::End end, std::string why);
  void give_back_the_rest();
  void record_failed(Error error, const std::string& domain, const std::string& log);
  void show_progress();
  bool stopping() const { return report_.stop.has_value(); }
  Caller caller() const;

  const Queue* queue_;
  WorkKey key_;
  Lease lease_;
  Setting setting_;
  const SignalQueue* signals_;
  Progress* progress_;
  LeaseKeeper keeper_;
  LeaseWatch watch_;
  std::deque<std::string> pending_;
  std::list<SiteRun> running_;
  std::size_t all_ = 0;
  bool any_unrecorded_ = false;  // a site whose work is neither completed nor given back
  bool lost_ = false;            // the lease: from then on nothing is recorded
  BatchReport report_;
};

}  // namespace smbatcher

#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "libregistry/core/process/child.h"
#include "libregistry/queue/records/record.h"
#include "libregistry/sites/designs/site_preparation.h"
#include "tools/worker/site_log.h"

namespace smbatcher {

/// How the command of a worker runs.
struct CommandSetting {
  std::string command;  // for /bin/sh -c
  std::chrono::seconds timeout{3600};
  int held = -1;  // Witness::held()
};

/// The command at work on one site. Source: docs/workers.md, "The command".
class SiteRun {
 public:
  enum class State {
    kRunning,
    kTimedOut,  // being ended, its time was over
    kStopped,   // being ended by the worker
  };

  /// Starts the command for `order`, under the lease over `key`. Errors: "command_failed_to_start"; those of SiteLog.
  static Result<SiteRun> start(const QueueContext& queue, const WorkKey& key, const Lease& lease, SiteOrder order,
                               const CommandSetting& setting);
  SiteRun(SiteRun&&) = default;

  const std::string& domain() const { return order_.domain; }
  const SiteLog& log() const { return log_; }
  State state() const { return state_; }
  /// For poll(2): readable when the command, and all that it has started, has ended.
  int exit_descriptor() const { return child_.exit_descriptor(); }
  /// For poll(2): readable when there is output. Negative once there can be no more.
  int output_descriptor() const { return output_.get(); }
  void take_output();

  /// How long it has run.
  std::chrono::milliseconds age() const;
  /// How long it may still run.
  std::chrono::milliseconds time_left() const;
  /// SIGTERM to all of it, SIGKILL after Child::kGrace.
  void stop(State why);
  void kill() const { child_.signal_group(SIGKILL); }
  /// To be called once, when it has ended: the end, with its output taken.
  Child::End wait();

 private:
  SiteRun(SiteOrder order, SiteLog log, Child child, Descriptor output, std::chrono::seconds timeout);

  SiteOrder order_;
  SiteLog log_;
  Child child_;
  Descriptor output_;
  std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::time_point end_;
  State state_ = State::kRunning;
};

}  // namespace smbatcher

#include "tools/worker/worker.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "libregistry/core/base/text.h"
#include "libregistry/core/process/witness.h"
#include "tools/worker/run_report.h"

namespace smbatcher {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A loop's pause after a batch without a success: doubled with each further one, up to the longest.
constexpr milliseconds kFirstPause{500};
constexpr milliseconds kLongestPause = std::chrono::minutes(5);
/// The end of a bound process makes no file change: look again after this long.
constexpr std::chrono::seconds kLongestSleep{2};
/// A signal is seen between two tries for the registry's lock.
constexpr milliseconds kLongestLockWait{1000};

/// Work that may become claimable by itself, or by what others do now.
bool is_worth_waiting_for(const Error& refusal) {
  if (refusal.why) {
    return *refusal.why == WhyWord("all_held") || *refusal.why == WhyWord("delayed") ||
           *refusal.why == WhyWord("behind");
  }
  return refusal.reason == FailWord("held") || refusal.reason == FailWord("owner_in_use") ||
         refusal.reason == FailWord("not_ready");
}

class Worker {
 public:
  Worker(const Context& context, QueueContext queue, WorkerSetting setting, const Witness& witness,
         const SignalQueue& signals)
      : queue_(std::move(queue)),
        setting_(std::move(setting)),
        signals_(signals),
        folder_(queue_.paths),
        progress_(context.common.format == Format::kText) {
    setting_.work.command.held = witness.held();
  }

  Result<Outcome> run() {
    for (;;) {
      const std::size_t completed_before = report_.completed();
      auto claimed = claim_next();
      if (claimed && !*claimed) {
        return nothing_more();
      }
      const std::optional<Error> stop = claimed ? work_on(**claimed) : std::move(claimed).error();
      if (stop && !goes_on_after(*stop)) {
        return report_.batches() == 0 ? Result<Outcome>(fail(*stop)) : told(Outcome::of(*stop));
      }
      if (stop) {
        note_setback(*stop);
      }
      if (!setting_.loop) {
        return trial_.is_suspect() ? told(Outcome::of(verdict())) : batch_done();
      }
      failures_in_a_row_ = report_.completed() > completed_before ? 0 : failures_in_a_row_ + 1;
      if (setting_.max_failures && failures_in_a_row_ >= *setting_.max_failures) {
        return too_many_failures();
      }
      if (failures_in_a_row_ > 0 && !pause()) {
        return told(Outcome::of(interrupted()));
      }
    }
  }

 private:
  /// What concerns one claim, or passes: a lease that somebody ended or that a sleeping machine let run out, a lock
  /// that was not free in time.
  bool goes_on_after(const Error& stop) const {
    return setting_.loop && (tells_of_a_lost_lease(stop) || stop.code == Errc::kBusy);
  }

  void note_setback(const Error& what) {
    const std::string line = "went on after " + what.reason.text() + ": " + what.message;
    progress_.say(line);
    report_.note_setback(line);
  }

  /// Longer each time. False when a signal ends it.
  bool pause() {
    milliseconds length = kFirstPause;
    for (std::size_t i = 1; i < failures_in_a_row_ && length < kLongestPause; ++i) {
      length *= 2;
    }
    length = std::min(length, kLongestPause);
    progress_.show(counted(failures_in_a_row_, "claim") + " in a row without a success: waiting " +
                   describe_duration(std::chrono::ceil<std::chrono::seconds>(length)));
    pollfd signal{signals_.descriptor(), POLLIN, 0};
    ::poll(&signal, 1, static_cast<int>(length.count()));
    return !is_interrupted();
  }

  static Error interrupted() { return refused("interrupted", "", "nothing was claimed"); }
  Error verdict() const { return trial_.verdict(setting_.work.command.command); }

  /// nullopt when there is nothing to claim, with refusal_ saying why.
  Result<std::optional<Answer>> claim_next() {
    const auto end = steady_clock::now() + setting_.wait.value_or(std::chrono::seconds(0));
    for (;;) {
      folder_.drain();
      Result<Answer> answer = claim_once();
      if (answer && !answer->refusal) {
        return std::optional(std::move(*answer));
      }
      refusal_ = answer ? *answer->refusal : answer.error();
      if (refusal_.code != Errc::kRefused) {
        return fail(refusal_);
      }
      if (trial_.is_suspect()) {
        return fail(verdict());  // there is no other site to try it on
      }
      const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
      if (left.count() <= 0 || !is_worth_waiting_for(refusal_)) {
        return std::optional<Answer>();
      }
      progress_.show(refusal_.message);
      sleep(std::min<milliseconds>({left, refusal_.retry_after.value_or(kLongestSleep), kLongestSleep}));
      if (is_interrupted()) {
        return fail(interrupted());
      }
    }
  }

  /// Tries for the lock as long as the queue's lock timeout says, and looks for signals in between.
  Result<Answer> claim_once() {
    const auto end = steady_clock::now() + queue_.lock_timeout;
    QueueContext patient = queue_;
    for (;;) {
      const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
      patient.lock_timeout = std::clamp(left, milliseconds(0), kLongestLockWait);
      Result<Answer> answer = change(patient, setting_.claim.asked());
      if (answer || answer.error().reason != ErrorWord("lock_timeout") || left <= kLongestLockWait) {
        return answer;
      }
      if (is_interrupted()) {
        return fail(interrupted());
      }
    }
  }

  /// Why the worker must end, if it must.
  std::optional<Error> work_on(const Answer& claimed) {
    BatchWork batch(queue_, {*claimed.phase, claimed.batch}, *claimed.lease, setting_.work, signals_, folder_,
                    progress_, trial_);
    BatchReport report = batch.run(claimed.sites);
    std::optional<Error> stop = report.stop;
    report_.add(std::move(report));
    return stop;
  }

  bool is_interrupted() const { return signals_.next().has_value(); }

  void sleep(milliseconds longest) const {
    std::array<pollfd, 2> waited{{{signals_.descriptor(), POLLIN, 0}, {folder_.descriptor(), POLLIN, 0}}};
    folder_.drain();  // our own attempt wrote the holder's line into the lock file
    ::poll(waited.data(), waited.size(), static_cast<int>(std::max<milliseconds::rep>(longest.count(), 1)));
  }

  Outcome told(Outcome outcome) const { return std::move(report_.tell(outcome, progress_.is_shown())); }

  /// What could not be claimed any more is not a failure of what was done before.
  Result<Outcome> nothing_more() const {
    if (report_.batches() == 0) {
      return fail(in_words_of(setting_.claim.request.phase, refusal_));
    }
    const bool hidden = refusal_.why == WhyWord("damaged");  // what is hidden is not done
    if (report_.failed() == 0 && report_.put_off() == 0 && hidden) {
      Error damaged = in_words_of(setting_.claim.request.phase, refusal_);
      damaged.facts = {{"why", damaged.details}};
      damaged.retry_after.reset();
      return told(Outcome::of(damaged));
    }
    Outcome outcome =
        report_.completed() > 0 && !hidden ? Outcome::ok("drained", std::to_string(report_.completed())) : failed();
    outcome.line(counted(report_.completed(), "site") + " completed; " + refusal_.message);
    return told(std::move(outcome));
  }

  Outcome batch_done() const {
    if (report_.failed() > 0 || report_.put_off() > 0) {
      return told(failed());
    }
    Outcome outcome = Outcome::ok("batch_complete", report_.latest());
    outcome.add("batch", report_.latest());
    return told(std::move(outcome));
  }

  Outcome failed() const {
    if (report_.failed() == 0) {
      return Outcome::fail("sites_put_off", std::to_string(report_.put_off()),
                           "the command said \"not now\": they were given back, uncounted");
    }
    return Outcome::fail("sites_failed", std::to_string(report_.failed()),
                         "they were given back with a delay, or buried; the logs say why");
  }

  Outcome too_many_failures() const {
    return told(Outcome::fail("too_many_failures", std::to_string(*setting_.max_failures),
                              "so many batches in a row without one success, as --max-failures says"));
  }

  QueueContext queue_;
  WorkerSetting setting_;
  const SignalQueue& signals_;
  FolderWatch folder_;
  Progress progress_;
  RunReport report_;
  CommandTrial trial_;
  Error refusal_;
  std::size_t failures_in_a_row_ = 0;
};

}  // namespace

Error in_words_of(Phase phase, Error refusal) {
  if (refusal.reason == FailWord("no_work_found")) {
    refusal.reason = phase == Phase::kDesign ? FailWord("no_sites_ready") : FailWord("no_batch_ready");
    refusal.details = refusal.why->text();
  }
  return refusal;
}

Result<Outcome> work(const Context& context, const QueueContext& queue, const WorkerSetting& setting) {
  SMB_TRY_ASSIGN(const SignalQueue signals, SignalQueue::take_over({SIGINT, SIGTERM, SIGHUP}));
  SMB_TRY_ASSIGN(const Witness witness, Witness::start());
  WorkerSetting bound = setting;
  SMB_TRY_ASSIGN(bound.claim.request.process, reference_to(witness.pid(), queue.clock->now().boot, *queue.processes));
  return Worker(context, queue, bound, witness, signals).run();
}

}  // namespace smbatcher

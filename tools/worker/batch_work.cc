#include "tools/worker/batch_work.h"

#include <poll.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/core/findings/report.h"
#include "libregistry/queue/ledger/change.h"
#include "libregistry/queue/verbs/attempt.h"
#include "libregistry/queue/verbs/complete.h"
#include "libregistry/queue/verbs/release.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "libregistry/sites/whole/verify_site.h"
#include "tools/queue/phase_check.h"

namespace smbatcher {

bool tells_of_a_lost_lease(const Error& error) {
  return error.code == Errc::kRefused && (error.reason == FailWord("stale_claim") ||
                                          error.reason == FailWord("not_claimed") || error.reason == FailWord("held"));
}

namespace {

using std::chrono::milliseconds;

// What commands say by their exit status (sysexits.h, and sh(1) for the last two).
constexpr int kNotNow = 75;
constexpr int kNotExecutable = 126;
constexpr int kNotFound = 127;

/// Somebody has hidden or damaged the row of a site; those of others can still be changed.
bool tells_of_one_row(const Error& error) {
  return error.reason == ErrorWord("damaged_row") || error.reason == ErrorWord("rows_missing");
}

std::string describe(const Child::End& end) {
  return end.signal != 0 ? "ended by signal " + std::to_string(end.signal)
                         : "exit status " + std::to_string(end.status);
}

Error interrupted() {
  return refused("interrupted", "", "the command was ended and unfinished work given back, uncounted");
}

SiteResult result_of(const SiteRun& run, SiteResult::End end, std::string why = {}) {
  return {run.domain(), end, std::move(why), run.log().path(), false, run.age()};
}

/// `why`, with what the command said last.
std::string with_last_line(const std::string& why, const SiteRun& run) {
  const std::string last = run.log().last_line();
  return one_line(last.empty() ? why : why + ": " + last, Failure::kMost);
}

}  // namespace

std::string_view name_of(SiteResult::End end) {
  switch (end) {
    case SiteResult::End::kCompleted:
      return "completed";
    case SiteResult::End::kFailed:
      return "failed";
    case SiteResult::End::kPutOff:
      break;
  }
  return "put_off";
}

std::string describe(const SiteResult& site) {
  std::string text = std::string(name_of(site.end)) + ": " + site.domain;
  if (site.end == SiteResult::End::kCompleted) {
    return text + " in " + describe_duration(std::chrono::ceil<std::chrono::seconds>(site.took));
  }
  text += ": " + site.why + (site.buried ? " (buried: smbatcher kick takes it up again)" : "");
  return site.log.empty() ? text : text + "; log: " + site.log;
}

Error CommandTrial::verdict(const std::string& command) const {
  return Error{
      Errc::kIo,
      ErrorWord("command_failed_to_start"),
      {},
      "the shell could not run '" + escape_control(command) + "': see " + log_ + "; all work was given back, uncounted",
      log_,
      {}};
}

BatchWork::BatchWork(const QueueContext& queue, WorkKey key, const Lease& lease, Setting setting,
                     const SignalQueue& signals, const FolderWatch& folder, Progress& progress, CommandTrial& trial)
    : queue_(&queue),
      key_(std::move(key)),
      setting_(std::move(setting)),
      signals_(&signals),
      progress_(&progress),
      trial_(&trial),
      keeper_(queue, key_, lease),
      watch_(keeper_, folder) {}

BatchReport BatchWork::run(const std::vector<std::string>& domains) {
  report_.batch = key_.batch;
  pending_.assign(domains.begin(), domains.end());
  all_ = domains.size();
  for (;;) {
    obey_signals();
    while (!stopping() && !trial_->is_to_blame() && running_.size() < setting_.jobs && !pending_.empty()) {
      start_next();
    }
    if (running_.empty()) {
      break;
    }
    show_progress();
    wait_for_something();
  }
  judge_command();
  if (!lost_ && (any_unrecorded_ || !pending_.empty())) {
    give_back_the_rest();
  }
  return std::move(report_);
}

void BatchWork::start_next() {
  const std::string domain = std::move(pending_.front());
  pending_.pop_front();
  auto order = prepare_site(*queue_, key_.phase, key_.batch, domain);
  if (!order) {
    const std::string why = order.error().reason.text() + ": " + order.error().message;
    give_back({domain, SiteResult::End::kFailed, one_line(why, Failure::kMost), {}, false, {}}, Cost::kNothing);
    return;
  }
  const Target target{key_.batch, {domain}};
  auto begun = record({BeginRequest{key_.phase, target}, {}});
  if (!begun) {
    record_failed(std::move(begun).error(), {domain, SiteResult::End::kFailed, {}, {}, false, {}});
    return;
  }
  auto run = SiteRun::start(*queue_, key_, keeper_.lease(), std::move(*order), setting_.command);
  if (!run) {
    any_unrecorded_ = true;
    stop_all(std::move(run).error());
    return;
  }
  running_.push_back(std::move(*run));
}

void BatchWork::wait_for_something() {
  std::vector<pollfd> waited{{signals_->descriptor(), POLLIN, 0}, watch_.waited()};
  auto timeout = watch_.timeout();
  for (const SiteRun& run : running_) {
    waited.push_back({run.exit_descriptor(), POLLIN, 0});
    waited.push_back({run.output_descriptor(), POLLIN, 0});
    if (run.state() == SiteRun::State::kRunning) {
      timeout = std::min(timeout.value_or(run.time_left()), run.time_left());
    }
  }
  ::poll(waited.data(), waited.size(), timeout ? static_cast<int>(timeout->count()) : -1);
  watch_.attend(waited[1].revents != 0);
  if (keeper_.must_stop() && !lost_) {
    lost_ = true;
    stop_all(keeper_.loss());
  }
  auto ready = waited.begin() + 2;
  for (auto run = running_.begin(); run != running_.end();) {
    const bool has_ended = (ready++)->revents != 0;
    if ((ready++)->revents != 0) {
      run->take_output();
    }
    if (has_ended) {
      finish(*run);
      run = running_.erase(run);
      continue;
    }
    if (run->time_left().count() == 0) {
      run->stop(SiteRun::State::kTimedOut);
    }
    ++run;
  }
}

void BatchWork::obey_signals() {
  while (signals_->next()) {
    if (report_.stop && report_.stop->reason == FailWord("interrupted")) {
      std::for_each(running_.begin(), running_.end(), [](const SiteRun& run) { run.kill(); });
      continue;
    }
    stop_all(interrupted());
  }
}

/// The first reason is the one that is told.
void BatchWork::stop_all(Error why) {
  if (!stopping() || lost_) {
    report_.stop = std::move(why);
  }
  for (SiteRun& run : running_) {
    run.stop(SiteRun::State::kStopped);
  }
}

void BatchWork::finish(SiteRun& run) {
  const Child::End end = run.wait();
  if (auto gap = run.log().gap()) {
    report_.warnings.push_back(std::move(*gap));
  }
  if (lost_) {
    return;
  }
  judge_end(run, end);
}

void BatchWork::judge_end(const SiteRun& run, const Child::End& end) {
  if (run.state() == SiteRun::State::kStopped) {
    any_unrecorded_ = true;
    return;
  }
  const bool timed_out = run.state() == SiteRun::State::kTimedOut;
  if (!timed_out && end.signal == 0 && (end.status == kNotExecutable || end.status == kNotFound)) {
    SiteResult result = result_of(run, SiteResult::End::kFailed, with_last_line(describe(end), run));
    if (trial_->has_run()) {
      give_back(std::move(result), Cost::kAttempt);
    } else {
      trial_->note_not_started(run.domain(), run.log().path());
      not_started_.push_back(std::move(result));
    }
    return;
  }
  command_has_run();
  if (timed_out) {
    const std::string why = "not done within " + describe_duration(setting_.command.timeout);
    give_back(result_of(run, SiteResult::End::kFailed, with_last_line(why, run)), Cost::kAttempt);
  } else if (end.signal == 0 && end.status == kNotNow) {
    give_back(result_of(run, SiteResult::End::kPutOff, with_last_line("not now", run)), Cost::kNothing);
  } else if (end.exit_code() != 0) {
    give_back(result_of(run, SiteResult::End::kFailed, with_last_line(describe(end), run)), Cost::kAttempt);
  } else {
    complete_site(run);
  }
}

/// So where it could not be started, that was the site's own failure.
void BatchWork::command_has_run() {
  trial_->note_run();
  for (SiteResult& site : std::exchange(not_started_, {})) {
    if (!lost_) {
      give_back(std::move(site), Cost::kAttempt);
    }
  }
}

/// All sites that there were have ended, and the command could be started on none of them. One site proves nothing: it
/// is put off, uncounted, so that other workers go on with other work.
void BatchWork::judge_command() {
  if (not_started_.empty() || lost_ || stopping()) {
    any_unrecorded_ = any_unrecorded_ || !not_started_.empty();
    return;
  }
  if (trial_->is_to_blame()) {
    any_unrecorded_ = true;
    stop_all(trial_->verdict(setting_.command.command));
    return;
  }
  for (SiteResult& site : std::exchange(not_started_, {})) {
    give_back(std::move(site), Cost::kNothing);
  }
}

/// Why the site is not complete; empty when it is. Errors: the checks cannot run, so nothing is known of the site.
Result<std::string> BatchWork::fault_of(const std::string& domain) const {
  const auto lacks = phase_lacks(*queue_, key_.phase, domain);
  if (!lacks || !lacks->empty()) {
    return lacks ? lack_of(key_.phase).text() + ": " + join(*lacks, ", ") : lacks.error().message;
  }
  if (!setting_.verify) {
    return std::string();
  }
  SMB_TRY_ASSIGN(const std::string folder, site_folder(queue_->paths, queue_->config, domain));
  SMB_TRY_ASSIGN(const Verification site,
                 verify_site(*queue_->ops, queue_->config, {folder, queue_->config.sites_dir + "/" + domain, domain}));
  const auto first = std::find_if(site.findings.begin(), site.findings.end(),
                                  [](const Finding& finding) { return finding.severity == Severity::kError; });
  return first == site.findings.end() ? std::string() : "verification_failed: " + describe(*first);
}

void BatchWork::complete_site(const SiteRun& run) {
  auto fault = fault_of(run.domain());
  if (!fault) {  // no node: the same for every site
    any_unrecorded_ = true;
    stop_all(std::move(fault).error());
    return;
  }
  if (!fault->empty()) {
    give_back(result_of(run, SiteResult::End::kFailed, one_line(*fault, Failure::kMost)), Cost::kAttempt);
    return;
  }
  const Target target{key_.batch, {run.domain()}};
  auto done = record({CompleteRequest{key_.phase, target}, {}});
  if (!done) {
    record_failed(std::move(done).error(), result_of(run, SiteResult::End::kFailed));
    return;
  }
  report(result_of(run, SiteResult::End::kCompleted));
  if (!done->durable) {
    report_.warnings.push_back(
        {queue_->paths.registry, 0, "durability_unknown",
         "the system did not confirm that the completion of '" + run.domain() + "' would survive a power failure"});
  }
}

/// What costs an attempt is delayed by the number of its attempts, anything else for the first delay.
void BatchWork::give_back(SiteResult site, Cost cost) {
  ReleaseRequest request;
  request.phase = key_.phase;
  request.target = {key_.batch, {site.domain}};
  request.count_attempt = cost == Cost::kAttempt;
  if (cost == Cost::kNothing) {
    request.delay = queue_->policy().retry.first;
  }
  auto released = record({request, {.token = {}, .owner = {}, .why = site.why}});
  if (!released) {
    record_failed(std::move(released).error(), std::move(site));
    return;
  }
  site.buried = !released->buried.empty();
  report(std::move(site));
}

/// A refusal tells of a lease that is lost, or of a row that somebody has changed; anything else that we cannot write.
void BatchWork::record_failed(Error error, SiteResult site) {
  any_unrecorded_ = true;
  if (tells_of_a_lost_lease(error)) {
    lost_ = true;
    stop_all(std::move(error));
  } else if (error.code == Errc::kRefused || error.code == Errc::kNotFound || tells_of_one_row(error)) {
    site.end = SiteResult::End::kFailed;
    site.why = error.message;
    report(std::move(site));
  } else {
    stop_all(std::move(error));
  }
}

void BatchWork::report(SiteResult site) {
  progress_->say(describe(site));
  report_.sites.push_back(std::move(site));
}

/// Ends the lease: what was never begun or was stopped goes back to ready.
void BatchWork::give_back_the_rest() {
  ReleaseRequest request;
  request.phase = key_.phase;
  request.target = {key_.batch, {}};
  request.count_attempt = false;
  const std::string why = report_.stop ? report_.stop->reason.text() : "";
  const auto released = record({request, {.token = {}, .owner = {}, .why = why}});
  if (!released && released.error().code != Errc::kRefused) {
    report_.warnings.push_back(
        {queue_->paths.registry, 0, "not_given_back",
         "batch '" + key_.batch + "' comes back when this process has ended: " + released.error().message});
  }
}

/// Run again where the claim went with a deleted state and the keeper has taken it again.
Result<Answer> BatchWork::record(Request request) {
  for (;;) {
    const Lease lease = keeper_.lease();
    request.caller.token = lease.token;
    request.caller.owner = lease.owner;
    auto answer = change(*queue_, request);
    const bool refused = !answer && answer.error().code == Errc::kRefused && tells_of_a_lost_lease(answer.error());
    if (!refused || keeper_.look() != LeaseKeeper::State::kHeld || keeper_.lease().token == lease.token) {
      return answer;
    }
  }
}

void BatchWork::show_progress() {
  std::vector<std::string> at_work;
  for (const SiteRun& run : running_) {
    at_work.push_back(run.domain());
  }
  const auto done = std::count_if(report_.sites.begin(), report_.sites.end(),
                                  [](const SiteResult& site) { return site.end == SiteResult::End::kCompleted; });
  progress_->show("batch " + key_.batch + ": " + std::to_string(done) + " of " + std::to_string(all_) + " done, " +
                  std::to_string(report_.sites.size() - static_cast<std::size_t>(done)) +
                  " given back; at work: " + join(at_work, ", "));
}

}  // namespace smbatcher

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "libregistry/claims/lease_keeper.h"
#include "libregistry/claims/renew.h"
#include "libregistry/process/child.h"
#include "tools/queue/folder_watch.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

/// Signals that are the command's to handle, taken from a descriptor.
class ForwardedSignals {
 public:
  /// Blocks them for the rest of our life: one that comes after the command has ended must not become our status.
  static Result<ForwardedSignals> take_over() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCONT}) {
      sigaddset(&set, signal);
    }
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    const int descriptor = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor < 0) {
      return fail(io_error("cannot wait for signals", errno));
    }
    return ForwardedSignals(descriptor);
  }

  int descriptor() const { return descriptor_; }

  void forward_to(const Child& child) const {
    signalfd_siginfo info{};
    while (::read(descriptor_, &info, sizeof info) == sizeof info) {
      child.signal_group(static_cast<int>(info.ssi_signo));
    }
  }

 private:
  explicit ForwardedSignals(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;  // open until we end
};

/// Other calls change the registry's folder all the time; one look shows what several of them did.
constexpr std::chrono::milliseconds kBetweenLooks{1000};

/// Returns when the command has ended. `keeper` knows then whether the lease was lost meanwhile: it renews in time, and
/// looks when `watch` has seen a change, so that a lost lease ends the command within seconds.
void look_after(const Child& child, LeaseKeeper& keeper, const ForwardedSignals& signals, const FolderWatch& watch) {
  using std::chrono::steady_clock;
  std::array<pollfd, 3> waited{
      {{child.exit_descriptor(), POLLIN, 0}, {signals.descriptor(), POLLIN, 0}, {watch.descriptor(), POLLIN, 0}}};
  auto next_look = steady_clock::now();
  while (waited[0].revents == 0) {
    const auto due_in = keeper.due_in();
    if (due_in && due_in->count() == 0) {
      keeper.renew();
      if (keeper.must_stop()) {
        child.stop();
      }
      continue;
    }
    // Where a look must wait, the change waits with it: the watch is left out of the poll, and undrained.
    const auto look_in = std::chrono::ceil<std::chrono::milliseconds>(next_look - steady_clock::now());
    const bool may_look = look_in.count() <= 0;
    waited[2] = {due_in && may_look ? watch.descriptor() : -1, POLLIN, 0};
    const auto timeout = due_in ? (may_look ? *due_in : std::min(*due_in, look_in)) : std::chrono::milliseconds(-1);
    ::poll(waited.data(), waited.size(), static_cast<int>(timeout.count()));
    if (waited[1].revents != 0) {
      signals.forward_to(child);
    }
    if (waited[2].revents != 0) {
      watch.drain();
      keeper.look();
      next_look = steady_clock::now() + kBetweenLooks;
      if (keeper.must_stop()) {
        child.stop();
      }
    }
  }
}

struct WithLease {
  static constexpr std::string_view kName = "with-lease";
  WorkOptions work;
  PhaseOption phase;
  WriteOptions write;
  std::vector<std::string> command;

  void declare(OptionSet& options) {
    work.declare(options, WorkOptions::Domains::kNone);
    phase.declare(options, "the phase, where the batch is claimed in both");
    write.declare(options);
    options.rest("CMD", command, "the command and its arguments; its output and exit status are those of this call")
        .required();
    options.example("smbatcher with-lease --batch 003 --token 17 -- ./build-sites.sh 003",
                    "run it; it is ended when the lease is lost");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token));
    SMB_TRY_ASSIGN(const Queue queue, open_queue(context, {caller.owner, {}, false}));
    const auto check_and_renew = [&](Draft& draft) -> Result<Answer> {
      SMB_TRY(check_claim(draft, phase.value(), work.target(), caller));
      return renew_claims(draft, phase.value(), work.target(), caller);
    };
    if (write.dry_run) {
      return carry_out(queue, write, check_and_renew, [](const Answer&) { return Outcome::ok("renewed"); });
    }
    const FolderWatch watch(queue.paths.folder);  // before the check, so that no change falls in between
    SMB_TRY_ASSIGN(const Answer held, change(queue, check_and_renew));
    LeaseKeeper keeper(queue, {*held.phase, held.batch}, *held.lease);

    SMB_TRY_ASSIGN(const ForwardedSignals signals, ForwardedSignals::take_over());
    SMB_TRY_ASSIGN(Child child, Child::start(command));
    look_after(child, keeper, signals, watch);
    const Child::End end = child.wait();
    keeper.look();  // a lease that was lost at the very end is lost all the same
    if (!keeper.must_stop()) {
      return Outcome::silent(end.exit_code());
    }
    Error loss = keeper.loss();
    if (keeper.state() == LeaseKeeper::State::kLost && context.common.format == Format::kText) {
      loss.message.clear();  // the word is the last line, below what the command printed
    }
    return fail(std::move(loss));
  }
};

}  // namespace
}  // namespace smbatcher

int main(int argc, char** argv) { return smbatcher::run_tool<smbatcher::WithLease>(argc, argv); }

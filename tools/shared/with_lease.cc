#include <poll.h>

#include <array>
#include <csignal>

#include "libregistry/core/process/child.h"
#include "libregistry/core/process/signal_queue.h"
#include "libregistry/queue/ledger/lease_keeper.h"
#include "libregistry/queue/verbs/renew.h"
#include "tools/queue/folder_watch.h"
#include "tools/queue/lease_watch.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

/// Returns when the command has ended. `keeper` knows then whether the lease was lost meanwhile, which ends the command
/// within seconds.
void look_after(const Child& child, LeaseKeeper& keeper, const SignalQueue& signals, const FolderWatch& folder) {
  LeaseWatch watch(keeper, folder);
  for (;;) {
    std::array<pollfd, 3> waited{
        {{child.exit_descriptor(), POLLIN, 0}, {signals.descriptor(), POLLIN, 0}, watch.waited()}};
    const auto timeout = watch.timeout();
    ::poll(waited.data(), waited.size(), timeout ? static_cast<int>(timeout->count()) : -1);
    if (waited[0].revents != 0) {
      return;
    }
    while (const auto signal = signals.next()) {
      child.signal_group(*signal);
    }
    watch.attend(waited[2].revents != 0);
    if (keeper.must_stop()) {
      child.stop();
    }
  }
}

struct WithLease {
  static constexpr std::string_view kSummary = "run a command and renew the lease while it runs";
  static constexpr Effect kEffect = Effect::kChanges;
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
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {caller.owner, {}, false}));
    const Request check_and_renew{RenewRequest{phase.value(), work.target(), Renewal::kCheckAndRenew}, caller};
    if (write.dry_run) {
      return carry_out(queue, write, check_and_renew, [](const Answer&) { return Outcome::ok("renewed"); });
    }
    const FolderWatch watch(queue.paths);  // before the check, so that no change falls in between
    SMB_TRY_ASSIGN(const Answer held, change(queue, check_and_renew));
    LeaseKeeper keeper(queue, {*held.phase, held.batch}, *held.lease);

    // The command's to handle.
    SMB_TRY_ASSIGN(const SignalQueue signals, SignalQueue::take_over({SIGINT, SIGTERM, SIGHUP, SIGCONT}));
    SMB_TRY_ASSIGN(Child child, Child::start(command));
    look_after(child, keeper, signals, watch);
    const Child::End end = child.wait();
    keeper.look();  // a lease that was lost at the very end is lost all the same
    if (!keeper.must_stop()) {
      return Outcome::verbatim({}, end.exit_code());
    }
    Error loss = keeper.loss();
    if (keeper.state() == LeaseKeeper::State::kLost && context.common.format == Format::kText) {
      loss.message.clear();  // the word is the last line, below what the command printed
    }
    return fail(std::move(loss));
  }
};

}  // namespace

int with_lease_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<WithLease>(self, argc, argv);
}

}  // namespace smbatcher

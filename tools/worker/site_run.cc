#include "tools/worker/site_run.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace smbatcher {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Two ends of a pipe; ours does not block.
struct OutputPipe {
  Descriptor ours;
  Descriptor theirs;

  static Result<OutputPipe> make(FileOps& ops) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      return fail(io_error("cannot make a pipe", errno));
    }
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return OutputPipe{Descriptor(ops, ends[0]), Descriptor(ops, ends[1])};
  }
};

std::vector<std::string> environment_of(const QueueContext& queue, const WorkKey& key, const Lease& lease,
                                        const SiteOrder& order) {
  return {"SMBATCHER_DOMAIN=" + order.domain,
          "SMBATCHER_BATCH=" + key.batch,
          "SMBATCHER_PHASE=" + std::string(rule_of(key.phase).name),
          "SMBATCHER_SITE_DIR=" + order.folder,
          "SMBATCHER_BRIEF=" + order.brief,
          "SMBATCHER_TOKEN=" + std::to_string(lease.token),
          "SMBATCHER_OWNER=" + lease.owner,
          "SMBATCHER_REGISTRY=" + queue.paths.registry};
}

}  // namespace

SiteRun::SiteRun(SiteOrder order, SiteLog log, Child child, Descriptor output, std::chrono::seconds timeout)
    : order_(std::move(order)),
      log_(std::move(log)),
      child_(std::move(child)),
      output_(std::move(output)),
      begin_(steady_clock::now()),
      end_(begin_ + timeout) {}

Result<SiteRun> SiteRun::start(const QueueContext& queue, const WorkKey& key, const Lease& lease, SiteOrder order,
                               const CommandSetting& setting) {
  SMB_TRY_ASSIGN(SiteLog log, SiteLog::create(queue, key.batch, order.domain));
  SMB_TRY_ASSIGN(OutputPipe pipe, OutputPipe::make(*queue.ops));
  SMB_TRY_ASSIGN(Child child, Child::start({"/bin/sh", "-c", setting.command},
                                           {.output = pipe.theirs.get(),
                                            .no_input = true,
                                            .folder = queue.paths.work_tree,
                                            .environment = environment_of(queue, key, lease, order),
                                            .end_group = true,
                                            .held = setting.held}));
  return SiteRun(std::move(order), std::move(log), std::move(child), std::move(pipe.ours), setting.timeout);
}

void SiteRun::take_output() {
  if (output_.is_open() && !log_.take_from(output_.get())) {
    output_.close();
  }
}

milliseconds SiteRun::age() const { return std::chrono::ceil<milliseconds>(steady_clock::now() - begin_); }

milliseconds SiteRun::time_left() const {
  return std::max(std::chrono::ceil<milliseconds>(end_ - steady_clock::now()), milliseconds(0));
}

void SiteRun::stop(State why) {
  if (state_ == State::kRunning) {
    state_ = why;
    child_.stop();
  }
}

Child::End SiteRun::wait() {
  const Child::End end = child_.wait();
  take_output();  // what has left the group may keep the pipe open: its output is not waited for
  output_.close();
  return end;
}

}  // namespace smbatcher

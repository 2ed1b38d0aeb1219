#include "tests/chaos/callers.h"

#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>

#include "libregistry/core/base/json_fields.h"
#include "tests/support/variants.h"

namespace smbatcher::test {
namespace {

std::int64_t clock_ms(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

/// Waits for the end, and leaves it to be collected: until then nobody else gets the process's number.
void wait_for_end(pid_t process) {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
}

}  // namespace

bool rest(const std::stop_token& stop, std::chrono::milliseconds time) {
  std::mutex mutex;
  std::condition_variable_any nobody;
  std::unique_lock lock(mutex);
  nobody.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

std::int64_t boot_ms() { return clock_ms(CLOCK_BOOTTIME); }
std::int64_t wall_ms() { return clock_ms(CLOCK_REALTIME); }

Call Callers::call(const std::string& owner, const std::vector<std::string>& words, int file_limit) {
  Command command = sandbox_->command(words.front(), {words.begin() + 1, words.end()});
  command.argv.insert(command.argv.end(), {"--format", "json", "--owner", owner});
  command.env["ASAN_OPTIONS"] = "detect_leaks=0";  // one that is killed while it looks for leaks complains
  if (!variant_.empty()) {
    command = in_variant(variant_, command);
  }
  if (file_limit >= 0) {
    command.argv.insert(command.argv.begin(),
                        {"sh", "-c", "ulimit -f " + std::to_string(file_limit) + "; exec \"$@\"", "sh"});
  }
  Call call{owner, words, boot_ms(), 0, wall_ms(), -1, {}};
  Process process(command);
  {
    const std::lock_guard lock(mutex_);
    running_.push_back(process.pid());
  }
  wait_for_end(process.pid());
  call.end_ms = boot_ms();
  const std::lock_guard lock(mutex_);
  std::erase(running_, process.pid());
  const ProcessResult result = process.wait();
  call.status = result.signal == SIGKILL ? -1 : result.status;
  call.out = call.status < 0 ? "" : result.out;
  const bool is_sound = call.status < 0 || call.is_cut() || integer_field(call.answer(), "exit_code") == call.status;
  if (!is_sound || !result.err.empty() || (result.signal != 0 && result.signal != SIGKILL)) {
    faults_.push_back(call.name() + ": status " + std::to_string(result.status) + ", signal " +
                      std::to_string(result.signal) + ", " + result.out + result.err);
  }
  log_.push_back(call);
  return call;
}

pid_t Callers::signal_one(std::mt19937& random, int signal) {
  const std::lock_guard lock(mutex_);
  if (running_.empty()) {
    return 0;
  }
  const pid_t process = running_[random() % running_.size()];
  ::kill(process, signal);
  return process;
}

void Callers::signal(pid_t process, int signal) {
  const std::lock_guard lock(mutex_);
  if (std::find(running_.begin(), running_.end(), process) != running_.end()) {
    ::kill(process, signal);
  }
}

std::vector<Call> Callers::log() const {
  const std::lock_guard lock(mutex_);
  return log_;
}

std::vector<std::string> Callers::faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

}  // namespace smbatcher::test

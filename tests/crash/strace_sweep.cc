#include "tests/crash/strace_sweep.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "libregistry/core/base/text.h"
#include "tests/crash/strace_run.h"
#include "tests/support/listing.h"

namespace smbatcher::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Beyond what a whole run takes at most when the machine is busy.
constexpr milliseconds kEndsWithin{1000};

std::vector<std::string> actions_of(Sweep what) {
  switch (what) {
    case Sweep::kKill:
      return {"signal=KILL"};
    case Sweep::kError:
      return {"error=EIO",   "error=ENOSPC", "error=EDQUOT", "error=EINTR",
              "error=EROFS", "error=ENOLCK", "error=EMFILE"};
    case Sweep::kSignal:
      break;
  }
  return {"signal=TERM", "signal=INT", "signal=HUP"};
}

/// Calls of the C library's own, which no system fails in these ways: without memory, say, no answer can be promised.
bool belongs_to_the_runtime(const std::string& name) {
  static const std::set<std::string> names{"brk",        "mmap",    "munmap",       "mremap",
                                           "mprotect",   "futex",   "rt_sigaction", "rt_sigprocmask",
                                           "exit_group", "madvise", "getpid",       "clock_gettime"};
  return names.contains(name);
}

bool is_on_standard_output(const TracedCall& call) { return call.line.starts_with(call.name + "(1<"); }

/// "/a/b" of "fsync(5</a/b>) = 0"; empty for what is not a sync.
std::string synced_path(const TracedCall& call) {
  const bool is_sync = call.name == "fsync" || call.name == "fdatasync";
  const auto begin = call.line.find('<');
  return is_sync && begin != std::string::npos ? call.line.substr(begin + 1, call.line.find(">)") - begin - 1) : "";
}

/// That an answer of success would be wrong when this call fails: a file that could not be synced must not be tried
/// again (the second fsync(2) finds nothing to write), a folder can, by a later sync of the run.
bool success_depends_on(const TracedCall& call, const std::vector<TracedCall>& calls) {
  const std::string path = synced_path(call);
  if (path.empty() || !std::filesystem::is_directory(path)) {
    return !path.empty();
  }
  const auto last =
      std::find_if(calls.rbegin(), calls.rend(), [&path](const TracedCall& each) { return synced_path(each) == path; });
  return last->nth == call.nth && last->name == call.name;
}

/// Files that a killed process had left may stay until somebody settles.
void expect_no_temporary_file(const Scene& scene) {
  for (const auto& [path, text] : listing(scene.sandbox().dir().path())) {
    const bool temporary = path.ends_with(".part") || path.ends_with(".next");
    EXPECT_TRUE(!temporary || scene.began_with(path)) << path << " was left";
  }
}

void expect_outcome(const Scene& scene, const std::vector<TracedCall>& calls, const TracedCall& call,
                    const std::string& action, const ProcessResult& result) {
  EXPECT_FALSE(result.timed_out);
  EXPECT_TRUE(result.status != 0 || scene.shows_new()) << "exit 0, and the registry is not new";
  if (action.starts_with("error=") && belongs_to_the_runtime(call.name)) {
    return;
  }
  EXPECT_EQ(result.err, "");
  if (action == "signal=KILL") {
    EXPECT_EQ(result.signal, SIGKILL);
    return;
  }
  if (action.starts_with("error=")) {
    EXPECT_EQ(result.signal, 0);
    EXPECT_FALSE(result.status == 0 && action != "error=EINTR" && success_depends_on(call, calls))
        << "exit 0, although not all is known to be durable";
  }
  const bool ended_badly = result.signal == 0 && result.status != 0;
  EXPECT_TRUE(!ended_badly || !scene.shows_new() || is_on_standard_output(call) ||
              result.out.find("durability_unknown") != std::string::npos)
      << "exit " << result.status << " without a word of the change that was made";
  if (!call.name.starts_with("unlink")) {
    expect_no_temporary_file(scene);
  }
}

class Sweeper {
 public:
  Sweeper(const Scene& scene, const std::vector<TracedCall>& calls, SweepReport& report)
      : scene_(scene), calls_(calls), report_(report) {}

  void point(const TracedCall& call, const std::string& action) {
    ++report_.traced;
    InjectedRun injected = run(call, action);
    milliseconds limit = kEndsWithin;
    for (int tries = 1; tries < 5 && (!injected.reached || took_ > limit); ++tries) {
      // The heap began elsewhere, so that memory was asked for in other steps; or the machine is busy: then a run that
      // nobody stops says how long one takes now.
      run(call, "signal=CONT");
      limit = kEndsWithin + took_;
      injected = run(call, action);
    }
    report_.injected += static_cast<std::size_t>(injected.reached);
    report_.longest = std::max(report_.longest, took_);
    const std::vector<std::string> failures = failures_of([&] {
      EXPECT_LE(took_, limit);
      expect_outcome(scene_, calls_, call, action, injected.result);
      scene_.expect_recovery(injected.result.out);
      scene_.expect_history();
    });
    for (const std::string& failure : failures) {
      report_.violations.push_back(join({action, call.line, failure}, "\n"));
    }
  }

 private:
  InjectedRun run(const TracedCall& call, const std::string& action) {
    scene_.restore();
    const auto start = steady_clock::now();
    InjectedRun injected = inject(scene_.call(), call, action);
    took_ = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
    return injected;
  }

  const Scene& scene_;
  const std::vector<TracedCall>& calls_;
  SweepReport& report_;
  milliseconds took_{0};
};

}  // namespace

bool SweepReport::says(const std::string& text) const {
  return std::any_of(violations.begin(), violations.end(),
                     [&text](const std::string& violation) { return violation.find(text) != std::string::npos; });
}

SweepReport sweep(const Scene& scene, Sweep what, const std::string& expected) {
  scene.restore();
  const TracedRun traced = trace(scene.call(), {"-y"});
  const std::vector<std::string> actions = actions_of(what);
  const bool all = std::getenv("SMB_SOAK") != nullptr;
  SweepReport report;
  Sweeper sweeper(scene, traced.calls, report);
  for (std::size_t i = 0; i < traced.calls.size(); ++i) {
    for (std::size_t a = 0; a < (all ? actions.size() : 1); ++a) {
      sweeper.point(traced.calls[i], actions[(i + a) % actions.size()]);
    }
    if (!expected.empty() && report.says(expected)) {
      return report;
    }
  }
  return report;
}

}  // namespace smbatcher::test

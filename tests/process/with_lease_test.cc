#include <poll.h>
#include <pty.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text.h"
#include "tests/support/process.h"
#include "tests/support/tools.h"

namespace smbatcher::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::StartsWith;

/// Looks again until it is so; false when it never was within half a minute.
bool wait_until(const std::function<bool()>& is_so) {
  const auto end = steady_clock::now() + seconds(30);
  while (!is_so()) {
    if (steady_clock::now() > end) {
      return false;
    }
    ::usleep(2000);
  }
  return true;
}

/// A running process that is not ours to wait for.
class Stranger {
 public:
  explicit Stranger(pid_t pid) : descriptor_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  ~Stranger() { ::close(descriptor_); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  bool was_there() const { return descriptor_ >= 0; }
  bool has_ended_within(milliseconds time) const {
    pollfd waited{descriptor_, POLLIN, 0};
    return ::poll(&waited, 1, static_cast<int>(time.count())) == 1;
  }

 private:
  int descriptor_;
};

/// A batch that a1 has claimed, and commands run under its lease.
class WithLease : public ::testing::Test {
 protected:
  const Sandbox& sandbox() const { return sandbox_; }
  const std::string& token() const { return token_; }

  void claim(const std::string& lease, const std::string& owner = "a1") {
    const ProcessResult result =
        sandbox_.run("find-next", {"--claim", "--phase", "implement", "--owner", owner, "--lease", lease});
    token_ = std::to_string(number_of(json(result), "token"));
  }

  Command command(const std::vector<std::string>& argv, const std::vector<std::string>& options = {}) const {
    std::vector<std::string> args{"--batch", "003", "--token", token_};
    args.insert(args.end(), options.begin(), options.end());
    args.emplace_back("--");
    args.insert(args.end(), argv.begin(), argv.end());
    return sandbox_.command("with-lease", args);
  }
  ProcessResult run_shell(const std::string& script) const { return test::run(command({"sh", "-c", script})); }

  /// A command that has a grandchild; `pids` then names guard, command and grandchild, in this order.
  Process start_family(const std::string& before = "") const {
    return Process(command({"sh", "-c", before + "sleep 1000 & echo $PPID $$ $! >new; mv new pids; wait; sleep 1000"}));
  }
  std::vector<pid_t> family() const {
    EXPECT_TRUE(wait_until([&] { return sandbox_.dir().exists("pids"); }));
    std::istringstream text(sandbox_.dir().read("pids"));
    std::vector<pid_t> pids(3);
    text >> pids[0] >> pids[1] >> pids[2];
    return pids;
  }

  std::string renewed_at() const {
    const auto parsed = parse_json(sandbox_.dir().read(".smbatcher/state/claims/implement-003.json"));
    const Json* record = std::get_if<Json>(&parsed);
    const Json* held = record == nullptr ? nullptr : record->find("claim");
    const Json* lease = held == nullptr ? nullptr : held->find("lease");
    return lease == nullptr ? std::string() : text_of(*lease, "renewed_at");
  }

 private:
  Sandbox sandbox_{std::vector<Sandbox::Site>{{"bakery.example", "003", "O"}, {"garage.example", "003", "O"}}};
  std::string token_;
};

TEST_F(WithLease, EndsWithTheStatusOfTheCommand) {
  claim("1h");
  EXPECT_EQ(run_shell("exit 0").status, 0);
  EXPECT_EQ(run_shell("exit 3").status, 3);
  EXPECT_EQ(run_shell("kill -TERM $$").status, 128 + SIGTERM);
}

TEST_F(WithLease, PassesOutputAndInputThroughAndAddsNothing) {
  claim("1h");
  Command cat = command({"sh", "-c", "cat; printf err >&2"});
  cat.input = "no end of line";
  const ProcessResult result = test::run(cat);
  EXPECT_EQ(result.out, "no end of line");
  EXPECT_EQ(result.err, "err");
  const ProcessResult as_json = test::run(command({"true"}, {"--format", "json"}));
  EXPECT_EQ(as_json.out, "");
}

TEST_F(WithLease, RenewsWhileTheCommandRuns) {
  claim("2s");
  Process process(command({"sh", "-c", "until test -e done; do sleep 0.02; done; exit 5"}));
  // The first one is the check at the start.
  for (int renewals = 0; renewals < 3; ++renewals) {
    const std::string before = renewed_at();
    EXPECT_TRUE(wait_until([&] { return !renewed_at().empty() && renewed_at() != before; }));
  }
  sandbox().dir().write("done", "");
  EXPECT_EQ(process.wait().status, 5);
}

TEST_F(WithLease, StartsNothingUnderAStaleToken) {
  claim("1h");
  const ProcessResult result =
      sandbox().run("with-lease", {"--batch", "003", "--token", "1", "--", "touch", "started"});
  expect_fail(result, "FAIL:stale_claim:a1");
  EXPECT_FALSE(sandbox().dir().exists("started"));
}

TEST_F(WithLease, StartsNothingInADryRun) {
  claim("1h");
  const std::string before = renewed_at();
  expect_ok(test::run(command({"touch", "started"}, {"--dry-run"})), "OK:dry_run");
  EXPECT_FALSE(sandbox().dir().exists("started"));
  EXPECT_EQ(renewed_at(), before);
}

TEST_F(WithLease, SaysThatACommandCannotStart) {
  claim("1h");
  const ProcessResult result = test::run(command({"no-such-program-here"}));
  expect_error(result, "ERROR:command_failed_to_start");
  EXPECT_EQ(result.out,
            "ERROR:command_failed_to_start:cannot start 'no-such-program-here': No such file or directory\n");
}

TEST_F(WithLease, LostLeaseEndsCommandAndWhatItStarted) {
  claim("3s");
  Process process = start_family("echo working; ");
  const std::vector<pid_t> pids = family();
  const Stranger grandchild(pids[2]);
  ASSERT_TRUE(grandchild.was_there());
  expect_ok(sandbox().run("reap", {"--batch", "003", "--force", "--why", "test"}), "OK:reaped:1");
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "working\nFAIL:stale_claim:nobody\n");
  EXPECT_TRUE(grandchild.has_ended_within(milliseconds(0)));
}

TEST_F(WithLease, LostLeaseIsOneObjectInJson) {
  claim("3s");
  Process process(command({"sh", "-c", "touch started; sleep 1000"}, {"--format", "json"}));
  ASSERT_TRUE(wait_until([&] { return sandbox().dir().exists("started"); }));
  sandbox().run("reap", {"--batch", "003", "--force", "--why", "test"});
  const Json object = json(process.wait());
  EXPECT_EQ(text_of(object, "reason"), "stale_claim");
  EXPECT_NE(text_of(object, "message"), "");
}

TEST_F(WithLease, LostLeaseEndsTheCommandLongBeforeTheNextRenewal) {
  claim("2h");
  Process process(command({"sh", "-c", "touch started; sleep 1000"}));
  ASSERT_TRUE(wait_until([&] { return sandbox().dir().exists("started"); }));
  expect_ok(sandbox().run("reap", {"--batch", "003", "--force", "--why", "test"}), "OK:reaped:1");
  const Stranger guarded(process.pid());
  EXPECT_TRUE(guarded.has_ended_within(seconds(10)));
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "FAIL:stale_claim:nobody\n");
}

TEST_F(WithLease, LeaseLostAtTheVeryEndIsNoSuccess) {
  claim("2h");
  const ProcessResult result =
      run_shell("echo built; exec " + shell_quote(tool_path("reap")) + " --batch 003 --force --why test >reaped");
  EXPECT_EQ(result.out, "built\nFAIL:stale_claim:nobody\n");
  EXPECT_EQ(result.status, 1);
}

TEST_F(WithLease, OwnReleaseAtTheVeryEndIsASuccess) {
  claim("2h");
  const ProcessResult result =
      run_shell("exec " + shell_quote(tool_path("release")) + " --batch 003 --token " + token() + " >released");
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.status, 0);
}

TEST_F(WithLease, GoesOnTryingUntilTheLeaseHasEndedByItself) {
  claim("2s");
  Process process(command({"sh", "-c", "touch started; sleep 1000"}));
  ASSERT_TRUE(wait_until([&] { return sandbox().dir().exists("started"); }));
  ASSERT_EQ(::rename(sandbox().dir().at(".smbatcher/REGISTRY.md").c_str(), sandbox().dir().at("away.md").c_str()), 0);
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, StartsWith("FAIL:stale_claim:a1\nthe lease of batch '003' ended"));
}

TEST_F(WithLease, SurvivesARegistryThatIsAwayForAMoment) {
  claim("6s");
  const std::string registry = sandbox().dir().at(".smbatcher/REGISTRY.md");
  const std::string away = sandbox().dir().at("away.md");
  Process process(command({"sh", "-c", "touch started; until test -e done; do sleep 0.02; done; exit 6"}));
  ASSERT_TRUE(wait_until([&] { return sandbox().dir().exists("started"); }));
  // The first renewal comes after 2 s and fails.
  ASSERT_EQ(::rename(registry.c_str(), away.c_str()), 0);
  const std::string before = renewed_at();
  Process late({.argv = {"sh", "-c", "sleep 3; mv \"$0\" \"$1\"", away, registry}});
  EXPECT_TRUE(wait_until([&] { return renewed_at() != before; }));
  sandbox().dir().write("done", "");
  EXPECT_EQ(process.wait().status, 6);
  late.wait();
}

TEST_F(WithLease, ACommandThatReleasesItsOwnClaimGoesOnToItsEnd) {
  claim("3s");
  Process process(command({"sh", "-c",
                           shell_quote(tool_path("release")) + " --batch 003 --token " + token() +
                               " >/dev/null && touch released; until test -e done; do sleep 0.02; done; exit 7"}));
  ASSERT_TRUE(wait_until([&] { return sandbox().dir().exists("released"); }));
  claim("1h", "a2");
  // A renewal comes each second, and nothing shows that one was refused.
  Process pause({.argv = {"sleep", "1.5"}});
  pause.wait();
  sandbox().dir().write("done", "");
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.status, 7);
  EXPECT_EQ(result.out, "");
}

TEST_F(WithLease, TakesTheCommandAndWhatItStartedAlongWhenItIsKilled) {
  claim("1h");
  Process process = start_family();
  const std::vector<pid_t> pids = family();
  const Stranger command(pids[1]);
  const Stranger grandchild(pids[2]);
  process.kill(SIGKILL, true);
  process.wait();
  EXPECT_TRUE(command.has_ended_within(seconds(5)));
  EXPECT_TRUE(grandchild.has_ended_within(seconds(5)));
}

TEST_F(WithLease, WhatIgnoresSigtermIsKilledTenSecondsAfterUs) {
  claim("1h");
  Process process = start_family("trap '' TERM; ");
  const std::vector<pid_t> pids = family();
  const Stranger grandchild(pids[2]);
  process.kill(SIGKILL);
  process.wait();
  EXPECT_TRUE(grandchild.has_ended_within(seconds(12)));
}

TEST_F(WithLease, TakesTheCommandAlongWhenItsGuardIsKilled) {
  claim("1h");
  Process process = start_family("trap '' TERM; ");
  const std::vector<pid_t> pids = family();
  const Stranger command(pids[1]);
  const Stranger grandchild(pids[2]);
  ASSERT_NE(pids[0], process.pid());
  ::kill(pids[0], SIGKILL);
  EXPECT_EQ(process.wait().status, 128 + SIGKILL);
  EXPECT_TRUE(command.has_ended_within(seconds(5)));
  EXPECT_TRUE(grandchild.has_ended_within(seconds(5)));
}

TEST_F(WithLease, ForwardsSignalsOnceEach) {
  claim("1h");
  for (const auto& [number, name] : {std::pair{SIGTERM, "TERM"}, {SIGINT, "INT"}, {SIGHUP, "HUP"}}) {
    const std::string flag = std::string("ready-") + name;
    Process process(command({"sh", "-c",
                             std::string("trap 'echo got; touch got-$0' ") + name +
                                 "; touch ready-$0; until test -e go-$0; do sleep 0.02; done; exit 0",
                             name}));
    ASSERT_TRUE(wait_until([&] { return sandbox().dir().exists(flag); }));
    process.kill(number);
    ASSERT_TRUE(wait_until([&] { return sandbox().dir().exists(std::string("got-") + name); }));
    sandbox().dir().write(std::string("go-") + name, "");
    const ProcessResult result = process.wait();
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.out, "got\n");
  }
}

TEST_F(WithLease, EndsAsItsCommandDoesAfterASignal) {
  claim("1h");
  Process process = start_family();
  family();
  process.kill(SIGTERM);
  EXPECT_EQ(process.wait().status, 128 + SIGTERM);
}

TEST_F(WithLease, NoDescriptorLeaksIntoTheCommand) {
  claim("1h");
  const std::vector<std::string> list{"ls", "/proc/self/fd"};
  EXPECT_EQ(test::run(command(list)).out, test::run({.argv = list}).out);
}

TEST_F(WithLease, GivesTheTerminalToTheCommand) {
  claim("1h");
  const Command shell = command({"sh", "-c", "read -r line; echo \"got $line\"; exec sleep 1000"});
  std::vector<char*> argv;
  for (const std::string& word : shell.argv) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  int terminal = -1;
  const pid_t pid = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (pid == 0) {
    ::execv((::chdir(shell.cwd.c_str()) == 0) ? argv[0] : "/", argv.data());
    ::_exit(9);
  }
  ASSERT_EQ(::write(terminal, "hello\n", 6), 6);
  std::string shown;
  char byte = 0;
  while (shown.find("got hello") == std::string::npos && ::read(terminal, &byte, 1) == 1) {
    shown += byte;
  }
  EXPECT_THAT(shown, ::testing::HasSubstr("got hello"));
  ASSERT_EQ(::write(terminal, "\003", 1), 1);  // Ctrl-C
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 128 + SIGINT);
  ::close(terminal);
}

}  // namespace
}  // namespace smbatcher::test

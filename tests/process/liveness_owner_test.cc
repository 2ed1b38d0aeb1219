#include <sys/wait.h>

#include <functional>
#include <map>

#include "tests/process/outcome_support.h"
#include "tests/support/variants.h"
#include "tests/support/violations.h"

namespace smbatcher::test {
namespace {

// A claim bound to a real process: what becomes of the process, against a lease that is valid or runs out. The same
// with a made-up process table and clock, and with machines that are set wrong, is in
// tests/unit/queue/ledger/schedules_*_test.cc.

/// What a command is run in: nothing, or namespaces of its own.
using Place = Args;

const Place kHere{};
const Place kOtherContainer{"unshare", "--pid", "--fork", "--mount-proc", "--kill-child", "--"};
const Place kADayAhead{"unshare", "--time", "--boottime", "86400", "--fork", "--kill-child", "--"};
const Place kADayBehind{"unshare", "--time", "--boottime", "-3600", "--fork", "--kill-child", "--"};

/// A mount namespace in which the kernel names another boot.
constexpr const char* kWithBoot = "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && exec \"$@\"";

struct Fate {
  std::string name;
  std::function<void(Process&)> happens;
  Place anna = kHere;  // where the claim is made
  Place ben = kHere;   // where the other one comes from
  bool given_at_once;
};

class Owners : public ::testing::Test {
 protected:
  static ProcessResult run_in(const Place& place, Command command) {
    command.argv.insert(command.argv.begin(), place.begin(), place.end());
    return test::run(command);
  }
  Place other_boot() const { return {"unshare", "--mount", "sh", "-c", kWithBoot, boot_.at("boot_id")}; }
  Place other_machine() const {
    Place place{"unshare",      "--mount", "--pid", "--fork",  "--mount-proc",
                "--kill-child", "sh",      "-c",    kWithBoot, boot_.at("boot_id")};
    return place;
  }
  /// Why a place cannot be had here; empty when it can.
  static std::string why_not(const Place& place) {
    const ProcessResult result = run_in(place, {.argv = {"true"}});
    return result.status == 0 ? "" : "not allowed here: " + result.command;
  }

  /// anna claims for a process, it meets its fate, and ben comes: at once, and again until the lease has run out.
  static void check(const Fate& fate, bool expires, const std::string& variant = "") {
    SCOPED_TRACE(fate.name + (expires ? ", lease of a second" : ", lease of two hours"));
    const Sandbox sandbox({{"a.example", "001", "O"}});
    const auto command = [&](Args args) {
      args.insert(args.begin(), "--claim");
      const Command shipped = sandbox.command("find-next", args);
      return variant.empty() ? shipped : in_variant(variant, shipped);
    };
    // In a pid namespace of its own the tool is the first process there is: it is bound to none.
    Args anna{"--owner", "anna", "--lease", expires ? "1s" : "2h"};
    Process worker({.argv = {"sleep", "1000"}});
    if (fate.anna == kHere) {
      anna.insert(anna.end(), {"--pid", std::to_string(worker.pid())});
    }
    const Json first = json(run_in(fate.anna, command(anna)));
    EXPECT_EQ(text_of(first, "action"), "start") << first.dump();
    fate.happens(worker);
    if (expires) {
      const Json adopted = json(run_in(fate.ben, command({"--owner", "ben", "--wait", "30s"})));
      EXPECT_EQ(text_of(adopted, "action"), "adopt") << adopted.dump();
      EXPECT_GT(number_of(adopted, "token"), number_of(first, "token"));
      return;
    }
    const Json answer = json(run_in(fate.ben, command({"--owner", "ben"})));
    EXPECT_EQ(fate.given_at_once ? text_of(answer, "action") : text_of(answer, "why"),
              fate.given_at_once ? "adopt" : "all_held")
        << answer.dump();
  }

  static void kill(Process& worker) {
    worker.kill(SIGKILL);
    worker.wait();
  }
  static void stop(Process& worker) {
    worker.kill(SIGSTOP);
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(worker.pid()), &info, WSTOPPED | WNOWAIT), 0);
  }
  static void leave_a_zombie(Process& worker) {
    worker.kill(SIGKILL);
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(worker.pid()), &info, WEXITED | WNOWAIT), 0);
  }
  static void nothing(Process& /*worker*/) {}

  static std::vector<Fate> fates_here() {
    return {{"alive", nothing, kHere, kHere, false},
            {"killed", kill, kHere, kHere, true},
            {"a zombie", leave_a_zombie, kHere, kHere, true},
            {"stopped", stop, kHere, kHere, false}};
  }
  std::vector<Fate> fates_elsewhere() const {
    return {{"alive, seen from another container", nothing, kHere, kOtherContainer, false},
            {"killed, seen from another container", kill, kHere, kOtherContainer, false},
            {"in another container", nothing, kOtherContainer, kHere, false},
            {"before a restart", kill, kHere, other_boot(), false},
            {"on another machine", kill, kHere, other_machine(), false},
            {"seen from a container whose boot clock is a day ahead", nothing, kHere, kADayAhead, false},
            {"seen from a container whose boot clock is behind", nothing, kHere, kADayBehind, false},
            {"in a container whose boot clock is a day ahead", nothing, kADayAhead, kHere, false}};
  }

 private:
  struct BootId : TempDir {
    BootId() { write("boot_id", "00000000-1111-2222-3333-444444444444\n"); }
  };
  BootId boot_;
};

TEST_F(Owners, DeadOnesLoseTheirWorkAtOnceAndLiveOnesWithTheirLease) {
  for (const Fate& fate : fates_here()) {
    check(fate, false);
    check(fate, true);
  }
}

TEST_F(Owners, ElsewhereLoseTheirWorkWithTheirLeaseOnly) {
  std::string skipped;
  for (const Fate& fate : fates_elsewhere()) {
    if (const std::string why = why_not(fate.anna) + why_not(fate.ben); !why.empty()) {
      skipped += fate.name + ": " + why + "\n";
      continue;
    }
    check(fate, false);
    check(fate, true);
  }
  if (!skipped.empty()) {
    GTEST_SKIP() << skipped;
  }
}

TEST_F(Owners, AreFoundMisjudgedWhereNamespacesAreNotToldApart) {
  const std::map<std::string, std::string> variants{
      {"killed, seen from another container", "one_namespace"},
      {"seen from a container whose boot clock is a day ahead", "one_time_namespace"}};
  for (const Fate& fate : fates_elsewhere()) {
    const auto variant = variants.find(fate.name);
    if (variant != variants.end() && why_not(fate.ben).empty()) {
      EXPECT_FALSE(violations_of([&] { check(fate, false, variant->second); }).empty()) << fate.name;
    }
  }
}

/// In a pid namespace of its own: anna claims for a process, which dies, and its number goes to another one that begins
/// at least one clock tick later. Then ben comes.
constexpr const char* kReuse = R"(
import os, subprocess, sys, time
def start():
    return subprocess.Popen(['sleep', '1000'])
def start_time(pid):
    with open('/proc/%d/stat' % pid) as file:
        return file.read().rsplit(')', 1)[1].split()[19]
def claim(*args):
    subprocess.run([sys.argv[1], '--claim', *args], check=False)
first = start()
began = start_time(first.pid)
claim('--owner', 'anna', '--pid', str(first.pid))
first.kill()
first.wait()
while True:
    with open('/proc/sys/kernel/ns_last_pid', 'w') as file:
        file.write(str(first.pid - 1))
    second = start()
    if second.pid == first.pid and start_time(second.pid) != began:
        break
    second.kill()
    second.wait()
sys.stdout.flush()
claim('--owner', 'ben')
second.kill()
)";

void check_reuse(const Place& place, const std::string& variant = "") {
  const Sandbox sandbox({{"a.example", "001", "O"}});
  const Command tool = sandbox.command("find-next");
  Command command{.argv = place, .env = tool.env, .cwd = tool.cwd};
  const std::string path = variant.empty() ? tool.argv.front() : in_variant(variant, tool).argv.front();
  command.argv.insert(command.argv.end(), {"python3", "-c", kReuse, path});
  const ProcessResult result = test::run(command);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("\"action\":\"start\",\"owner\":\"anna\""), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("\"action\":\"adopt\",\"owner\":\"ben\""), std::string::npos) << result.out;
}

TEST_F(Owners, WhoseNumberAnotherProcessHasAreDead) {
  if (const std::string why = why_not(kOtherContainer); !why.empty()) {
    GTEST_SKIP() << why;
  }
  check_reuse(kOtherContainer);
  EXPECT_FALSE(violations_of([] { check_reuse(kOtherContainer, "no_start_time"); }).empty());
}

}  // namespace
}  // namespace smbatcher::test

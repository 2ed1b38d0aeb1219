#include <fcntl.h>

#include <filesystem>
#include <fstream>

#include "tests/process/liveness_stopped_holder.h"
#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// A lock belongs to an open file: a child that inherited it would hold the queue for as long as it lives.

namespace fs = std::filesystem;

const std::vector<Sandbox::Site> kTwoSites{{"a.example", "001", "O"}, {"b.example", "002", "O"}};

bool runs(pid_t pid) { return state_of(pid) != '?' && state_of(pid) != 'Z'; }

/// Descriptors of a process that lead below the sandbox's .smbatcher; with `inheritable`, those that a child would get.
std::vector<std::string> descriptors_into(const Sandbox& sandbox, pid_t pid, bool inheritable) {
  std::vector<std::string> found;
  const std::string process = "/proc/" + std::to_string(pid);
  for (const fs::directory_entry& entry : fs::directory_iterator(process + "/fd")) {
    std::error_code gone;  // a program that starts closes what it opened meanwhile
    const std::string target = fs::read_symlink(entry.path(), gone).string();
    std::ifstream info(process + "/fdinfo/" + entry.path().filename().string());
    unsigned flags = 0;
    for (std::string word; info >> word;) {
      if (word == "flags:") {
        info >> std::oct >> flags;
      }
    }
    if (target.starts_with(sandbox.dir().at(".smbatcher")) &&
        (!inheritable || (flags & static_cast<unsigned>(O_CLOEXEC)) == 0)) {
      found.push_back(target);
    }
  }
  return found;
}

/// The process whose number is in a file of the sandbox, once it is there.
pid_t recorded_pid(const Sandbox& sandbox, const std::string& name) {
  EXPECT_TRUE(wait_until([&] { return sandbox.dir().exists(name) && !sandbox.dir().read(name).empty(); }));
  return std::stoi(sandbox.dir().read(name));
}

/// A script whose child goes on after it; it leaves the child's number in the file `child`.
Command script(const Sandbox& sandbox, const std::string& text) {
  Command command{.argv = {"sh", "-c", text}, .env = clean_environment(), .cwd = sandbox.dir().path()};
  command.env["PATH"] = bin_dir() + ":/usr/bin:/bin";
  return command;
}

constexpr const char* kChild = "setsid sleep 1000 >sleeper.out 2>&1 & echo $! >child; ";

TEST(InheritedLock, IsNotLeftWithAChildOfTheCaller) {
  const Sandbox sandbox(kTwoSites);
  const ProcessResult result = run(script(sandbox, std::string(kChild) + "find-next --claim --owner anna"));
  EXPECT_EQ(text_of(json(result), "batch"), "001");
  const pid_t child = recorded_pid(sandbox, "child");
  EXPECT_TRUE(runs(child));
  EXPECT_TRUE(lock_is_free(sandbox));
  expect_ok(sandbox.run("find-next", {"--claim", "--owner", "ben", "--lock-timeout", "0", "--format", "text"}),
            "OK:claimed:002");
  ::kill(child, SIGKILL);
}

TEST(InheritedLock, IsNotLeftWithWhatACommandUnderALeaseHasStarted) {
  const Sandbox sandbox(kTwoSites);
  const std::string token = claim_for(sandbox, "anna");
  const Process keeper(script(
      sandbox, "exec with-lease --token " + token + " -- sh -c '" + kChild + "echo $$ >command; exec sleep 1000'"));
  const pid_t child = recorded_pid(sandbox, "child");
  const pid_t command = recorded_pid(sandbox, "command");
  for (const pid_t pid : {child, command}) {
    EXPECT_TRUE(runs(pid));
    EXPECT_EQ(descriptors_into(sandbox, pid, false), std::vector<std::string>());
  }
  EXPECT_TRUE(wait_until([&] { return lock_is_free(sandbox); }));
  expect_ok(sandbox.run("find-next", {"--claim", "--owner", "ben", "--lock-timeout", "30", "--format", "text"}),
            "OK:claimed:002");
  ::kill(child, SIGKILL);
}

TEST(InheritedLock, CouldNotBePassedOnByTheHolder) {
  if (const std::string why = why_no_stop(); !why.empty()) {
    GTEST_SKIP() << why;
  }
  const Sandbox sandbox(kTwoSites);
  StoppedHolder holder(sandbox.command("find-next", {"--claim"}));
  EXPECT_FALSE(lock_is_free(sandbox));
  EXPECT_GE(descriptors_into(sandbox, holder.pid(), false).size(), 2U) << "the lock file and the folder";
  EXPECT_EQ(descriptors_into(sandbox, holder.pid(), true), std::vector<std::string>());
  EXPECT_EQ(holder.go_on().status, 0);
}

// The control: a holder that does pass it on is found by each of the checks above.
TEST(InheritedLock, IsFoundWithTheChildOfAHolderThatPassesItOn) {
  const Sandbox sandbox(kTwoSites);
  constexpr const char* kCareless = R"(
import fcntl, os, subprocess
lock = os.open('.smbatcher/REGISTRY.lock', os.O_RDWR | os.O_CREAT)
os.set_inheritable(lock, True)
fcntl.flock(lock, fcntl.LOCK_EX)
child = subprocess.Popen(['sleep', '1000'], close_fds=False)
open('child', 'w').write(str(child.pid))
)";
  EXPECT_EQ(run({.argv = {"python3", "-c", kCareless}, .cwd = sandbox.dir().path()}).status, 0);
  const pid_t child = recorded_pid(sandbox, "child");
  EXPECT_FALSE(lock_is_free(sandbox));
  EXPECT_EQ(descriptors_into(sandbox, child, true).size(), 1U);
  expect_error(sandbox.run("find-next", {"--claim", "--lock-timeout", "0", "--format", "text"}), "ERROR:lock_timeout");
  ::kill(child, SIGKILL);
}

}  // namespace
}  // namespace smbatcher::test

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/queue_facts.h"

namespace smbatcher::test {
namespace {

using ::testing::StartsWith;

/// Looks again until it is so; false when it never was within half a minute.
bool wait_until_so(const std::function<bool()>& is_so) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    ::usleep(1000);
  }
  return true;
}

/// True while the kernel lists the process as waiting for a flock (proc(5), /proc/locks: "->").
bool waits_for_lock(pid_t pid) {
  std::ifstream locks("/proc/locks");
  const std::string number = " " + std::to_string(pid) + " ";
  for (std::string line; std::getline(locks, line);) {
    if (line.find("-> FLOCK") != std::string::npos && line.find(number) != std::string::npos) {
      return true;
    }
  }
  return false;
}

/// Holds the lock as a foreign script does, from "held" until "let_go" is there.
constexpr const char* kHolder = R"(
import fcntl, os, time
with open('.smbatcher/REGISTRY.lock', 'w') as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    open('held', 'w').close()
    while not os.path.exists('let_go'):
        time.sleep(0.002)
)";

constexpr const char* kTry = R"(
import fcntl
with open('.smbatcher/REGISTRY.lock', 'a') as lock:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        print('free')
    except BlockingIOError:
        print('locked')
)";

/// Counts in the Notes cell of its own row: read, modify and write in place, under the lock, `argv[2]` times.
constexpr const char* kCountInPython = R"(
import fcntl, re, sys
for _ in range(int(sys.argv[2])):
    with open('.smbatcher/REGISTRY.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open('.smbatcher/REGISTRY.md') as file:
            text = file.read()
        text = re.sub(rf'(\| {sys.argv[1]} \| )(\d+)', lambda m: m[1] + str(int(m[2]) + 1), text)
        with open('.smbatcher/REGISTRY.md', 'w') as file:
            file.write(text)
)";

/// Claims its own batch and gives it back, $2 times; every call must find what the one before has written.
constexpr const char* kBackAndForth = R"(
for i in $(seq "$2"); do
  implement-start --batch "$1" --owner "$1" && release --batch "$1" --owner "$1" --no-attempt || exit 1
done
implement-start --batch "$1" --owner "$1")";

Command python(const Sandbox& sandbox, const char* script, const std::vector<std::string>& args = {}) {
  Command command{.argv = {"python3", "-c", script}, .cwd = sandbox.dir().path()};
  command.argv.insert(command.argv.end(), args.begin(), args.end());
  return command;
}

TEST(PythonLock, MakesAClaimGiveUpInTimeWithNothingWritten) {
  const Sandbox sandbox(fleet(1, 1, "O"));
  Process holder(python(sandbox, kHolder));
  ASSERT_TRUE(wait_until_so([&] { return sandbox.dir().exists("held"); }));
  const std::string registry = sandbox.registry();
  const auto names = sandbox.dir().list(".smbatcher");
  expect_error(sandbox.run("find-next", {"--claim", "--lock-timeout", "1", "--format", "text"}), "ERROR:lock_timeout");
  const ProcessResult result = sandbox.run("find-next", {"--claim", "--lock-timeout", "0"});
  EXPECT_EQ(text_of(json(result), "error"), "lock_timeout");
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(sandbox.registry(), registry);
  EXPECT_EQ(sandbox.dir().list(".smbatcher"), names);
}

TEST(PythonLock, MakesAClaimWaitUntilItIsLetGo) {
  const Sandbox sandbox(fleet(1, 1, "O"));
  Process holder(python(sandbox, kHolder));
  ASSERT_TRUE(wait_until_so([&] { return sandbox.dir().exists("held"); }));
  const std::string registry = sandbox.registry();
  Process waiting(sandbox.command("find-next", {"--claim", "--format", "text"}));
  ASSERT_TRUE(wait_until_so([&] { return waits_for_lock(waiting.pid()); }));
  EXPECT_EQ(sandbox.registry(), registry);
  sandbox.dir().write("let_go", "");
  EXPECT_THAT(waiting.wait().out, StartsWith("OK:claimed:001\n"));
  EXPECT_EQ(sandbox.status_of("s001-0.example"), "i");
}

TEST(PythonLock, IsRefusedWhileOurOwnCallIsAtWork) {
  const Sandbox sandbox(fleet(1, 1, "O"));
  // Our calls lock the folder second: whoever waits for it has the lock file already.
  const int folder = ::open(sandbox.dir().at(".smbatcher").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(folder, LOCK_EX), 0);
  Process ours(sandbox.command("find-next", {"--claim", "--format", "text"}));
  ASSERT_TRUE(wait_until_so([&] { return waits_for_lock(ours.pid()); }));
  ours.kill(SIGSTOP);
  EXPECT_EQ(run(python(sandbox, kTry)).out, "locked\n");
  ours.kill(SIGCONT);
  ::close(folder);
  EXPECT_EQ(ours.wait().status, 0);
  EXPECT_EQ(run(python(sandbox, kTry)).out, "free\n");
}

TEST(PythonLock, NoUpdateOfEitherSideIsLost) {
  constexpr int kOurs = 16;
  constexpr int kTheirs = 4;
  const std::string counts = "150";
  std::string text = "| Domain | Notes | Batch | Status |\n|--|--|--|--|\n";
  for (int i = 0; i < kOurs + kTheirs; ++i) {
    const std::string number = std::to_string(100 + i);
    text += "| s" + number + ".example | 0 | " + number + " | O |\n";
  }
  const Sandbox sandbox(text);
  std::vector<Command> commands;
  for (int i = 0; i < kTheirs; ++i) {
    commands.push_back(python(sandbox, kCountInPython, {"s" + std::to_string(100 + kOurs + i) + ".example", counts}));
  }
  for (int i = 0; i < kOurs; ++i) {
    Command shell{.argv = {"sh", "-c", kBackAndForth, "sh", std::to_string(100 + i), "5"},
                  .env = clean_environment(),
                  .cwd = sandbox.dir().path()};
    shell.env["PATH"] = bin_dir() + ":/usr/bin:/bin";
    commands.push_back(shell);
  }
  for (const ProcessResult& result : run_together(commands)) {
    EXPECT_EQ(result.status, 0) << result.command << result.out << result.err;
  }
  for (int i = 0; i < kOurs + kTheirs; ++i) {
    const std::string site = "s" + std::to_string(100 + i) + ".example";
    EXPECT_EQ(sandbox.status_of(site), i < kOurs ? "i" : "O");
    EXPECT_NE(sandbox.registry().find("| " + site + " | " + (i < kOurs ? "0" : counts) + " |"), std::string::npos)
        << sandbox.registry();
  }
}

}  // namespace
}  // namespace smbatcher::test

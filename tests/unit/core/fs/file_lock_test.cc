#include "libregistry/core/fs/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/faulty_file_ops.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class FileLockTest : public ::testing::Test {
 protected:
  Result<FileLock> acquire(std::chrono::milliseconds timeout = 0ms) {
    return FileLock::acquire(system_file_ops(), path, LockDeadline(timeout));
  }
  std::string reason(std::chrono::milliseconds timeout = 0ms) {
    const auto lock = acquire(timeout);
    return lock ? "locked" : lock.error().reason.text();
  }

  TempDir dir;
  std::string path = dir.at("REGISTRY.lock");
};

TEST_F(FileLockTest, ExcludesUntilItGoes) {
  {
    const auto lock = acquire();
    ASSERT_TRUE(lock) << lock.error().message;
    EXPECT_TRUE(lock->is_current());
    const auto second = acquire();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::kBusy);
    EXPECT_EQ(second.error().reason.text(), "lock_timeout");
    EXPECT_THAT(second.error().message, HasSubstr("could not lock '" + path + "' at once"));
  }
  EXPECT_EQ(reason(), "locked");
  EXPECT_TRUE(dir.exists("REGISTRY.lock"));
}

TEST_F(FileLockTest, MovesWithItsObject) {
  auto first = acquire();
  ASSERT_TRUE(first);
  std::optional<FileLock> second(std::move(*first));
  EXPECT_EQ(reason(), "lock_timeout");
  second.reset();
  EXPECT_EQ(reason(), "locked");
}

TEST_F(FileLockTest, WaitsUntilTheDeadline) {
  const auto lock = acquire();
  const auto begin = std::chrono::steady_clock::now();
  const auto late = acquire(50ms);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().reason.text(), "lock_timeout");
  EXPECT_THAT(late.error().message, HasSubstr("within 50 ms"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 50ms);
}

TEST_F(FileLockTest, DeadlineHoldsWithTheAlarmBlockedByTheCaller) {
  sigset_t alarm;
  sigset_t before;
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  ::pthread_sigmask(SIG_BLOCK, &alarm, &before);
  const auto lock = acquire();
  EXPECT_EQ(reason(20ms), "lock_timeout");
  sigset_t now;
  ::pthread_sigmask(SIG_SETMASK, &before, &now);
  EXPECT_EQ(sigismember(&now, SIGALRM), 1);
}

TEST_F(FileLockTest, PutsTheAlarmHandlerBack) {
  struct sigaction mine {};
  mine.sa_handler = SIG_IGN;
  struct sigaction before {};
  ::sigaction(SIGALRM, &mine, &before);
  const auto lock = acquire();
  EXPECT_EQ(reason(20ms), "lock_timeout");
  struct sigaction now {};
  ::sigaction(SIGALRM, &before, &now);
  EXPECT_EQ(now.sa_handler, SIG_IGN);
}

TEST_F(FileLockTest, ThreadsMayWaitAtTheSameTime) {
  const auto lock = acquire();
  std::vector<std::thread> threads;
  for (const auto timeout : {10ms, 30ms, 60ms}) {
    threads.emplace_back([this, timeout] { EXPECT_EQ(reason(timeout), "lock_timeout"); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST_F(FileLockTest, FileRemovedWhileWaitingIsLockedAnew) {
  std::optional<FileLock> held = acquire().value();
  FaultyFileOps ops;
  ops.before = [&](std::string_view call, int count) {
    if (call == "flock" && count == 2) {  // the one that blocks
      ASSERT_EQ(::unlink(path.c_str()), 0);
      held.reset();
    }
  };
  const auto lock = FileLock::acquire(ops, path, LockDeadline(10s));
  ASSERT_TRUE(lock) << lock.error().message;
  EXPECT_EQ(ops.count("open"), 3);  // the removed one, none, the new one
  EXPECT_TRUE(lock->is_current());
  EXPECT_EQ(reason(), "lock_timeout");
}

TEST_F(FileLockTest, SeesThatItsFileWasRemovedOrReplaced) {
  const auto lock = acquire();
  ASSERT_EQ(::unlink(path.c_str()), 0);
  EXPECT_FALSE(lock->is_current());
  dir.write("REGISTRY.lock", "");
  EXPECT_FALSE(lock->is_current());
}

TEST_F(FileLockTest, FileMovedAwayWhileWaitingIsLockedAnew) {
  std::optional<FileLock> held = acquire().value();
  FaultyFileOps ops;
  ops.before = [&](std::string_view call, int count) {
    if (call == "flock" && count == 2) {
      ASSERT_EQ(::rename(path.c_str(), dir.at("moved").c_str()), 0);
      dir.write("REGISTRY.lock", "");
      EXPECT_FALSE(held->is_current());
      held.reset();
    }
  };
  const auto lock = FileLock::acquire(ops, path, LockDeadline(10s));
  ASSERT_TRUE(lock) << lock.error().message;
  EXPECT_TRUE(lock->is_current());
  EXPECT_EQ(reason(), "lock_timeout");
}

TEST_F(FileLockTest, RefusesWhatIsNoRegularFile) {
  dir.make_dir("folder");
  dir.write("real", "");
  ASSERT_EQ(::mkfifo(dir.at("pipe").c_str(), 0666), 0);
  ASSERT_EQ(::symlink("real", dir.at("link").c_str()), 0);
  for (const char* name : {"folder", "pipe", "link"}) {
    path = dir.at(name);
    EXPECT_EQ(reason(), "not_a_regular_file") << name;
  }
  path = dir.at("absent/REGISTRY.lock");
  EXPECT_EQ(reason(), "not_found");
}

TEST_F(FileLockTest, NeverGrantsOnAnError) {
  for (const int error_number : {ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL, EBADF}) {
    FaultyFileOps ops;
    ops.fail_always("flock", error_number);
    const auto refused = FileLock::acquire(ops, path, LockDeadline(1s));
    ASSERT_FALSE(refused) << error_number;
    EXPECT_EQ(refused.error().code, Errc::kIo);
    EXPECT_EQ(refused.error().reason.text(), "locking_not_supported");
  }
  FaultyFileOps ops;
  ops.fail_always("flock", EIO);
  EXPECT_EQ(FileLock::acquire(ops, path, LockDeadline(1s)).error().reason.text(), "io_error");
}

TEST_F(FileLockTest, FolderLocksExcludeEachOther) {
  const auto folder = [&] { return FileLock::acquire_folder(system_file_ops(), dir.path(), LockDeadline(0ms)); };
  const auto lock = folder();
  ASSERT_TRUE(lock) << lock.error().message;
  EXPECT_TRUE(lock->is_current());
  EXPECT_EQ(folder().error().reason.text(), "lock_timeout");
  FaultyFileOps ops;
  ops.fail_always("flock", EBADF);
  EXPECT_EQ(FileLock::acquire_folder(ops, dir.path(), LockDeadline(0ms)).error().reason.text(), "not_supported");
}

TEST_F(FileLockTest, NamesItsHolder) {
  auto lock = acquire();
  ASSERT_TRUE(lock);
  lock->write_holder("anna pid 12345 claim");
  EXPECT_EQ(FileLock::read_holder(system_file_ops(), path), "anna pid 12345 claim");
  lock->write_holder("bob");
  EXPECT_EQ(FileLock::read_holder(system_file_ops(), path), "bob");
  EXPECT_EQ(FileLock::read_holder(system_file_ops(), dir.at("absent")), "");
}

TEST_F(FileLockTest, NoUpdateIsLostBetweenProcesses) {
  constexpr int kProcesses = 4;
  constexpr int kTurns = 50;
  dir.write("counter", "0");
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (int turn = 0; turn < kTurns; ++turn) {
        const auto lock = acquire(30s);
        if (!lock) {
          ::_exit(1);
        }
        dir.write("counter", std::to_string(std::stoi(dir.read("counter")) + 1));
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(dir.read("counter"), std::to_string(kProcesses * kTurns));
}

TEST_F(FileLockTest, IsNotInherited) {
  std::optional<FileLock> lock = acquire().value();
  EXPECT_NE(::fcntl(lock->descriptor(), F_GETFD) & FD_CLOEXEC, 0);
  Process child({.argv = {"sleep", "60"}});
  lock.reset();
  EXPECT_EQ(reason(), "locked");
  child.kill(SIGKILL);
}

TEST_F(FileLockTest, ExcludesPythonsFlock) {
  const std::string script =
      "import fcntl,sys\n"
      "try: fcntl.flock(open(sys.argv[1],'a'), fcntl.LOCK_EX | fcntl.LOCK_NB); print('locked')\n"
      "except BlockingIOError: print('busy')\n";
  std::optional<FileLock> lock = acquire().value();
  EXPECT_EQ(run({.argv = {"python3", "-c", script, path}}).out, "busy\n");
  lock.reset();
  EXPECT_EQ(run({.argv = {"python3", "-c", script, path}}).out, "locked\n");
}

TEST_F(FileLockTest, IsExcludedByPythonsFlock) {
  ASSERT_EQ(::mkfifo(dir.at("held").c_str(), 0666), 0);
  ASSERT_EQ(::mkfifo(dir.at("go").c_str(), 0666), 0);
  const std::string script =
      "import fcntl,sys\n"
      "f = open(sys.argv[1],'w'); fcntl.flock(f, fcntl.LOCK_EX)\n"
      "open(sys.argv[2],'w').close(); open(sys.argv[3]).read()\n";
  Process python({.argv = {"python3", "-c", script, path, dir.at("held"), dir.at("go")}});
  std::ifstream(dir.at("held")).get();  // opens when Python has the lock
  EXPECT_EQ(reason(), "lock_timeout");
  std::ofstream(dir.at("go")).close();
  EXPECT_EQ(python.wait().status, 0);
  EXPECT_EQ(reason(), "locked");
}

}  // namespace
}  // namespace smbatcher::test

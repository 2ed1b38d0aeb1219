#include "libregistry/core/fs/stop_signals.h"

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace smbatcher::test {
namespace {

// What a child saw, as its exit status; 128 + signal when one ended it.
template <class Body>
int in_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

TEST(BlockStopSignals, HoldsThemBackAndSeesThemPending) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    EXPECT_EQ(in_child([signal]() -> int {
                std::signal(signal, SIG_DFL);
                const BlockStopSignals block;
                if (block.stop_pending()) {
                  return 1;
                }
                ::raise(signal);
                ::_exit(block.stop_pending() ? 0 : 2);  // before the signal acts
              }),
              0);
  }
}

TEST(BlockStopSignals, ActsWhenItEnds) {
  EXPECT_EQ(in_child([] {
              std::signal(SIGTERM, SIG_DFL);
              {
                const BlockStopSignals block;
                ::raise(SIGTERM);
              }
              return 3;
            }),
            128 + SIGTERM);
}

TEST(BlockStopSignals, IgnoredSignalIsNotPending) {
  EXPECT_EQ(in_child([] {
              std::signal(SIGHUP, SIG_IGN);
              const BlockStopSignals block;
              ::raise(SIGHUP);
              return block.stop_pending() ? 1 : 0;
            }),
            0);
}

TEST(BlockStopSignals, SignalThatTheCallerHoldsBackIsNotPending) {
  EXPECT_EQ(in_child([] {
              sigset_t set;
              sigemptyset(&set);
              sigaddset(&set, SIGINT);
              ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
              const BlockStopSignals block;
              ::raise(SIGINT);
              return block.stop_pending() ? 1 : 0;
            }),
            0);
}

}  // namespace
}  // namespace smbatcher::test

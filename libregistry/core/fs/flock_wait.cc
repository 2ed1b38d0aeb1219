#include "libregistry/core/fs/flock_wait.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <mutex>

namespace smbatcher {
namespace {

// Signal handling belongs to the whole process. Were each wait to restore what it found, the first of two threads to
// end its wait could bring back the default action, and the alarm of the other would end the process. So they count.
struct AlarmUsers {
  std::mutex mutex;
  int count = 0;
  struct sigaction previous {};
};

AlarmUsers& alarm_users() {
  static AlarmUsers users;
  return users;
}

// SIGALRM does nothing but interrupt while at least one thread waits for a lock.
class AlarmHandler {
 public:
  AlarmHandler() {
    AlarmUsers& users = alarm_users();
    const std::lock_guard guard(users.mutex);
    if (users.count++ == 0) {
      struct sigaction nothing {};
      nothing.sa_handler = [](int) {};
      sigemptyset(&nothing.sa_mask);
      nothing.sa_flags = 0;  // no SA_RESTART: the signal is there to make flock(2) return
      sigaction(SIGALRM, &nothing, &users.previous);
    }
  }
  ~AlarmHandler() {
    AlarmUsers& users = alarm_users();
    const std::lock_guard guard(users.mutex);
    if (--users.count == 0) {
      sigaction(SIGALRM, &users.previous, nullptr);
    }
  }
  AlarmHandler(const AlarmHandler&) = delete;
  AlarmHandler& operator=(const AlarmHandler&) = delete;
};

// SIGALRM gets through to this thread, also when the process was started with the signal blocked.
class AlarmUnblocked {
 public:
  AlarmUnblocked() {
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    pthread_sigmask(SIG_UNBLOCK, &alarm, &previous_);
  }
  ~AlarmUnblocked() { pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }
  AlarmUnblocked(const AlarmUnblocked&) = delete;
  AlarmUnblocked& operator=(const AlarmUnblocked&) = delete;

 private:
  sigset_t previous_{};
};

timespec as_timespec(std::chrono::nanoseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {seconds.count(), (duration - seconds).count()};
}

// Sends SIGALRM to this thread when `first` is over and then again and again.
class RepeatingAlarm {
 public:
  explicit RepeatingAlarm(std::chrono::nanoseconds first) {
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGALRM;
    event._sigev_un._tid = gettid();  // glibc gives the field no public name
    if (timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) {
      error_ = errno;
      return;
    }
    itimerspec when{};
    when.it_value = as_timespec(std::max(first, std::chrono::nanoseconds(1)));  // zero would stop the timer
    when.it_interval = as_timespec(std::chrono::milliseconds(10));
    timer_settime(timer_, 0, &when, nullptr);
  }
  ~RepeatingAlarm() {
    if (error_ == 0) {
      timer_delete(timer_);
    }
  }
  RepeatingAlarm(const RepeatingAlarm&) = delete;
  RepeatingAlarm& operator=(const RepeatingAlarm&) = delete;
  int error() const { return error_; }

 private:
  timer_t timer_{};
  int error_ = 0;
};

int flock_blocking(FileOps& ops, int fd, const LockDeadline& deadline, int kind) {
  // In this order: the last signal of the timer is delivered before the mask and then the handler are put back.
  const AlarmHandler handler;
  const AlarmUnblocked unblocked;
  const RepeatingAlarm alarm(deadline.left());
  if (alarm.error() != 0) {
    return alarm.error();
  }
  for (;;) {
    if (ops.flock(fd, kind) == 0) {
      return 0;
    }
    if (errno != EINTR) {
      return errno;
    }
    if (deadline.passed()) {
      return ETIMEDOUT;
    }
  }
}

}  // namespace

int flock_until(FileOps& ops, int fd, const LockDeadline& deadline, int kind) {
  for (;;) {
    if (ops.flock(fd, kind | LOCK_NB) == 0) {
      return 0;
    }
    if (errno == EWOULDBLOCK) {
      return deadline.passed() ? ETIMEDOUT : flock_blocking(ops, fd, deadline, kind);
    }
    if (errno != EINTR) {
      return errno;
    }
  }
}

}  // namespace smbatcher

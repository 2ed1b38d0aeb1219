// drain WORKERS FOLDER ANSWERS COMMAND...
//
// WORKERS processes wait behind a barrier, then each runs COMMAND in FOLDER again and again until it ends in 1 (nothing
// left). Prints the microseconds from the barrier's fall to the end of the last worker, then a line for each worker:
// how many runs ended in 0, and the microseconds of its longest run, the last one included. What the runs of worker n
// print is in the file ANSWERS/n. A `@` in an argument stands for a name that no other run has.
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kMaxArguments = 32, kArgumentSize = 64 };

extern char** environ;

struct Tally {
  int claims;
  double longest_us;
};

static double now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static char* with_name(char* argument, int worker, int turn, char* buffer) {
  char* const at = strchr(argument, '@');
  if (at == NULL)
    return argument;
  snprintf(buffer, kArgumentSize, "%.*sw%d-%d%s", (int)(at - argument), argument, worker, turn, at + 1);
  return buffer;
}

/// Runs the command once; its exit status, or -1 when it could not run or was killed.
static int run(char** command, int worker, int turn) {
  char* arguments[kMaxArguments + 1] = {NULL};
  char buffers[kMaxArguments][kArgumentSize];
  for (int i = 0; i < kMaxArguments && command[i] != NULL; ++i) {
    arguments[i] = with_name(command[i], worker, turn, buffers[i]);
  }
  pid_t child;
  int status = 0;
  if (posix_spawn(&child, arguments[0], NULL, NULL, arguments, environ) != 0)
    return -1;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
    return -1;
  return WEXITSTATUS(status);
}

static int work(int worker, const char* folder, const char* answers, char** command, int barrier, struct Tally* tally) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%d", answers, worker);
  const int answer = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (answer < 0 || dup2(answer, STDOUT_FILENO) < 0 || chdir(folder) != 0)
    return 2;
  close(answer);
  char nothing;
  if (read(barrier, &nothing, 1) != 0)
    return 2;  // the parent's end is closed: the barrier has fallen
  close(barrier);
  for (int turn = 0;; ++turn) {
    const double start = now_us();
    const int status = run(command, worker, turn);
    const double taken = now_us() - start;
    if (taken > tally->longest_us)
      tally->longest_us = taken;
    if (status == 1)
      return 0;
    if (status != 0)
      return 2;
    ++tally->claims;
  }
}

int main(int argc, char** argv) {
  if (argc < 5)
    return 2;
  const int workers = atoi(argv[1]);
  int barrier[2];
  struct Tally* const tallies =
      mmap(NULL, sizeof(struct Tally) * (size_t)workers, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (tallies == MAP_FAILED || pipe2(barrier, 0) != 0)
    return 2;
  for (int worker = 0; worker < workers; ++worker) {
    const pid_t child = fork();
    if (child < 0)
      return 2;
    if (child == 0) {
      close(barrier[1]);
      _exit(work(worker, argv[2], argv[3], argv + 4, barrier[0], &tallies[worker]));
    }
  }
  close(barrier[0]);
  const double start = now_us();
  close(barrier[1]);
  int failed = 0;
  for (int status; wait(&status) > 0;)
    failed += status != 0;
  const double taken = now_us() - start;
  if (failed != 0) {
    printf("%d of %d workers of '%s' failed\n", failed, workers, argv[4]);
    return 2;
  }
  printf("%.0f\n", taken);
  for (int worker = 0; worker < workers; ++worker) {
    printf("%d %.0f\n", tallies[worker].claims, tallies[worker].longest_us);
  }
  return 0;
}

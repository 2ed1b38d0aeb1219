// turns race|chain TURNS FIRST -- FOLDER COMMAND... [-- FOLDER COMMAND...]...
//
// Times whole processes that take turns, from posix_spawn to the end of the wait. Prints a line for each timed process:
// which command (0, 1, …), wall time in microseconds, processor time in microseconds, peak memory in KiB.
//
// race: the commands are strangers. Each is run twice a turn and the second run is timed, so that what a run leaves for
//       the disk to do is paid by the same command; every other turn goes backwards, so that none has the same
//       neighbour always.
// chain: each command goes on from what the one before it did. Each is run once a turn, in the order given.
//
// A `@` in an argument stands for a number that grows from FIRST with each run of its command, in five digits. Standard
// output goes to /dev/null. This program is small because a child's peak memory counts from its parent's.
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kMaxCommands = 16, kMaxArguments = 32, kArgumentSize = 64 };

extern char** environ;

struct Command {
  char* folder;
  char** arguments;
};

static double now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static double to_us(struct timeval time) { return (double)time.tv_sec * 1e6 + (double)time.tv_usec; }

static char* with_number(char* argument, int number, char* buffer) {
  char* const at = strchr(argument, '@');
  if (at == NULL)
    return argument;
  snprintf(buffer, kArgumentSize, "%.*s%05d%s", (int)(at - argument), argument, number, at + 1);
  return buffer;
}

static void run(const struct Command* command, int number, int index, int timed) {
  char* arguments[kMaxArguments + 1] = {NULL};
  char buffers[kMaxArguments][kArgumentSize];
  for (int i = 0; i < kMaxArguments && command->arguments[i] != NULL; ++i) {
    arguments[i] = with_number(command->arguments[i], number, buffers[i]);
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, command->folder);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const double start = now_us();
  pid_t child;
  int status = 0;
  struct rusage usage;
  const int error = posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ);
  if (error != 0 || wait4(child, &status, 0, &usage) != child || status != 0) {
    printf("cannot time '%s' in '%s', run %d: %s, status %d\n", arguments[0], command->folder, number,
           error != 0 ? strerror(error) : "it failed", status);
    exit(2);
  }
  const double end = now_us();
  posix_spawn_file_actions_destroy(&actions);
  if (timed) {
    printf("%d %.1f %.0f %ld\n", index, end - start, to_us(usage.ru_utime) + to_us(usage.ru_stime), usage.ru_maxrss);
  }
}

int main(int argc, char** argv) {
  struct Command commands[kMaxCommands];
  int count = 0;
  if (argc < 6)
    return 2;
  for (int i = 4; i < argc; ++i) {
    if (strcmp(argv[i], "--") != 0)
      continue;
    argv[i] = NULL;
    if (i + 2 >= argc || count == kMaxCommands)
      return 2;
    commands[count++] = (struct Command){argv[i + 1], argv + i + 2};
  }
  const int is_race = strcmp(argv[1], "race") == 0;
  const int turns = atoi(argv[2]);
  int number = atoi(argv[3]);
  for (int turn = 0; turn < turns; ++turn) {
    for (int i = 0; i < count; ++i) {
      const int index = is_race && turn % 2 != 0 ? count - 1 - i : i;
      run(&commands[index], number, index, !is_race);
      if (is_race)
        run(&commands[index], number + 1, index, 1);
    }
    number += is_race ? 2 : 1;
  }
  return 0;
}

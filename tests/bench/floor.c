// The least that a durable claim can cost: take the lock, find the first ready batch by memchr, flip its rows, write,
// fsync, rename, fsync the folder. No lease, no history, no checks. What `make bench` measures the tools against.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t count = write(fd, data, size);
    if (count < 0) return -1;
    data += count;
    size -= (size_t)count;
  }
  return 0;
}

int main(void) {
  const int lock = open(".smbatcher/REGISTRY.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock < 0 || flock(lock, LOCK_EX) != 0) return 2;
  const int in = open(".smbatcher/REGISTRY.md", O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (in < 0 || fstat(in, &status) != 0) return 2;
  char* const text = malloc((size_t)status.st_size + 1);
  const size_t size = (size_t)status.st_size;
  for (size_t got = 0; got < size;) {
    const ssize_t count = read(in, text + got, size - got);
    if (count <= 0) return 2;
    got += (size_t)count;
  }
  close(in);
  char batch[64] = "";
  size_t batch_size = 0;
  for (char *line = text, *end; line < text + size; line = end + 1) {
    end = memchr(line, '\n', (size_t)(text + size - line));
    if (end == NULL) break;
    if (end - line < 8 || memcmp(end - 5, "| O |", 5) != 0) continue;
    char* const batch_end = end - 6;
    char* batch_start = batch_end;
    while (batch_start[-1] != ' ') --batch_start;
    const size_t length = (size_t)(batch_end - batch_start);
    if (batch_size == 0 && length < sizeof batch) {
      memcpy(batch, batch_start, length);
      batch_size = length;
    }
    if (length == batch_size && memcmp(batch, batch_start, length) == 0) end[-3] = 'i';
  }
  if (batch_size == 0) return 1;
  const int out = open(".smbatcher/.REGISTRY.md.part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (out < 0 || write_all(out, text, size) != 0 || fsync(out) != 0 || close(out) != 0) return 2;
  if (rename(".smbatcher/.REGISTRY.md.part", ".smbatcher/REGISTRY.md") != 0) return 2;
  const int folder = open(".smbatcher", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0 || fsync(folder) != 0) return 2;
  printf("%s\n", batch);
  return 0;
}

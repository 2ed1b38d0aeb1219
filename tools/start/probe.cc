// Whether a program that quick_start.cc starts has all that a program has: run by cmake/QuickStart.cmake when the build
// is configured. Ends with 0, or with the number of what is missing.

#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

thread_local int own = 7;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
bool constructed = false;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

__attribute__((constructor)) void construct() { constructed = true; }

bool throws_and_catches() {
  try {
    (void)std::stoi(std::string("no number"));
  } catch (const std::invalid_argument&) {
    return true;
  }
  return false;
}

bool threads_have_their_own() {
  int seen = 0;
  std::thread other([&seen] {
    seen = own;
    own = 8;
    errno = ENOENT;
  });
  other.join();
  return seen == 7 && own == 7 && errno != ENOENT;
}

/// At sizes on both sides of each limit that the string functions know.
bool copies() {
  for (std::size_t size = 1; size <= std::size_t{1} << 25U; size = size * 2 + 1) {
    std::string text(size, 'a');
    text[size / 2] = 'b';
    const std::string copy(text);
    if (copy != text || copy.find('b') != size / 2 || copy.find('c') != std::string::npos) {
      return false;
    }
  }
  return true;
}

bool formats() {
  std::array<char, 32> text{};
  return std::snprintf(text.data(), text.size(), "%.3f %s", 2.5, "x") == 7 && std::string(text.data()) == "2.500 x";
}

std::uintptr_t stack_guard() {
  std::uintptr_t guard = 0;
  __asm__("mov %%fs:0x28, %0" : "=r"(guard));
  return guard;
}

}  // namespace

int main(int argc, char** argv) {
  timespec now{};
  const auto found = std::to_array({
      argc == 1 && argv[0] != nullptr && argv[1] == nullptr,
      std::getenv("PATH") != nullptr,
      constructed,
      throws_and_catches(),
      threads_have_their_own(),
      copies(),
      formats(),
      ::clock_gettime(CLOCK_BOOTTIME, &now) == 0 && now.tv_sec > 0,
      ::sysconf(_SC_PAGESIZE) == static_cast<long>(::getauxval(AT_PAGESZ)),
      stack_guard() != 0,
  });
  int number = 0;
  for (const bool there : found) {
    ++number;
    if (!there) {
      return number;
    }
  }
  return 0;
}

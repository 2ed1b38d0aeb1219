#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace smbatcher {

/// Has the kernel provide the pages of memory that is about to be filled, in one call instead of a fault for each: on a
/// virtual machine a fault costs more than reading the page. Changes nothing that can be seen, so a refusal (before
/// Linux 5.14) is left unsaid.
inline void prefault(void* begin, std::size_t size) {
#ifdef MADV_POPULATE_WRITE
  constexpr std::size_t kPage = 4096;
  constexpr std::size_t kWorthACall = 16 * kPage;
  if (size < kWorthACall) {
    return;
  }
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  const std::uintptr_t first = (address + kPage - 1) & ~(kPage - 1);
  const std::uintptr_t last = (address + size) & ~(kPage - 1);
  if (first < last) {
    ::madvise(static_cast<char*>(begin) + (first - address), last - first, MADV_POPULATE_WRITE);
  }
#else
  (void)begin;
  (void)size;
#endif
}

/// Has the heap grow by at least `size` bytes of large pages (2 MiB), for what is about to be read and derived from it:
/// zeroing and giving back one of them takes a tenth of what its 512 small pages take. For sizes where that pays, and
/// once in a process.
inline void prefer_large_pages(std::size_t size) {
  static void* up_to_the_first = nullptr;  // never touched, so it costs nothing; what is asked for next lies behind it
  constexpr std::size_t kLarge = std::size_t{2} << 20U;
  constexpr std::size_t kBookkeeping = 64;
  if (up_to_the_first != nullptr) {
    return;
  }
  const std::size_t room_size = size + 2 * kLarge;
  void* const room = std::malloc(room_size);  // given back at once: the heap keeps it, and the advice with it
  const auto address = reinterpret_cast<std::uintptr_t>(room);
  const std::uintptr_t first = (address + kLarge - 1) & ~(kLarge - 1);
  const std::uintptr_t last = (address + room_size) & ~(kLarge - 1);
  if (room != nullptr && first < last) {
    ::madvise(static_cast<char*>(room) + (first - address), last - first, MADV_HUGEPAGE);
  }
  std::free(room);
  if (first - address > kBookkeeping) {
    up_to_the_first = std::malloc(first - address - kBookkeeping);
  }
}

/// Room for `count` elements, ready to be filled.
template <class Vector>
void reserve_ready(Vector& vector, std::size_t count) {
  vector.reserve(count);
  prefault(vector.data(), count * sizeof(vector[0]));
}

}  // namespace smbatcher

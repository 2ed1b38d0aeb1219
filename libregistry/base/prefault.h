#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

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
    ::madvise(reinterpret_cast<void*>(first), last - first, MADV_POPULATE_WRITE);
  }
#else
  (void)begin;
  (void)size;
#endif
}

/// Room for `count` elements, ready to be filled.
template <class Vector>
void reserve_ready(Vector& vector, std::size_t count) {
  vector.reserve(count);
  prefault(vector.data(), count * sizeof(vector[0]));
}

}  // namespace smbatcher

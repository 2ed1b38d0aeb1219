#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace smbatcher {

/// 64 bytes of a text, to be asked where in them a byte stands: a registry of 100,000 rows is looked through at the
/// speed of memory. Bit i of a mask is byte i of the block; beyond the end of the text there are zero bytes.
class ByteBlock {
 public:
  static constexpr std::size_t kSize = 64;

  ByteBlock(std::string_view text, std::size_t at) {
    const std::size_t left = text.size() - at;
    if (left >= kSize) {
      data_ = text.data() + at;
    } else {
      std::memcpy(tail_.data(), text.data() + at, left);
      std::memset(tail_.data() + left, 0, kSize - left);
      data_ = tail_.data();
    }
  }
  ByteBlock(const ByteBlock&) = delete;
  ByteBlock& operator=(const ByteBlock&) = delete;

  /// True when a byte is no ASCII.
  bool has_high_bit() const {
#ifdef __SSE2__
    const __m128i all = _mm_or_si128(_mm_or_si128(load(0), load(1)), _mm_or_si128(load(2), load(3)));
    return _mm_movemask_epi8(all) != 0;
#else
    bool found = false;
    for (std::size_t i = 0; i < kSize; ++i) {
      found = found || (static_cast<unsigned char>(data_[i]) & 0x80U) != 0;
    }
    return found;
#endif
  }

  std::uint64_t mask(char wanted) const {
    std::uint64_t found = 0;
#ifdef __SSE2__
    const __m128i pattern = _mm_set1_epi8(wanted);
    for (unsigned part = 0; part < 4; ++part) {
      const __m128i bytes = load(part);
      found |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, pattern))))
               << (16 * part);
    }
#else
    for (std::size_t i = 0; i < kSize; ++i) {
      found |= static_cast<std::uint64_t>(data_[i] == wanted) << i;
    }
#endif
    return found;
  }

 private:
#ifdef __SSE2__
  __m128i load(unsigned part) const {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(data_ + std::size_t{16} * part));
  }
#endif
  const char* data_;
  std::array<char, kSize> tail_;  // filled only at the end of the text
};

}  // namespace smbatcher

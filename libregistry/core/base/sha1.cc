#include "libregistry/core/base/sha1.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "libregistry/core/base/ascii.h"

namespace smbatcher {

void Sha1::take_block(const unsigned char* block) {
  constexpr std::size_t kRounds = 80;
  std::array<std::uint32_t, kRounds> words{};
  for (std::size_t i = 0; i < 16; ++i) {
    words[i] = (std::uint32_t{block[4 * i]} << 24U) | (std::uint32_t{block[4 * i + 1]} << 16U) |
               (std::uint32_t{block[4 * i + 2]} << 8U) | std::uint32_t{block[4 * i + 3]};
  }
  for (std::size_t i = 16; i < kRounds; ++i) {
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  }
  std::uint32_t a = state_[0];
  std::uint32_t b = state_[1];
  std::uint32_t c = state_[2];
  std::uint32_t d = state_[3];
  std::uint32_t e = state_[4];
  const auto round = [&](std::uint32_t mixed, std::uint32_t constant, std::uint32_t word) {
    const std::uint32_t next = std::rotl(a, 5) + mixed + e + constant + word;
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  };
  for (std::size_t i = 0; i < 20; ++i) {
    round((b & c) | (~b & d), 0x5A827999U, words[i]);
  }
  for (std::size_t i = 20; i < 40; ++i) {
    round(b ^ c ^ d, 0x6ED9EBA1U, words[i]);
  }
  for (std::size_t i = 40; i < 60; ++i) {
    round((b & c) | (b & d) | (c & d), 0x8F1BBCDCU, words[i]);
  }
  for (std::size_t i = 60; i < kRounds; ++i) {
    round(b ^ c ^ d, 0xCA62C1D6U, words[i]);
  }
  const std::array<std::uint32_t, 5> added{a, b, c, d, e};
  for (std::size_t i = 0; i < added.size(); ++i) {
    state_[i] += added[i];
  }
}

void Sha1::add(std::string_view bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), kBlock - waiting_size_);
    std::memcpy(waiting_.data() + waiting_size_, bytes.data(), count);
    waiting_size_ += count;
    bytes.remove_prefix(count);
    if (waiting_size_ == kBlock) {
      take_block(waiting_.data());
      waiting_size_ = 0;
    }
  }
}

std::string Sha1::hex() {
  constexpr std::size_t kLengthAt = kBlock - 8;
  const std::uint64_t bits = size_ * 8;
  std::string end(1, '\x80');
  end.append((kLengthAt + kBlock - (waiting_size_ + 1) % kBlock) % kBlock, '\0');
  for (int shift = 56; shift >= 0; shift -= 8) {
    end += static_cast<char>((bits >> static_cast<unsigned>(shift)) & 0xFFU);
  }
  add(end);
  std::string text;
  for (const std::uint32_t word : state_) {
    append_hex(text, word, 8);
  }
  return text;
}

std::string sha1_hex(std::string_view bytes) {
  Sha1 hash;
  hash.add(bytes);
  return hash.hex();
}

}  // namespace smbatcher

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace smbatcher {

/// SHA-1 (FIPS 180-4), for formats that name a file's bytes by it. It tells changes apart; it is no protection against
/// somebody who makes two files with one hash.
class Sha1 {
 public:
  void add(std::string_view bytes);
  /// 40 hex digits. Once, at the end.
  std::string hex();

 private:
  static constexpr std::size_t kBlock = 64;
  void take_block(const unsigned char* block);

  std::array<std::uint32_t, 5> state_{0x67452301U, 0xEFCDAB89U, 0x98BADCFEU, 0x10325476U, 0xC3D2E1F0U};
  std::array<unsigned char, kBlock> waiting_{};
  std::size_t waiting_size_ = 0;
  std::uint64_t size_ = 0;  // bytes so far
};

std::string sha1_hex(std::string_view bytes);

}  // namespace smbatcher

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace smbatcher {

/// The words of a list such as "a b c", made when the program is compiled, to be asked for in one look. kSlots is a
/// power of two above the number of words; twice as many are quick. Words may not be empty.
template <std::size_t kSlots>
class WordSet {
 public:
  constexpr explicit WordSet(std::string_view words) {
    while (!words.empty()) {
      const std::size_t end = words.find(' ') == std::string_view::npos ? words.size() : words.find(' ');
      slots_[slot_for(words.substr(0, end))] = words.substr(0, end);
      words.remove_prefix(end == words.size() ? end : end + 1);
    }
  }

  constexpr bool contains(std::string_view word) const {
    return !word.empty() && slots_[slot_for(word)].data() != nullptr;
  }

 private:
  static_assert((kSlots & (kSlots - 1)) == 0);

  /// The slot that holds the word or, without one, the free slot in which it would be. In a full set it never ends,
  /// which the compiler says.
  constexpr std::size_t slot_for(std::string_view word) const {
    std::uint32_t hash = 2'166'136'261U;  // FNV-1a
    for (const char c : word) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
    }
    std::size_t slot = hash & (kSlots - 1);
    while (slots_[slot].data() != nullptr && slots_[slot] != word) {
      slot = (slot + 1) & (kSlots - 1);
    }
    return slot;
  }

  std::array<std::string_view, kSlots> slots_{};
};

}  // namespace smbatcher

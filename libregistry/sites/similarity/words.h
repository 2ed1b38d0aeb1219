#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace smbatcher {

/// The words of a text, in order, in lower case (ASCII letters only). Source: docs/similarity.md, "Text".
///
/// A word is a run of letters, digits and apostrophes; every byte beyond ASCII counts as a letter, but for the general
/// punctuation and the no-break space. Characters of scripts that write no blanks (U+3000 to U+9FFF) are a word each.
/// Colours such as #f4ede4 and HTML comments are left out.
std::vector<std::string> words_of(std::string_view text);

/// The words that say something, sorted, each once: without "a", "the", "with" and their like.
std::vector<std::string> telling_words(std::string_view text);

/// A hash for each two neighbouring words, sorted, each once; of a single word, the word's.
std::vector<std::uint64_t> phrases_of(const std::vector<std::string>& words);

/// How many members two sorted sets share.
template <class Member>
std::size_t count_common(const std::vector<Member>& a, const std::vector<Member>& b) {
  std::size_t count = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] < b[j]) {
      ++i;
    } else if (b[j] < a[i]) {
      ++j;
    } else {
      ++count;
      ++i;
      ++j;
    }
  }
  return count;
}

/// Common members over all members of two sets that are not both empty: Jaccard's index.
constexpr double jaccard(std::size_t common, std::size_t size_a, std::size_t size_b) {
  return static_cast<double>(common) / static_cast<double>(size_a + size_b - common);
}

}  // namespace smbatcher

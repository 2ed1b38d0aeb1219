#include "libregistry/core/base/words.h"

#include <algorithm>
#include <array>

namespace smbatcher {
namespace {

constexpr std::array kKinds{WordKind::kOk, WordKind::kFail, WordKind::kError, WordKind::kWhy};

constexpr bool all_of_the_rows(WordKind kind, auto holds) {
  return std::all_of(word_rows(kind).begin(), word_rows(kind).end(), holds);
}

constexpr bool no_word_stands_twice() {
  return std::all_of(kKinds.begin(), kKinds.end(), [](WordKind kind) {
    return all_of_the_rows(kind, [kind](const WordRow& row) {
      return std::count_if(word_rows(kind).begin(), word_rows(kind).end(),
                           [&row](const WordRow& other) { return other.word == row.word; }) == 1;
    });
  });
}

constexpr bool words_are_in_order() {
  return std::all_of(kKinds.begin(), kKinds.end(), [](WordKind kind) {
    return std::is_sorted(word_rows(kind).begin(), word_rows(kind).end(),
                          [](const WordRow& a, const WordRow& b) { return a.word < b.word; });
  });
}

constexpr bool every_row_has_a_meaning_and_a_remedy() {
  return std::all_of(kKinds.begin(), kKinds.end(), [](WordKind kind) {
    return all_of_the_rows(kind, [kind](const WordRow& row) {
      return !row.meaning.empty() && (kind == WordKind::kOk || !row.remedy.empty());
    });
  });
}

static_assert(no_word_stands_twice(), "the table of answer words has two rows of one kind and word");
static_assert(words_are_in_order(), "the rows of the table of answer words are not in the order of their words");
static_assert(every_row_has_a_meaning_and_a_remedy(), "a row of the table of answer words lacks a meaning or a remedy");

}  // namespace
}  // namespace smbatcher

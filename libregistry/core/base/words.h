#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "libregistry/core/base/word_row.h"
#include "libregistry/core/base/words_error.h"
#include "libregistry/core/base/words_fail.h"
#include "libregistry/core/base/words_ok.h"
#include "libregistry/core/base/words_why.h"

namespace smbatcher {

/// What a word answers. The exit code of a call follows it.
enum class WordKind : std::uint8_t { kOk, kFail, kError, kWhy };

/// The rows of a kind. A word may be of several kinds, with a meaning in each.
constexpr std::span<const WordRow> word_rows(WordKind kind) {
  switch (kind) {
    case WordKind::kOk:
      return kOkWords;
    case WordKind::kFail:
      return kFailWords;
    case WordKind::kError:
      return kErrorWords;
    case WordKind::kWhy:
      break;
  }
  return kWhyWords;
}

/// Never called: that it is not constexpr is what the compiler says about a word without a row.
void the_word_is_not_in_the_table_of_answer_words();

/// An answer word of one kind. It is looked up when the program is compiled: one that is not in the table is an error
/// of the compiler. To add one, add its row to words_<kind>.h and run `make generate`.
///
///     return fail(refused("held", …));          // a FailWord
///     Outcome::ok(dry_run ? OkWord("dry_run") : OkWord("archived"));
template <WordKind kKind>
class WordOf {
 public:
  consteval WordOf(const char* text) : row_(row_of(text)) {}

  std::string text() const { return std::string(row_->word); }
  constexpr const WordRow& row() const { return *row_; }

  friend constexpr bool operator==(WordOf, WordOf) = default;

 private:
  static consteval const WordRow* row_of(std::string_view text) {
    for (const WordRow& row : word_rows(kKind)) {
      if (row.word == text) {
        return &row;
      }
    }
    the_word_is_not_in_the_table_of_answer_words();
    return nullptr;
  }

  const WordRow* row_;
};

using OkWord = WordOf<WordKind::kOk>;
using FailWord = WordOf<WordKind::kFail>;
using ErrorWord = WordOf<WordKind::kError>;
/// Why there is no work.
using WhyWord = WordOf<WordKind::kWhy>;

/// An answer word with its kind, as cheap to copy and compare as a pointer. Decisions compare it with a word of a kind:
///
///     if (error.reason == FailWord("no_work_found"))
///
/// FAIL:conflict and ERROR:conflict are two words, and not equal.
class Word {
 public:
  template <WordKind kKind>
  requires(kKind != WordKind::kWhy) constexpr Word(WordOf<kKind> word) : row_(&word.row()), kind_(kKind) {}

  constexpr WordKind kind() const { return kind_; }
  std::string text() const { return std::string(row_->word); }
  constexpr const WordRow& row() const { return *row_; }

  friend constexpr bool operator==(Word, Word) = default;

 private:
  const WordRow* row_;
  WordKind kind_;
};

}  // namespace smbatcher

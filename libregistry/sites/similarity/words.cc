#include "libregistry/sites/similarity/words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/text_hash.h"

namespace smbatcher {
namespace {

constexpr auto kStopWords =
    std::to_array<std::string_view>({"a",     "all", "an",    "and",  "are", "as", "at",  "be",  "but", "by", "each",
                                     "every", "for", "from",  "in",   "is",  "it", "its", "of",  "on",  "or", "over",
                                     "that",  "the", "their", "then", "to",  "up", "we",  "who", "with"});
static_assert(std::is_sorted(kStopWords.begin(), kStopWords.end()));

enum class Kind { kLetter, kSingle, kOther };  // kSingle: a word by itself

struct Next {
  Kind kind;
  std::size_t size;  // bytes
};

Next next_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned lead = byte(at);
  if (lead < 0x80) {
    return {is_letter_or_digit(static_cast<int>(lead)) ? Kind::kLetter : Kind::kOther, 1};
  }
  const unsigned second = byte(at + 1);
  if (lead == 0xC2 && ((second >= 0x80 && second <= 0xA0) || second == 0xAB || second == 0xBB)) {
    return {Kind::kOther, 2};  // controls, the no-break space, quotation marks
  }
  const auto goes_on = [&byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80; };
  if (!goes_on(at + 1) || !goes_on(at + 2)) {
    return {Kind::kLetter, 1};  // of two bytes, or broken
  }
  if (lead == 0xE2 && byte(at + 1) <= 0x81) {
    return {Kind::kOther, 3};
  }
  if (lead >= 0xE3 && lead <= 0xE9) {
    return {lead == 0xE3 && byte(at + 1) == 0x80 ? Kind::kOther : Kind::kSingle, 3};
  }
  return {Kind::kLetter, 1};
}

/// The end of a colour such as #f4ede4 that begins at `at`, else `at`.
std::size_t end_of_colour(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && is_hex_digit(text[end])) {
    ++end;
  }
  const std::size_t digits = end - at - 1;
  const bool ends = end == text.size() || next_at(text, end).kind == Kind::kOther;
  return ends && (digits == 3 || digits == 4 || digits == 6 || digits == 8) ? end : at;
}

bool is_inner_apostrophe(std::string_view text, std::size_t at) {
  return text[at] == '\'' && at + 1 < text.size() && next_at(text, at + 1).kind == Kind::kLetter;
}

class WordReader {
 public:
  explicit WordReader(std::string_view text) : text_(text) {}

  std::vector<std::string> read() {
    while (at_ < text_.size()) {
      step();
    }
    end_word();
    return std::move(words_);
  }

 private:
  void step() {
    if (text_.substr(at_).starts_with("<!--")) {
      end_word();
      const std::size_t end = text_.find("-->", at_);
      at_ = end == std::string_view::npos ? text_.size() : end + 3;
      return;
    }
    if (text_[at_] == '#' && word_.empty()) {
      at_ = std::max(end_of_colour(text_, at_), at_ + 1);
      return;
    }
    const Next next = next_at(text_, at_);
    const std::string_view piece = text_.substr(at_, next.size);
    if (next.kind == Kind::kLetter) {
      word_ += piece[0] >= 'A' && piece[0] <= 'Z' ? static_cast<char>(piece[0] - 'A' + 'a') : piece[0];
    } else if (!word_.empty() && is_inner_apostrophe(text_, at_)) {
      word_ += '\'';
    } else {
      end_word();
      if (next.kind == Kind::kSingle) {
        words_.emplace_back(piece);
      }
    }
    at_ += next.size;
  }

  void end_word() {
    if (!word_.empty()) {
      words_.push_back(std::exchange(word_, {}));
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string word_;
  std::vector<std::string> words_;
};

}  // namespace

std::vector<std::string> words_of(std::string_view text) { return WordReader(text).read(); }

std::vector<std::string> telling_words(std::string_view text) {
  std::vector<std::string> words = words_of(text);
  std::erase_if(words, [](const std::string& word) {
    return std::binary_search(kStopWords.begin(), kStopWords.end(), std::string_view(word));
  });
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::vector<std::uint64_t> phrases_of(const std::vector<std::string>& words) {
  std::vector<std::uint64_t> phrases;
  if (words.size() == 1) {
    phrases.push_back(text_hash(words[0]));
  }
  std::string phrase;
  for (std::size_t i = 1; i < words.size(); ++i) {
    phrase.assign(words[i - 1]).append(" ").append(words[i]);
    phrases.push_back(text_hash(phrase));
  }
  std::sort(phrases.begin(), phrases.end());
  phrases.erase(std::unique(phrases.begin(), phrases.end()), phrases.end());
  return phrases;
}

}  // namespace smbatcher

#include <algorithm>

#include "libregistry/core/base/ascii.h"
#include "libregistry/queue/document/blanks.h"
#include "libregistry/queue/document/document.h"

namespace smbatcher {
namespace {

bool is_ascii_punctuation(char c) { return c > ' ' && c < 0x7F && !is_letter_or_digit(c); }

std::string on_one_line(std::string_view text) {
  std::string flat;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      continue;  // CRLF is one space
    }
    flat += byte < 0x20 || byte == 0x7F ? ' ' : text[i];
  }
  return std::string(trim_cell(flat));
}

/// Says of each byte of a text whether Markdown could take it for more than itself.
class Markup {
 public:
  explicit Markup(std::string_view text) : text_(text) {}

  bool is_at(std::size_t i) const {
    switch (text_[i]) {
      case '|':
        return true;
      case '\\':
        return i + 1 == text_.size() || is_ascii_punctuation(text_[i + 1]);
      case '`':
      case '~':
        return has_several(text_[i]);
      case '*':
      case '_':
        return has_several(text_[i]) && can_open_or_close(i);
      case '[':
        return text_.find(']', i) != std::string_view::npos;
      case '<':
        return (letter_follows(i) || follows(i, "/!?")) && text_.find('>', i) != std::string_view::npos;
      case '&':
        return (letter_follows(i) || follows(i, "#")) && text_.find(';', i) != std::string_view::npos;
      default:
        return false;
    }
  }

 private:
  bool has_several(char c) const { return text_.find(c) != text_.rfind(c); }
  bool letter_follows(std::size_t i) const { return i + 1 < text_.size() && is_letter_or_digit(text_[i + 1]); }
  bool follows(std::size_t i, std::string_view any) const {
    return i + 1 < text_.size() && any.find(text_[i + 1]) != std::string_view::npos;
  }

  /// Between blanks a run of them is none, nor is one of '_' within a word.
  bool can_open_or_close(std::size_t i) const {
    const std::size_t before = text_.find_last_not_of(text_[i], i);
    const std::size_t after = text_.find_first_not_of(text_[i], i);
    const char left = before == std::string_view::npos ? ' ' : text_[before];
    const char right = after == std::string_view::npos ? ' ' : text_[after];
    const bool alone = left == ' ' && right == ' ';
    const bool inside = text_[i] == '_' && is_letter_or_digit(left) && is_letter_or_digit(right);
    return !alone && !inside;
  }

  std::string_view text_;
};

bool may_be_address(std::string_view word) {
  return word.find("://") != std::string_view::npos || word.find("www.") != std::string_view::npos ||
         word.find('@') != std::string_view::npos;
}

/// Only a backslash does not separate cells, and a pipe behind one is never a separator, however it is meant.
bool needs_entity(std::string_view text, std::size_t i) {
  return text[i] == '\\' &&
         (text.find_first_not_of('\\', i) == std::string_view::npos || text[text.find_first_not_of('\\', i)] == '|');
}

std::string entity(char c) { return "&#" + std::to_string(static_cast<int>(c)) + ";"; }

/// [begin, end) of `text` is a word or the blanks between two.
std::string escaped_word(std::string_view text, const Markup& markup, std::size_t begin, std::size_t end) {
  const auto is_markup = [&markup](std::size_t i) { return markup.is_at(i); };
  bool as_entities = false;
  if (may_be_address(text.substr(begin, end - begin))) {
    for (std::size_t i = begin; i < end && !as_entities; ++i) {
      as_entities = is_markup(i);
    }
  }
  std::string escaped;
  for (std::size_t i = begin; i < end; ++i) {
    const char c = text[i];
    if (c == '|') {
      escaped += "\\|";
    } else if (as_entities && (is_markup(i) || c == ':' || c == '.' || c == '@')) {
      escaped += entity(c);
    } else if (is_markup(i)) {
      escaped += needs_entity(text, i) ? entity(c) : std::string{'\\', c};
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::string escape_cell(std::string_view text) {
  const std::string flat = on_one_line(text);
  const Markup markup(flat);
  std::string escaped;
  for (std::size_t begin = 0; begin < flat.size();) {
    const bool blank = flat[begin] == ' ';
    const std::size_t end = std::min(blank ? flat.find_first_not_of(' ', begin) : flat.find(' ', begin), flat.size());
    escaped += escaped_word(flat, markup, begin, end);
    begin = end;
  }
  return escaped;
}

}  // namespace smbatcher

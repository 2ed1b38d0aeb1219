#include "libregistry/coordination/json_spans.h"

#include <algorithm>
#include <variant>

#include "libregistry/core/base/json.h"

namespace smbatcher {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The offset behind the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    at += text[at] == '\\' ? 1 : 0;
  }
  return std::min(at + 1, text.size());
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text), at_(text.starts_with(kByteOrderMark) ? 3 : 0) {}

  JsonSpan value() {
    skip_blanks();
    JsonSpan span;
    span.begin = at_;
    const char first = at_ < text_.size() ? text_[at_] : ' ';
    if (first == '{' || first == '[') {
      span.is_container = true;
      read_items(span, first == '{');
    } else if (first == '"') {
      at_ = end_of_string(text_, at_);
    } else {
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    }
    span.end = at_;
    return span;
  }

 private:
  void read_items(JsonSpan& span, bool has_keys) {
    const char close = has_keys ? '}' : ']';
    for (++at_; at_ < text_.size();) {
      skip_blanks();
      if (at_ >= text_.size() || text_[at_] == close) {
        break;
      }
      if (text_[at_] == ',') {
        ++at_;
        continue;
      }
      if (has_keys) {
        const std::size_t begin = at_;
        at_ = end_of_string(text_, at_);
        const auto key = parse_json(text_.substr(begin, at_ - begin));
        const Json* const json = std::get_if<Json>(&key);
        span.keys.push_back(json != nullptr && json->string() != nullptr ? *json->string() : std::string());
        at_ = std::min(text_.find(':', at_), text_.size() - 1) + 1;
      }
      span.items.push_back(value());
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  std::string_view text_;
  std::size_t at_;
};

/// The blanks at the beginning of the line on which `at` stands.
std::string_view indent_of_line(std::string_view text, std::size_t at) {
  const std::size_t line = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;  // npos + 1 is 0: the first line
  const std::size_t end = std::min(text.find_first_not_of(" \t", line), at);
  return text.substr(line, end - line);
}

/// What one level is indented by, as the first member of the outermost value shows.
std::string_view indent_unit(std::string_view text) {
  const JsonSpan all = json_spans(text);
  if (!all.items.empty()) {
    const std::size_t line = text.find('\n', all.begin);
    if (line != std::string_view::npos && line < all.items.front().begin) {
      const std::string_view unit = indent_of_line(text, all.items.front().begin);
      return unit.empty() ? "  " : unit;
    }
  }
  return "  ";
}

/// `pretty` with another line end and indent, each line but the first below `indent`.
std::string laid_out(std::string_view pretty, std::string_view line_end, std::string_view indent,
                     std::string_view unit) {
  std::string out;
  for (bool first = true; !pretty.empty(); first = false) {
    const std::size_t length = std::min(pretty.find('\n'), pretty.size());
    std::string_view line = pretty.substr(0, length);
    if (!first) {
      out.append(line_end).append(indent);
      for (; line.starts_with("  "); line.remove_prefix(2)) {
        out += unit;
      }
    }
    out += line;
    pretty.remove_prefix(std::min(length + 1, pretty.size()));
  }
  return out;
}

/// The layout of Json::pretty() on one line.
std::string on_one_line(std::string_view pretty) {
  std::string out;
  while (!pretty.empty()) {
    const std::size_t length = std::min(pretty.find('\n'), pretty.size());
    std::string_view line = pretty.substr(0, length);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    out += line;
    out += line.ends_with(',') ? " " : "";
    pretty.remove_prefix(std::min(length + 1, pretty.size()));
  }
  return out;
}

}  // namespace

const JsonSpan* JsonSpan::find(std::string_view key) const {
  for (std::size_t i = keys.size(); i > 0; --i) {
    if (keys[i - 1] == key) {
      return &items[i - 1];
    }
  }
  return nullptr;
}

JsonSpan json_spans(std::string_view text) { return Scanner(text).value(); }

bool is_json_with_comments(std::string_view text, std::size_t& byte) {
  std::string plain(text);
  std::size_t first = std::string_view::npos;
  std::size_t comma = std::string_view::npos;  // the last one, while only blanks and comments follow it
  char before = '{';                           // what stands before `at`, but for blanks and comments
  const auto blank = [&](std::size_t begin, std::size_t end) {
    first = std::min(first, begin);
    std::fill(plain.begin() + static_cast<std::ptrdiff_t>(begin), plain.begin() + static_cast<std::ptrdiff_t>(end),
              ' ');
  };
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (text[at] == '"') {
      end = end_of_string(text, at);
    } else if (text.substr(at).starts_with("//")) {
      blank(at, end = std::min(text.find('\n', at), text.size()));
    } else if (text.substr(at).starts_with("/*")) {
      const std::size_t close = text.find("*/", at + 2);
      blank(at, end = close == std::string_view::npos ? text.size() : close + 2);
    } else if ((text[at] == '}' || text[at] == ']') && comma != std::string_view::npos) {
      blank(comma, comma + 1);
    }
    if (plain[at] == ',' && std::string_view("{[,").find(before) == std::string_view::npos) {
      comma = at;
    } else if (kBlanks.find(plain[at]) == std::string_view::npos) {
      comma = std::string_view::npos;
    }
    before = kBlanks.find(plain[at]) == std::string_view::npos ? plain[at] : before;
    at = end;
  }
  byte = std::min(first, text.size());
  return first != std::string_view::npos && std::holds_alternative<Json>(parse_json(plain));
}

JsonInsertion insertion_at_end(std::string_view text, const JsonSpan& container,
                               const std::vector<std::string>& values) {
  const std::string_view inside = text.substr(container.begin, container.end - container.begin);
  const std::size_t first_line = text.find('\n');
  const bool is_crlf = first_line != std::string_view::npos && first_line > 0 && text[first_line - 1] == '\r';
  const std::string_view line_end = is_crlf ? "\r\n" : "\n";
  const bool is_empty = container.items.empty();
  JsonInsertion insertion{is_empty ? container.begin + 1 : container.items.back().end, {}};
  if (!is_empty && inside.find('\n') == std::string_view::npos) {
    for (const std::string& value : values) {
      insertion.text += ", " + on_one_line(value);
    }
    return insertion;
  }
  const std::string_view unit = indent_unit(text);
  const std::string_view outer = indent_of_line(text, container.begin);
  std::string indent(is_empty ? outer : indent_of_line(text, container.items.back().begin));
  indent += is_empty ? unit : "";
  for (const std::string& value : values) {
    const bool follows = !is_empty || !insertion.text.empty();
    insertion.text.append(follows ? "," : "").append(line_end).append(indent);
    insertion.text += laid_out(value, line_end, indent, unit);
  }
  if (is_empty && inside.find('\n') == std::string_view::npos) {
    insertion.text.append(line_end).append(outer);
  }
  return insertion;
}

}  // namespace smbatcher

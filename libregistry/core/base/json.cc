#include "libregistry/core/base/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <system_error>

#include <nlohmann/json.hpp>

#include "libregistry/core/base/ascii.h"

namespace smbatcher {
namespace {

using Library = nlohmann::ordered_json;

constexpr std::size_t kMaxDepth = 64;

/// True when a text stands between quotes as it is: ASCII without quotes, backslashes and control characters.
bool needs_no_escape(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
  });
}

/// Appends values to `out`. Every call writes three or four such texts, so the library's tree is built only for what is
/// not plain: text to be escaped, and fractions.
class Printer {
 public:
  enum class Layout { kOneLine, kIndented };

  Printer(std::string& out, Layout layout, Json::Letters letters)
      : out_(out), indented_(layout == Layout::kIndented), ascii_(letters == Json::Letters::kAscii) {}

  void print(const Json& value) {
    if (const auto* object = value.object()) {
      print_object(*object);
    } else if (const auto* array = value.array()) {
      print_array(*array);
    } else if (const auto* text = value.string()) {
      print_text(*text);
    } else if (const auto flag = value.boolean()) {
      out_ += *flag ? "true" : "false";
    } else if (const auto integer = value.integer()) {
      out_ += std::to_string(*integer);
    } else if (const std::string* digits = value.number_text()) {
      out_ += *digits;
    } else if (const auto number = value.number()) {
      print_in_library(*number);
    } else {
      out_ += "null";
    }
  }

 private:
  void print_object(const JsonObject& object) {
    open('{');
    for (const auto& [key, item] : object) {
      next();
      print_text(key);
      out_ += indented_ ? ": " : ":";
      print(item);
    }
    close('}');
  }

  void print_array(const JsonArray& array) {
    open('[');
    for (const Json& item : array) {
      next();
      print(item);
    }
    close(']');
  }

  void open(char bracket) {
    out_ += bracket;
    is_empty_ = true;
    ++depth_;
  }

  void next() {
    if (!is_empty_) {
      out_ += ',';
    }
    is_empty_ = false;
    break_line();
  }

  void close(char bracket) {
    --depth_;
    if (!is_empty_) {
      break_line();
    }
    is_empty_ = false;  // what it stands in holds something
    out_ += bracket;
  }

  void break_line() {
    if (indented_) {
      out_ += '\n';
      out_.append(2 * depth_, ' ');
    }
  }

  void print_text(const std::string& text) {
    if (needs_no_escape(text)) {
      out_ += '"';
      out_ += text;
      out_ += '"';
    } else {
      print_in_library(text);
    }
  }

  void print_in_library(const Library& value) {
    out_ += value.dump(-1, ' ', ascii_, Library::error_handler_t::replace);
  }

  std::string& out_;
  bool indented_;
  bool ascii_;
  bool is_empty_ = true;  // nothing stands in the innermost value yet
  std::size_t depth_ = 0;
};

/// The numbers of a JSON text as they are written. The library reads numbers into machine types and refuses what is too
/// large for a double; so it is shown a harmless number of the same length there, and the text is kept here.
class NumberTokens {
 public:
  explicit NumberTokens(std::string_view text) : text_(text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '"') {
        for (++at; at < text.size() && text[at] != '"'; ++at) {
          at += text[at] == '\\' ? 1 : 0;
        }
      } else if (text[at] == '-' || is_digit(text[at])) {
        const std::size_t end = std::min(text.find_first_not_of("+-.0123456789eE", at), text.size());
        tokens_.push_back(text.substr(at, end - at));
        hide_if_too_large(at, tokens_.back());
        at = end - 1;
      }
    }
  }

  std::string_view readable() const { return changed_.empty() ? text_ : changed_; }
  std::string_view next() { return next_ < tokens_.size() ? tokens_[next_++] : std::string_view("0"); }

 private:
  static std::size_t digits(std::string_view token, std::size_t at) {
    return std::min(token.find_first_not_of("0123456789", at), token.size()) - at;
  }

  /// As RFC 8259 has it, section 6.
  static bool is_number(std::string_view token) {
    std::size_t at = token.starts_with('-') ? 1 : 0;
    const std::size_t whole = digits(token, at);
    if (whole == 0 || (whole > 1 && token[at] == '0')) {
      return false;
    }
    at += whole;
    if (at < token.size() && token[at] == '.') {
      const std::size_t fraction = digits(token, ++at);
      at = fraction == 0 ? std::string_view::npos : at + fraction;
    }
    if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
      ++at;
      at += at < token.size() && (token[at] == '+' || token[at] == '-') ? 1 : 0;
      const std::size_t exponent = digits(token, at);
      at = exponent == 0 ? std::string_view::npos : at + exponent;
    }
    return at == token.size();
  }

  void hide_if_too_large(std::size_t at, std::string_view token) {
    constexpr std::size_t kAlwaysFits = 308;  // digits of a double, without an exponent
    const bool may_be_large = token.size() > kAlwaysFits || token.find_first_of("eE") != std::string_view::npos;
    if (!may_be_large || !is_number(token) || std::isfinite(std::strtod(std::string(token).c_str(), nullptr))) {
      return;
    }
    changed_ = changed_.empty() ? std::string(text_) : std::move(changed_);
    changed_.replace(at, token.size(), "0." + std::string(token.size() - 2, '0'));
  }

  std::string_view text_;
  std::string changed_;  // empty while the text is read as it is
  std::vector<std::string_view> tokens_;
  std::size_t next_ = 0;
};

/// What the library calls for each part of the text it reads.
class Builder {
 public:
  explicit Builder(NumberTokens& numbers) : numbers_(numbers) {}

  bool null() { return add({}); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(Library::number_integer_t /*value*/) {
    return add(Json::number_of(std::string(numbers_.next())));
  }
  bool number_unsigned(Library::number_unsigned_t /*value*/) {
    return add(Json::number_of(std::string(numbers_.next())));
  }
  bool number_float(Library::number_float_t /*value*/, const std::string& /*text*/) {
    return add(Json::number_of(std::string(numbers_.next())));
  }
  bool string(std::string& value) { return add(std::move(value)); }
  static bool binary(Library::binary_t& /*value*/) { return false; }
  bool start_object(std::size_t /*size*/) { return open(true); }
  bool start_array(std::size_t /*size*/) { return open(false); }
  bool key(std::string& name) {
    open_.back().key = std::move(name);
    return true;
  }
  bool end_object() {
    Json value(std::move(open_.back().members));
    open_.pop_back();
    return add(std::move(value));
  }
  bool end_array() {
    Json value(std::move(open_.back().items));
    open_.pop_back();
    return add(std::move(value));
  }
  bool parse_error(std::size_t position, const std::string& /*token*/, const Library::exception& error) {
    fault_ = {position == 0 ? 0 : position - 1, error.what()};
    return false;
  }

  Json result() { return std::move(result_); }
  JsonError fault() { return std::move(fault_); }

 private:
  struct Open {
    bool is_object = false;
    std::string key;
    JsonObject members;
    JsonArray items;
  };

  bool open(bool is_object) {
    if (open_.size() >= kMaxDepth) {
      fault_ = {0, "nested deeper than 64 levels"};
      return false;
    }
    open_.emplace_back().is_object = is_object;
    return true;
  }

  bool add(Json value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (open_.back().is_object) {
      set_member(open_.back().members, open_.back().key, std::move(value));  // a key that comes again: the last counts
    } else {
      open_.back().items.push_back(std::move(value));
    }
    return true;
  }

  NumberTokens& numbers_;
  std::vector<Open> open_;
  Json result_;
  JsonError fault_;
};

}  // namespace

Json::Json(std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    value_ = static_cast<std::int64_t>(value);
  } else {
    value_ = NumberText{std::to_string(value)};
  }
}

Json Json::number_of(std::string text) {
  Json json;
  std::int64_t integer = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (fault == std::errc() && end == text.data() + text.size() && text != "-0") {
    json.value_ = integer;
  } else {
    json.value_ = NumberText{std::move(text)};
  }
  return json;
}

const std::string* Json::number_text() const {
  const auto* number = std::get_if<NumberText>(&value_);
  return number == nullptr ? nullptr : &number->text;
}

Json::Json(const std::vector<std::string>& values)
    : value_(std::make_shared<JsonArray>(values.begin(), values.end())) {}

const JsonObject* Json::object() const {
  const auto* object = std::get_if<std::shared_ptr<const JsonObject>>(&value_);
  return object == nullptr ? nullptr : object->get();
}

const JsonArray* Json::array() const {
  const auto* array = std::get_if<std::shared_ptr<const JsonArray>>(&value_);
  return array == nullptr ? nullptr : array->get();
}

std::optional<std::int64_t> Json::integer() const {
  const auto* value = std::get_if<std::int64_t>(&value_);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<double> Json::number() const {
  if (const auto value = integer()) {
    return static_cast<double>(*value);
  }
  if (const std::string* const text = number_text()) {
    return std::strtod(text->c_str(), nullptr);
  }
  const auto* value = std::get_if<double>(&value_);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<bool> Json::boolean() const {
  const auto* value = std::get_if<bool>(&value_);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

const Json* Json::find(std::string_view key) const {
  if (const auto* members = object()) {
    for (const auto& [name, value] : *members) {
      if (name == key) {
        return &value;
      }
    }
  }
  return nullptr;
}

std::string Json::dump() const {
  std::string text;
  Printer(text, Printer::Layout::kOneLine, Letters::kUtf8).print(*this);
  return text;
}

std::string Json::pretty(Letters letters) const {
  std::string text;
  Printer(text, Printer::Layout::kIndented, letters).print(*this);
  return text;
}

void set_member(JsonObject& object, std::string_view key, Json value) {
  for (auto& [name, old] : object) {
    if (name == key) {
      old = std::move(value);
      return;
    }
  }
  object.emplace_back(std::string(key), std::move(value));
}

std::variant<Json, JsonError> parse_json(std::string_view text) {
  NumberTokens numbers(text);
  Builder builder(numbers);
  try {
    if (Library::sax_parse(numbers.readable(), &builder)) {
      return builder.result();
    }
  } catch (const Library::exception& error) {
    return JsonError{0, error.what()};
  }
  return builder.fault();
}

}  // namespace smbatcher

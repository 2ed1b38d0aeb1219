#include "libregistry/base/json.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace smbatcher {
namespace {

using Library = nlohmann::ordered_json;

constexpr int kMaxDepth = 64;

Json from_library(const Library& value) {
  switch (value.type()) {
    case Library::value_t::boolean:
      return value.get<bool>();
    case Library::value_t::number_integer:
    case Library::value_t::number_unsigned:
      return value.get<std::int64_t>();
    case Library::value_t::number_float:
      return value.get<double>();
    case Library::value_t::string:
      return value.get<std::string>();
    case Library::value_t::array: {
      JsonArray array;
      array.reserve(value.size());
      for (const Library& item : value) {
        array.push_back(from_library(item));
      }
      return array;
    }
    case Library::value_t::object: {
      JsonObject object;
      object.reserve(value.size());
      for (const auto& [key, item] : value.items()) {
        object.emplace_back(key, from_library(item));
      }
      return object;
    }
    default:
      return {};
  }
}

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

}  // namespace

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
  bool too_deep = false;
  const auto limit_depth = [&too_deep](int depth, Library::parse_event_t event, Library&) {
    const bool opens = event == Library::parse_event_t::array_start || event == Library::parse_event_t::object_start;
    too_deep = too_deep || (opens && depth >= kMaxDepth);  // the outermost value begins at depth 0
    return !too_deep;
  };
  try {
    const Library value = Library::parse(text, limit_depth);
    if (too_deep) {
      return JsonError{0, "nested deeper than 64 levels"};
    }
    return from_library(value);
  } catch (const Library::parse_error& error) {
    return JsonError{error.byte == 0 ? 0 : error.byte - 1, error.what()};
  } catch (const Library::exception& error) {
    return JsonError{0, error.what()};
  }
}

}  // namespace smbatcher

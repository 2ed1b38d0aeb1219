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

std::string dump_in_library(const Library& value) {
  return value.dump(-1, ' ', false, Library::error_handler_t::replace);
}

/// Appends `value` to `out`. Every call writes three or four such texts, so the library's tree is built only for what
/// is not plain: text to be escaped, and fractions.
class Printer {
 public:
  explicit Printer(std::string& out) : out_(out) {}

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
      out_ += dump_in_library(*number);
    } else {
      out_ += "null";
    }
  }

 private:
  void print_object(const JsonObject& object) {
    char before = '{';
    for (const auto& [key, item] : object) {
      out_ += before;
      print_text(key);
      out_ += ':';
      print(item);
      before = ',';
    }
    out_ += before == '{' ? "{}" : "}";
  }

  void print_array(const JsonArray& array) {
    char before = '[';
    for (const Json& item : array) {
      out_ += before;
      print(item);
      before = ',';
    }
    out_ += before == '[' ? "[]" : "]";
  }

  void print_text(const std::string& text) {
    if (needs_no_escape(text)) {
      out_ += '"';
      out_ += text;
      out_ += '"';
    } else {
      out_ += dump_in_library(text);
    }
  }

  std::string& out_;
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
  Printer(text).print(*this);
  return text;
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

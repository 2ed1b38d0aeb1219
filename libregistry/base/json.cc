#include "libregistry/base/json.h"

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

Library to_library(const Json& value) {
  if (const auto* object = value.object()) {
    Library result = Library::object();
    for (const auto& [key, item] : *object) {
      result[key] = to_library(item);
    }
    return result;
  }
  if (const auto* array = value.array()) {
    Library result = Library::array();
    for (const Json& item : *array) {
      result.push_back(to_library(item));
    }
    return result;
  }
  if (const auto* text = value.string()) {
    return *text;
  }
  if (const auto flag = value.boolean()) {
    return *flag;
  }
  if (const auto integer = value.integer()) {
    return *integer;
  }
  if (const auto number = value.number()) {
    return *number;
  }
  return nullptr;
}

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

std::string Json::dump() const { return to_library(*this).dump(-1, ' ', false, Library::error_handler_t::replace); }

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

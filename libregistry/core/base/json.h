#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace smbatcher {

class Json;
using JsonArray = std::vector<Json>;
/// Keys in the order they were added; readers print them in this order.
using JsonObject = std::vector<std::pair<std::string, Json>>;

/// A JSON value (RFC 8259): the shape of results, history lines and claim files.
///
/// A number that was read is printed as it was written: of other people's files nothing is rounded, however many digits
/// it has (`1.0`, `-0`, 2^64, `1e400`).
///
/// A plain value type so that headers stay cheap to compile; nlohmann_json does the parsing and the printing behind
/// parse_json() and dump().
class Json {
 public:
  Json() = default;
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(int value) : value_(static_cast<std::int64_t>(value)) {}
  Json(std::int64_t value) : value_(value) {}
  Json(std::uint64_t value);
  Json(double value) : value_(value) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(JsonArray value) : value_(std::make_shared<JsonArray>(std::move(value))) {}
  Json(JsonObject value) : value_(std::make_shared<JsonObject>(std::move(value))) {}
  Json(const std::vector<std::string>& values);

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_object() const { return object() != nullptr; }

  /// A number as its text says it, which must be one of JSON's.
  static Json number_of(std::string text);

  /// Each answers null (or nullopt) when the value has another type. `integer` is of numbers without a fraction or an
  /// exponent that fit; `number` of all, as near as a double comes.
  const JsonObject* object() const;
  const JsonArray* array() const;
  /// The text of a number that was read and is no `integer()`.
  const std::string* number_text() const;
  const std::string* string() const { return std::get_if<std::string>(&value_); }
  std::optional<std::int64_t> integer() const;
  std::optional<double> number() const;
  std::optional<bool> boolean() const;

  /// The member `key` of an object; null when this is not an object or has no such member.
  const Json* find(std::string_view key) const;

  /// One line, UTF-8; bytes that are not UTF-8 are replaced by U+FFFD.
  std::string dump() const;
  /// The same over several lines, indented by two spaces, without a newline at the end: as `jq .` and Python's
  /// json.dump(indent=2) write it. kAscii writes other characters as \uXXXX.
  enum class Letters { kUtf8, kAscii };
  std::string pretty(Letters letters = Letters::kUtf8) const;

 private:
  struct NumberText {
    std::string text;
  };
  std::variant<std::monostate, bool, std::int64_t, double, NumberText, std::string, std::shared_ptr<const JsonArray>,
               std::shared_ptr<const JsonObject>>
      value_;
};

/// The member `key` of an object that is being built: set in its place, or added at the end.
void set_member(JsonObject& object, std::string_view key, Json value);

/// What a JSON text could not be read for, and where.
struct JsonError {
  std::size_t byte = 0;  // offset of the first byte that could not be read
  std::string message;
};

/// Reads one JSON text. Nesting deeper than 64 levels is an error: deeper values would exhaust the stack when copied.
std::variant<Json, JsonError> parse_json(std::string_view text);

}  // namespace smbatcher

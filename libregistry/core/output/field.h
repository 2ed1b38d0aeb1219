#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/json.h"

namespace smbatcher {

/// A text that stands in the source. An empty one does not compile.
struct Literal {
  consteval Literal(const char* literal) : text(literal) {
    if (text.empty()) {
      throw "a name or a meaning is empty";
    }
  }
  std::string_view text;
};

/// A key of a JSON object that we print: its name, its type and its meaning, written once.
///
///     inline constexpr Field<std::string> kBatch{"batch", "the batch"};
///     add(outcome, kBatch, answer.batch);                  // prints it
///     Schema(...).ok("released", {kBatch, maybe(kLate)});  // describes it: libregistry/core/output/schema.h
template <class T>
struct Field {
  consteval Field(Literal name_, Literal meaning_) : name(name_.text), meaning(meaning_.text) {}
  template <class Other>
  constexpr explicit Field(const Field<Other>& other) : name(other.name), meaning(other.meaning) {}

  /// The same key where it means something more definite.
  consteval Field means(Literal other) const {
    Field field = *this;
    field.meaning = other.text;
    return field;
  }
  /// The same key in a Record that may lack it.
  constexpr Field<std::optional<T>> optional() const { return Field<std::optional<T>>(*this); }

  std::string_view name;
  std::string_view meaning;
};

/// How a T stands in JSON: `print` makes the value, `schema` describes it. std::true_type is a key that is true or
/// absent; JsonArray, JsonObject and Json are values that nothing is said about.
template <class T>
struct Shape;

/// A field as it stands in one object.
struct FieldForm {
  template <class T>
  FieldForm(const Field<T>& field) : name(field.name), meaning(field.meaning), schema(Shape<T>::schema()) {}
  template <class T>
  FieldForm(const Field<std::optional<T>>& field) : FieldForm(Field<T>(field)) {
    required = false;
  }

  std::string_view name;
  std::string meaning;
  JsonObject schema;
  bool required = true;
};

using Fields = std::vector<FieldForm>;

/// An object with these fields and no others. Of two with one name the first counts.
JsonObject object_schema(const Fields& fields);
/// A schema that stands among the definitions, under `name`, however often it is used.
JsonObject shared_schema(std::string_view name, JsonObject schema);

/// Adds a key to an answer (Outcome), or to an object that is being built.
template <class Built, class T>
void add(Built& built, const Field<T>& field, std::type_identity_t<T> value) {
  if constexpr (std::is_same_v<Built, JsonObject>) {
    built.emplace_back(std::string(field.name), Shape<T>::print(std::move(value)));
  } else {
    built.add(std::string(field.name), Shape<T>::print(std::move(value)));
  }
}

/// An object with these members, in this order. One of a Field<std::optional<T>> may be absent.
///
///     constexpr Record kRow{kDomain, kFrom.optional(), kTo};
///     constexpr Field<ListOf<kRow>> kChanges{"changes", "the rows that changed"};
///     rows.push_back(kRow.print(row.domain, row.from, row.to));
///     add(outcome, kChanges, rows);
template <class... T>
struct Record {
  constexpr Record(const Field<T>&... members) : fields(members...) {}

  Json print(std::type_identity_t<T>... values) const {
    return print_all(std::index_sequence_for<T...>(), std::move(values)...);
  }
  JsonObject schema() const {
    return std::apply([](const auto&... field) { return object_schema({field...}); }, fields);
  }

  std::tuple<Field<T>...> fields;

 private:
  template <std::size_t... kAt>
  Json print_all(std::index_sequence<kAt...>, std::type_identity_t<T>... values) const {
    JsonObject object;
    (print_member(object, std::get<kAt>(fields), std::move(values)), ...);
    return object;
  }
  template <class M>
  static void print_member(JsonObject& object, const Field<M>& field, std::type_identity_t<M> value) {
    add(object, field, std::move(value));
  }
  template <class M>
  static void print_member(JsonObject& object, const Field<std::optional<M>>& field,
                           std::type_identity_t<std::optional<M>> value) {
    if (value) {
      add(object, Field<M>(field), *std::move(value));
    }
  }
};

// What a field may hold besides texts, numbers and lists of them.

/// What a Record has printed, and a list of such objects.
template <const auto& kRecord>
struct ObjectOf {
  ObjectOf(Json printed) : json(std::move(printed)) {}
  Json json;
};
template <const auto& kRecord>
struct ListOf {
  ListOf(JsonArray printed) : json(std::move(printed)) {}
  ListOf(Json printed) : json(std::move(printed)) {}
  Json json;
};
/// One of these words, an array of std::string_view.
template <const auto& kWords>
struct OneOf {
  OneOf(std::string printed) : word(std::move(printed)) {}
  OneOf(std::string_view printed) : word(printed) {}
  OneOf(const char* printed) : word(printed) {}
  std::string word;
};
/// A T, or null where there is none.
template <class T>
struct OrNull {
  OrNull(std::nullopt_t) {}
  OrNull(std::optional<T> printed) : value(std::move(printed)) {}
  std::optional<T> value;
};
/// A time as a file has it.
struct TimeText {
  std::string text;
};
/// A time that is printed to the millisecond.
struct WallTimeMs {
  WallTime time;
};
/// A number from 0 to 1.
struct Share {
  Share(double share) : value(share) {}
  double value;
};
/// A whole number from 1 on.
struct Positive {
  Positive(std::uint64_t number) : value(number) {}
  std::uint64_t value;
};

template <>
struct Shape<std::string> {
  static Json print(std::string value) { return value; }
  static JsonObject schema() { return {{"type", "string"}}; }
};
template <>
struct Shape<bool> {
  static Json print(bool value) { return value; }
  static JsonObject schema() { return {{"type", "boolean"}}; }
};
template <>
struct Shape<std::true_type> {
  static Json print(std::true_type) { return true; }
  static JsonObject schema() { return {{"const", true}}; }
};
template <>
struct Shape<std::uint64_t> {
  static Json print(std::uint64_t value) { return value; }
  static JsonObject schema() { return {{"type", "integer"}, {"minimum", 0}}; }
};
template <>
struct Shape<Positive> {
  static Json print(Positive value) { return value.value; }
  static JsonObject schema() { return {{"type", "integer"}, {"minimum", 1}}; }
};
template <>
struct Shape<Share> {
  static Json print(Share value) { return value.value; }
  static JsonObject schema() { return {{"type", "number"}, {"minimum", 0}, {"maximum", 1}}; }
};
template <>
struct Shape<std::chrono::seconds> {
  static Json print(std::chrono::seconds value) { return std::int64_t{value.count()}; }
  static JsonObject schema() { return {{"type", "integer"}, {"minimum", 0}}; }
};
/// UTC, to the second.
template <>
struct Shape<WallTime> {
  static Json print(WallTime value) { return format_time(value); }
  static JsonObject schema() {
    return shared_schema("time", {{"description", "UTC, RFC 3339"}, {"type", "string"}, {"format", "date-time"}});
  }
};
template <>
struct Shape<WallTimeMs> {
  static Json print(WallTimeMs value) { return format_time_ms(value.time); }
  static JsonObject schema() { return Shape<WallTime>::schema(); }
};
template <>
struct Shape<TimeText> {
  static Json print(TimeText value) { return std::move(value.text); }
  static JsonObject schema() { return Shape<WallTime>::schema(); }
};
template <>
struct Shape<Json> {
  static Json print(Json value) { return value; }
  static JsonObject schema() { return {}; }
};
template <>
struct Shape<JsonArray> {
  static Json print(JsonArray value) { return value; }
  static JsonObject schema() { return {{"type", "array"}}; }
};
template <>
struct Shape<JsonObject> {
  static Json print(JsonObject value) { return value; }
  static JsonObject schema() { return {{"type", "object"}}; }
};
template <const auto& kRecord>
struct Shape<ObjectOf<kRecord>> {
  static Json print(ObjectOf<kRecord> value) { return std::move(value.json); }
  static JsonObject schema() { return kRecord.schema(); }
};
template <const auto& kRecord>
struct Shape<ListOf<kRecord>> {
  static Json print(ListOf<kRecord> value) { return std::move(value.json); }
  static JsonObject schema() { return {{"type", "array"}, {"items", kRecord.schema()}}; }
};
template <const auto& kWords>
struct Shape<OneOf<kWords>> {
  static Json print(OneOf<kWords> value) { return std::move(value.word); }
  static JsonObject schema() { return {{"enum", JsonArray(kWords.begin(), kWords.end())}}; }
};
template <class T>
struct Shape<OrNull<T>> {
  static Json print(OrNull<T> value) { return value.value ? Shape<T>::print(*std::move(value.value)) : Json(); }
  static JsonObject schema() {
    JsonObject schema = Shape<T>::schema();
    set_member(schema, "type", JsonArray{schema.front().second, "null"});
    return schema;
  }
};
template <class T>
struct Shape<std::vector<T>> {
  static Json print(const std::vector<T>& values) {
    JsonArray array;
    array.reserve(values.size());
    for (const T& value : values) {
      array.push_back(Shape<T>::print(value));
    }
    return array;
  }
  static JsonObject schema() { return {{"type", "array"}, {"items", Shape<T>::schema()}}; }
};
template <class T>
struct Shape<std::map<std::string, T>> {
  static Json print(const std::map<std::string, T>& values) {
    JsonObject object;
    for (const auto& [key, value] : values) {
      object.emplace_back(key, Shape<T>::print(value));
    }
    return object;
  }
  static JsonObject schema() { return {{"type", "object"}, {"additionalProperties", Shape<T>::schema()}}; }
};

}  // namespace smbatcher

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace smbatcher {

/// Where a JSON value stands in its text: what an edit needs that must leave every other byte alone.
struct JsonSpan {
  std::size_t begin = 0;  // of the value, as an offset of bytes
  std::size_t end = 0;
  std::vector<std::string> keys;  // of an object, decoded; one for each of `items`
  std::vector<JsonSpan> items;    // of an object or an array, in order
  bool is_container = false;      // an object or an array

  /// The member `key` of an object: the last one, as readers take it. Null when there is none.
  const JsonSpan* find(std::string_view key) const;
};

/// The spans of `text`, which parse_json() has read without an error; a byte order mark is passed over.
JsonSpan json_spans(std::string_view text);

/// True when a text that is no JSON becomes one without comments and without commas after the last item: JSONC, which
/// some editors write. `byte` is where the first of these stands.
bool is_json_with_comments(std::string_view text, std::size_t& byte);

/// The text with `values` (each a JSON text laid out by Json::pretty()) added at the end of `container`: with the
/// indent and the line ends of the text around it. Of an object, each begins with its key.
struct JsonInsertion {
  std::size_t at = 0;
  std::string text;
};
JsonInsertion insertion_at_end(std::string_view text, const JsonSpan& container,
                               const std::vector<std::string>& values);

}  // namespace smbatcher

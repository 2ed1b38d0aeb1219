#include "libregistry/coordination/json_file.h"

#include <algorithm>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

/// The parser's own words end in what is wrong: "[json.exception.parse_error.101] parse error at …: syntax error …".
std::string_view short_message(std::string_view message) {
  constexpr std::string_view kBeforeIt = "syntax error ";
  const std::size_t at = message.find(kBeforeIt);
  return at == std::string_view::npos ? message : message.substr(at);
}

}  // namespace

Error invalid_json(const std::string& path, std::string_view text, std::size_t byte, std::string_view what) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  const std::size_t line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0: the first line
  const std::string place = path + ":" + std::to_string(line) + ":" + std::to_string(column);
  Error error = malformed("invalid_json", place, "'" + place + "': " + escape_control(what) + ": mend it by hand");
  error.details = place;
  return error;
}

Result<Json> parse_json_file(const std::string& path, std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return fail(invalid_json(path, text, 0, "the file is empty"));
  }
  const auto parsed = parse_json(text);
  if (const auto* const error = std::get_if<JsonError>(&parsed)) {
    return fail(invalid_json(path, text, error->byte, short_message(error->message)));
  }
  const Json& value = std::get<Json>(parsed);
  if (!value.is_object()) {
    return fail(invalid_json(path, text, 0, "it is no JSON object"));
  }
  return value;
}

}  // namespace smbatcher

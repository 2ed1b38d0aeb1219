#include <algorithm>

#include "libregistry/sites/designs/site_formats.h"

namespace smbatcher {
namespace {

std::string described(const Json& value) {
  if (value.is_null()) {
    return "null";
  }
  if (value.boolean()) {
    return "true or false";
  }
  if (value.number()) {
    return "a number";
  }
  if (value.string() != nullptr) {
    return "text";
  }
  return value.is_object() ? "an object" : "an array";
}

std::size_t count_lines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// The parser's words without its own prefix and without the token it stopped in, which may be half the file.
std::string shorten(std::string_view message) {
  if (const std::size_t at = message.find("syntax error"); at != std::string_view::npos) {
    message.remove_prefix(at);
  }
  return std::string(message.substr(0, message.find("; last read: ")));
}

Error not_json(std::string_view text, const std::string& path, const JsonError& error) {
  const std::string_view before = text.substr(0, std::min(error.byte, text.size()));
  const std::string_view line = before.substr(before.find_last_of('\n') + 1);  // npos + 1 is 0: the first line
  const auto column = 1 + std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return bad_site_file(path, 1 + count_lines(before),
                       "not valid JSON: " + shorten(error.message) + " (column " + std::to_string(column) + ")");
}

/// Behind the string that begins at `at`.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    at += text[at] == '\\' ? 1 : 0;
  }
  return at + 1;
}

/// The line on which each element of the arrays at nesting `depth` begins. `text` is valid JSON.
std::vector<std::size_t> element_lines(std::string_view text, std::size_t depth) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::vector<std::size_t> lines;
  std::size_t line = 1;
  std::size_t open = 0;
  bool awaited = false;  // what comes next at this depth is an element
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (kBlanks.find(c) != std::string_view::npos) {
      line += c == '\n' ? 1 : 0;
      ++at;
      continue;
    }
    if (awaited && c != ']') {
      lines.push_back(line);
    }
    const bool opens = c == '[' || c == '{';
    const bool closes = c == ']' || c == '}';
    open = open + (opens ? 1 : 0) - (closes ? 1 : 0);
    awaited = open == depth && (c == '[' || c == ',');
    at = c == '"' ? skip_string(text, at) : at + 1;
  }
  return lines;
}

Result<NewSite> read_site(const Json& value, std::size_t index, std::size_t line, const std::string& path) {
  const std::string subject = "site " + std::to_string(index + 1);
  if (!value.is_object()) {
    return fail(bad_site_file(
        path, line, subject + R"( must be an object such as {"domain": "bakery.example"}, not )" + described(value)));
  }
  NewSite site;
  for (const auto& [key, member] : *value.object()) {
    const SiteField field = site_field(key);
    if (field == nullptr) {
      return fail(bad_site_file(path, line, subject + " has an " + unknown_field(key)));
    }
    if (member.string() == nullptr) {
      return fail(bad_site_file(path, line, field_of_site(key, index) + " must be text, not " + described(member)));
    }
    site.*field = *member.string();
  }
  if (value.find("domain") == nullptr) {
    return fail(bad_site_file(path, line, subject + " has no 'domain'; add it"));
  }
  return site;
}

/// The array of sites in the document: all of it, or the member `sites`.
Result<const Json*> find_array(const Json& document, const std::string& path) {
  const Json* array = &document;
  if (document.is_object()) {
    for (const auto& [key, member] : *document.object()) {
      if (key != "sites") {
        return fail(bad_site_file(path, 1, unknown_key(key, {"sites"})));
      }
      array = &member;
    }
  }
  if (array->array() == nullptr) {
    return fail(bad_site_file(
        path, 1,
        "an array of sites is needed, not " + described(*array) + R"(; write [{"domain": "bakery.example"}])"));
  }
  return array;
}

}  // namespace

Result<std::vector<ListedSite>> parse_json_sites(std::string_view text, const std::string& path) {
  const auto parsed = parse_json(text);
  if (const auto* const error = std::get_if<JsonError>(&parsed)) {
    return fail(not_json(text, path, *error));
  }
  const Json& document = std::get<Json>(parsed);
  SMB_TRY_ASSIGN(const Json* const array, find_array(document, path));
  const std::vector<std::size_t> lines = element_lines(text, document.is_object() ? 2 : 1);
  std::vector<ListedSite> sites;
  for (std::size_t i = 0; i < array->array()->size(); ++i) {
    const std::size_t line = i < lines.size() ? lines[i] : 1;
    SMB_TRY_ASSIGN(NewSite site, read_site((*array->array())[i], i, line, path));
    sites.push_back({std::move(site), line});
  }
  return sites;
}

}  // namespace smbatcher

#include "tests/support/request_pages.h"

#include <algorithm>
#include <stdexcept>

#include "libregistry/queue/verbs/request_json.h"

namespace smbatcher::test {
namespace {

constexpr std::string_view kRequests = "<!-- requests -->\n";
constexpr std::string_view kEndOfRequests = "<!-- end of requests -->\n";

/// "text", "list", "one of design, implement".
std::string type_of(const Json& schema) {
  if (const Json* const words = schema.find("enum")) {
    std::string names;
    for (const Json& word : *words->array()) {
      names += (names.empty() ? "" : ", ") + *word.string();
    }
    return "one of " + names;
  }
  const Json* const type = schema.find("type");
  return type == nullptr ? "" : *type->string();
}

std::string table_of_verb(std::string_view verb) {
  const Json schema = request_schema(verb);
  const JsonArray none;
  const Json* const required = schema.find("required");
  const JsonArray& needed = required == nullptr ? none : *required->array();
  std::string table = "### " + std::string(verb) + "\n\n| Member | Type | Meaning |\n|--------|------|---------|\n";
  for (const auto& [name, member] : *schema.find("properties")->object()) {
    if (name == "version" || name == "verb") {
      continue;
    }
    const bool is_needed =
        std::any_of(needed.begin(), needed.end(), [key = name](const Json& each) { return *each.string() == key; });
    table += "| `" + name + "`" + (is_needed ? " (required)" : "") + " | " + type_of(member) + " | " +
             *member.find("description")->string() + " |\n";
  }
  return table;
}

}  // namespace

std::string with_request_tables(std::string_view page) {
  const std::size_t begin = page.find(kRequests);
  if (begin == std::string_view::npos) {
    return std::string(page);
  }
  const std::size_t end = page.find(kEndOfRequests, begin);
  if (end == std::string_view::npos) {
    throw std::runtime_error("the tables of requests have no end");
  }
  std::string text(page.substr(0, begin + kRequests.size()));
  for (const std::string_view verb : verb_names()) {
    text += "\n" + table_of_verb(verb);
  }
  return text.append("\n").append(page.substr(end));
}

}  // namespace smbatcher::test

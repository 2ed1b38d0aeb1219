#include "libregistry/sites/designs/yaml_traps.h"

#include <algorithm>
#include <charconv>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/config/yaml.h"

namespace smbatcher {
namespace {

/// "#ff0000" where a colour without quotes begins at `at`; else empty.
std::string_view colour_at(std::string_view line, std::size_t at) {
  std::size_t end = at + 1;
  while (end < line.size() && is_hex_digit(line[end])) {
    ++end;
  }
  const std::size_t digits = end - at - 1;
  return digits >= 3 && digits <= 8 ? line.substr(at, end - at) : std::string_view();
}

/// The first colour without quotes inside brackets or braces of this line; empty when there is none.
std::string_view colour_in_flow(std::string_view line) {
  char quote = 0;
  bool in_flow = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      quote = c == quote ? '\0' : quote;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '{') {
      in_flow = true;
    } else if (c == '#' && in_flow) {
      return colour_at(line, i);
    }
  }
  return {};
}

bool has_tab_in_indent(std::string_view line) {
  const std::size_t text = line.find_first_not_of(" \t");
  return text != std::string_view::npos && line.substr(0, text).find('\t') != std::string_view::npos;
}

std::size_t line_of(const Error& error, std::size_t otherwise) {
  const std::size_t colon = error.where.find_last_of(':');
  std::size_t line = otherwise;
  if (colon != std::string::npos) {
    std::from_chars(error.where.data() + colon + 1, error.where.data() + error.where.size(), line);
  }
  return line;
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// Of YAML that cannot be read: a tab, a colour or a colon is the cause more often than not, and yaml-cpp's words name
/// none of them.
Error with_cause(Error error, const Lines& lines, std::size_t first, std::size_t last, const std::string& path) {
  const std::size_t line = std::clamp(line_of(error, first), first, last);
  for (std::size_t number = std::max(first, line - 1); number <= std::min(last, line + 1); ++number) {
    if (has_tab_in_indent(lines.text(number))) {
      error.where = place(path, number);
      error.message = "a tab indents this line, and YAML takes blanks only: write two blanks for each level";
      return error;
    }
  }
  for (std::size_t number = line + 1; number-- > first;) {  // what a comment cut open ends lines further down
    if (const std::string_view colour = colour_in_flow(lines.text(number)); !colour.empty()) {
      error.where = place(path, number);
      error.message = "'" + std::string(colour) +
                      "' begins a comment in YAML, which swallows the rest of the line: " + "quote the colour, \"" +
                      std::string(colour) + "\"";
      return error;
    }
  }
  const std::string_view text = lines.text(line);
  if (const std::size_t colon = text.find(": ");
      colon != std::string_view::npos && text.find(": ", colon + 1) != std::string_view::npos) {
    error.message += "; put text that holds ': ' in quotes";
  }
  return error;
}

}  // namespace

std::string_view swallowed_text(std::string_view line) {
  const std::size_t hash = line.find('#');
  if (hash == std::string_view::npos || hash == 0) {
    return {};
  }
  const std::string_view before = trim(line.substr(0, hash));
  if (!before.ends_with(':') && !before.ends_with('-')) {
    return {};
  }
  const std::string_view colour = colour_at(line, hash);
  if (!colour.empty()) {
    return colour;
  }
  const std::string_view rest = trim(line.substr(hash));
  return rest.size() > 1 && rest[1] != ' ' && rest[1] != '\t' ? rest : std::string_view();
}

Error with_advice(Error error, const Lines& lines, std::size_t first, std::size_t last, const std::string& path) {
  if (holds(error.message, "not valid YAML")) {
    return first <= last ? with_cause(std::move(error), lines, first, last, path) : error;
  }
  if (holds(error.message, "stands twice")) {
    error.message += "; keep one of them";
  } else if (holds(error.message, "do its aliases")) {
    error.message += " write the values out instead of using '*'";
  } else if (holds(error.message, "nested deeper")) {
    error.message += "; palette and fonts need two";
  }
  return error;
}

}  // namespace smbatcher

#include "tests/support/word_pages.h"

#include <array>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "libregistry/core/base/words.h"

namespace smbatcher::test {
namespace {

constexpr std::string_view kBegin = "<!-- words: ";
constexpr std::string_view kBeginEnd = " -->\n";
constexpr std::string_view kEnd = "<!-- end of words -->\n";

struct NamedKind {
  std::string_view name;
  WordKind kind;
  std::string_view prefix;  // of the word in its column
};

constexpr std::array<NamedKind, 4> kKinds{{{"ok", WordKind::kOk, "OK:"},
                                           {"fail", WordKind::kFail, ""},
                                           {"error", WordKind::kError, ""},
                                           {"why", WordKind::kWhy, ""}}};

struct Column {
  std::string_view name;
  std::string_view heading;
  std::string_view WordRow::*text;
};

constexpr std::array<Column, 3> kColumns{{{"details", "Details after it", &WordRow::details},
                                          {"meaning", "Meaning", &WordRow::meaning},
                                          {"remedy", "Next step", &WordRow::remedy}}};

template <class Named>
const Named& named(const auto& all, std::string_view name) {
  for (const Named& each : all) {
    if (each.name == name) {
      return each;
    }
  }
  throw std::runtime_error("a table of words has no '" + std::string(name) + "'");
}

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  std::istringstream rest{std::string(list)};
  for (std::string name; std::getline(rest >> std::ws, name, ',');) {
    names.push_back(name);
  }
  return names;
}

/// The table that `list`, "fail, details, meaning", asks for.
std::string table_of(std::string_view list) {
  std::vector<std::string> names = names_in(list);
  const auto& kind = named<NamedKind>(kKinds, names.empty() ? "" : names.front());
  std::string head = "| Word |";
  std::string rule = "|------|";
  std::vector<const Column*> columns;
  for (std::size_t i = 1; i < names.size(); ++i) {
    columns.push_back(&named<Column>(kColumns, names[i]));
    head += " " + std::string(columns.back()->heading) + " |";
    rule += std::string(columns.back()->heading.size() + 2, '-') + "|";
  }
  std::string table = head + "\n" + rule + "\n";
  for (const WordRow& row : word_rows(kind.kind)) {
    table += "| `" + std::string(kind.prefix) + std::string(row.word) + "` |";
    for (const Column* column : columns) {
      const std::string_view text = row.*(column->text);
      table += text.empty() ? " |" : " " + std::string(text) + " |";
    }
    table += "\n";
  }
  return table;
}

}  // namespace

std::string with_word_tables(std::string_view page) {
  std::string text;
  for (;;) {
    const std::size_t begin = page.find(kBegin);
    if (begin == std::string_view::npos) {
      return text += page;
    }
    const std::size_t list = begin + kBegin.size();
    const std::size_t table = page.find(kBeginEnd, list);
    const std::size_t end = page.find(kEnd, list);
    if (table == std::string_view::npos || end == std::string_view::npos || table > end) {
      throw std::runtime_error("a table of words has no end");
    }
    text += page.substr(0, table + kBeginEnd.size());
    text += "\n" + table_of(page.substr(list, table - list)) + "\n";
    text += kEnd;
    page.remove_prefix(end + kEnd.size());
  }
}

}  // namespace smbatcher::test

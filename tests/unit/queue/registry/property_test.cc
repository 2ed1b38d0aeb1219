#include <random>

#include "tests/unit/queue/registry/support.h"

namespace smbatcher::test {
namespace {

/// Documents with queue tables of many shapes, from a fixed seed.
class Documents {
 public:
  explicit Documents(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t count) { return random_() % count; }
  std::string one_of(const std::vector<std::string>& values) { return values[below(values.size())]; }

  std::string document() {
    end_ = one_of({"\n", "\r\n"});
    std::string text = below(8) == 0 ? "\xEF\xBB\xBF" : "";
    for (std::size_t tables = 1 + below(3); tables > 0; --tables) {
      text += one_of({"# Sites", "Some \\| prose `O`", "* item", "```\n| Domain | Status |\n|-|-|\n```", "| x | y"}) +
              end_ + end_;
      text += table() + end_;
    }
    return below(4) == 0 ? text.substr(0, text.find_last_not_of("\r\n") + 1) : text;
  }

 private:
  std::string table() {
    std::vector<std::string> columns{"Domain", "Batch", "Status"};
    for (std::size_t more = below(3); more > 0; --more) {
      columns.insert(columns.begin() + static_cast<std::ptrdiff_t>(below(columns.size() + 1)),
                     one_of({"Name", "Notes", "Theme", "Owner"}));
    }
    std::shuffle(columns.begin(), columns.end(), random_);
    const std::string prefix = one_of({"", "", "> ", " "});
    // Without outer pipes a row must begin with text: a bare "-" would begin a list.
    const bool outer = columns.front() != "Domain" || below(3) == 0;
    std::string text =
        line(prefix, columns, outer) + line(prefix, std::vector<std::string>(columns.size(), "---"), outer);
    for (std::size_t rows = below(6); rows > 0; --rows) {
      std::vector<std::string> cells;
      const std::string status(1, kStatusLetters[below(kStatusCount)]);
      for (const std::string& column : columns) {
        if (column == "Domain") {
          cells.push_back("s" + std::to_string(next_++) + ".example");
        } else if (column == "Status") {
          cells.push_back(one_of({status, status, "`" + status + "`", "**" + status + "**", "x"}));
        } else if (column == "Batch") {
          cells.push_back(status == "-" ? "-" : one_of({"001", "002", "7", "east"}));
        } else {
          cells.push_back(one_of({"a", "b \\| c", "`O`", "-", "*i*", "caf\xC3\xA9", "O"}));
        }
      }
      text += line(prefix, cells, outer);
    }
    return text;
  }

  std::string line(const std::string& prefix, const std::vector<std::string>& cells, bool outer) {
    std::string text = prefix + (outer ? "|" : "");
    for (std::size_t i = 0; i < cells.size(); ++i) {
      text += (i == 0 ? "" : "|") + std::string(below(3), ' ') + cells[i] + std::string(below(3), ' ');
    }
    return text + (outer ? "|" : "") + end_;
  }

  std::mt19937 random_;
  std::string end_;
  int next_ = 0;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    lines.back() += c;
    if (c == '\n') {
      lines.emplace_back();
    }
  }
  return lines;
}

TEST(RegistryProperty, ChangesTouchThePlannedCellsOnly) {
  Documents documents(7);
  std::size_t changed = 0;
  std::size_t refused = 0;
  int unreadable = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = documents.document();
    if (const auto read = Registry::parse(text, "r", {}); !read) {
      ++unreadable;  // a bare "-" or "*i*" at the start of a line may begin a list instead of a row
      continue;
    }
    const Registry before = parsed(text);
    std::vector<CellChange> changes;
    std::map<std::size_t, std::size_t> planned_lines;
    for (std::size_t site = 0; site < before.sites().size(); ++site) {
      if (!before.sites()[site].damaged && documents.below(3) == 0) {
        const auto status = static_cast<Status>(1 + documents.below(kStatusCount - 1));
        changes.push_back({site, status, documents.below(2) == 0 ? std::optional<std::string>("0042") : std::nullopt});
        if (before.sites()[site].batch.empty()) {
          changes.back().batch = "0042";
        }
        planned_lines[before.sites()[site].line] = site;
      }
    }
    std::vector<NewSite> added;
    for (std::size_t more = documents.below(3); more > 0; --more) {
      added.push_back({"new" + std::to_string(more) + ".example", "a | b", "", "t"});
    }
    const auto after = before.with_changes(changes, added);
    if (!after) {
      ++refused;
      ASSERT_NE(after.error().reason.text(), "edit_not_confirmed") << after.error().message << "\n" << text;
      continue;
    }
    const Registry now = parsed(*after);
    ASSERT_EQ(now.sites().size(), before.sites().size() + added.size()) << text << "--\n" << *after;
    for (const CellChange& change : changes) {
      ASSERT_EQ(now.sites()[change.site].status, *change.status) << text << "--\n" << *after;
      ASSERT_EQ(now.sites()[change.site].batch, change.batch.value_or(before.sites()[change.site].batch));
    }
    const auto old_lines = lines_of(text);
    const auto new_lines = lines_of(*after);
    if (added.empty()) {
      ASSERT_EQ(old_lines.size(), new_lines.size());
    }
    std::size_t at = 0;
    for (std::size_t line = 0; line < old_lines.size(); ++line, ++at) {
      while (at < new_lines.size() && new_lines[at].find("new") != std::string::npos) {
        ++at;  // an added row
      }
      if (!planned_lines.contains(line + 1) && line + 1 < old_lines.size()) {
        ASSERT_EQ(old_lines[line], new_lines[at]) << "line " << line + 1 << " of\n" << text << "--\n" << *after;
      }
    }
    changed += changes.size();
  }
  EXPECT_GT(changed, 2000U);
  EXPECT_EQ(refused, 0U);
  EXPECT_LT(unreadable, 150);
}

/// What people write, and what Markdown makes something else of.
std::string random_text(std::mt19937& random) {
  const std::vector<std::string> pieces{"word",
                                        "_",
                                        "__",
                                        "*",
                                        "**",
                                        "`",
                                        "``",
                                        "~",
                                        "~~",
                                        "\\",
                                        "|",
                                        "<b>",
                                        "</b>",
                                        "<!-- x -->",
                                        "<",
                                        ">",
                                        "&amp;",
                                        "&",
                                        "&#65;",
                                        ";",
                                        "[",
                                        "]",
                                        "(x)",
                                        "[^1]",
                                        "![",
                                        "http://a.example/",
                                        "www.a.example",
                                        "a@b.example",
                                        " ",
                                        " ",
                                        "  ",
                                        "\n",
                                        "\t",
                                        "K\xC3\xA4se",
                                        "\xE6\x97\xA5",
                                        "#",
                                        "-",
                                        ":",
                                        "!",
                                        "'",
                                        "\"",
                                        "?x=1&y=2",
                                        "<https://a.example>"};
  std::string text;
  for (std::size_t count = 1 + random() % 12; count > 0; --count) {
    text += pieces[random() % pieces.size()];
  }
  return text;
}

/// What a cell can hold of a text: one line, without blanks around it.
std::string as_cell(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), '\t', ' ');
  const std::size_t begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

TEST(RegistryProperty, WhatWasRegisteredIsReadBack) {
  std::mt19937 random(20261130);
  for (int round = 0; round < 300; ++round) {
    std::vector<NewSite> sites;
    for (int i = 0; i < 10; ++i) {
      sites.push_back(
          {"s" + std::to_string(i) + ".example", random_text(random), random_text(random), random_text(random)});
    }
    const Registry registry = parsed(with_sites(new_registry_text({}), sites));
    ASSERT_TRUE(registry.damages().empty()) << registry.damages()[0].message;
    ASSERT_EQ(registry.sites().size(), sites.size());
    for (const NewSite& site : sites) {
      const NewSite read = registry.details(*registry.find(site.domain));
      ASSERT_EQ(read.name, as_cell(site.name));
      ASSERT_EQ(read.description, as_cell(site.description));
      ASSERT_EQ(read.theme, as_cell(site.theme));
    }
  }
}

}  // namespace
}  // namespace smbatcher::test

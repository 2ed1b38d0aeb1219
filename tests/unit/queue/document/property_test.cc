#include <map>
#include <random>

#include "libregistry/queue/document/markdown.h"
#include "tests/unit/queue/document/support.h"

namespace smbatcher::test {
namespace {

/// Documents from a fixed seed, so that a failure comes back.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t count) { return random_() % count; }

  template <class T>
  const T& one_of(const std::vector<T>& values) {
    return values[below(values.size())];
  }

  std::string cell() {
    static const std::vector<std::string> kWords = {"a.example",
                                                    "O",
                                                    "`O`",
                                                    "**i**",
                                                    "~~-~~",
                                                    "Caf\xC3\xA9",
                                                    "\xF0\x9F\x8D\x9E",
                                                    R"(x\|y)",
                                                    R"(`x\|y`)",
                                                    "a b",
                                                    "1 & 2",
                                                    "a_b",
                                                    "&lt;",
                                                    "5*3*2",
                                                    "<br>",
                                                    "[l](u)",
                                                    "<https://a.example>",
                                                    R"(p\\|q)",
                                                    "",
                                                    "-"};
    std::string text = one_of(kWords);
    for (std::size_t more = below(3); more > 0 && !text.empty(); --more) {
      text += " " + one_of(kWords);
    }
    return text;
  }

  /// A table row, each cell not empty at the outer ends where no pipe stands there.
  std::string row(std::size_t cells) {
    const bool outer = below(3) != 0;
    std::string line = outer ? "|" : "w";
    for (std::size_t i = 0; i < cells; ++i) {
      line += std::string(below(3), ' ') + cell() + " " + (i + 1 < cells ? "|" : "");
    }
    return line + (outer || below(2) == 0 ? "|" : "w") + std::string(below(3), ' ');
  }

  /// A document with `tables` tables in random containers, indents and line ends.
  std::string document(std::size_t tables) {
    const std::string end = one_of<std::string>({"\n", "\r\n", "\r"});
    std::string text = below(4) == 0 ? "\xEF\xBB\xBF" : "";
    for (; tables > 0; --tables) {
      text += one_of<std::string>({"# Sites", "Some text.", "```" + end + "|a|" + end + "|-|" + end + "```"});
      text += end + end + table(end);
      // A comment ends a list, so that the next table is not indented code in it.
      text += end + "<!-- -->" + end + end;
    }
    return below(3) == 0 ? text + table(end).append("x") : text;
  }

  /// Bytes that mean something to a Markdown parser, in no order.
  std::string noise(std::size_t length) {
    static const std::vector<std::string> kPieces = {
        "|",   "|",        "|",  "-",     "|-|-|\n", "a",        "b ",          "\n",  "\n",   "\r\n",
        "\\",  "`",        "*",  "~",     "_",       "[",        "](u)",        "<b>", "&lt;", "> ",
        "- ",  "1. ",      "\t", "  ",    "    ",    "#",        "\xC3\xA9",    "\v",  "\f",   "|a|b|\n|-|-|\n",
        "\\|", "[a]: b\n", "!",  "```\n", ":",       "\xC2\xA0", "\xEF\xBB\xBF"};
    std::string text;
    for (; length > 0; --length) {
      text += one_of(kPieces);
    }
    return text;
  }

 private:
  std::string table(const std::string& end) {
    static const std::vector<std::pair<std::string, std::string>> kPrefixes = {
        {"", ""},         {"", ""},      {"> ", "> "},     {"- ", "  "},
        {"10. ", "    "}, {"-\t", "\t"}, {"> - ", ">   "}, {"+ > ", "  > "}};
    const auto& [first, rest] = one_of(kPrefixes);
    const std::size_t columns = 1 + below(5);
    std::string text = first;
    text += below(4) == 0 ? "text above" + end + rest : "";
    text += "|" + cells_of("h", columns) + end;
    text += rest + "|" + cells_of("---", columns) + end;
    for (std::size_t rows = below(6); rows > 0; --rows) {
      text += rest + indent() + row(1 + below(columns + 2)) + end;
    }
    return text;
  }

  static std::string cells_of(const std::string& cell, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      text += cell + "|";
    }
    return text;
  }

  std::string indent() { return std::string(below(4), ' '); }

  std::mt19937 random_;
};

/// Every cell's content by table, row and cell; row 0 is the header.
using Cells = std::map<std::vector<std::size_t>, std::string>;

Cells cells_in(const Document& document) {
  Cells cells;
  for (std::size_t t = 0; t < document.tables().size(); ++t) {
    const auto rows = contents(document, document.tables()[t]);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (std::size_t c = 0; c < rows[r].size(); ++c) {
        cells[{t, r, c}] = rows[r][c];
      }
    }
  }
  return cells;
}

TEST(Property, SplitterAndCmarkAgreeOnOrdinaryTables) {
  Generator generate(1);
  for (int i = 0; i < 4000; ++i) {
    const std::size_t tables = 1 + generate.below(3);
    const std::string text = generate.document(tables);
    const Document document = parsed(text);
    ASSERT_GE(document.tables().size(), tables) << text;
    for (const Table& table : document.tables()) {
      ASSERT_FALSE(table.header.unclear) << text;
      for (const TableRow& row : table.rows) {
        ASSERT_FALSE(row.unclear) << "line " << row.line << " of\n" << text;
      }
    }
  }
}

TEST(Property, SplitterCountsTheCellsOfEveryRowAsCmarkDoes) {
  Generator generate(2);
  for (int i = 0; i < 20000; ++i) {
    std::string line = generate.noise(1 + generate.below(12));
    std::erase_if(line, [](char c) { return c == '\n' || c == '\r'; });
    const std::string head = "|h|h|h|h|h|h|h|h|h|h|h|h|h|h|h|h|\n|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|\n";
    const auto tables = find_tables_in_full(head + line + "\n", "R.md");
    for (const TableLocation& table : *tables) {
      if (table.rows.size() == 2 && table.columns == 16) {
        const std::size_t cells = split_row(line, 0).size();
        ASSERT_EQ(std::min<std::size_t>(cells, 16), table.rows[1].text.size()) << line;
      }
    }
  }
}

TEST(Property, NoiseIsReadWithoutHarm) {
  Generator generate(3);
  for (int i = 0; i < 10000; ++i) {
    const std::string text = generate.noise(1 + generate.below(40));
    const Document document = parsed(text);
    for (const Table& table : document.tables()) {
      for (const TableRow& row : table.rows) {
        ASSERT_LE(row.bytes.end, text.size());
        ASSERT_TRUE(row.unclear || !row.cells.empty()) << text;
      }
    }
  }
}

TEST(Property, SplicesChangeThePlannedCellsOnly) {
  Generator generate(4);
  std::size_t changed = 0;
  for (int i = 0; i < 4000; ++i) {
    const Document before = parsed(generate.document(1 + generate.below(3)));
    Cells planned = cells_in(before);
    std::vector<Edit> edits;
    for (std::size_t t = 0; t < before.tables().size(); ++t) {
      const Table& table = before.tables()[t];
      for (std::size_t r = 0; r < table.rows.size(); ++r) {
        for (std::size_t c = 0; c < table.rows[r].cells.size(); ++c) {
          if (generate.below(4) != 0) {
            continue;
          }
          const Cell cell = table.rows[r].cells[c];
          const std::string text = escape_cell("w" + generate.cell() + generate.one_of<std::string>({"", "|", "\\"}));
          edits.push_back({cell.content.size() > 0 ? cell.content : cell.raw, text});
          planned[{t, r + 1, c}] = text;
        }
      }
    }
    const std::string text = splice(before.bytes(), edits);
    const Result<Document> after = reparse_and_compare(before, text, edits, 0);
    ASSERT_TRUE(after.has_value()) << after.error().message << "\n" << before.bytes() << "\n--\n" << text;
    ASSERT_EQ(cells_in(*after), planned) << before.bytes();
    changed += edits.size();
  }
  EXPECT_GT(changed, 4000U);
}

}  // namespace
}  // namespace smbatcher::test

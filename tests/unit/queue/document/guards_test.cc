#include "tests/unit/queue/document/support.h"

namespace smbatcher::test {
namespace {

/// "reason path:line" of the error, "" when `text` is read.
std::string refusal(std::string text) {
  const Result<Document> document = Document::parse(std::move(text), "R.md");
  if (document) {
    return "";
  }
  EXPECT_EQ(document.error().code, Errc::kMalformed);
  EXPECT_NE(document.error().message.find("'R.md"), std::string::npos) << document.error().message;
  return document.error().reason.text() + " " + document.error().where;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

TEST(Guards, NameTheLineOfInvalidUtf8) {
  EXPECT_EQ(refusal("| a |\n|---|\n| \xFF |\n"), "invalid_utf8 R.md:3");
  EXPECT_EQ(refusal("a\r\nb\rc\xC3"), "invalid_utf8 R.md:3");
  EXPECT_EQ(refusal("\xEF\xBB\xBF\xFF"), "invalid_utf8 R.md:1");
  EXPECT_EQ(refusal("\xEF\xBF\xBD\n"), "");
}

TEST(Guards, NameTheLineOfANulByte) {
  using namespace std::string_literals;
  EXPECT_EQ(refusal("a\n\nb\0c\n"s), "nul_byte R.md:3");
}

TEST(Guards, RefuseADocumentOver8MiB) {
  const std::string line(1023, 'x');
  EXPECT_EQ(refusal(repeated(line + "\n", 8 * 1024)), "");
  EXPECT_EQ(refusal(repeated(line + "\n", 8 * 1024) + "x"), "document_too_large R.md:1");
}

TEST(Guards, RefuseALineOver64KiB) {
  EXPECT_EQ(refusal("a\n" + std::string(64 * 1024, 'x') + "\n"), "");
  EXPECT_EQ(refusal("a\n" + std::string(64 * 1024 + 1, 'x') + "\n"), "line_too_long R.md:2");
}

TEST(Guards, RefuseALineOfMoreThan256Pipes) {
  EXPECT_EQ(refusal("a\n\n" + std::string(256, '|')), "");
  EXPECT_EQ(refusal("a\n\n" + std::string(257, '|')), "too_many_pipes R.md:3");
}

TEST(Guards, RefuseATableOfMoreThanAMillionCells) {
  const std::string head = repeated("|a", 250) + "\n" + repeated("|-", 250) + "\n";
  EXPECT_EQ(refusal("text\n\n" + head + repeated("x\n", 3999)), "table_too_large R.md:3");
  EXPECT_EQ(refusal("text\n\n" + head + "\n" + repeated("x\n", 3999)), "");
}

TEST(Guards, AWideRowDoesNotMakeALongTableTooLarge) {
  EXPECT_EQ(refusal("|a|b|\n|-|-|\n" + repeated("x\n", 5000) + std::string(250, '|') + "\n"), "");
}

TEST(Guards, RefuseMoreThan64DelimiterLinesInOneBlock) {
  EXPECT_EQ(refusal(repeated("x\n|-|-|\n", 64)), "");
  EXPECT_EQ(refusal("\n" + repeated("x\n|-|-|\n", 65)), "too_many_delimiter_lines R.md:2");
  EXPECT_EQ(refusal("\n" + repeated("> x\n> |:-|-|\n", 65)), "too_many_delimiter_lines R.md:2");
  EXPECT_EQ(refusal(repeated("x\n|-|-|\n\n", 65)), "");
}

TEST(Guards, RefuseManyTablesOfAMillionCells) {
  const std::string table = repeated("a|", 250) + "a\n" + repeated("-|", 250) + "-\n" + repeated("a\n", 1000) + "\n";
  EXPECT_EQ(refusal(repeated(table, 3)), "");
  EXPECT_EQ(refusal(repeated(table, 5)), "table_too_large R.md:3010");
}

TEST(Guards, RefuseWhatCmarkWouldLookThroughAgainAndAgain) {
  const std::string above = "text\n\n";
  for (const std::string_view unit : {"a <?\n", "a <![CDATA[\n", "a <!A b\n", "(<?", "![[]()", ">*![[]()", "[^a]~(*",
                                      "[a](b) *c ", "*a [b](c)\n", "_[](", "*_~[]"}) {
    const std::string line =
        repeated(unit, unit.ends_with('\n') ? 1 : 4000 / unit.size()) + (unit.ends_with('\n') ? "" : "\n");
    EXPECT_EQ(refusal(above + repeated(line, 250'000 / line.size())), "document_too_complex R.md:3") << unit;
  }
  EXPECT_EQ(refusal(above + repeated("- ", 4000) + "a\n" + repeated("\n", 200'000) + "a\n"),
            "document_too_complex R.md:2504");
  EXPECT_EQ(refusal(above + repeated("aaaaaaaa|bbbbbbbbbbbbb\n", 40'000) + repeated("x\n|-|-|-|\n", 64)),
            "document_too_complex R.md:3");
}

TEST(Guards, LetLongDocumentsOfPeoplePass) {
  const std::string head = "| Domain | Text | Status |\n|---|---|---|\n";
  for (const std::string_view unit :
       {"| <https://a.example> | [a](b) *c* [^1] > x | **O** |\n", "| a.example | <?php ?> <!-- x --> [x] | O |\n"}) {
    EXPECT_EQ(refusal(head + repeated(unit, 10'000)), "") << unit;
    EXPECT_EQ(refusal("# Sites\n" + head + repeated(unit, 10'000)), "") << unit;
  }
  EXPECT_EQ(refusal(repeated("- [a](b): *words* of **people**, `code`\n", 50'000)), "");
  EXPECT_EQ(refusal(repeated("words *em* [a](b)\nand more\n\n", 50'000)), "");
  EXPECT_EQ(refusal(repeated("> words *em* [a](b)\n> and more\n>\n", 50'000)), "");
  EXPECT_EQ(refusal(repeated("- a\n\n  - b\n\n    - c\n\n", 20'000)), "");
}

TEST(Guards, BoundTheMemoryOfWhatTheyDoNotKnow) {
  // Each reference is a copy of a long link.
  const std::string text = "[a]: /" + std::string(60'000, 'u') + "\n\n" + repeated("[a]\n\n", 40'000);
  EXPECT_EQ(refusal(text), "document_too_complex R.md");
}

}  // namespace
}  // namespace smbatcher::test

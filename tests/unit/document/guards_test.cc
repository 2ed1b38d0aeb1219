#include "tests/unit/document/support.h"

namespace smbatcher::test {
namespace {

/// "reason path:line" of the error, "" when `text` is read.
std::string refusal(std::string text) {
  const Result<Document> document = Document::parse(std::move(text), "R.md");
  if (document) {
    return "";
  }
  EXPECT_EQ(document.error().code, Errc::kMalformed);
  EXPECT_NE(document.error().message.find("'R.md:"), std::string::npos) << document.error().message;
  return document.error().reason + " " + document.error().where;
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

}  // namespace
}  // namespace smbatcher::test

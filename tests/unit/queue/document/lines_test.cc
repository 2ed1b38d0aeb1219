#include "libregistry/queue/document/lines.h"

#include "libregistry/queue/document/plain_row.h"
#include "tests/unit/queue/document/support.h"

namespace smbatcher::test {
namespace {

Texts texts_of(const Lines& lines) {
  Texts texts;
  for (std::size_t number = 1; number <= lines.count(); ++number) {
    texts.emplace_back(lines.text(number));
  }
  return texts;
}

TEST(Lines, EndWithEveryLineEndOfMarkdown) {
  const std::string text = "a\nb\r\nc\rd\n\r\n\re";
  EXPECT_EQ(texts_of(Lines(text)), (Texts{"a", "b", "c", "d", "", "", "e"}));
  EXPECT_EQ(texts_of(Lines("")), Texts{});
  EXPECT_EQ(texts_of(Lines("\n")), Texts{""});
  EXPECT_EQ(texts_of(Lines("xya", 2)), Texts{"a"});
}

TEST(Lines, EndAnywhereInABlockOf64Bytes) {
  for (std::size_t length = 0; length < 200; ++length) {
    for (const std::string end : {"\n", "\r\n", "\r"}) {
      const std::string first(length, 'x');
      const std::string text = first + end + "|>" + end + "z";
      ASSERT_EQ(texts_of(Lines(text)), (Texts{first, "|>", "z"})) << length;
    }
  }
}

TEST(Lines, ArePlainWhenTheyCannotChangeWhatStandsBelow) {
  const auto plain = [](std::string_view line) {
    const std::string text = "x\n" + std::string(line) + "\ny";
    EXPECT_EQ(Lines(text).is_plain(2), is_plain_line(line)) << line;
    return is_plain_line(line);
  };
  EXPECT_TRUE(plain("| a |"));
  EXPECT_TRUE(plain("|a"));
  EXPECT_TRUE(plain("|-|-a-|"));
  EXPECT_TRUE(plain("|" + std::string(255, 'a')));
  EXPECT_FALSE(plain("|" + std::string(256, 'a')));
  EXPECT_FALSE(plain(""));
  EXPECT_FALSE(plain(" | a |"));
  EXPECT_FALSE(plain("a | b"));
  EXPECT_FALSE(plain("| | |"));
  EXPECT_FALSE(plain("|--|:-:|\t"));
  EXPECT_FALSE(plain("| --> |")) << "it may end a comment";
}

TEST(Lines, TellALineByItsBytes) {
  const std::string text = "ab\ncd\r\nef";
  const Lines lines(text);
  for (std::size_t byte = 0; byte < text.size(); ++byte) {
    EXPECT_EQ(lines.at(byte), byte < 3 ? 1U : byte < 7 ? 2U : 3U) << byte;
  }
  EXPECT_FALSE(lines.has_non_ascii());
  EXPECT_TRUE(Lines("a\xC3\xA9").has_non_ascii());
}

TEST(PlainRow, IsCutAsTheSplitterCutsIt) {
  std::uint32_t state = 1;
  const auto below = [&state](std::uint32_t limit) {
    state = state * 1664525 + 1013904223;
    return (state >> 16U) % limit;
  };
  std::size_t compared = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string line = "|";
    const std::uint32_t length = below(250);
    for (std::uint32_t c = 0; c < length; ++c) {
      line += below(200) == 0 ? '\\' : "||| a-:\tb\fc"[below(11)];
    }
    if (!is_plain_line(line)) {
      continue;
    }
    const std::string bytes = "before\n" + line + "\nafter";
    const PlainRow row(bytes, {7, 7 + line.size()});
    if (!row.is_simple()) {
      EXPECT_NE(line.find('\\'), std::string::npos);
      continue;
    }
    const std::vector<Cell> cells = split_row(line, 7);
    ASSERT_EQ(row.size(), cells.size()) << line;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      ASSERT_EQ(row[c], bytes.substr(cells[c].content.begin, cells[c].content.size())) << line;
    }
    ++compared;
  }
  EXPECT_GT(compared, 1000U);
}

}  // namespace
}  // namespace smbatcher::test

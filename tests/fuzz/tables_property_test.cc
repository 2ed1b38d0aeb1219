#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "libregistry/queue/document/collapse.h"
#include "libregistry/queue/document/document.h"
#include "tests/fuzz/markdown_generator.h"
#include "tests/fuzz/tables.h"

namespace smbatcher::test {
namespace {

std::size_t documents() {
  const char* soak = std::getenv("SMB_SOAK");
  return soak != nullptr && *soak != '\0' ? 2'000'000 : 20'000;
}

/// Documents from a fixed seed, so that a failure comes back.
class GeneratedDocuments : public ::testing::Test {
 protected:
  std::mt19937 random_{1};
  MarkdownGenerator::Choice below_ = [this](std::size_t count) { return random_() % count; };
  MarkdownGenerator generate_{below_};
};

TEST_F(GeneratedDocuments, HaveTheTablesThatTheyHaveInFull) {
  std::size_t rows_not_shown = 0;
  for (std::size_t i = documents(); i > 0; --i) {
    const std::string text = generate_.document();
    ASSERT_EQ(lines_difference(text), "") << text;
    ASSERT_EQ(table_difference(text), "") << text;
    const Lines lines(text);
    const Collapsed collapsed(lines);
    for (const Collapsed::Gap& gap : collapsed.gaps()) {
      rows_not_shown += gap.last - gap.first + 1;
    }
  }
  // The generator makes what the comparison is about.
  EXPECT_GT(rows_not_shown, 5 * documents());
}

TEST_F(GeneratedDocuments, AreEditedAsIfTheyWereParsedAgain) {
  std::size_t confirmed = 0;
  for (std::size_t i = documents() / 4; i > 0; --i) {
    const std::string text = generate_.document();
    ASSERT_EQ(edit_difference(text, below_), "") << text;
    const auto document = Document::parse(text, "R.md");
    confirmed += document && !document->tables().empty() ? 1 : 0;
  }
  EXPECT_GT(confirmed, documents() / 8);
}

}  // namespace
}  // namespace smbatcher::test

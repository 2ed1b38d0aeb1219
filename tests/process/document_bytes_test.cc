#include <ostream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/queue_facts.h"

namespace smbatcher::test {
namespace {

/// A registry in which `@` stands for the status of each site of batch 003: a claim changes these bytes and no other.
struct Page {
  std::string name;
  std::string text;
};

std::ostream& operator<<(std::ostream& out, const Page& page) { return out << page.name; }

std::string with_status(std::string text, const std::string& status) {
  for (auto at = text.find('@'); at != std::string::npos; at = text.find('@')) {
    text.replace(at, 1, status);
  }
  return text;
}

class DocumentBytes : public ::testing::TestWithParam<Page> {};

TEST_P(DocumentBytes, AClaimChangesTheStatusBytesAndNoOther) {
  const Sandbox sandbox(with_status(GetParam().text, "O"));
  expect_ok(sandbox.run("find-next", {"--claim", "--batch", "003", "--owner", "anna", "--format", "text"}),
            "OK:claimed:003");
  EXPECT_EQ(sandbox.registry(), with_status(GetParam().text, "i"));
  expect_ok(sandbox.run("release", {"--batch", "003", "--owner", "anna"}), "OK:released");
  EXPECT_EQ(sandbox.registry(), with_status(GetParam().text, "O"));
}

const std::string kHead = "| Domain | Batch | Status |\n|--|--|--|\n";

INSTANTIATE_TEST_SUITE_P(
    Pages, DocumentBytes,
    ::testing::Values(
        Page{"Plain", "# Sites\n\n" + kHead + "| a.example | 003 | @ |\n| b.example | 004 | O |\n"},
        Page{"Crlf", "# Sites\r\n\r\n| Domain | Batch | Status |\r\n|--|--|--|\r\n| a.example | 003 | @ |\r\n"},
        Page{"CrOnly", "# Sites\r\r| Domain | Batch | Status |\r|--|--|--|\r| a.example | 003 | @ |\r"},
        Page{"MixedLineEnds", "# Sites\r\n\n" + kHead + "| a.example | 003 | @ |\r\n| b.example | 003 | @ |\n"},
        Page{"ByteOrderMark", "\xEF\xBB\xBF# Sites\n\n" + kHead + "| a.example | 003 | @ |\n"},
        Page{"ByteOrderMarkOnTheTable", "\xEF\xBB\xBF" + kHead + "| a.example | 003 | @ |\n| b.example | 003 | @ |\n"},
        Page{"NoFinalNewline", kHead + "| a.example | 003 | @ |"},
        Page{"NoFinalNewlineNorPipe", kHead + "a.example | 003 | @"},
        Page{"TrailingBlanks", kHead + "| a.example | 003 | @ |   \n| b.example | 003 |@|\t\n\n   \n"},
        Page{"RowsIndentedDifferently",
             kHead + "   | a.example | 003 | @ |\n| b.example | 003 | @ |\n  |c.example|003|@|\n"},
        Page{"HeaderIndented", "  | Domain | Batch | Status |\n|--|--|--|\n| a.example | 003 | @ |\n"},
        Page{"InAList",
             "- Sites:\n\n  | Domain | Batch | Status |\n  |--|--|--|\n  | a.example | 003 | @ |\n\n- more\n"},
        Page{"InAListAfterATab",
             "-\t| Domain | Batch | Status |\n\t|--|--|--|\n\t| a.example | 003 | @ |\n\t| b.example | 003 | @ |\n"},
        Page{"InANumberedList", "10. | Domain | Batch | Status |\n    |--|--|--|\n    | a.example | 003 | @ |\n"},
        Page{"InAQuote",
             "> | Domain | Batch | Status |\n> |--|--|--|\n> | a.example | 003 | @ |\n>| b.example | 003 | @ |\n"},
        Page{"InAQuoteInAList", "- > | Domain | Batch | Status |\n  > |--|--|--|\n  > | a.example | 003 | @ |\n"},
        Page{"Decorated", kHead +
                              "| a.example | 003 | `@` |\n| b.example | 003 | **@** |\n| c.example | 003 | ~~@~~ |\n"
                              "| d.example | | ~~-~~ |\n"},
        Page{"EscapedPipes",
             "| Domain | Name | Batch | Status |\n|--|--|--|--|\n| a.example | A \\| B \\| | 003 | @ |\n"},
        Page{"CodeSpans",
             "| Domain | Name | Batch | Status |\n|--|--|--|--|\n| a.example | `a \\| b` `c` | 003 | @ |\n"},
        Page{"ShortAndLongRows",
             "| Domain | Batch | Status | Notes | More |\n|--|--|--|--|--|\n| a.example | 003 | @ |\n"
             "| b.example | 003 | @ | x | y | | |\n"},
        Page{"LazyRow", kHead + "| a.example | 003 | @ |\nsome text right below\n"},
        Page{"ParagraphAbove", "Some text\n" + kHead + "| a.example | 003 | @ |\n"},
        Page{"SeveralTables", kHead + "| a.example | 003 | @ |\n\ntext\n\n" + kHead + "| b.example | 003 | @ |\n"},
        Page{"OtherTables", "| Status | What |\n|--|--|\n| O | open |\n\n" + kHead +
                                "| a.example | 003 | @ |\n\n| Domain | Owner |\n|--|--|\n| a.example | O |\n\n```\n" +
                                kHead + "| x.example | 003 | O |\n```\n"},
        Page{"ColumnsInAnyOrder",
             "| STATUS | Priority | batch | Owner | domain |\n|--|--|--|--|--|\n"
             "| @ | 2 | 003 | O | a.example |\n"},
        Page{"LinkedDomain", kHead + "| [a.example](https://a.example/O) | 003 | @ |\n| <https://o.example> | | - |\n"},
        Page{"AlignedColumns",
             "| Domain     | Batch | Status |\n|:-----------|------:|:------:|\n"
             "| a.example  |   003 |   @    |\n"},
        Page{"ManyBytesEach",
             "| Domain | Name | Batch | Status |\n|--|--|--|--|\n| a.example | Bäckerei 🥐 日本 | 003 | @ |\n"},
        Page{"NoOuterPipes", "Domain | Batch | Status\n--|--|--\na.example | 003 | @\n"},
        Page{"EmptyCells", kHead + "| a.example | 003 | @ |\n| b.example |  |  |\n| c.example || |\n"},
        Page{"Tabs", "|\tDomain\t|\tBatch\t|\tStatus\t|\n|--|--|--|\n|\ta.example\t|\t003\t|\t@\t|\n"}),
    [](const auto& test) { return test.param.name; });

TEST(DocumentCells, AnEmptyOrStruckStatusIsRegisteredAndBecomesOneLetter) {
  const std::string other = "| a.example | 003 | O |\n";
  const Sandbox sandbox("Sites\n\n" + kHead + other + "| b.example |     | ~~-~~ |\n| c.example |     |    |\n\nend");
  expect_ok(sandbox.run("prepare-batch"), "OK:batch_created:004");
  EXPECT_EQ(sandbox.registry(),
            "Sites\n\n" + kHead + other + "| b.example | 004 | ~~B~~ |\n| c.example | 004 | B  |\n\nend");
}

}  // namespace
}  // namespace smbatcher::test

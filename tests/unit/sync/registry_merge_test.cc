#include "libregistry/sync/registry_merge.h"

#include <algorithm>
#include <ctime>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libregistry/queue/registry/registry.h"

namespace smbatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kHead =
    "# Queue\n\nSome words.\n\n| Domain | Name | Batch | Status |\n|--------|------|-------|--------|\n";

std::string row(const std::string& domain, const std::string& name, const std::string& batch,
                const std::string& status) {
  return "| " + domain + " | " + name + " | " + batch + " | " + status + " |\n";
}

const std::string kBase = kHead + row("a.example", "A", "001", "O") + row("b.example", "B", "001", "O") +
                          row("c.example", "C", "", "-") + "\nThe end.\n";

std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

RegistryMerge merge(const std::string& base, const std::string& ours, const std::string& theirs) {
  auto result = merge_registries({base, ours, theirs}, {});
  EXPECT_TRUE(result) << (result ? "" : result.error().message);
  return result ? *result : RegistryMerge{};
}

std::string merged(const std::string& base, const std::string& ours, const std::string& theirs) {
  const RegistryMerge result = merge(base, ours, theirs);
  for (const Contradiction& contradiction : result.contradictions) {
    ADD_FAILURE() << contradiction.describe();
  }
  return result.text;
}

std::string contradiction(const std::string& base, const std::string& ours, const std::string& theirs) {
  const RegistryMerge result = merge(base, ours, theirs);
  EXPECT_EQ(result.contradictions.size(), 1U) << result.text;
  return result.contradictions.empty() ? "" : result.contradictions.front().describe();
}

TEST(RegistryMerge, ChangesOfNeighbouringRowsAreNoConflict) {
  const std::string ours = with(kBase, "| A | 001 | O |", "| A | 001 | i |");
  const std::string theirs = with(kBase, "| B | 001 | O |", "| Bee | 001 | O |");
  EXPECT_EQ(merged(kBase, ours, theirs), with(ours, "| B | 001 | O |", "| Bee | 001 | O |"));
}

TEST(RegistryMerge, CellsOfOneRowAreMergedApart) {
  const std::string ours = with(kBase, "| A | 001 | O |", "| A | 001 | i |");
  const std::string theirs = with(kBase, "| A | 001 | O |", "| Ay | 001 | O |");
  EXPECT_EQ(merged(kBase, ours, theirs), with(kBase, "| A | 001 | O |", "| Ay | 001 | i |"));
}

TEST(RegistryMerge, OfTwoNewStatusesTheFurtherOneCounts) {
  const std::string started = with(kBase, "| A | 001 | O |", "| A | 001 | i |");
  const std::string done = with(kBase, "| A | 001 | O |", "| A | 001 | **I** |");
  EXPECT_EQ(merged(kBase, started, done), done);
  EXPECT_EQ(merged(kBase, done, started), done);
}

TEST(RegistryMerge, AStatusThatOneSideSetBackGoesBack) {
  const std::string back = with(kBase, "| A | 001 | O |", "| A | 001 | d |");
  EXPECT_EQ(merged(kBase, back, kBase), back);
  const std::string other = with(kBase, "| B | 001 | O |", "| B | 001 | i |");
  EXPECT_EQ(merged(kBase, back, other), with(back, "| B | 001 | O |", "| B | 001 | i |"));
  EXPECT_EQ(merged(kBase, other, back), with(back, "| B | 001 | O |", "| B | 001 | i |"));
}

TEST(RegistryMerge, RowsAddedOnBothSidesAreAllKept) {
  const std::string last = row("c.example", "C", "", "-");
  const std::string x = row("x.example", "X", "", "-");
  const std::string y = row("y.example", "Y", "", "-") + row("z.example", "Z", "", "-");
  EXPECT_EQ(merged(kBase, with(kBase, last, last + x), with(kBase, last, last + y)), with(kBase, last, last + x + y));
}

TEST(RegistryMerge, ARowAddedOnBothSidesAlikeIsThereOnce) {
  const std::string last = row("c.example", "C", "", "-");
  const std::string ours = with(kBase, last, last + row("x.example", "X", "", "-"));
  const std::string theirs = with(kBase, last, row("x.example", "X", "002", "B") + last);
  // It has two places: it takes the first.
  EXPECT_EQ(merged(kBase, ours, theirs), with(kBase, last, row("x.example", "X", "002", "B") + last));
}

TEST(RegistryMerge, RowsAreAddedBeforeATextThatTheOtherSideAppended) {
  const std::string base = kHead + row("a.example", "A", "", "-");
  const std::string ours = base + "\nA closing word.\n";
  const std::string theirs = base + row("x.example", "X", "", "-");
  EXPECT_EQ(merged(base, ours, theirs), theirs + "\nA closing word.\n");
  EXPECT_EQ(merged(base, theirs, ours), theirs + "\nA closing word.\n");
}

TEST(RegistryMerge, ALastRowWithoutALineEndGetsOneWhenARowFollows) {
  std::string base = kHead + row("a.example", "A", "", "-");
  base.pop_back();
  const std::string ours = base + "\n| x.example | X | | - |";
  const std::string theirs = base + "\n| y.example | Y | | - |";
  EXPECT_EQ(merged(base, ours, theirs), ours + "\n| y.example | Y | | - |");
}

TEST(RegistryMerge, ARowThatOneSideRemovedIsGone) {
  const std::string ours = with(kBase, row("c.example", "C", "", "-"), "");
  const std::string theirs = with(kBase, "| B | 001 | O |", "| B | 001 | i |");
  EXPECT_EQ(merged(kBase, ours, theirs), with(ours, "| B | 001 | O |", "| B | 001 | i |"));
  EXPECT_EQ(contradiction(kBase, ours, with(kBase, "| C |  | - |", "| Cc |  | - |")),
            "c.example removed: nothing here, '| c.example | Cc |  | - |' at the remote");
}

TEST(RegistryMerge, ARowThatOneSideMovedHasWhatTheOtherChanged) {
  const std::string a = row("a.example", "A", "001", "O");
  const std::string moved = with(with(kBase, a, ""), "\nThe end", a + "\nThe end");
  const std::string theirs = with(kBase, "| A | 001 | O |", "| A | 001 | i |");
  EXPECT_EQ(merged(kBase, moved, theirs), with(moved, "| A | 001 | O |", "| A | 001 | i |"));
}

TEST(RegistryMerge, TwoTextsForOneCellAreAContradiction) {
  EXPECT_EQ(contradiction(kBase, with(kBase, "| B | 001 | O |", "| Bee | 001 | O |"),
                          with(kBase, "| B | 001 | O |", "| Bea | 001 | O |")),
            "b.example name: 'Bee' here, 'Bea' at the remote");
  EXPECT_EQ(contradiction(kBase, with(kBase, "| C |  | - |", "| C | 003 | B |"),
                          with(kBase, "| C |  | - |", "| C | 004 | B |")),
            "c.example batch: '003' here, '004' at the remote");
}

TEST(RegistryMerge, OneNewBatchWithOtherSitesIsAContradiction) {
  const std::string last = row("c.example", "C", "", "-");
  const std::string x = row("x.example", "X", "002", "B");
  const std::string y = row("y.example", "Y", "002", "B");
  const std::string ours = with(kBase, last, last + x);
  EXPECT_EQ(contradiction(kBase, ours, with(kBase, last, last + y)),
            "002 members: 'x.example' here, 'y.example' at the remote; both sides made this batch; give one of the two "
            "another id");
  EXPECT_THAT(contradiction(kBase, ours, with(kBase, last, last + row("y.example", "Y", "2", "B"))),
              HasSubstr("002/2 members: 'x.example' here, 'y.example' at the remote"));
  EXPECT_EQ(merged(kBase, ours, ours), ours);
}

TEST(RegistryMerge, CellsThatDoNotGoTogetherAreAContradiction) {
  const std::string cleared = with(kBase, "| A | 001 | O |", "| A |  | - |");
  const std::string finished = with(kBase, "| A | 001 | O |", "| A | 001 | Q |");
  EXPECT_EQ(contradiction(kBase, cleared, finished),
            "a.example row: '| a.example | A |  | - |' here, '| a.example | A | 001 | Q |' at the remote; both changes "
            "together give '| a.example | A |  | Q |', of which status and batch do not go together");
}

TEST(RegistryMerge, TextBesidesTheRowsIsMergedByLines) {
  const std::string ours = with(kBase, "Some words.", "Better words.");
  const std::string theirs = with(with(kBase, "The end.", "The very end."), "| A | 001 | O |", "| A | 001 | i |");
  EXPECT_EQ(merged(kBase, ours, theirs), with(theirs, "Some words.", "Better words."));
  EXPECT_EQ(contradiction(kBase, ours, with(kBase, "Some words.", "Other words.")),
            "line 3 text: 'Better words.' here, 'Other words.' at the remote");
}

TEST(RegistryMerge, AColumnAddedBesideChangedRowsIsAContradiction) {
  std::string ours;
  for (std::size_t at = 0; at < kBase.size();) {
    const std::size_t end = kBase.find('\n', at);
    const std::string line = kBase.substr(at, end - at);
    ours += line +
            (line.starts_with("| D")  ? " Theme |"
             : line.starts_with("|-") ? "---|"
             : line.starts_with("|")  ? " x |"
                                      : "") +
            "\n";
    at = end + 1;
  }
  EXPECT_EQ(merged(kBase, ours, kBase), ours);
  EXPECT_THAT(contradiction(kBase, ours, with(kBase, "| A | 001 | O |", "| A | 001 | i |")),
              HasSubstr("a.example columns: 'domain | name | batch | status | theme' here"));
}

TEST(RegistryMerge, LineEndsAndAByteOrderMarkStay) {
  const auto crlf = [](std::string text) {
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
      text.replace(at, 1, "\r\n");
    }
    return "\xEF\xBB\xBF" + text;
  };
  const std::string ours = with(kBase, "| A | 001 | O |", "| A | 001 | i |");
  const std::string theirs = with(kBase, "| B | 001 | O |", "| B | 001 | i |");
  const std::string both = with(ours, "| B | 001 | O |", "| B | 001 | i |");
  EXPECT_EQ(merged(crlf(kBase), crlf(ours), crlf(theirs)), crlf(both));
  EXPECT_EQ(merged(kBase, crlf(ours), theirs), crlf(both));
}

TEST(RegistryMerge, ARowAddedUnderReorderedColumnsHasThemInTheirOrder) {
  const std::string ours =
      "| Status | Domain | Batch | Name |\n|---|---|---|---|\n| O | a.example | 001 | A |\n| O | b.example | 001 | B "
      "|\n";
  const std::string base = kHead + row("a.example", "A", "001", "O") + row("b.example", "B", "001", "O");
  const std::string head = "# Queue\n\nSome words.\n\n";
  const std::string theirs = with(base, "| B | 001 | O |\n", "| Bee | 001 | i |\n") + row("n.example", "N", "002", "B");
  const std::string both = with(head + ours, "| O | b.example | 001 | B |", "| i | b.example | 001 | Bee |") +
                           "| B      | n.example | 002   | N    |\n";
  EXPECT_EQ(merged(base, head + ours, theirs), both);
  EXPECT_EQ(merged(base, theirs, head + ours), both);
}

TEST(RegistryMerge, ARowWhoseColumnTheOtherSideRemovedIsAContradiction) {
  const std::string base = kHead + row("a.example", "A", "001", "O");
  const std::string without = "| Domain | Batch | Status |\n|---|---|---|\n| a.example | 001 | O |\n";
  const std::string theirs = base + row("n.example", "N", "", "-");
  EXPECT_EQ(contradiction(base, "# Queue\n\nSome words.\n\n" + without, theirs),
            "n.example columns: 'domain | batch | status' here, 'domain | name | batch | status' at the remote");
  EXPECT_EQ(merged(base, "# Queue\n\nSome words.\n\n" + without, base + row("n.example", "", "", "-")),
            "# Queue\n\nSome words.\n\n" + without + "| n.example |       | -      |\n");
}

TEST(RegistryMerge, AnOrderThatOneSideChangedIsKept) {
  const auto table = [](const std::string& letters) {
    std::string text = kHead;
    for (const char c : letters) {
      text += row(std::string(1, c) + ".example", "N", "", "-");
    }
    return text;
  };
  EXPECT_EQ(merged(table("abcd"), table("dcba"), table("abncd")), table("dcbna"));
  EXPECT_EQ(merged(table("abcd"), table("abncd"), table("dcba")), table("dcbna"));
  EXPECT_EQ(merged(table("abcd"), table("dcba"), table("abd")), table("dba"));
  EXPECT_EQ(merged(table("abcd"), table("dcxba"), table("dcbya")), table("dcxbya"));
  EXPECT_EQ(
      contradiction(table("abcd"), table("dcba"), table("bacd")),
      "rows order: 'd.example, c.example, b.example, a.example' here, 'b.example, a.example, c.example, d.example' "
      "at the remote; both sides have sorted the rows, each in its way");
}

TEST(RegistryMerge, BlanksInATableAreNoChange) {
  std::string pretty = kBase;
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"| Domain |", "| Domain    |"},
           {"|--------|", "| --------- |"},
           {"| c.example | C |  | - |", "| c.example | C    |       | -      |"},
           {"| a.example | A | 001 | O |", "| a.example | A    | 001   | O      |"}}) {
    pretty = with(pretty, from, to);
  }
  const std::string removed = with(kBase, row("c.example", "C", "", "-"), "");
  const std::string both = with(pretty, "| c.example | C    |       | -      |\n", "");
  EXPECT_EQ(merged(kBase, pretty, removed), both);
  EXPECT_EQ(merged(kBase, removed, pretty), both);
  const std::string other = with(kBase, "| Domain | Name |", "|  Domain  | Name |");
  EXPECT_EQ(merged(kBase, pretty, other), pretty);
}

TEST(RegistryMerge, TheLineEndsOfTheFileAreKept) {
  const auto crlf = [](std::string text) {
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
      text.replace(at, 1, "\r\n");
    }
    return text;
  };
  const std::string last = row("c.example", "C", "", "-");
  const std::string ours = with(kBase, last, last + row("x.example", "X", "", "-"));
  const std::string theirs = with(kBase, last, last + row("y.example", "Y", "", "-"));
  const std::string both = with(ours, "\nThe end", row("y.example", "Y", "", "-") + "\nThe end");
  EXPECT_EQ(merged(crlf(kBase), crlf(ours), crlf(theirs)), crlf(both));
  EXPECT_EQ(merged(kBase, crlf(ours), theirs), crlf(both));
  EXPECT_EQ(merged(kBase, ours, crlf(theirs)), crlf(both));
  EXPECT_EQ(merged(crlf(kBase), crlf(ours), theirs), both);
}

TEST(RegistryMerge, TwentyThousandBatchesTakeNoTime) {
  std::string base = kHead;
  std::string added_here;
  std::string added_there;
  for (int i = 0; i < 20'000; ++i) {
    base += row("s" + std::to_string(i) + ".example", "N", std::to_string(i), "O");
    added_here += row("o" + std::to_string(i) + ".example", "N", "o" + std::to_string(i), "O");
    added_there += row("t" + std::to_string(i) + ".example", "N", "t" + std::to_string(i), "O");
  }
  const std::clock_t start = std::clock();
  EXPECT_EQ(merged(base, base + added_here, base + added_there), base + added_here + added_there);
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 10);  // it was 30 s, and is below one
}

TEST(RegistryMerge, TwoNewRegistriesAreOne) {
  const std::string ours = kHead + row("a.example", "A", "", "-");
  const std::string theirs = kHead + row("b.example", "B", "", "-");
  EXPECT_EQ(merged("", ours, theirs), ours + row("b.example", "B", "", "-"));
}

TEST(RegistryMerge, ATextThatIsNoRegistryIsSaidByItsSide) {
  const auto result = merge_registries({kBase, with(kBase, "| A |", "| Ay |"), "nothing here\n"}, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason.text(), "no_queue_table");
  EXPECT_EQ(result.error().where, "theirs");
}

TEST(RegistryMerge, RowsThatAreNotUnderstoodAreKeptAsLines) {
  const std::string twins =
      with(kBase, row("c.example", "C", "", "-"),
           row("c.example", "C", "", "-") + row("no host", "?", "", "-") + row("c.example", "Cc", "", "-"));
  const std::string ours = with(twins, "| A | 001 | O |", "| A | 001 | i |");
  const std::string theirs = with(twins, "| B | 001 | O |", "| B | 001 | i |");
  EXPECT_EQ(merged(twins, ours, theirs), with(ours, "| B | 001 | O |", "| B | 001 | i |"));
}

TEST(RegistryMerge, OfChangedStatusesAndAddedRowsNoneIsEverLost) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    const int count = 1 + static_cast<int>(random() % 12);
    std::vector<std::vector<std::string>> sides(3);  // the statuses of each row
    std::vector<std::string> texts(3, kHead);
    for (int i = 0; i < count; ++i) {
      const std::string letters = "BdDOiIQ";
      const std::size_t before = random() % 4;
      for (std::size_t side = 0; side < 3; ++side) {
        const std::size_t step = side == 0 ? 0 : random() % 3;
        sides[side].emplace_back(1, letters[before + step]);
        texts[side] += row("s" + std::to_string(i) + ".example", "N", "001", sides[side].back());
      }
    }
    for (std::size_t side = 1; side < 3; ++side) {
      for (std::size_t added = 0; added < random() % 4; ++added) {
        texts[side] += row((side == 1 ? "o" : "t") + std::to_string(added) + ".example", "N", "", "-");
      }
    }
    const std::string text = merged(texts[0], texts[1], texts[2]);
    const auto result = Registry::parse(text, "merged", {});
    ASSERT_TRUE(result) << text;
    for (int i = 0; i < count; ++i) {
      const Site* site = result->find("s" + std::to_string(i) + ".example");
      ASSERT_NE(site, nullptr) << text;
      const auto at = static_cast<std::size_t>(i);
      EXPECT_EQ(site->status, std::max(*status_of(sides[1][at]), *status_of(sides[2][at])));
    }
    const auto lines = [](const std::string& all) { return std::count(all.begin(), all.end(), '\n'); };
    EXPECT_EQ(lines(text) - lines(texts[0]), lines(texts[1]) - lines(texts[0]) + lines(texts[2]) - lines(texts[0]));
  }
}

}  // namespace
}  // namespace smbatcher

#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// Small files that cmark-gfm, or we, would take minutes or gigabytes for: an answer, or one clear refusal, in 500 MB of
// memory and a few seconds of processor time. Wall time is not measured: the machine may be busy.

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

const std::string kQueue = "| Domain | Batch | Status |\n|---|---|---|\n| a.example | 001 | O |\n";

#ifdef __SANITIZE_ADDRESS__
// The sanitizer maps terabytes and is several times slower: the answers alone are looked at.
constexpr const char* kLimits = "ulimit -t 60";
#else
constexpr const char* kLimits = "ulimit -v 512000; ulimit -t 6";
#endif

ProcessResult run_within_limits(const Sandbox& sandbox, const std::string& tool, const Args& args) {
  Command command = sandbox.command(tool, args);
  Args limited{"/bin/sh", "-c", std::string(kLimits) + "; exec \"$@\"", "sh"};
  limited.insert(limited.end(), command.argv.begin(), command.argv.end());
  command.argv = limited;
  return run(command);
}

/// The first word of the answers of a reader and of a writer, which must be the same.
std::string answer_to(const std::string& text) {
  const Sandbox sandbox(text);
  std::string first;
  for (const auto& [tool, args] : std::vector<std::pair<std::string, Args>>{
           {"check-registry", {}}, {"find-next", {"--claim", "--format", "text"}}}) {
    const ProcessResult result = run_within_limits(sandbox, tool, args);
    EXPECT_EQ(result.err, "") << tool;
    EXPECT_EQ(result.signal, 0) << tool;
    const std::string word = result.out.substr(0, result.out.find(':', result.out.find(':') + 1));
    EXPECT_TRUE(first.empty() || first.starts_with("ERROR") == word.starts_with("ERROR")) << tool << " " << word;
    first = first.empty() ? word : first;
  }
  return first.substr(0, first.find('\n'));
}

TEST(HeavyRegistry, ManyWideTablesOfShortRows) {
  const std::string table = repeated("a|", 250) + "a\n" + repeated("-|", 250) + "-\n" + repeated("a\n", 3980) + "\n";
  EXPECT_EQ(answer_to(repeated(table, 11) + kQueue), "ERROR:table_too_large");
  EXPECT_EQ(
      answer_to(repeated("a|", 250) + "a\n" + repeated("-|", 250) + "-\n" + repeated("a\n", 2000) + "\n" + kQueue),
      "OK:registry_valid");
}

TEST(HeavyRegistry, ManyReferencesToALongDefinition) {
  EXPECT_EQ(answer_to("[a]: /" + std::string(60'000, 'u') + "\n\n" + repeated("[a] ", 48'000) + "\n\n" + kQueue),
            "ERROR:line_too_long");
  EXPECT_EQ(answer_to("[a]: /" + std::string(60'000, 'u') + "\n\n" + repeated("[a]\n\n", 38'000) + kQueue),
            "ERROR:document_too_complex");
  std::string definitions;
  for (int i = 0; i < 5000; ++i) {
    definitions += "[a" + std::to_string(i) + "]: /u\n";
  }
  EXPECT_EQ(answer_to(definitions + "\n" + kQueue), "OK:registry_valid");
}

TEST(HeavyRegistry, BracketsAndHtmlWithoutAnEnd) {
  for (const std::string_view unit : {"![[]()\n", "a <?\n", "a <![CDATA[\n", "a <!A b\n", "[^a]~(*\n", "*a [b](c)\n"}) {
    EXPECT_EQ(answer_to(repeated(unit, 380'000 / unit.size()) + "\n" + kQueue), "ERROR:document_too_complex") << unit;
  }
}

TEST(HeavyRegistry, BlankLinesInDeepLists) {
  EXPECT_EQ(answer_to(repeated("- ", 4000) + "a\n" + repeated("\n", 200'000) + kQueue), "ERROR:document_too_complex");
  EXPECT_EQ(answer_to(repeated(">", 60'000) + "\n\n" + kQueue), "OK:registry_valid");
}

TEST(HeavyRegistry, ALongStatusCell) {
  EXPECT_EQ(
      answer_to("| Domain | Batch | Status |\n|---|---|---|\n| a.example | 001 | " + repeated("*O* ", 15'000) + " |\n"),
      "FAIL:registry_invalid");
  EXPECT_EQ(
      answer_to("| Domain | Batch | Status |\n|---|---|---|\n| a.example | 001 | [O](/" + repeated("O", 900) + ") |\n"),
      "OK:registry_valid");
}

TEST(HeavyRegistry, RowsOfOneWordGiveTwentyWarnings) {
  const Sandbox sandbox(kQueue + repeated("w\n", 200'000));
  const ProcessResult result = run_within_limits(sandbox, "check-registry", {});
  // Each row is cut short, and has the domain of the first one: both of the two are told.
  expect_fail(result, "FAIL:registry_invalid:599998 issues");
  EXPECT_LT(result.out.size(), 10'000U);
  EXPECT_NE(result.out.find("199980 more like these: check-registry --all lists them"), std::string::npos)
      << result.out;
  const ProcessResult claim = run_within_limits(sandbox, "find-next", {"--claim"});
  EXPECT_LT(claim.out.size(), 20'000U);
  EXPECT_EQ(claim.status, 0) << claim.out.substr(0, 500);
  EXPECT_EQ(answer_to(kQueue + repeated("w\n", 330'000)), "ERROR:document_too_complex");
}

TEST(HeavyRegistry, AHundredThousandRowsAreNone) {
  EXPECT_EQ(answer_to(kQueue +
                      [] {
                        std::string rows;
                        for (int i = 0; i < 100'000; ++i) {
                          rows += "| s" + std::to_string(i) + ".example | " + std::to_string(i / 5 + 2) + " | O |\n";
                        }
                        return rows;
                      }()),
            "OK:registry_valid");
}

}  // namespace
}  // namespace smbatcher::test

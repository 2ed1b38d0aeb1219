#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "libregistry/core/base/words.h"
#include "tests/support/pages.h"
#include "tests/support/request_pages.h"
#include "tests/support/tools.h"
#include "tests/support/word_pages.h"
#include "tools/support/operations.h"

namespace smbatcher::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> sources() {
  std::vector<std::string> paths;
  for (const char* folder : {"/libregistry", "/tools"}) {
    for (const auto& entry : fs::recursive_directory_iterator(source_dir() + folder)) {
      if (entry.path().extension() == ".cc" || entry.path().extension() == ".h") {
        paths.push_back(entry.path().string());
      }
    }
  }
  return paths;
}

std::vector<std::smatch> all_matches(const std::string& text, const std::regex& pattern) {
  return {std::sregex_iterator(text.begin(), text.end(), pattern), std::sregex_iterator()};
}
std::vector<std::smatch> all_matches(std::string&& text, const std::regex& pattern) = delete;  // matches point into it

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
  }
  return text;
}

/// The words that callers branch on, as the sources spell them: reasons, errors, codes of warnings; and as "OK:found",
/// the types of results.
std::set<std::string> words_in(const std::string& source) {
  static const std::vector<std::regex> patterns{
      std::regex(R"re(\b(?:refused|malformed|not_found|usage_error|at_line|no|Outcome::(?:fail|error))\(\s*"(\w+)")re"),
      std::regex(R"re(\bdamage\(\w+, "([a-z_]+)")re"),
      std::regex(R"re(\b(?:reason|failure) = "([a-z_]+)")re"),
      std::regex(R"re(Errc::k[A-Za-z]+,\s*"([a-z_]+)")re"),
      std::regex(R"re(return "([a-z]+(?:_[a-z]+)+)";)re"),
      std::regex(R"re(\{[^{}"]*(?:, |"", )0, "([a-z]+(?:_[a-z]+)+)")re"),
      std::regex(R"re(\{Obstacle::k\w+, "([a-z_]+)")re"),
  };
  std::set<std::string> words;
  for (const std::regex& pattern : patterns) {
    for (const std::smatch& match : all_matches(source, pattern)) {
      words.insert(match[1]);
    }
  }
  for (const std::smatch& match : all_matches(source, std::regex(R"re(Outcome::ok\("([a-z_]+)")re"))) {
    words.insert("OK:" + match[1].str());
  }
  return words;
}

/// As readers of a page see a link to one of its headings.
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_') {
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (c == ' ') {
      anchor += '-';
    }
  }
  return anchor;
}

bool has_anchor(const std::string& page, const std::string& anchor) {
  const auto all = headings(read_page(page));
  return std::any_of(all.begin(), all.end(), [&](const std::string& heading) { return anchor_of(heading) == anchor; });
}

TEST(Docs, EveryCitationInTheSourcesLeadsToAHeading) {
  const std::regex comment_break(R"(\n\s*//+ ?)");
  const std::regex citation(R"re(docs/([a-z/-]+\.md)(?:,\s+"([^"]+)")?)re");
  std::size_t count = 0;
  for (const std::string& path : sources()) {
    const std::string text = std::regex_replace(read_source(path), comment_break, " ");
    for (const std::smatch& match : all_matches(text, citation)) {
      ++count;
      const std::string page = "docs/" + match[1].str();
      ASSERT_TRUE(fs::exists(source_dir() + "/" + page)) << path << " cites " << match[0];
      // A citation may leave the end of a heading out.
      const auto all = headings(read_page(page));
      EXPECT_TRUE(std::any_of(all.begin(), all.end(),
                              [&](const std::string& heading) { return heading.starts_with(match[2].str()); }))
          << path << " cites " << match[0];
    }
  }
  EXPECT_GE(count, 20U);
}

TEST(Docs, TablesOfWordsAreThoseOfTheProgram) {
  for (const char* page : {"/docs/machine-contract.md", "/docs/troubleshooting.md"}) {
    const std::string text = read_source(source_dir() + page);
    EXPECT_NE(text.find("<!-- words: fail, "), std::string::npos) << page;
    EXPECT_NE(text.find("<!-- words: error, "), std::string::npos) << page;
    EXPECT_EQ(text, with_word_tables(text)) << page << " is out of date: make generate";
  }
}

TEST(Docs, TablesOfRequestsAreThoseOfTheProgram) {
  const std::string text = read_source(source_dir() + "/docs/requests.md");
  EXPECT_NE(text.find("### claim\n"), std::string::npos);
  EXPECT_EQ(text, with_request_tables(text)) << "make generate";
}

TEST(Docs, EveryWordOfTheTableIsSaidSomewhere) {
  std::string text;
  for (const std::string& path : sources()) {
    if (path.find("/libregistry/core/base/words_") == std::string::npos) {
      text += read_source(path);
    }
  }
  for (const WordKind kind : {WordKind::kOk, WordKind::kFail, WordKind::kError, WordKind::kWhy}) {
    for (const WordRow& row : word_rows(kind)) {
      EXPECT_NE(text.find("\"" + std::string(row.word) + "\""), std::string::npos) << row.word;
    }
  }
}

TEST(Docs, EveryWordOfAnAnswerIsInTheContract) {
  const std::string contract = joined(read_page("docs/machine-contract.md").lines);
  std::set<std::string> words;
  for (const std::string& path : sources()) {
    words.merge(words_in(read_source(path)));
  }
  // Words of answers are in the table, which the compiler asks for and the test above compares; codes of warnings are
  // found here alone.
  for (const char* known : {"held", "hard_linked", "unknown_status", "too_many_pipes", "no_space", "OK:registered",
                            "all_held", "conflict_copy"}) {
    EXPECT_TRUE(words.contains(known)) << "the patterns of this test no longer find '" << known << "'";
  }
  for (const std::string& word : words) {
    const bool is_result = word.starts_with("OK:");  // where details follow, the word ends with a colon
    const bool found = contract.find("`" + word + "`") != std::string::npos ||
                       (is_result && contract.find("`" + word + ":") != std::string::npos);
    EXPECT_TRUE(found) << "docs/machine-contract.md lacks `" << word << "`";
  }
}

TEST(Docs, EveryWordOfARefusalHasANextStep) {
  const std::string contract = joined(read_page("docs/machine-contract.md").lines);
  const std::string steps = joined(read_page("docs/troubleshooting.md").lines);
  const auto begin = contract.find("## Words");
  ASSERT_NE(begin, std::string::npos);
  const std::regex row(R"(\n\| `([a-z_0-9]+)` \|)");
  std::size_t count = 0;
  const std::string section = contract.substr(begin, contract.find("\n## ", begin + 1) - begin);
  for (const std::smatch& match : all_matches(section, row)) {
    ++count;
    EXPECT_NE(steps.find("`" + match[1].str() + "`"), std::string::npos)
        << "docs/troubleshooting.md lacks `" << match[1] << "`";
  }
  EXPECT_GE(count, 60U);
}

TEST(Docs, EveryToolIsInTheContract) {
  const std::string contract = joined(read_page("docs/machine-contract.md").lines);
  for (const Operation& operation : operations()) {
    EXPECT_NE(contract.find("| `" + std::string(operation.name) + "` |"), std::string::npos) << operation.name;
  }
}

TEST(Docs, EveryReasonOfASchemaIsInTheRowOfItsTool) {
  const std::vector<std::string> lines = read_page("docs/machine-contract.md").lines;
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(source_dir() + "/data/schemas")) {
    if (!entry.is_regular_file()) {
      continue;  // the schemas of files, which are no tool's answers
    }
    const std::string tool = entry.path().stem().stem().string();
    const auto row = std::find_if(lines.begin(), lines.end(),
                                  [&](const std::string& line) { return line.starts_with("| `" + tool + "` |"); });
    ASSERT_NE(row, lines.end()) << tool;
    const std::string schema = read_source(entry.path().string());
    const std::regex reasons(R"re("reason":\s*\{[^}]*"enum":\s*\[([^\]]*)\])re");
    for (const std::smatch& list : all_matches(schema, reasons)) {
      const std::string words = list[1];
      for (const std::smatch& word : all_matches(words, std::regex(R"re("([a-z_]+)")re"))) {
        ++count;
        EXPECT_NE(row->find("`" + word[1].str() + "`"), std::string::npos) << tool << " lacks " << word[1];
      }
    }
  }
  EXPECT_GE(count, 50U);
}

TEST(Docs, EveryRelativeLinkLeadsSomewhere) {
  const std::regex link(R"(\]\(([^)#]*)(?:#([^)]*))?\))");
  for (const std::string& name : page_names()) {
    const std::string text = joined(prose(read_page(name)));
    for (const std::smatch& match : all_matches(text, link)) {
      const std::string target = match[1];
      if (target.find("://") != std::string::npos) {
        continue;
      }
      const fs::path path =
          target.empty() ? fs::path(name) : (fs::path(name).parent_path() / target).lexically_normal();
      ASSERT_TRUE(fs::exists(source_dir() / path)) << name << " links to " << match[0];
      if (match[2].length() > 0) {
        EXPECT_TRUE(has_anchor(path.string(), match[2])) << name << " links to " << match[0];
      }
    }
  }
}

TEST(Docs, EveryScriptPathIsListed) {
  const std::string page = joined(read_page("docs/script-paths.md").lines);
  const std::string paths = read_source(source_dir() + "/data/script-paths.txt");
  for (const std::smatch& match : all_matches(paths, std::regex(R"(\n(tools/\S+) +(\S+))"))) {
    EXPECT_NE(page.find("| `" + match[1].str() + "` | `" + match[2].str() + "` |"), std::string::npos) << match[1];
  }
}

TEST(Data, SampleIsValidAndItsConfigHasEveryKey) {
  const Sandbox sandbox;
  fs::copy(source_dir() + "/data/sample", sandbox.dir().path(), fs::copy_options::recursive);
  expect_ok(sandbox.run("check-registry"), "OK:registry_valid");
  const std::string config = sandbox.dir().read(".smbatcher/config.yml");
  const std::string settings = read_source(source_dir() + "/libregistry/core/config/settings.cc");
  const auto keys = all_matches(settings, std::regex(R"re(\{"([a-z_]+)",\s*\w+\()re"));
  EXPECT_GE(keys.size(), 17U);
  for (const std::smatch& match : keys) {
    EXPECT_TRUE(std::regex_search(config, std::regex("\\n *(# *)?" + match[1].str() + ":"))) << match[1];
  }
  sandbox.dir().write(".smbatcher/config.yml", std::regex_replace(config, std::regex("\\n( *)# ([a-z_]+:)"), "\n$1$2"));
  expect_ok(sandbox.run("check-registry"), "OK:registry_valid");
}

}  // namespace
}  // namespace smbatcher::test

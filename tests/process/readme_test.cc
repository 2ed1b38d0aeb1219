#include <algorithm>
#include <filesystem>
#include <optional>
#include <ostream>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/pages.h"
#include "tests/support/tools.h"

namespace smbatcher::test {
namespace {

/// A command of a ```console block and what it prints there.
struct Example {
  std::string command;
  std::vector<std::string> output;
  std::size_t line = 0;
};

/// `$ ` begins a command, `> ` goes on with it; the lines below it are its output.
std::vector<Example> examples_of(const Page& page) {
  std::vector<Example> examples;
  for (const CodeBlock& block : code_blocks(page, "console")) {
    bool in_command = false;
    for (std::size_t i = 0; i < block.lines.size(); ++i) {
      const std::string& line = block.lines[i];
      if (line.starts_with("$ ")) {
        examples.push_back({line.substr(2), {}, block.line + i});
        in_command = true;
      } else if (in_command && line.starts_with("> ")) {
        examples.back().command += "\n" + line.substr(2);
      } else if (!examples.empty()) {
        examples.back().output.push_back(line);
        in_command = false;
      }
    }
  }
  return examples;
}

/// True when `text` is `pattern`, in which `…` stands for anything.
bool matches(std::string_view pattern, std::string_view text) {
  constexpr std::string_view kAnything = "…";
  const auto gap = pattern.find(kAnything);
  if (gap == std::string_view::npos) {
    return pattern == text;
  }
  if (!text.starts_with(pattern.substr(0, gap))) {
    return false;
  }
  pattern.remove_prefix(gap + kAnything.size());
  for (std::size_t skipped = gap; skipped <= text.size(); ++skipped) {
    if (matches(pattern, text.substr(skipped))) {
      return true;
    }
  }
  return false;
}

std::string join_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
  }
  return text;
}

/// A folder in which a page is read: those that show how to begin start in an empty one, the others of docs/ in a copy
/// of data/sample.
class Reader {
 public:
  explicit Reader(const Page& page) {
    if (page.name == "README.md" || page.name == "docs/coordination.md" || page.name == "docs/git-sync.md") {
      dir_.make_dir("sample");
    } else {
      std::filesystem::copy(source_dir() + "/data", dir_.path(), std::filesystem::copy_options::recursive);
    }
  }

  /// A shell command typed there, with the built tools on PATH; standard error is what a terminal shows too.
  ProcessResult type(const std::string& command) const {
    Command typed{
        .argv = {"bash", "-c", "exec 2>&1\n" + command}, .env = clean_environment(), .cwd = dir_.at("sample")};
    typed.env["PATH"] = bin_dir() + ":" + std::getenv("PATH");
    return run(typed);
  }

  /// The commands typed one after the other into one shell, as a person does who reads the page; what each printed.
  std::vector<std::string> type_all(const std::vector<Example>& examples) const {
    const std::string mark = "=== the end of an example ===";
    std::string session;
    for (const Example& example : examples) {
      session += example.command + "\nprintf '%s' '" + mark + "'\n";
    }
    const std::string printed = type(session).out;
    std::vector<std::string> outputs;
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = printed.find(mark, begin)) != std::string::npos; begin = end + mark.size()) {
      outputs.push_back(printed.substr(begin, end - begin));
    }
    outputs.resize(examples.size());
    return outputs;
  }

  const TempDir& dir() const { return dir_; }

 private:
  TempDir dir_;
};

/// The only block of a page in this language.
std::string the_block(const std::string& page, std::string_view language) {
  const auto blocks = code_blocks(read_page(page), language);
  return blocks.size() == 1 ? join_lines(blocks.front().lines) : std::string();
}

/// A repository with two batches to implement, and an agent that builds its sites.
void prepare_for_agents(const Reader& reader) {
  reader.dir().write("sample/.smbatcher/REGISTRY.md", Sandbox::registry_text({{"bakery.example", "001", "O"},
                                                                              {"garage.example", "001", "O"},
                                                                              {"chess.example", "002", "D"}}));
  reader.dir().write("sample/agent",
                     "#!/bin/sh\n"
                     "for site in $(smbatcher status \"$1\" --format json | grep -o '[a-z]*[.]example' | sort -u); do\n"
                     "  mkdir -p \"sites/$site\" && echo built >\"sites/$site/index.html\" && "
                     "echo built >\"sites/$site/styles.css\"\n"
                     "done\n");
  reader.type("chmod +x agent");
}

void expect_all_built(const Reader& reader) {
  const std::string counts = reader.type("smbatcher metrics-batch-counts").out;
  EXPECT_EQ(counts, "OK:counts\n001 I=2\n002 I=1\n");
}

/// What docs/benchmarks.md says that a contestant takes, in milliseconds; -1 when it does not.
double median_in(const std::vector<std::string>& lines, const std::string& heading, const std::string& contestant) {
  auto line = std::find(lines.begin(), lines.end(), "### " + heading);
  for (; line != lines.end(); ++line) {
    if (line->starts_with("| " + contestant + " | ")) {
      return std::stod(line->substr(contestant.size() + 5));
    }
  }
  return -1;
}

class Pages : public testing::TestWithParam<std::string> {};

TEST(Readme, PatternMatchesAnythingOnlyWhereItSaysSo) {
  EXPECT_TRUE(matches("token …, left", "token 17, left"));
  EXPECT_TRUE(matches("…", "a\nb"));
  EXPECT_FALSE(matches("token …, left", "token 17, right"));
  EXPECT_FALSE(matches("OK", "OK:held"));
}

TEST_P(Pages, ShowsWhatItsCommandsPrint) {
  const Page page = read_page(GetParam());
  const Reader reader(page);
  const std::vector<Example> examples = examples_of(page);
  const std::vector<std::string> printed = reader.type_all(examples);
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const std::string expected = join_lines(examples[i].output);
    EXPECT_TRUE(matches(expected, printed[i]))
        << page.name << ":" << examples[i].line << ": $ " << examples[i].command << "\n--- the page says\n"
        << expected << "--- it prints\n"
        << printed[i];
  }
}

INSTANTIATE_TEST_SUITE_P(All, Pages, testing::ValuesIn(page_names()), [](const auto& page) {
  std::string name;
  for (const char c : page.param) {
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  return name;
});

TEST(Readme, HasExamples) { EXPECT_GE(examples_of(read_page("README.md")).size(), 9U); }

TEST(Readme, FiguresAreThoseOfTheBenchmarks) {
  struct Figure {
    std::string anchor, heading, contestant;
  };
  const std::vector<Figure> figures{{"a-claim-1000-rows", "A claim, 1,000 rows", "smbatcher"},
                                    {"a-claim-1000-rows", "A claim, 1,000 rows", "flock + awk"},
                                    {"a-claim-1000-rows", "A claim, 1,000 rows", "sqlite3"},
                                    {"a-claim-100000-rows", "A claim, 100,000 rows", "sqlite3"},
                                    {"a-claim-100000-rows", "A claim, 100,000 rows", "smbatcher"}};
  const std::vector<std::string> measured = read_page("docs/benchmarks.md").lines;
  const std::string readme = join_lines(read_page("README.md").lines);
  const std::regex linked(R"(\[([0-9.]+) ms\]\(docs/benchmarks\.md#([a-z0-9-]+)\))");
  std::sregex_iterator link(readme.begin(), readme.end(), linked);
  for (const Figure& figure : figures) {
    ASSERT_NE(link, std::sregex_iterator()) << "README.md lacks a figure: " << figure.contestant;
    EXPECT_EQ((*link)[2], figure.anchor);
    // The page is of one machine and moment: what it says may move by a quarter before the README has to follow.
    const double expected = median_in(measured, figure.heading, figure.contestant);
    EXPECT_NEAR(std::stod((*link)[1]), expected, expected / 4) << figure.heading << ": " << figure.contestant;
    ++link;
  }
  EXPECT_EQ(link, std::sregex_iterator()) << "a figure that this test does not know: " << link->str();
}

TEST(Readme, LoopInShellWorksTheQueueOff) {
  const Reader reader(read_page("README.md"));
  prepare_for_agents(reader);
  const std::string loop = the_block("README.md", "sh");
  ASSERT_NE(loop, "") << "README.md has one sh block: the loop";
  EXPECT_EQ(reader.type(loop).status, 0);
  expect_all_built(reader);
}

TEST(Readme, LoopInPythonWorksTheQueueOff) {
  const Reader reader(read_page("README.md"));
  prepare_for_agents(reader);
  reader.dir().write("sample/loop.py", the_block("docs/workers.md", "python"));
  const ProcessResult result = reader.type("python3 loop.py");
  EXPECT_EQ(result.status, 0) << result.out;
  expect_all_built(reader);
}

}  // namespace
}  // namespace smbatcher::test

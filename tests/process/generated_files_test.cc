#include <filesystem>

#include <gmock/gmock.h>

#include "tests/process/outcome_support.h"
#include "tests/support/pages.h"

namespace smbatcher::test {
namespace {

// What `make generate` writes is committed, and says what the tools say.

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Where the project and what is generated anew differ, by name.
std::vector<std::string> outdated(const std::string& project, const std::string& generated) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(generated)) {
    const std::string name = entry.path().lexically_relative(generated).string();
    if (entry.is_regular_file() && (!fs::exists(project + "/" + name) ||
                                    read_source(project + "/" + name) != read_source(entry.path().string()))) {
      names.push_back(name);
    }
  }
  return names;
}

TEST(GeneratedFiles, SayWhatTheToolsSay) {
  const TempDir dir;
  const ProcessResult result =
      test::run({.argv = {"python3", "-B", source_dir() + "/cmake/generate.py", bin_dir(), dir.path()}});
  ASSERT_EQ(result.status, 0) << result.out << result.err;
  EXPECT_THAT(outdated(source_dir(), dir.path()), IsEmpty()) << "run make generate";
  // The control: a page that says something else is found.
  dir.write("docs/reference/shared.md", "another page");
  EXPECT_EQ(outdated(source_dir(), dir.path()), std::vector<std::string>{"docs/reference/shared.md"});
}

TEST(GeneratedFiles, PictureShowsWhatTheToolsAnswer) {
  const TempDir dir;
  dir.make_dir("docs");
  const ProcessResult result = test::run({.argv = {"python3", "-B", source_dir() + "/tests/support/picture.py",
                                                   bin_dir(), dir.at("docs/two-agents.svg")}});
  ASSERT_EQ(result.status, 0) << result.out << result.err;
  EXPECT_THAT(outdated(source_dir(), dir.path()), IsEmpty()) << "run make generate";
}

/// What bash offers for the last of `words`.
std::string completed(const Sandbox& sandbox, const std::string& words) {
  const std::string script = ". " + source_dir() + "/data/completions/smbatcher.bash; COMP_WORDS=(" + words +
                             "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _smbatcher; echo \"${COMPREPLY[*]}\"";
  Command command{.argv = {"bash", "-c", script}, .env = clean_environment(), .cwd = sandbox.dir().path()};
  command.env["PATH"] = bin_dir() + ":" + std::getenv("PATH");
  return test::run(command).out;
}

TEST(Completion, OffersToolsOptionsValuesAndBatches) {
  const Sandbox sandbox({{"a.example", "001", "O"}, {"b.example", "007", "O"}});
  EXPECT_EQ(completed(sandbox, "smbatcher find-n"), "find-next\n");
  EXPECT_EQ(completed(sandbox, "smbatcher release --no-a"), "--no-attempt\n");
  EXPECT_EQ(completed(sandbox, "smbatcher find-next --phase ''"), "design implement\n");
  EXPECT_EQ(completed(sandbox, "smbatcher release --batch ''"), "001 007\n");
  EXPECT_THAT(completed(sandbox, "smbatcher help r"), HasSubstr("repair"));
}

}  // namespace
}  // namespace smbatcher::test

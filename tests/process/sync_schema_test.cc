#include <filesystem>

#include "tests/process/sync_support.h"

namespace smbatcher::test {
namespace {

// Each answer of the git sync fits the schema that the tool prints.

class SyncAnswers {
 public:
  void run(const Command& command, int status) {
    Command with_json = command;
    with_json.argv.emplace_back("--json");
    const ProcessResult result = test::run(with_json);
    EXPECT_EQ(result.status, status) << result.command << result.out;
    lines_ += json(result).dump() + "\n";
  }
  void expect_to_fit(const std::string& tool) const {
    const TempDir dir;
    dir.write("schema.json", test::run({.argv = {tool_path(tool), "--schema"}}).out);
    const ProcessResult result =
        test::run({.argv = {"python3", SMB_CHECK_SCHEMA, dir.at("schema.json")}, .input = lines_});
    EXPECT_EQ(result.status, 0) << result.out << result.err;
  }

 private:
  std::string lines_;
};

TEST(SyncSchema, DescribesEveryAnswerOfRepoSync) {
  const SyncScene scene;
  SyncAnswers answers;
  scene.begin_with({{"file.txt", "one\n"}});
  scene.clone("a");
  scene.clone("b");
  answers.run(scene.sync_command("a"), 0);
  scene.write("b/session-logs/x.md", "## Note for mike\ncall\n");
  scene.write("b/wiki/meta/p.md", "p\n");
  answers.run(scene.sync_command("b"), 1);
  answers.run(scene.sync_command("b", {"--proceed", "--dry-run"}), 0);
  answers.run(scene.sync_command("b", {"--proceed"}), 0);
  scene.write("a/mine.txt", "m\n");
  scene.write("a/.claude/commands/x.md", "x\n");
  answers.run(scene.sync_command("a", {"--copy-commands"}), 0);
  answers.run(scene.sync_command("a", {"--setup", "--dry-run"}), 0);
  answers.run(scene.sync_command("a", {"--setup"}), 0);
  scene.write("a/.env", "S=1\n");
  answers.run(scene.sync_command("a"), 1);
  answers.run(scene.sync_command("a", {"--nonsense"}), 2);
  scene.dir().make_dir("b/.git/claudetools-sync.lock");
  answers.run(scene.sync_command("b", {"--wait", "0"}), 75);
  answers.run(scene.sync_command("home"), 1);
  scene.clone("c");
  scene.write("c/more.txt", "m\n");
  scene.write("c/.git/hooks/pre-push", "#!/bin/sh\necho one; echo two >&2; exit 1\n");
  std::filesystem::permissions(scene.dir().at("c/.git/hooks/pre-push"), std::filesystem::perms::owner_all);
  answers.run(scene.sync_command("c"), 1);
  answers.expect_to_fit("repo-sync");
}

TEST(SyncSchema, DescribesEveryAnswerOfRegistryMerge) {
  const TempDir dir;
  const auto table = [](const std::string& status) { return Sandbox::registry_text({{"a.example", "001", status}}); };
  dir.write("base", table("O"));
  dir.write("ours", table("i"));
  dir.write("theirs", table("O"));
  dir.write("other", Sandbox::registry_text({{"a.example", "002", "O"}}));
  dir.write("another", Sandbox::registry_text({{"a.example", "003", "O"}}));
  dir.write("none", "x\n");
  SyncAnswers answers;
  const auto merge = [&](const std::vector<std::string>& args) {
    Command command{.argv = {tool_path("registry-merge")}, .env = clean_environment(), .cwd = dir.path()};
    command.argv.insert(command.argv.end(), args.begin(), args.end());
    return command;
  };
  answers.run(merge({"base", "ours", "theirs", "--dry-run"}), 0);
  answers.run(merge({"base", "ours", "theirs"}), 0);
  answers.run(merge({"base", "other", "another"}), 1);
  answers.run(merge({"base", "other", "none"}), 2);
  answers.run(merge({"base", "other"}), 2);
  answers.run(merge({"base", "other", "absent"}), 2);
  answers.expect_to_fit("registry-merge");
}

}  // namespace
}  // namespace smbatcher::test

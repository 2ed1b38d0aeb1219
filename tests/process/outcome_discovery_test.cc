#include <filesystem>

#include "libregistry/core/base/text.h"
#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// Which registry a call works on, and where it keeps what belongs to it.

namespace fs = std::filesystem;

const std::vector<Sandbox::Site> kOne{{"a.example", "003", "O"}};

Json ask_in(const Sandbox& sandbox, const std::string& folder, const Args& args,
            const std::map<std::string, std::optional<std::string>>& env = {}) {
  Command command = sandbox.command("find-next", args);
  command.cwd = sandbox.dir().at(folder);
  for (const auto& [key, value] : env) {
    command.env[key] = value;
  }
  return json(run(command));
}

TEST(Discovery, WalksUpToTheFirstRegistry) {
  const Sandbox sandbox(kOne);
  sandbox.dir().make_dir("deep/er");
  sandbox.dir().write("other/.smbatcher/REGISTRY.md", Sandbox::registry_text({{"b.example", "004", "O"}}));
  sandbox.dir().make_dir("other/deep");
  EXPECT_EQ(text_of(ask_in(sandbox, "deep/er", {}), "registry"), sandbox.dir().at(".smbatcher/REGISTRY.md"));
  EXPECT_EQ(text_of(ask_in(sandbox, "other/deep", {}), "batch"), "004");
}

TEST(Discovery, PrefersTheOptionToTheEnvironmentToTheFolder) {
  const Sandbox sandbox(kOne);
  sandbox.dir().write("env/REGISTRY.md", Sandbox::registry_text({{"e.example", "005", "O"}}));
  sandbox.dir().write("opt/REGISTRY.md", Sandbox::registry_text({{"p.example", "006", "O"}}));
  const std::string variable = sandbox.dir().at("env/REGISTRY.md");
  EXPECT_EQ(text_of(ask_in(sandbox, "", {}, {{"SMBATCHER_REGISTRY", variable}}), "batch"), "005");
  EXPECT_EQ(
      text_of(ask_in(sandbox, "", {"--registry", "opt/REGISTRY.md"}, {{"SMBATCHER_REGISTRY", variable}}), "batch"),
      "006");
  EXPECT_EQ(text_of(ask_in(sandbox, "", {}, {{"SMBATCHER_REGISTRY", ""}}), "batch"), "003");
}

TEST(Discovery, SaysWhereItLookedAndHowToBegin) {
  const Sandbox sandbox;
  const ProcessResult result = sandbox.run("status");
  expect_error(result, "ERROR:registry_not_found");
  EXPECT_NE(result.out.find(sandbox.dir().at(".smbatcher") + ", "), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("; begin with: smbatcher prepare-register --sites "), std::string::npos);
  const Json answer = ask(sandbox, "find-next", {});
  EXPECT_EQ(item(answer, "searched", 0).dump(), "\"" + sandbox.dir().at(".smbatcher") + "\"");
  expect_error(sandbox.run("status", {"--registry", "no/where.md"}), "ERROR:registry_not_found");
  EXPECT_TRUE(sandbox.dir().list().empty());
}

TEST(Discovery, SaysWhoNamedARegistryThatIsNotThere) {
  const Sandbox sandbox;
  const std::string path = sandbox.dir().at("no/where.md");
  const std::string begin = "smbatcher prepare-register";
  expect_exactly(sandbox, "status", {"--registry", "no/where.md"}, 2,
                 "ERROR:registry_not_found:there is no folder '" + sandbox.dir().at("no") + "' for the registry '" +
                     path + "', which --registry names; begin with: mkdir -p " + sandbox.dir().at("no") + " && " +
                     begin + " --registry " + path + " --sites \"bakery.example:Bakery:Family bakery:warm\"\n");
  const Json answer = ask_in(sandbox, "", {}, {{"SMBATCHER_REGISTRY", sandbox.dir().at("where.md")}});
  EXPECT_EQ(text_of(answer, "message"), "there is no file '" + sandbox.dir().at("where.md") +
                                            "', which SMBATCHER_REGISTRY names; begin with: " + begin +
                                            " --sites \"bakery.example:Bakery:Family bakery:warm\"");
}

TEST(Discovery, NeedsNoWorkingDirectoryWhereEveryPathIsWhole) {
  const Sandbox sandbox(kOne);
  sandbox.dir().make_dir("gone");
  const auto run_in_deleted = [&sandbox](const std::string& arguments) {
    Command command = sandbox.command("status");
    command.argv = {"sh", "-c",
                    "cd gone && rmdir ../gone && exec " + shell_quote(tool_path("find-next")) + " " + arguments};
    ProcessResult result = run(command);
    sandbox.dir().make_dir("gone");
    return result;
  };
  expect_ok(run_in_deleted("--claim --format text --registry " + sandbox.dir().at(".smbatcher/REGISTRY.md")),
            "OK:claimed:003");
  expect_error(run_in_deleted("--format text"), "ERROR:not_found:cannot tell the working directory");
}

TEST(Discovery, ReplacesTheFileThatALinkNamesAndKeepsTheLink) {
  const Sandbox sandbox;
  sandbox.dir().write("real/QUEUE.md", Sandbox::registry_text(kOne));
  sandbox.dir().make_dir(".smbatcher");
  fs::create_symlink("../real/QUEUE.md", sandbox.dir().at(".smbatcher/REGISTRY.md"));
  const Json answer = ask(sandbox, "find-next", {"--claim"});
  EXPECT_EQ(text_of(answer, "registry"), sandbox.dir().at("real/QUEUE.md"));
  EXPECT_TRUE(fs::is_symlink(sandbox.dir().at(".smbatcher/REGISTRY.md")));
  EXPECT_FALSE(fs::is_symlink(sandbox.dir().at("real/QUEUE.md")));
  EXPECT_EQ(sandbox.status_of("a.example"), "i");
  EXPECT_TRUE(sandbox.dir().exists("real/.smbatcher-state/QUEUE.history.jsonl"));
  EXPECT_TRUE(sandbox.dir().exists("real/QUEUE.lock"));
  EXPECT_EQ(sandbox.dir().list(".smbatcher"), std::vector<std::string>{"REGISTRY.md"});
}

TEST(Discovery, FollowsALinkedFolder) {
  const Sandbox sandbox;
  sandbox.dir().write("shared/REGISTRY.md", Sandbox::registry_text(kOne));
  fs::create_directory_symlink("shared", sandbox.dir().at(".smbatcher"));
  EXPECT_EQ(text_of(ask(sandbox, "find-next", {"--claim"}), "registry"), sandbox.dir().at("shared/REGISTRY.md"));
  EXPECT_TRUE(fs::is_symlink(sandbox.dir().at(".smbatcher")));
  EXPECT_TRUE(sandbox.dir().exists("shared/.smbatcher-state/history.jsonl"));
}

TEST(Discovery, KeepsTwoRegistriesOfOneFolderApart) {
  const Sandbox sandbox(kOne);
  sandbox.dir().write(".smbatcher/second.md", Sandbox::registry_text({{"b.example", "003", "O"}}));
  const std::string second = sandbox.dir().at(".smbatcher/second.md");
  const std::string token = claim_for(sandbox, "a1", {"--registry", second});
  EXPECT_TRUE(sandbox.dir().exists(".smbatcher/state/second.history.jsonl"));
  EXPECT_TRUE(sandbox.dir().exists(".smbatcher/state/second.claims/implement-003.json"));
  EXPECT_TRUE(sandbox.dir().exists(".smbatcher/second.lock"));
  EXPECT_FALSE(sandbox.dir().exists(".smbatcher/state/history.jsonl"));
  expect_fail(sandbox.run("check-claim", {"--batch", "3", "--token", token}), "FAIL:not_claimed");
  expect_ok(sandbox.run("check-claim", {"--batch", "3", "--token", token, "--registry", second}), "OK:held");
}

TEST(Discovery, LocksTheFileThatWasNamed) {
  const Sandbox sandbox(kOne);
  claim_for(sandbox, "a1", {"--lock-file", "other.lock"});
  EXPECT_TRUE(sandbox.dir().exists("other.lock"));
  EXPECT_FALSE(sandbox.dir().exists(".smbatcher/REGISTRY.lock"));
  expect_error(sandbox.run("find-next", {"--claim", "--format", "text", "--lock-file", "no/folder/x.lock"}),
               "ERROR:not_found");
  expect_error(sandbox.run("find-next", {"--claim", "--format", "text", "--lock-file", ".smbatcher"}),
               "ERROR:not_a_regular_file");
}

TEST(Discovery, LooksForSitesBelowTheRoot) {
  const Sandbox sandbox(kOne);
  const std::string token = claim_for(sandbox, "a1");
  for (const char* file : {"tree/sites/a.example/index.html", "tree/sites/a.example/styles.css"}) {
    sandbox.dir().write(file, "x");
  }
  expect_fail(sandbox.run("implement-complete", {"--token", token}), "FAIL:missing_files");
  EXPECT_EQ(member(item(ask(sandbox, "status", {"--root", "tree"}), "sites", 0), "files"),
            R"(["index.html","styles.css"])");
  expect_exactly(sandbox, "implement-complete", {"--token", token, "--root", "tree"}, 0, "OK:marked_complete:1/1\n");
}

TEST(Discovery, CreatesTheIgnoreFileOnceAndKeepsOneThatIsThere) {
  const Sandbox fresh(kOne);
  claim_for(fresh, "a1");
  EXPECT_NE(fresh.dir().read(".smbatcher/.gitignore").find("history.jsonl\n"), std::string::npos);
  const Sandbox kept(kOne);
  kept.dir().write(".smbatcher/.gitignore", "mine\n");
  claim_for(kept, "a1");
  EXPECT_EQ(kept.dir().read(".smbatcher/.gitignore"), "mine\n");
}

}  // namespace
}  // namespace smbatcher::test

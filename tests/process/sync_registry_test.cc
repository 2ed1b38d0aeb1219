#include <filesystem>

#include "tests/process/sync_support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kRegistry = ".smbatcher/REGISTRY.md";

std::string table_of(const std::string& a, const std::string& b, const std::string& more = "") {
  return Sandbox::registry_text({{"a.example", "001", a}, {"b.example", "001", b}}) + more;
}

/// Two clones of one registry.
class SyncRegistry : public ::testing::Test {
 protected:
  SyncRegistry() {
    scene_.begin_with({{kRegistry, table_of("O", "O")}});
    scene_.clone("a");
    scene_.clone("b");
  }
  void write(const std::string& clone, const std::string& text) const { scene_.write(clone + "/" + kRegistry, text); }
  std::string read(const std::string& clone) const { return scene_.read(clone + "/" + kRegistry); }
  /// Both change; b pushes first.
  ProcessResult both(const std::string& in_a, const std::string& in_b) const {
    write("a", in_a);
    write("b", in_b);
    expect_ok(scene_.sync("b"), "OK:synced");
    return scene_.sync("a");
  }

  SyncScene scene_;
};

TEST_F(SyncRegistry, NeighbouringRowsAndAddedOnesAreMergedWithoutASetup) {
  const std::string x = "| x.example | | - |\n";
  const std::string y = "| y.example | | - |\n";
  expect_ok(both(table_of("i", "O", x), table_of("O", "i", y)), "OK:synced");
  EXPECT_EQ(read("a"), table_of("i", "i", y + x));
  expect_ok(scene_.sync("b"), "OK:synced");
  EXPECT_EQ(read("b"), read("a"));
  EXPECT_FALSE(scene_.dir().exists("a/.smbatcher/.gitattributes"));
}

TEST_F(SyncRegistry, TheFurtherStatusOfOneRowCountsAndOneSideMayGoBack) {
  expect_ok(both(table_of("i", "d"), table_of("I", "O")), "OK:synced");
  EXPECT_EQ(read("a"), table_of("I", "d"));
}

TEST_F(SyncRegistry, AContradictionStopsItWithBothNamed) {
  const ProcessResult result =
      both(table_of("O", "O", "| x.example | 002 | B |\n"), table_of("O", "O", "| y.example | 002 | B |\n"));
  expect_fail(result, std::string("FAIL:registry_conflict:") + kRegistry);
  EXPECT_THAT(result.out, HasSubstr("002 members: 'y.example' at the remote, 'x.example' here"));
  EXPECT_EQ(read("a"), table_of("O", "O", "| x.example | 002 | B |\n"));
  EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "");
  scene_.expect_at_rest("a");
}

TEST_F(SyncRegistry, AChangeByAClaimWhileItRunsIsMergedToo) {
  // The hook runs between the commit and the update of the work tree.
  scene_.write("a/.git/hooks/post-commit",
               "#!/bin/sh\nsed -i 's/^| a.example\\(.*\\)| O |/| a.example\\1| i |/' .smbatcher/REGISTRY.md\n");
  std::filesystem::permissions(scene_.dir().at("a/.git/hooks/post-commit"), std::filesystem::perms::owner_all);
  scene_.write("a/other.txt", "x\n");
  write("b", table_of("O", "i"));
  expect_ok(scene_.sync("b"), "OK:synced");
  expect_ok(scene_.sync("a"), "OK:synced");
  EXPECT_EQ(read("a"), table_of("i", "i"));
  EXPECT_EQ(scene_.at_remote(kRegistry), table_of("O", "i"));
  std::filesystem::remove(scene_.dir().at("a/.git/hooks/post-commit"));
  expect_ok(scene_.sync("a"), "OK:synced");
  EXPECT_EQ(scene_.at_remote(kRegistry), table_of("i", "i"));
}

TEST_F(SyncRegistry, TheUpdateWaitsForTheRegistrysLock) {
  write("b", table_of("O", "i"));
  expect_ok(scene_.sync("b"), "OK:synced");
  Process holder({.argv = {"flock", "a/.smbatcher/REGISTRY.lock", "sh", "-c",
                           "touch held; while [ ! -e go ]; do sleep 0.01; done"},
                  .cwd = scene_.dir().path()});
  while (!scene_.dir().exists("held")) {
    ::usleep(1000);
  }
  const ProcessResult refused = scene_.sync("a", {"--lock-timeout", "0"});
  expect_error(refused, "ERROR:lock_timeout");
  EXPECT_EQ(read("a"), table_of("O", "O"));
  EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "");
  scene_.write("go", "");
  EXPECT_EQ(holder.wait().status, 0);
  expect_ok(scene_.sync("a"), "OK:synced");
  EXPECT_EQ(read("a"), table_of("O", "i"));
}

TEST_F(SyncRegistry, SetUpHasGitItselfMergeRows) {
  expect_ok(scene_.sync("a", {"--setup"}), "OK:set_up");
  expect_ok(scene_.sync("a", {"--setup"}), "OK:set_up");
  EXPECT_EQ(scene_.read("a/.smbatcher/.gitattributes"), "REGISTRY.md merge=smbatcher-registry\n");
  write("b", table_of("O", "i"));
  expect_ok(scene_.sync("b"), "OK:synced");
  write("a", table_of("i", "O"));
  scene_.git("a", {"add", "-A"});
  scene_.git("a", {"commit", "-q", "-m", "mine"});
  scene_.git("a", {"pull", "-q", "--no-rebase", "--no-edit"});
  EXPECT_EQ(read("a"), table_of("i", "i"));
}

TEST_F(SyncRegistry, RowsUnderALiveClaimThatComeInChangedAreSaid) {
  const auto in_a = [&](const std::vector<std::string>& args) {
    Command command{.argv = args, .env = scene_.environment(), .cwd = scene_.dir().at("a")};
    command.argv.front() = tool_path(args.front());
    return test::run(command);
  };
  write("a", table_of("O", "O", "| c.example | 002 | O |\n"));
  EXPECT_EQ(in_a({"implement-start", "--batch", "001", "--owner", "anna"}).status, 0);
  expect_ok(scene_.sync("a"), "OK:synced");
  EXPECT_EQ(in_a({"check-claim", "--batch", "001", "--owner", "anna"}).out.find("row_changed"), std::string::npos);
  expect_ok(scene_.sync("b"), "OK:synced");
  // Somebody elsewhere finishes one site of the claim, takes back the other, and changes one that nobody holds.
  write("b", table_of("I", "O", "| c.example | 002 | i |\n"));
  expect_ok(scene_.sync("b"), "OK:synced");
  const ProcessResult result = scene_.sync("a");
  expect_ok(result, "OK:synced");
  EXPECT_THAT(result.out, HasSubstr("under a live claim: a.example (batch 001 of anna): I, was i\n"));
  EXPECT_THAT(result.out, HasSubstr("under a live claim: b.example (batch 001 of anna): O, was i\n"));
  EXPECT_EQ(result.out.find("c.example"), std::string::npos) << result.out;
  const ProcessResult check = in_a({"check-claim", "--batch", "001", "--owner", "anna"});
  expect_ok(check, "OK:held");
  EXPECT_THAT(check.out, HasSubstr("the row of 'a.example' stands at 'I' already"));
  EXPECT_THAT(check.out, HasSubstr("the row of 'b.example' stands at 'O' again"));
  write("b", Sandbox::registry_text({{"a.example", "001", "I"}}));
  expect_ok(scene_.sync("b"), "OK:synced");
  EXPECT_THAT(scene_.sync("a").out, HasSubstr("b.example (batch 001 of anna): the row is gone\n"));
  EXPECT_THAT(in_a({"check-claim", "--batch", "001", "--owner", "anna"}).out,
              HasSubstr("the row of 'b.example' is gone"));
}

TEST(RegistryMergeTool, WritesOursOrSaysWhatContradicts) {
  const TempDir dir;
  dir.write("base", table_of("O", "O"));
  dir.write("ours", table_of("i", "O"));
  dir.write("theirs", table_of("O", "i"));
  const auto merge = [&](const std::vector<std::string>& args) {
    Command command{
        .argv = {tool_path("registry-merge"), "base", "ours", "theirs"}, .env = clean_environment(), .cwd = dir.path()};
    command.argv.insert(command.argv.end(), args.begin(), args.end());
    return test::run(command);
  };
  expect_ok(merge({"--dry-run"}), "OK:dry_run");
  EXPECT_EQ(dir.read("ours"), table_of("i", "O"));
  expect_ok(merge({}), "OK:merged");
  EXPECT_EQ(dir.read("ours"), table_of("i", "i"));
  const std::string named = "| x.example | 003 | B |\n";
  dir.write("ours", table_of("O", "O", named));
  dir.write("theirs", table_of("O", "O", "| x.example | 004 | B |\n"));
  const ProcessResult result = merge({});
  expect_fail(result, "FAIL:contradiction:x.example");
  EXPECT_THAT(result.out, HasSubstr("x.example batch: '003' in ours, '004' in theirs"));
  EXPECT_EQ(dir.read("ours"), table_of("O", "O", named));
  dir.write("theirs", "no table\n");
  expect_error(merge({}), "ERROR:no_queue_table");
  dir.write(".smbatcher/config.yml", "columns:\n  domain: Site\n");
  dir.write("base", "| Site | Status |\n|---|---|\n| a.example | - |\n| b.example | - |\n");
  dir.write("ours", "| Site | Status |\n|---|---|\n| a.example | B |\n| b.example | - |\n");
  dir.write("theirs", "| Site | Status |\n|---|---|\n| b.example | - |\n| a.example | - |\n");
  expect_ok(merge({"--path", ".smbatcher/REGISTRY.md"}), "OK:merged");
}

}  // namespace
}  // namespace smbatcher::test

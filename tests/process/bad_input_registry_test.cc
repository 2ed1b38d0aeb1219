#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// A registry that cannot be worked on: one clear line, exit status 2, and nothing is written over it.

namespace fs = std::filesystem;

const std::vector<std::pair<std::string, Args>> kReaders{{"find-next", {"--format", "text"}},
                                                         {"status", {}},
                                                         {"check-registry", {}},
                                                         {"metrics-batch-counts", {}},
                                                         {"dry-run", {}}};
const std::vector<std::pair<std::string, Args>> kWriters{{"find-next", {"--claim", "--format", "text"}},
                                                         {"lock", {}},
                                                         {"reap", {}},
                                                         {"bury", {"a.example", "--why", "x"}},
                                                         {"prepare-register", {"--sites", "n.example:N:x:y"}},
                                                         {"prepare-batch", {}}};

/// Every tool says `line` and leaves the registry as it is.
void expect_all_refuse(const Sandbox& sandbox, const std::string& line) {
  const auto registry = [&] {
    Listing all = listing(sandbox.dir().path());
    std::erase_if(all, [](const auto& file) { return !file.first.starts_with(".smbatcher/REGISTRY.md"); });
    return all;
  };
  const Listing before = registry();
  for (const auto* tools : {&kReaders, &kWriters}) {
    for (const auto& [tool, args] : *tools) {
      expect_error(sandbox.run(tool, args), line);
    }
  }
  EXPECT_EQ(difference(before, registry()), "");
}

TEST(BadRegistry, ThatIsEmpty) { expect_all_refuse(Sandbox(""), "ERROR:registry_empty"); }

TEST(BadRegistry, ThatHasNoQueueTable) {
  expect_all_refuse(Sandbox("# Notes\n\n| A | B |\n|---|---|\n| 1 | 2 |\n"), "ERROR:no_queue_table");
}

TEST(BadRegistry, ThatIsBinary) {
  std::string bytes = Sandbox::registry_text(kOneSite);
  bytes += std::string("\0\x01\x02", 3);
  expect_all_refuse(Sandbox(bytes), "ERROR:nul_byte");
  expect_all_refuse(Sandbox(Sandbox::registry_text(kOneSite) + "caf\xE9\n"), "ERROR:invalid_utf8");
}

TEST(BadRegistry, ThatIsGigantic) {
  expect_all_refuse(Sandbox(Sandbox::registry_text(kOneSite) + "\n" + std::string(9U << 20U, 'x') + "\n"),
                    "ERROR:document_too_large");
}

TEST(BadRegistry, ThatIsAFolder) {
  const Sandbox sandbox;
  sandbox.dir().make_dir(".smbatcher/REGISTRY.md");
  expect_all_refuse(sandbox, "ERROR:not_a_regular_file");
}

TEST(BadRegistry, ThatIsANamedPipe) {
  const Sandbox sandbox;
  sandbox.dir().make_dir(".smbatcher");
  ASSERT_EQ(::mkfifo(sandbox.dir().at(".smbatcher/REGISTRY.md").c_str(), 0644), 0);
  expect_all_refuse(sandbox, "ERROR:not_a_regular_file");
}

TEST(BadRegistry, ThatIsADanglingLink) {
  const Sandbox sandbox;
  sandbox.dir().make_dir(".smbatcher");
  fs::create_symlink("nowhere", sandbox.dir().at(".smbatcher/REGISTRY.md"));
  expect_all_refuse(sandbox, "ERROR:dangling_link");
}

TEST(BadRegistry, ThatIsMissing) {
  const Sandbox sandbox(kOneSite);
  claim_for(sandbox, "a1");
  fs::remove(sandbox.dir().at(".smbatcher/REGISTRY.md"));
  expect_untouched(sandbox, "find-next", {"--claim", "--format", "text"}, 2,
                   "ERROR:registry_not_found:there is no file");
  expect_untouched(sandbox, "status", {}, 2, "ERROR:registry_not_found:there is no file");
}

TEST(BadRegistry, ThatHasOtherHardLinks) {
  const Sandbox sandbox(kOneSite);
  fs::create_hard_link(sandbox.dir().at(".smbatcher/REGISTRY.md"), sandbox.dir().at("other.md"));
  expect_ok(sandbox.run("find-next", {"--format", "text"}), "OK:found:003");
  const std::string before = sandbox.registry();
  const ProcessResult result = sandbox.run("find-next", {"--claim", "--format", "text"});
  expect_error(result, "ERROR:hard_linked");
  EXPECT_NE(result.out.find("make it a file of its own"), std::string::npos);
  EXPECT_EQ(sandbox.registry(), before);
  EXPECT_EQ(sandbox.dir().read("other.md"), before);
}

TEST(BadRegistry, ThatIsDamagedHoldsBackOnlyItsBatch) {
  const Sandbox sandbox({{"a.example", "003", "X"}, {"b.example", "003", "O"}, {"c.example", "004", "O"}});
  EXPECT_EQ(text_of(ask(sandbox, "find-next", {"--claim"}), "batch"), "004");
  expect_fail(sandbox.run("find-next", {"--batch", "3", "--claim", "--format", "text"}), "FAIL:not_ready");
  expect_fail(sandbox.run("lock", {"3"}), "FAIL:not_ready:damaged");
  expect_error(sandbox.run("bury", {"a.example", "--why", "x"}),
               "ERROR:damaged_row:" + sandbox.dir().at(".smbatcher/REGISTRY.md:5"));
}

/// The tool run by nobody (uid 65534), who may read and write only what the sandbox's modes allow.
class Unprivileged : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) {
      GTEST_SKIP() << "only root can drop to another user";
    }
    fs::permissions(sandbox_.dir().path(), fs::perms(0755));
  }

  /// The tool's own file may lie where nobody can go, so it is copied.
  ProcessResult run_as_nobody(const std::string& tool, const Args& args) const {
    const std::string copy = bin_.at(tool);
    fs::permissions(bin_.path(), fs::perms(0755));
    if (!fs::exists(copy)) {
      fs::copy_file(tool_path(tool), copy);
    }
    Command command = sandbox_.command(tool, args);
    command.argv[0] = copy;
    command.argv.insert(command.argv.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    return run(command);
  }

  /// True when nobody is really refused `path`: otherwise the test would show nothing.
  bool is_refused(const std::string& test, const std::string& path) const {
    Command command{.argv = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "test", test, path}};
    return run(command).status == 1;
  }

  std::string path(const std::string& name) const { return sandbox_.dir().at(name); }

  Sandbox sandbox_{kOneSite};
  TempDir bin_;
};

TEST_F(Unprivileged, CannotReadTheRegistry) {
  fs::permissions(path(".smbatcher/REGISTRY.md"), fs::perms(0600));
  ASSERT_TRUE(is_refused("-r", path(".smbatcher/REGISTRY.md")));
  expect_error(run_as_nobody("find-next", {"--format", "text"}), "ERROR:permission_denied");
  expect_error(run_as_nobody("status", {}), "ERROR:permission_denied");
  EXPECT_EQ(text_of(json(run_as_nobody("find-next", {"--claim"})), "error"), "permission_denied");
}

TEST_F(Unprivileged, ReadsAFolderThatCannotBeWritten) {
  ASSERT_TRUE(is_refused("-w", path(".smbatcher")));
  const Listing before = listing(sandbox_.dir().path());
  expect_ok(run_as_nobody("find-next", {"--format", "text"}), "OK:found:003");
  expect_ok(run_as_nobody("status", {}), "OK:status:003");
  expect_ok(run_as_nobody("dry-run", {}), "OK:dry_run");
  expect_error(run_as_nobody("find-next", {"--claim", "--format", "text"}), "ERROR:permission_denied");
  expect_error(run_as_nobody("prepare-register", {"--sites", "n.example:N:x:y"}), "ERROR:permission_denied");
  EXPECT_EQ(difference(before, listing(sandbox_.dir().path())), "");
}

TEST_F(Unprivileged, IsToldWhereWritingIsRefused) {
  const ProcessResult folder = run_as_nobody("prepare-info", {});
  expect_fail(folder, "FAIL:missing_prerequisites:write, flock");
  EXPECT_NE(folder.out.find("\nwrite: missing: cannot write to '" + path(".smbatcher") + "': Permission denied; get "),
            std::string::npos)
      << folder.out;
  fs::permissions(path(".smbatcher"), fs::perms(0777));
  ASSERT_TRUE(is_refused("-w", path(".smbatcher/REGISTRY.md")));
  expect_fail(run_as_nobody("prepare-info", {}), "FAIL:missing_prerequisites:write");
}

TEST_F(Unprivileged, CannotEnterTheFolder) {
  fs::permissions(path(".smbatcher"), fs::perms(0700));
  ASSERT_TRUE(is_refused("-x", path(".smbatcher")));
  expect_error(run_as_nobody("find-next", {"--format", "text"}), "ERROR:permission_denied");
}

TEST_F(Unprivileged, CannotReadTheHistory) {
  claim_for(sandbox_, "a1");
  fs::permissions(path(".smbatcher/state/history.jsonl"), fs::perms(0600));
  ASSERT_TRUE(is_refused("-r", path(".smbatcher/state/history.jsonl")));
  expect_error(run_as_nobody("find-next", {"--format", "text"}), "ERROR:permission_denied");
  expect_error(run_as_nobody("status", {}), "ERROR:permission_denied");
}

TEST_F(Unprivileged, CannotReadTheConfig) {
  sandbox_.dir().write(".smbatcher/config.yml", "lease: 1h\n");
  fs::permissions(path(".smbatcher/config.yml"), fs::perms(0600));
  ASSERT_TRUE(is_refused("-r", path(".smbatcher/config.yml")));
  expect_error(run_as_nobody("find-next", {"--format", "text"}), "ERROR:permission_denied");
}

TEST(ReadOnlyFileSystem, IsReadAndNeverWritten) {
  const Sandbox sandbox(kOneSite);
  const std::string folder = sandbox.dir().at(".smbatcher");
  if (::mount(folder.c_str(), folder.c_str(), nullptr, MS_BIND, nullptr) != 0 ||
      ::mount(nullptr, folder.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) != 0) {
    ::umount(folder.c_str());
    GTEST_SKIP() << "mounting is not allowed here";
  }
  expect_ok(sandbox.run("find-next", {"--format", "text"}), "OK:found:003");
  expect_ok(sandbox.run("dry-run"), "OK:dry_run");
  expect_error(sandbox.run("find-next", {"--claim", "--format", "text"}), "ERROR:read_only_file_system");
  EXPECT_EQ(::umount(folder.c_str()), 0);
}

}  // namespace
}  // namespace smbatcher::test

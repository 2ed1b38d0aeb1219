#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>

#include "tests/process/outcome_support.h"
#include "tools/support/operations.h"

namespace smbatcher::test {
namespace {

// A registry that was found by walking up, and is another repository's or another user's.

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr unsigned kStranger = 4301;

Json first_warning(const Json& answer) { return item(answer, "warnings", 0); }

/// A fleet's registry, and below it a site that is a repository of its own.
class OuterRegistry : public testing::Test {
 protected:
  OuterRegistry() {
    sandbox_.dir().make_dir(kSite);
    EXPECT_EQ(test::run({.argv = {"git", "init", "-q", sandbox_.dir().at(kSite)}, .env = clean_environment()}).status,
              0);
  }
  ProcessResult run_there(const std::string& tool, const Args& args,
                          const std::map<std::string, std::optional<std::string>>& env = {}) const {
    Command command = sandbox_.command(tool, args);
    command.cwd = sandbox_.dir().at(kSite);
    for (const auto& [name, value] : env) {
      command.env[name] = value;
    }
    return test::run(command);
  }

  static constexpr const char* kSite = "sites/a.example";
  Sandbox sandbox_{std::vector<Sandbox::Site>{{"a.example", "003", "O"}, {"b.example", "", "-"}}};
  std::string registry_ = registry_path(sandbox_);
};

TEST_F(OuterRegistry, IsNamedInEveryAnswer) {
  const Json claim = json(run_there("find-next", {"--claim", "--owner", "anna"}));
  const std::string token = std::to_string(number_of(claim, "token"));
  EXPECT_EQ(text_of(claim, "registry"), registry_);
  const std::vector<std::pair<std::string, Args>> calls{{"find-next", {"--claim", "--owner", "ben"}},
                                                        {"find-next", {"--mode", "status"}},
                                                        {"check-claim", {"--batch", "3", "--token", token}},
                                                        {"heartbeat", {"--token", token}},
                                                        {"heartbeat", {"--token", "99"}},
                                                        {"status", {}},
                                                        {"status", {"no-such-batch"}},
                                                        {"dry-run", {}},
                                                        {"check-registry", {}},
                                                        {"history", {}},
                                                        {"prepare-info", {}},
                                                        {"status-report", {}},
                                                        {"metrics-batch-counts", {}},
                                                        {"list-designed", {}},
                                                        {"reap", {}},
                                                        {"kick", {"b.example"}},
                                                        {"release", {"--token", token, "--dry-run"}},
                                                        {"implement-complete", {"--token", token}},
                                                        {"check-outputs", {"a.example"}},
                                                        {"design-run", {"--owner", "x"}}};
  for (const auto& [tool, args] : calls) {
    Args all = args;
    all.insert(all.end(), {"--format", "json"});
    const Json answer = json(run_there(tool, all));
    EXPECT_EQ(text_of(answer, "registry"), registry_) << tool << answer.dump();
    EXPECT_EQ(text_of(first_warning(answer), "code"), "outer_registry") << tool << answer.dump();
    EXPECT_EQ(count_of(answer, "warnings"), 1U) << tool << answer.dump();
  }
  const ProcessResult text = run_there("status", {});
  EXPECT_THAT(text.out, HasSubstr("warning: " + registry_ + ": outer_registry: "));
  // The same from outside of the inner repository: nothing is said.
  EXPECT_EQ(member(ask(sandbox_, "status", {}), "warnings"), "");
}

TEST_F(OuterRegistry, GetsNoSitesAndBatchesUnnamed) {
  const std::vector<std::pair<std::string, Args>> calls{{"prepare-register", {"--sites", "n.example:N:D:t"}},
                                                        {"prepare-batch", {}},
                                                        {"design-register", {"--sites", "n.example:N:D:t"}},
                                                        {"design-batch", {"--sites", "b.example:B:D:t"}}};
  for (const auto& [tool, args] : calls) {
    const std::string before = sandbox_.registry();
    const ProcessResult result = run_there(tool, args);
    expect_error(result, "ERROR:outer_registry");
    EXPECT_THAT(result.out, HasSubstr("--registry " + registry_)) << tool;
    EXPECT_EQ(sandbox_.registry(), before);
    EXPECT_FALSE(sandbox_.dir().exists(std::string(kSite) + "/.smbatcher"));
  }
  expect_ok(run_there("prepare-register", {"--sites", "n.example:N:D:t", "--registry", registry_}), "OK:registered:1");
  const ProcessResult batch = run_there("prepare-batch", {}, {{"SMBATCHER_REGISTRY", registry_}});
  expect_ok(batch, "OK:batch_created");
  EXPECT_THAT(batch.out, Not(HasSubstr("outer_registry")));
}

TEST_F(OuterRegistry, HasItsSitesBesideItself) {
  build_site(sandbox_, "a.example");
  const std::string token = claim_for(sandbox_, "anna");
  expect_ok(run_there("implement-complete", {"--token", token}), "OK:marked_complete:1/1");
}

TEST_F(OuterRegistry, TheWayToAnInnerOneThatItNamesWorks) {
  const std::string message = text_of(json(run_there("prepare-batch", {"--format", "json"})), "message");
  const std::string command = message.substr(message.find("mkdir -p "));
  Command begin{.argv = {"sh", "-c", command + " --sites n.example:N:D:t"}, .env = clean_environment()};
  begin.env["PATH"] = bin_dir() + ":" + std::getenv("PATH");
  EXPECT_EQ(test::run(begin).status, 0) << command;
  EXPECT_EQ(text_of(json(run_there("find-next", {})), "registry"),
            sandbox_.dir().at(std::string(kSite) + "/.smbatcher/REGISTRY.md"));
}

/// Root's registry, and a user who stands below it; and the reverse.
class ForeignRegistry : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) {
      GTEST_SKIP() << "only root can become another user";
    }
    fs::permissions(sandbox_.dir().path(), fs::perms(0755));
    fs::permissions(bin_.path(), fs::perms(0755));
    sandbox_.dir().make_dir("below");
  }
  ProcessResult run_as(unsigned user, const std::string& tool, const Args& args,
                       const std::map<std::string, std::optional<std::string>>& env = {}) const {
    const std::string copy = bin_.at(tool);
    if (!fs::exists(copy)) {
      fs::copy_file(tool_path(tool), copy);
    }
    Command command = sandbox_.command(tool, args);
    command.argv[0] = copy;
    command.cwd = sandbox_.dir().at("below");
    command.env["SUDO_UID"] = std::nullopt;
    for (const auto& [name, value] : env) {
      command.env[name] = value;
    }
    if (user != 0) {
      const std::string id = std::to_string(user);
      command.argv.insert(command.argv.begin(), {"setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups"});
    }
    return test::run(command);
  }
  void give(const std::string& name, unsigned user) const {
    ASSERT_EQ(::chown(sandbox_.dir().at(name).c_str(), user, user), 0);
  }

  Sandbox sandbox_{kOneSite};
  TempDir bin_;
  std::string registry_ = registry_path(sandbox_);
};

TEST_F(ForeignRegistry, IsRefusedUnlessNamed) {
  const ProcessResult refused = run_as(kStranger, "find-next", {"--format", "text"});
  expect_error(refused, "ERROR:foreign_registry");
  EXPECT_THAT(refused.out, HasSubstr("--registry " + registry_));
  expect_error(run_as(kStranger, "prepare-register", {"--sites", "n.example:::"}), "ERROR:foreign_registry");
  EXPECT_EQ(run_as(kStranger, "find-next", {"--registry", registry_}).status, 0);
  EXPECT_EQ(run_as(kStranger, "find-next", {}, {{"SMBATCHER_REGISTRY", registry_}}).status, 0);
  fs::remove_all(sandbox_.dir().at("below"));
  fs::create_directory_symlink(".", sandbox_.dir().at("below"));  // who stands in its folder means it
  EXPECT_EQ(run_as(kStranger, "find-next", {}).status, 0);
}

TEST_F(ForeignRegistry, IsRefusedForRootTooButNotForWhoCalledSudo) {
  for (const char* part : {".smbatcher", ".smbatcher/REGISTRY.md", ".smbatcher/config.yml"}) {
    sandbox_.dir().write(".smbatcher/config.yml", "lease: 1h\n");
    give(part, kStranger);
    expect_error(run_as(0, "find-next", {"--format", "text"}), "ERROR:foreign_registry");
    EXPECT_EQ(run_as(0, "find-next", {}, {{"SUDO_UID", std::to_string(kStranger)}}).status, 0) << part;
    EXPECT_EQ(run_as(0, "find-next", {"--registry", registry_}).status, 0) << part;
    give(part, 0);
  }
  EXPECT_EQ(run_as(0, "find-next", {}).status, 0);
}

TEST_F(ForeignRegistry, IsNothingToWhoChecksAFile) {
  sandbox_.dir().write("below/index.html", "<!doctype html><html lang=en><title>x</title><p>x</p>\n");
  EXPECT_THAT(run_as(kStranger, "check-html", {"index.html"}).out, Not(HasSubstr("foreign_registry")));
}

}  // namespace
}  // namespace smbatcher::test

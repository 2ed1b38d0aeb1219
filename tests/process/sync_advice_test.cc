#include <regex>

#include "tests/process/sync_support.h"

namespace smbatcher::test {
namespace {

/// The commands that a refusal names, as they are printed: "a, then b".
std::string advice_of(const ProcessResult& result) {
  const std::size_t line = result.out.find('\n') + 1;
  const std::string message = result.out.substr(line, result.out.find('\n', line) - line);
  return message.substr(message.find(": ") + 2);
}

TEST(SyncAdvice, WorksInARepositoryWithoutACommit) {
  const SyncScene scene;
  scene.git("", {"init", "-q", "--bare", "empty.git"});
  scene.git("", {"init", "-q", "new"});
  const ProcessResult no_remote = scene.sync("new");
  expect_fail(no_remote, "FAIL:no_remote");
  EXPECT_EQ(advice_of(no_remote),
            "git remote add origin URL, then git commit --allow-empty -m 'first commit', then git push -u origin main");
  scene.git("new", {"remote", "add", "elsewhere", "../empty.git"});
  const ProcessResult no_upstream = scene.sync("new");
  expect_fail(no_upstream, "FAIL:no_upstream:main");
  Command typed = scene.git_command("new", {});
  typed.argv = {"sh", "-c", std::regex_replace(advice_of(no_upstream), std::regex(", then "), " && ")};
  const ProcessResult followed = run(typed);
  EXPECT_EQ(followed.status, 0) << followed.command << "\n" << followed.out << followed.err;
  expect_ok(scene.sync("new"), "OK:up_to_date");
}

TEST(SyncAdvice, NamesTheRemoteThatThereIs) {
  const SyncScene scene;
  scene.begin_with({{"file.txt", "x\n"}});
  scene.clone("a");
  scene.git("a", {"remote", "rename", "origin", "upstream"});
  scene.git("a", {"switch", "-q", "-c", "topic", "--no-track"});
  EXPECT_EQ(advice_of(scene.sync("a")), "git push -u upstream topic");
}

}  // namespace
}  // namespace smbatcher::test

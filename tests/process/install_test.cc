#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "libregistry/core/base/text.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tools.h"

namespace smbatcher::test {
namespace {

/// A line of data/script-paths.txt.
struct Stub {
  std::string path;
  std::string tool;
};

/// Our own PATH less the folders where a smbatcher is installed.
std::string path_without_smbatcher() {
  std::istringstream path(std::getenv("PATH"));
  std::vector<std::string> folders;
  for (std::string folder; std::getline(path, folder, ':');) {
    if (!std::filesystem::exists(folder + "/smbatcher")) {
      folders.push_back(folder);
    }
  }
  return join(folders, ":");
}

/// The build, installed into a folder with spaces and then moved: nothing of it may remember where it was put.
class Installation {
 public:
  Installation() {
    const ProcessResult result = run({.argv = {SMB_CMAKE, "--install", SMB_BUILD_DIR, "--prefix", dir_.at("staged")}});
    EXPECT_EQ(result.status, 0) << result.out << result.err;
    std::filesystem::rename(dir_.at("staged"), prefix());
    dir_.make_dir("another folder");
  }

  std::string prefix() const { return dir_.at("a moved prefix"); }
  std::string stub(const Stub& stub) const { return prefix() + "/share/smbatcher/" + stub.path; }

  std::vector<Stub> stubs() const {
    std::istringstream table(dir_.read("a moved prefix/share/smbatcher/data/script-paths.txt"));
    std::vector<Stub> stubs;
    for (std::string line; std::getline(table, line);) {
      Stub stub;
      if (!line.starts_with('#') && std::istringstream(line) >> stub.path >> stub.tool) {
        stubs.push_back(stub);
      }
    }
    return stubs;
  }

  /// Runs a stub as its callers do, by naming its interpreter. No smbatcher is on PATH;
  /// `env` is over that.
  ProcessResult run_stub(const Stub& stub, const std::string& path, const std::vector<std::string>& args,
                         const std::map<std::string, std::optional<std::string>>& env = {}) const {
    Command command{.argv = {stub.path.ends_with(".py") ? "python3" : "bash", path},
                    .env = clean_environment(),
                    .cwd = dir_.at("another folder")};
    command.argv.insert(command.argv.end(), args.begin(), args.end());
    command.env["PATH"] = path_without_smbatcher();
    for (const auto& [name, value] : env) {
      command.env[name] = value;
    }
    return run(command);
  }

  const TempDir& dir() const { return dir_; }

 private:
  TempDir dir_;
};

std::vector<Stub> one_of_each_language() {
  return {{"tools/implement/lock.sh", "lock"}, {"tools/implement/lock.py", "lock"}};
}

/// A tool that shows what it was given, one argument a line.
void write_fake(const TempDir& dir, const std::string& name, const std::string& status) {
  dir.write(name, "#!/bin/sh\nprintf '<%s>\\n' \"$@\"\nexit " + status + "\n");
  std::filesystem::permissions(dir.at(name), std::filesystem::perms::owner_all);
}

TEST(Install, EveryStubOfTheTableRunsItsTool) {
  const Installation installation;
  const std::vector<Stub> stubs = installation.stubs();
  EXPECT_GE(stubs.size(), 14U);
  for (const Stub& stub : stubs) {
    const ProcessResult result = installation.run_stub(stub, installation.stub(stub), {"--version"});
    EXPECT_EQ(result.status, 0) << stub.path << result.err;
    EXPECT_EQ(result.out, "smbatcher " + stub.tool + " " SMB_VERSION "\n") << stub.path;
    EXPECT_EQ(result.err, "") << stub.path;
  }
}

TEST(Install, TheDispatcherFindsEveryTool) {
  const Installation installation;
  for (const Stub& stub : installation.stubs()) {
    const ProcessResult result = run({.argv = {installation.prefix() + "/bin/smbatcher", stub.tool, "--version"},
                                      .env = clean_environment(),
                                      .cwd = installation.dir().at("another folder")});
    EXPECT_EQ(result.out, "smbatcher " + stub.tool + " " SMB_VERSION "\n");
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
  }
}

TEST(Install, StubsPassArgumentsAndExitStatusOnUnchanged) {
  const Installation installation;
  write_fake(installation.dir(), "fakes of mine/lock", "1");
  for (const Stub& stub : one_of_each_language()) {
    const ProcessResult result =
        installation.run_stub(stub, installation.stub(stub), {"a b", "", "*", "--why=it's", "\xff", "x\ny"},
                              {{"SMBATCHER_LIBEXEC", installation.dir().at("fakes of mine")}});
    EXPECT_EQ(result.out, "<a b>\n<>\n<*>\n<--why=it's>\n<\xff>\n<x\ny>\n") << stub.path;
    EXPECT_EQ(result.status, 1) << stub.path;
    EXPECT_EQ(result.err, "") << stub.path;
  }
}

TEST(Install, LinkedStubsFindTheirTool) {
  const Installation installation;
  for (const Stub& stub : one_of_each_language()) {
    const std::string link = installation.dir().at("link to " + stub.tool + stub.path.substr(stub.path.size() - 3));
    std::filesystem::create_symlink(installation.stub(stub), link);
    const ProcessResult result = installation.run_stub(stub, link, {"--version"});
    EXPECT_EQ(result.out, "smbatcher lock " SMB_VERSION "\n") << stub.path;
  }
}

TEST(Install, CopiedStubsAskForTheDispatcherOnPath) {
  const Installation installation;
  write_fake(installation.dir(), "bin/smbatcher", "0");
  for (const Stub& stub : one_of_each_language()) {
    const std::string copy = installation.dir().at("copy of " + std::filesystem::path(stub.path).filename().string());
    std::filesystem::copy_file(installation.stub(stub), copy);
    const ProcessResult result = installation.run_stub(
        stub, copy, {"--batch", "003"}, {{"PATH", installation.dir().at("bin") + ":" + path_without_smbatcher()}});
    EXPECT_EQ(result.out, "<lock>\n<--batch>\n<003>\n") << stub.path;
    EXPECT_EQ(result.status, 0) << stub.path;
  }
}

TEST(Install, StubsWithoutAToolSayWhatToDo) {
  const Installation installation;
  for (const Stub& stub : one_of_each_language()) {
    const std::string copy = installation.dir().at("lonely " + std::filesystem::path(stub.path).filename().string());
    std::filesystem::copy_file(installation.stub(stub), copy);
    expect_error(installation.run_stub(stub, copy, {}), "ERROR:smbatcher_not_found");
  }
}

}  // namespace
}  // namespace smbatcher::test

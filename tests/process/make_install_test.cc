#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <gmock/gmock.h>

#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// `make install` and `make uninstall`, less the compiling: cmake/install.sh is all that they do after it.

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class MakeInstall : public testing::Test {
 protected:
  /// A project of a few files, one of them installed by two rules, in a folder whose path has a space.
  void SetUp() override {
    fs::permissions(dir_.path(), fs::perms(0755));
    dir_.make_dir("home");
    dir_.write("a build/source/CMakeLists.txt",
               "cmake_minimum_required(VERSION 3.20)\nproject(x NONE)\n"
               "install(PROGRAMS tool DESTINATION bin)\ninstall(FILES tool DESTINATION libexec/smbatcher)\n"
               "install(FILES tool DESTINATION libexec/smbatcher)\n"
               "install(FILES tool DESTINATION \"share/smbatcher/with spaces\")\n");
    dir_.write("a build/source/tool", "#!/bin/sh\n");
    ASSERT_EQ(test::run({.argv = {SMB_CMAKE, "-S", build() + "/source", "-B", build()}}).status, 0);
  }

  std::string build() const { return dir_.at("a build"); }
  ProcessResult install_sh(const Args& args, bool as_root = true) const {
    const std::string script = dir_.at("install.sh");
    fs::copy_file(SMB_DATA_DIR "/../cmake/install.sh", script, fs::copy_options::overwrite_existing);
    Command command{.argv = {script}, .env = {{"HOME", dir_.at("home")}}, .cwd = dir_.path()};
    command.argv.insert(command.argv.end(), args.begin(), args.end());
    if (!as_root) {
      command.argv.insert(command.argv.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    }
    ProcessResult result = test::run(command);
    EXPECT_EQ(result.err, "");
    EXPECT_LE(std::count(result.out.begin(), result.out.end(), '\n'), 1) << result.out;
    return result;
  }
  std::vector<std::string> files_in(const std::string& folder) const {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(dir_.at(folder))) {
      if (!entry.is_directory()) {
        files.push_back(entry.path().lexically_relative(dir_.at(folder)).string());
      }
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  TempDir dir_;
};

TEST_F(MakeInstall, ExpandsTheTildeThatTheShellLeft) {
  expect_ok(install_sh({"install", "~/.local", "", build()}), "OK:installed:" + dir_.at("home/.local"));
  EXPECT_TRUE(dir_.exists("home/.local/bin/tool"));
  EXPECT_FALSE(dir_.exists("~"));
}

TEST_F(MakeInstall, ListsEachFileOnceAndRemovesWhatItListed) {
  dir_.write("staged/opt/it/bin/mine", "");
  expect_ok(install_sh({"install", "/opt/it", "staged", build()}), "OK:installed");
  std::istringstream manifest(dir_.read("staged/opt/it/share/smbatcher/install_manifest.txt"));
  std::vector<std::string> listed;
  for (std::string line; std::getline(manifest, line);) {
    listed.push_back(line);
  }
  std::vector<std::string> there = files_in("staged/opt/it");
  std::erase(there, "bin/mine");
  EXPECT_EQ(listed, there);
  const std::string of_cmake = dir_.read("a build/install_manifest.txt");
  EXPECT_EQ(of_cmake.find("/libexec/smbatcher/tool\n"), of_cmake.rfind("/libexec/smbatcher/tool\n")) << of_cmake;
  expect_ok(install_sh({"uninstall", "/opt/it", "staged"}), "OK:uninstalled");
  EXPECT_EQ(files_in("staged/opt/it"), std::vector<std::string>{"bin/mine"});
  EXPECT_FALSE(dir_.exists("staged/opt/it/share/smbatcher"));
  EXPECT_FALSE(dir_.exists("staged/opt/it/libexec/smbatcher"));
  expect_error(install_sh({"uninstall", "/opt/it", "staged"}), "ERROR:not_installed");
}

TEST_F(MakeInstall, RemovesNothingOutsideOfThePrefix) {
  dir_.write("prefix/share/smbatcher/install_manifest.txt", "bin/tool\n../other\n");
  dir_.write("other", "");
  expect_error(install_sh({"uninstall", dir_.at("prefix"), ""}), "ERROR:malformed");
  EXPECT_TRUE(dir_.exists("other"));
}

TEST_F(MakeInstall, SaysInOneLineWhatItMayNotWrite) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can drop to another user";
  }
  dir_.make_dir("root's");
  fs::permissions(dir_.at("root's"), fs::perms(0755));
  for (const char* step : {"check", "uninstall"}) {
    dir_.write("root's/share/smbatcher/install_manifest.txt", "bin/tool\n");
    const ProcessResult result = install_sh({step, dir_.at("root's"), ""}, false);
    expect_error(result, "ERROR:permission_denied");
    EXPECT_THAT(result.out, HasSubstr("cannot write to '" + dir_.at("root's")));
    EXPECT_THAT(result.out,
                HasSubstr("run: sudo make " + std::string(std::string(step) == "check" ? "install" : step)));
  }
}

TEST_F(MakeInstall, SaysInOneLineWhyItFailed) {
  dir_.write("a file", "");
  expect_error(install_sh({"check", dir_.at("a file"), ""}), "ERROR:not_a_folder");
  expect_error(install_sh({"check", "", ""}), "ERROR:invalid_argument");
  fs::remove(dir_.at("a build/source/tool"));
  const ProcessResult result = install_sh({"install", dir_.at("prefix"), "", build()});
  expect_error(result, "ERROR:install_failed");
  EXPECT_THAT(result.out, HasSubstr(build() + "/install.log"));
}

}  // namespace
}  // namespace smbatcher::test

#include <filesystem>

#include <gmock/gmock.h>

#include "tests/process/outcome_support.h"
#include "tests/support/pages.h"

namespace smbatcher::test {
namespace {

// `make deb`, less the compiling: cmake/deb.sh is all that it does after it.

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Deb : public testing::Test {
 protected:
  void SetUp() override {
    if (test::run({.argv = {"sh", "-c", "command -v dpkg-deb && command -v dpkg-shlibdeps"}}).status != 0) {
      GTEST_SKIP() << "dpkg-dev is not installed";
    }
  }

  /// Packs what was built; the path of the package.
  std::string pack(const std::string& folder) const {
    dir_.make_dir(folder);
    const std::string build = fs::path(built_dir()).parent_path().string();
    const ProcessResult result = test::run({.argv = {source_dir() + "/cmake/deb.sh", build, dir_.at(folder)},
                                            .env = {{"SOURCE_DATE_EPOCH", "1796000000"}},
                                            .cwd = source_dir()});
    EXPECT_EQ(result.status, 0) << result.out << result.err;
    EXPECT_THAT(result.out, StartsWith("OK:packaged:" + dir_.at(folder) + "/smbatcher_"));
    const std::string path = result.out.substr(12);
    return path.substr(0, path.find('\n'));
  }

  TempDir dir_;
};

TEST_F(Deb, HasWhatAnInstallationHas) {
  const std::string package = pack("a folder");
  ASSERT_EQ(test::run({.argv = {"dpkg-deb", "-x", package, dir_.at("root")}}).status, 0);
  const ProcessResult version = test::run({.argv = {dir_.at("root/usr/libexec/smbatcher/find-next"), "--version"}});
  EXPECT_THAT(version.out, StartsWith("smbatcher find-next "));
  const std::string number = version.out.substr(20, version.out.find('\n') - 20);
  EXPECT_EQ(test::run({.argv = {"dpkg-deb", "-f", package, "Version"}}).out, number + "\n");
  EXPECT_THAT(test::run({.argv = {"dpkg-deb", "-f", package, "Depends"}}).out, HasSubstr("git"));
  EXPECT_EQ(test::run({.argv = {dir_.at("root/usr/bin/smbatcher"), "help", "serve"}}).status, 0)
      << "the other program is found from there";
  for (const char* file :
       {"usr/share/man/man1/smbatcher-find-next.1.gz", "usr/share/doc/smbatcher/copyright",
        "usr/share/bash-completion/completions/smbatcher", "usr/share/zsh/vendor-completions/_smbatcher"}) {
    EXPECT_TRUE(fs::exists(dir_.at(std::string("root/") + file))) << file;
  }
  ASSERT_EQ(test::run({.argv = {"dpkg-deb", "-e", package, dir_.at("control")}}).status, 0);
  EXPECT_EQ(test::run({.argv = {"md5sum", "--quiet", "-c", dir_.at("control/md5sums")}, .cwd = dir_.at("root")}).out,
            "");
}

TEST_F(Deb, IsTheSameTwiceAndPleasesLintian) {
  const std::string one = pack("one");
  const std::string two = pack("two");
  EXPECT_EQ(test::run({.argv = {"cmp", one, two}}).out, "");
  if (test::run({.argv = {"sh", "-c", "command -v lintian"}}).status == 0) {
    EXPECT_EQ(test::run({.argv = {"lintian", "--allow-root", "--fail-on", "error,warning", one}}).out, "");
  }
}

}  // namespace
}  // namespace smbatcher::test

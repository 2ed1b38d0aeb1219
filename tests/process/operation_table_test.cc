#include <filesystem>
#include <regex>

#include <gmock/gmock.h>

#include "tests/process/outcome_support.h"
#include "tests/support/pages.h"

namespace smbatcher::test {
namespace {

// The table of operations is made from the sources in tools/; what is wrong with it ends the configuration.

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class OperationTable : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* part :
         {"CMakeLists.txt", "cmake", "libregistry", "tools", "data", "docs", "LICENSE", "README.md"}) {
      fs::copy(source_dir() + "/" + part, dir_.at(part), fs::copy_options::recursive);
    }
  }

  /// What the configuration of the copy prints, its line breaks as spaces.
  std::string configure(int status) const {
    const ProcessResult result =
        test::run({.argv = {SMB_CMAKE, "-S", dir_.path(), "-B", dir_.at("build"), "-DSMB_TESTS=OFF"}});
    EXPECT_EQ(result.status == 0, status == 0) << result.out << result.err;
    return std::regex_replace(result.err, std::regex("\\s+"), " ");
  }

  void replace(const std::string& file, const std::string& from, const std::string& to) const {
    std::string text = dir_.read(file);
    ASSERT_NE(text.find(from), std::string::npos) << file;
    dir_.write(file, text.replace(text.find(from), from.size(), to));
  }

  TempDir dir_;
};

TEST_F(OperationTable, TakesTheSourcesAsTheyAre) { EXPECT_EQ(configure(0), ""); }

TEST_F(OperationTable, RefusesANameThatStandsTwice) {
  fs::copy_file(dir_.at("tools/shared/release.cc"), dir_.at("tools/design/release.cc"));
  EXPECT_THAT(configure(1), HasSubstr("the operation release stands twice: in tools/shared and in tools/design"));
}

TEST_F(OperationTable, RefusesAnOperationWithoutASummary) {
  replace("tools/shared/release.cc", "kSummary", "kLine");
  EXPECT_THAT(configure(1), HasSubstr("/tools/shared/release.cc declares no kSummary"));
}

TEST_F(OperationTable, RefusesAnOperationThatSaysNotWhatItDoes) {
  replace("tools/shared/release.cc", "kEffect", "kResult");
  EXPECT_THAT(configure(1), HasSubstr("/tools/shared/release.cc declares no kEffect"));
}

TEST_F(OperationTable, RefusesAnOperationWithoutItsFunction) {
  replace("tools/shared/release.cc", "release_main(", "run_release(");
  EXPECT_THAT(configure(1), HasSubstr("/tools/shared/release.cc declares an operation, but no release_main()"));
}

}  // namespace
}  // namespace smbatcher::test

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

/// What a newcomer writes, and nothing else.
constexpr std::string_view kGreeting = R"cc(#include "tools/support/run_tool.h"

                                            namespace smbatcher {
                                            namespace {

                                            constexpr Field<std::string> kName{"name", "who is greeted"};

                                            struct AuditGreet {
                                              static constexpr std::string_view kSummary = "greet by name";
                                              static constexpr Effect kEffect = Effect::kReads;
                                              static constexpr bool kHasRegistry = false;
                                              std::optional<std::string> name;

                                              void declare(OptionSet& options) { options.text("--name NAME", name, "who is greeted").required(); }
                                              static Schema schema() { return Schema("A greeting.").ok("found", {kName}).error("invalid_argument"); }
                                              Result<Outcome> run(const Context& /*context*/) const {
                                                Outcome outcome = Outcome::ok("found", *name);
                                                add(outcome, kName, *name);
                                                return outcome;
                                              }
                                            };

                                            }  // namespace

                                            int audit_greet_main(const Operation& self, int argc, const char* const* argv) {
                                              return run_tool<AuditGreet>(self, argc, argv);
                                            }

                                            }  // namespace smbatcher
)cc";

TEST_F(OperationTable, ANewToolIsOneSourceFile) {
  dir_.write("tools/audit/audit_greet.cc", kGreeting);
  // Only for the time that this takes: the other tools are left out of the program.
  std::string areas = dir_.read("tools/CMakeLists.txt");
  areas = std::regex_replace(
      areas, std::regex("add_subdirectory\\((queue|worker|shared|prepare|check|design|implement|coordination|sync)\\)"),
      "");
  dir_.write("tools/CMakeLists.txt", areas);
  const ProcessResult configured =
      test::run({.argv = {SMB_CMAKE, "-S", dir_.path(), "-B", dir_.at("build"), "-DSMB_TESTS=OFF",
                          "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS=-O0 -g0"}});
  ASSERT_EQ(configured.status, 0) << configured.out << configured.err;
  const ProcessResult built =
      test::run({.argv = {SMB_CMAKE, "--build", dir_.at("build"), "--target", "smbatcher", "-j", "2"}});
  ASSERT_EQ(built.status, 0) << built.out << built.err;

  const auto greet = [this](std::vector<std::string> args) {
    args.insert(args.begin(), dir_.at("build/bin/audit-greet"));
    return test::run({.argv = args});
  };
  EXPECT_EQ(greet({"--name", "Anna"}).out, "OK:found:Anna\n");
  EXPECT_THAT(greet({"--help"}).out, HasSubstr("--name NAME"));
  EXPECT_THAT(greet({"--schema"}).out, HasSubstr("who is greeted"));
  EXPECT_THAT(greet({}).out, HasSubstr("ERROR:missing_argument:--name"));
  const ProcessResult help = test::run({.argv = {dir_.at("build/bin/smbatcher"), "help", "audit"}});
  EXPECT_THAT(help.out, HasSubstr("audit-greet    greet by name"));
  // Its test is found as its source is.
  EXPECT_THAT(read_source(source_dir() + "/tests/process/CMakeLists.txt"), HasSubstr("*_test.cc"));
}

}  // namespace
}  // namespace smbatcher::test

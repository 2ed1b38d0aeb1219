#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/pages.h"
#include "tests/support/tools.h"

namespace smbatcher::test {
namespace {

TEST(Demo, EndsWellAndLeavesNothingBehind) {
  const TempDir dir;
  Command demo{.argv = {source_dir() + "/tests/support/demo.sh"}, .env = clean_environment(), .cwd = dir.path()};
  demo.env["BUILD"] = std::filesystem::path(built_dir()).parent_path().string();
  demo.env["TMPDIR"] = dir.path();
  const ProcessResult result = run(demo);
  EXPECT_EQ(result.status, 0) << result.out;
  EXPECT_EQ(result.err, "");
  EXPECT_NE(result.out.find("\ndemo: ok, 24 sites went from - to Q"), std::string::npos) << result.out;
  EXPECT_TRUE(dir.list().empty());
}

}  // namespace
}  // namespace smbatcher::test

#include "libregistry/sites/scripts/node_engine.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace smbatcher {
namespace {

TEST(ScriptPlace, CountsLinesAndUnitsAsNodeDoes) {
  EXPECT_EQ(offset_of("ab\ncd", 2, 2), 4U);
  EXPECT_EQ(offset_of("ab\r\ncd\re", 3, 1), 7U);
  EXPECT_EQ(offset_of("a\u2028b", 2, 1), 4U);
  EXPECT_EQ(offset_of("\u00e9x", 1, 2), 2U);
  EXPECT_EQ(offset_of("\U0001F600x", 1, 3), 4U);
  EXPECT_EQ(offset_of("ab", 9, 9), 2U);
  EXPECT_EQ(offset_of("ab", 1, 0), 0U);
}

/// What comes of asking a program that is not a node.
class NoNode : public testing::Test {
 protected:
  Error ask(const std::string& program, std::chrono::milliseconds timeout = std::chrono::seconds(30)) const {
    dir_.write("node", "#!/bin/sh\n" + program + "\n");
    ::chmod(dir_.at("node").c_str(), 0700);
    const auto judged = judge_scripts({{"/a.js", "/", ScriptGoal::kClassic, "let a = ;"}}, {dir_.at("node"), timeout});
    EXPECT_FALSE(judged) << "never a pass";
    return judged ? Error() : judged.error();
  }

  test::TempDir dir_;
};

TEST_F(NoNode, IsNotFound) {
  const auto judged = judge_scripts({{"/a.js", "/", ScriptGoal::kClassic, ""}}, {dir_.at("none")});
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error().reason.text(), "node_not_found");
  EXPECT_EQ(judged.error().code, Errc::kNotFound);
}

TEST_F(NoNode, IsTooOldWhenItDoesNotKnowTheOptionsOrSaysSo) {
  EXPECT_EQ(ask("echo 'node: bad option: --experimental-vm-modules' >&2; exit 9").reason.text(), "node_too_old");
  const Error old = ask(R"(printf '\036smbatcher {"version":"v10.1.0","tooOld":true,"faults":[]}\n')");
  EXPECT_EQ(old.reason.text(), "node_too_old");
  EXPECT_NE(old.message.find("v10.1.0"), std::string::npos);
}

TEST_F(NoNode, IsStoppedWhenItHangs) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(ask("trap '' TERM; sleep 1000 & sleep 1000", std::chrono::milliseconds(200)).reason.text(), "node_timeout");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30)) << "killed, not asked to end";
}

TEST_F(NoNode, FailsWithoutAnAnswer) {
  EXPECT_EQ(ask("exit 0").reason.text(), "node_failed");
  EXPECT_EQ(ask("echo oops; exit 3").message,
            "'" + dir_.at("node") + "' ended with exit code 3 and no answer; it printed 'oops'");
  EXPECT_EQ(ask(R"(printf '\036smbatcher {"faults":[],"imports":[]}\n'; exit 1)").reason.text(), "node_failed");
  EXPECT_EQ(ask(R"(printf '\036smbatcher not json\n')").reason.text(), "node_failed");
  EXPECT_EQ(ask(R"(printf '\036smbatcher {"faults":[{"script":7,"message":"x"}],"imports":[]}\n')").reason.text(),
            "node_failed");
  EXPECT_EQ(ask(R"(printf '\036smbatcher {"faults":[],"imports":[{"script":7,"names":[]}]}\n')").reason.text(),
            "node_failed");
  EXPECT_EQ(ask("kill -9 $$").reason.text(), "node_failed");
}

TEST_F(NoNode, IsStoppedWhenItPrintsWithoutEnd) { EXPECT_EQ(ask("exec yes").reason.text(), "node_failed"); }

TEST_F(NoNode, IsNotAskedAboutNothing) { EXPECT_TRUE(judge_scripts({}, {dir_.at("none")})); }

}  // namespace
}  // namespace smbatcher

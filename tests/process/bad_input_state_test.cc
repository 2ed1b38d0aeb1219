#include <filesystem>

#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// A config, claim files and a history that were cut, damaged or written by another version.

namespace fs = std::filesystem;

const std::vector<Sandbox::Site> kTwoBatches{{"a.example", "003", "O"}, {"b.example", "004", "O"}};
constexpr const char* kClaimFile = ".smbatcher/state/claims/implement-003.json";
constexpr const char* kHistory = ".smbatcher/state/history.jsonl";

struct BadConfig {
  std::string name;
  std::string text;
  std::string where;  // ":line: message", or its beginning

  friend void PrintTo(const BadConfig& each, std::ostream* out) { *out << each.name; }
};

class Config : public testing::TestWithParam<BadConfig> {};

TEST_P(Config, ThatIsWrongNamesTheLineAndStopsEveryTool) {
  const Sandbox sandbox(kTwoBatches);
  sandbox.dir().write(".smbatcher/config.yml", GetParam().text);
  const std::string line = "ERROR:config_invalid:" + sandbox.dir().at(".smbatcher/config.yml") + GetParam().where;
  expect_untouched(sandbox, "find-next", {"--claim", "--format", "text"}, 2, line);
  expect_untouched(sandbox, "status", {}, 2, line);
  expect_untouched(sandbox, "prepare-register", {"--sites", "n.example:N:x:y"}, 2, line);
}

INSTANTIATE_TEST_SUITE_P(
    Bad, Config,
    testing::Values(
        BadConfig{"UnknownKey", "lease: 1h\nleese: 2h\n", ":2: unknown key 'leese'; did you mean 'lease'?\n"},
        BadConfig{"UnknownInner", "design:\n  fil: X.md\n",
                  ":2: unknown key 'design.fil'; did you mean 'design.file'?\n"},
        BadConfig{"WrongType", "lease: [1]\n", ":1: 'lease' must be a duration such as 90s, 30m or 2h, not a list\n"},
        BadConfig{"WrongNumber", "\n\nmax_attempts: many\n",
                  ":3: 'max_attempts' must be a whole number from 1 to 1000, not 'many'\n"},
        BadConfig{"Ratio", "similarity:\n  threshold: 7\n",
                  ":2: 'similarity.threshold' must be a number from 0 to 1, not '7'\n"},
        BadConfig{"Broken", "lease: 1h\n  columns: {a\n", ":2: not valid YAML: "},
        BadConfig{"List", "- lease\n", ":1: the file must be a map of settings"},
        BadConfig{"Twice", "lease: 1h\nlease: 2h\n", ":2: key 'lease' stands twice; the first is on line 1\n"},
        BadConfig{"Binary", std::string("lease: 1h\n\0", 11), ":2: a NUL byte stands in the text; remove it\n"},
        BadConfig{"NotUtf8", "lease: \xff\n", ":1: not UTF-8 text; save the file as UTF-8\n"},
        BadConfig{"PathUp", "sites_dir: ../up\n",
                  ":1: 'sites_dir' must be a relative path without '..', not '../up'\n"}),
    [](const auto& each) { return each.param.name; });

TEST(Config, ThatIsEmptyOrCommentedOutIsTheDefault) {
  const Sandbox sandbox(kTwoBatches);
  for (const char* text : {"", "# lease: 1h\n", "design:\n  # file: X.md\n"}) {
    sandbox.dir().write(".smbatcher/config.yml", text);
    expect_ok(sandbox.run("find-next", {"--format", "text"}), "OK:found:003");
  }
}

TEST(Config, ThatIsAFolderIsRefused) {
  const Sandbox sandbox(kTwoBatches);
  sandbox.dir().make_dir(".smbatcher/config.yml");
  expect_untouched(sandbox, "find-next", {"--format", "text"}, 2, "ERROR:not_a_regular_file");
}

struct BadFile {
  std::string name;
  std::string bytes;

  friend void PrintTo(const BadFile& each, std::ostream* out) { *out << each.name; }
};

class ClaimFile : public testing::TestWithParam<BadFile> {
 protected:
  /// What was kept of a claim file that could not be read; its name begins with the file's own.
  static std::vector<std::string> kept(const Sandbox& sandbox) {
    std::vector<std::string> names = sandbox.dir().list(".smbatcher/state/claims");
    std::erase_if(names, [](const std::string& name) { return name.find(".corrupt-") == std::string::npos; });
    return names;
  }
};

TEST_P(ClaimFile, ThatCannotBeReadIsSetAsideAndRebuilt) {
  const Sandbox sandbox(kTwoBatches);
  const std::string token = claim_for(sandbox, "a1");
  const std::string bytes = GetParam().name == "Cut" ? sandbox.dir().read(kClaimFile).substr(0, 100) : GetParam().bytes;
  sandbox.dir().write(kClaimFile, bytes);
  expect_untouched(sandbox, "check-claim", {"--batch", "3", "--token", token}, 0, "OK:held");
  const Json answer = ask(sandbox, "heartbeat", {"--batch", "3", "--token", token});
  EXPECT_EQ(text_of(answer, "result"), "renewed");
  EXPECT_NE(member(answer, "warnings").find("corrupt_claim_file"), std::string::npos) << answer.dump();
  ASSERT_EQ(kept(sandbox).size(), 1U);
  EXPECT_EQ(sandbox.dir().read(".smbatcher/state/claims/" + kept(sandbox).front()), bytes);
  expect_fail(sandbox.run("find-next", {"--batch", "3", "--claim", "--format", "text"}), "FAIL:held:a1");
}

INSTANTIATE_TEST_SUITE_P(Bad, ClaimFile,
                         testing::Values(BadFile{"Cut", ""}, BadFile{"Empty", ""},
                                         BadFile{"Binary", std::string("\0\xff\xfe\x01", 4)},
                                         BadFile{"Foreign", "{\"hello\":1}\n"}, BadFile{"Text", "not JSON\n"}),
                         [](const auto& each) { return each.param.name; });

TEST(ClaimFile, OfANewerVersionHoldsBackItsBatchAlone) {
  const Sandbox sandbox(kTwoBatches);
  const std::string token = claim_for(sandbox, "a1");
  const std::string newer = "{\"format\":3,\"something\":\"new\"}\n";
  sandbox.dir().write(kClaimFile, newer);
  EXPECT_EQ(text_of(ask(sandbox, "find-next", {"--claim", "--owner", "a2"}), "batch"), "004");
  expect_error(sandbox.run("heartbeat", {"--batch", "3", "--token", token}), "ERROR:newer_format");
  expect_error(sandbox.run("implement-complete", {"--batch", "3", "--token", token}), "ERROR:newer_format");
  expect_fail(sandbox.run("find-next", {"--claim", "--owner", "a3", "--batch", "3", "--format", "text"}),
              "FAIL:not_ready");
  EXPECT_EQ(sandbox.dir().read(kClaimFile), newer);
  EXPECT_EQ(sandbox.status_of("a.example"), "i");
}

TEST(ClaimFile, StateThatCannotBeReadIsRebuilt) {
  const Sandbox sandbox(kTwoBatches);
  const std::string token = claim_for(sandbox, "a1");
  for (const std::string& bytes : {std::string(), std::string("\0\1", 2), std::string("{\"format\":1}")}) {
    sandbox.dir().write(".smbatcher/state/claims/.state", bytes);
    expect_ok(sandbox.run("heartbeat", {"--batch", "3", "--token", token}), "OK:renewed");
  }
  fs::remove_all(sandbox.dir().at(".smbatcher/state/claims"));
  expect_ok(sandbox.run("heartbeat", {"--batch", "3", "--token", token}), "OK:renewed");
}

TEST(ClaimFile, FolderThatIsAFileIsReported) {
  const Sandbox sandbox(kTwoBatches);
  sandbox.dir().write(".smbatcher/state/claims", "a file\n");
  const ProcessResult result = sandbox.run("find-next", {"--claim", "--owner", "a1", "--format", "text"});
  EXPECT_EQ(sandbox.dir().read(".smbatcher/state/claims"), "a file\n");
  if (result.status == 0) {  // claim files are a cache: the history alone must do
    expect_fail(sandbox.run("find-next", {"--batch", "3", "--format", "text"}), "FAIL:held:a1");
  } else {
    EXPECT_EQ(sandbox.status_of("a.example"), "O") << result.out;
  }
}

TEST(HistoryFile, CutInItsLastLineIsClosedAndGoneOnWith) {
  const Sandbox sandbox(kTwoBatches);
  const std::string token = claim_for(sandbox, "a1");
  const std::string before = sandbox.dir().read(kHistory);
  sandbox.dir().write(kHistory, before + "{\"format\":1,\"event\":9,\"ve");
  expect_exactly(sandbox, "check-claim", {"--batch", "4", "--token", token}, 1,
                 "FAIL:not_claimed:004\nthere is no claim on batch '004' (implement) for this caller; claim it first: "
                 "smbatcher find-next --phase implement --batch 004 --claim\n");
  expect_ok(sandbox.run("check-claim", {"--batch", "3", "--token", token}), "OK:held");
  EXPECT_EQ(text_of(ask(sandbox, "find-next", {"--claim", "--owner", "a2"}), "batch"), "004");
  EXPECT_TRUE(sandbox.dir().read(kHistory).starts_with(before + "{\"format\":1,\"event\":9,\"ve\n"));
  expect_ok(sandbox.run("check-claim", {"--batch", "3", "--token", token}), "OK:held");
}

TEST(HistoryFile, DamagedInTheMiddleIsAWarningAndTokensGoOn) {
  const Sandbox sandbox(kTwoBatches);
  const std::string token = claim_for(sandbox, "a1");
  const std::string damaged = sandbox.dir().read(kHistory) + std::string("\0\xff garbage\n", 11);
  sandbox.dir().write(kHistory, damaged);
  const std::string next = claim_for(sandbox, "a2");
  EXPECT_GT(std::stoull(next), std::stoull(token));
  EXPECT_TRUE(sandbox.dir().read(kHistory).starts_with(damaged));
  EXPECT_NE(member(ask(sandbox, "history", {}), "warnings").find("damaged_line"), std::string::npos);
  expect_ok(sandbox.run("check-claim", {"--batch", "3", "--token", token}), "OK:held");
}

TEST(HistoryFile, OfANewerVersionStopsEveryCall) {
  const Sandbox sandbox(kTwoBatches);
  claim_for(sandbox, "a1");
  sandbox.dir().write(kHistory, sandbox.dir().read(kHistory) + "{\"format\":3,\"event\":9}\n");
  expect_untouched(sandbox, "find-next", {"--claim", "--format", "text"}, 2, "ERROR:newer_format");
  expect_untouched(sandbox, "status", {}, 2, "ERROR:newer_format");
  expect_untouched(sandbox, "reap", {}, 2, "ERROR:newer_format");
}

TEST(HistoryFile, ThatIsEmptyOrForeignKeepsTheLeasesOfTheClaimFiles) {
  for (const std::string& bytes : {std::string(), std::string("\x7f"
                                                              "ELF\x02\0\0\0binary",
                                                              14)}) {
    const Sandbox sandbox(kTwoBatches);
    const std::string token = claim_for(sandbox, "a1");
    sandbox.dir().write(kHistory, bytes);
    expect_ok(sandbox.run("check-claim", {"--batch", "3", "--token", token}), "OK:held");
    const std::string next = claim_for(sandbox, "a2");
    EXPECT_GT(std::stoull(next), std::stoull(token));
    EXPECT_TRUE(sandbox.dir().read(kHistory).starts_with(bytes)) << "nothing is written over what could not be read";
    expect_ok(sandbox.run("heartbeat", {"--batch", "3", "--token", token}), "OK:renewed");
  }
}

TEST(HistoryFile, ThatIsAFolderIsRefused) {
  const Sandbox sandbox(kTwoBatches);
  sandbox.dir().make_dir(kHistory);
  expect_untouched(sandbox, "find-next", {"--claim", "--format", "text"}, 2, "ERROR:not_a_regular_file");
  expect_untouched(sandbox, "status", {}, 2, "ERROR:not_a_regular_file");
}

}  // namespace
}  // namespace smbatcher::test

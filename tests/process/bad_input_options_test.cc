#include <algorithm>

#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// A bad command line is one ERROR line and exit status 2, whatever the tool; nothing is touched.

struct Bad {
  std::string name;
  std::string tool;
  Args args;
  std::string line;

  friend void PrintTo(const Bad& each, std::ostream* out) { *out << each.name; }
};

class BadOption : public testing::TestWithParam<Bad> {};

TEST_P(BadOption, IsOneLineAndExitTwo) {
  const Sandbox sandbox(kOneSite);
  const Bad& bad = GetParam();
  Args args = bad.args;
  if (bad.tool == "find-next") {
    args.insert(args.begin(), {"--format", "text"});
  }
  expect_untouched(sandbox, bad.tool, args, 2, bad.line);
  const ProcessResult text = sandbox.run(bad.tool, args);
  EXPECT_EQ(std::count(text.out.begin(), text.out.end(), '\n'), 1) << text.out;
  EXPECT_FALSE(sandbox.dir().exists(".smbatcher/REGISTRY.lock")) << "a bad command line must not go as far as the lock";
  if (bad.tool != "find-next" && bad.args.front() != "--format") {
    args.insert(args.begin(), {"--format", "json"});
    const Json answer = json(sandbox.run(bad.tool, args));
    EXPECT_TRUE(bad.line.starts_with("ERROR:" + text_of(answer, "error"))) << answer.dump();
  }
}

const std::string kLong(300, 'x');

INSTANTIATE_TEST_SUITE_P(
    Options, BadOption,
    testing::Values(
        Bad{"Unknown",
            "release",
            {"--tokn", "3"},
            "ERROR:invalid_argument:unknown option --tokn; did you mean --token?"},
        Bad{"UnknownShort", "release", {"-x"}, "ERROR:invalid_argument:unknown option -x; see --help"},
        Bad{"NoValue", "release", {"--token"}, "ERROR:missing_argument:--token needs a value"},
        Bad{"ValueIsAnOption", "release", {"--batch", "--token", "3"}, "ERROR:missing_argument:--batch needs a value"},
        Bad{"FlagWithValue", "release", {"--force=yes"}, "ERROR:invalid_argument:--force takes no value"},
        Bad{"Twice", "release", {"--batch", "3", "--batch", "4"}, "ERROR:invalid_argument:--batch was given 2 times"},
        Bad{"Positional", "heartbeat", {"a.example"}, "ERROR:invalid_argument:unexpected argument 'a.example'"},
        Bad{"Format", "release", {"--format", "xml"}, "ERROR:invalid_argument:--format 'xml' is not"},
        Bad{"NoSimple", "release", {"--format", "simple"}, "ERROR:invalid_argument:--format 'simple' is not"},
        Bad{"Mode", "find-next", {"--mode", "all"}, "ERROR:invalid_argument:--mode 'all' is not"},
        Bad{"Phase", "find-next", {"--phase", "test"}, "ERROR:invalid_argument:--phase 'test' is not"},
        Bad{"ClaimStatus", "find-next", {"--mode", "status", "--claim"}, "ERROR:invalid_argument:--claim goes with"},
        Bad{"LeaseZero",
            "find-next",
            {"--claim", "--lease", "0"},
            "ERROR:invalid_argument:--lease 0 would end at once"},
        Bad{"LeaseText", "find-next", {"--claim", "--lease", "long"}, "ERROR:invalid_argument:--lease 'long' is not"},
        Bad{"LeaseNegative", "find-next", {"--claim", "--lease=-5m"}, "ERROR:invalid_argument:--lease '-5m' is not"},
        Bad{"LeaseHuge",
            "find-next",
            {"--claim", "--lease", "99999999999999h"},
            "ERROR:invalid_argument:--lease '99999999999999h'"},
        Bad{"PidZero",
            "find-next",
            {"--claim", "--pid", "0"},
            "ERROR:invalid_argument:--pid 0 is not a process number"},
        Bad{"PidHuge",
            "find-next",
            {"--claim", "--pid", "99999999999"},
            "ERROR:invalid_argument:--pid 99999999999 is no"},
        Bad{"PidGone", "find-next", {"--claim", "--pid", "4194304"}, "ERROR:no_such_process"},
        Bad{"TokenNegative", "release", {"--token=-1"}, "ERROR:invalid_argument:--token '-1' is not"},
        Bad{"TokenHex", "release", {"--token", "0x11"}, "ERROR:invalid_argument:--token '0x11' is not"},
        Bad{"TokenText", "release", {"--token", "seventeen"}, "ERROR:invalid_argument:--token 'seventeen' is not"},
        Bad{"TokenBlank", "release", {"--token", " 17"}, "ERROR:invalid_argument:--token ' 17' is not"},
        Bad{"TokenEmpty", "release", {"--token", ""}, "ERROR:invalid_argument:--token must not be empty"},
        Bad{"TokenHuge",
            "release",
            {"--token", "18446744073709551615"},
            "ERROR:invalid_argument:--token 18446744073709551615"},
        Bad{"TokenOverflow",
            "release",
            {"--token", "18446744073709551616"},
            "ERROR:invalid_argument:--token '18446744073709551616' is not"},
        Bad{"BatchUp", "release", {"--batch", "../x"}, "ERROR:invalid_argument:--batch '../x' is not a batch id"},
        Bad{"BatchDot", "release", {"--batch", ".state"}, "ERROR:invalid_argument:--batch '.state' is not a batch id"},
        Bad{"BatchControl", "release", {"--batch", "3\n4"}, "ERROR:invalid_argument:--batch '3\\n4' is not a batch id"},
        Bad{"BatchLong",
            "release",
            {"--batch", kLong},
            "ERROR:invalid_argument:--batch '" + kLong + "' is not a batch id"},
        Bad{"BatchEmpty", "status", {""}, "ERROR:invalid_argument:BATCH must not be empty"},
        Bad{"BatchSlash", "lock", {"a/b"}, "ERROR:invalid_argument:BATCH 'a/b' is not a batch id"},
        Bad{"OwnerControl", "release", {"--owner", "a\tb"}, "ERROR:invalid_argument:--owner 'a\\tb' is not an owner"},
        Bad{"OwnerColon", "release", {"--owner", "a:b"}, "ERROR:invalid_argument:--owner 'a:b' is not an owner"},
        Bad{"OwnerLong",
            "release",
            {"--owner", kLong},
            "ERROR:invalid_argument:--owner '" + kLong + "' is not an owner"},
        Bad{"DomainUp",
            "implement-complete",
            {"../../etc/passwd"},
            "ERROR:domain_not_found:'../../etc/passwd' is not in the registry"},
        Bad{"DomainControl",
            "implement-complete",
            {"a\x1b[31m"},
            "ERROR:domain_not_found:'a\\x1b[31m' is not in the registry"},
        Bad{"DomainLong",
            "implement-complete",
            {kLong},
            "ERROR:domain_not_found:'" + kLong + "' is not in the registry"},
        Bad{"SizeText", "prepare-batch", {"--size", "many"}, "ERROR:invalid_argument:--size 'many' is not"},
        Bad{"LimitNegative", "history", {"--limit=-1"}, "ERROR:invalid_argument:--limit '-1' is not"},
        Bad{"LockTimeout", "reap", {"--lock-timeout", "soon"}, "ERROR:invalid_argument:--lock-timeout 'soon' is not"},
        Bad{"RegistryEmpty", "status", {"--registry", ""}, "ERROR:invalid_argument:--registry must not be empty"}),
    [](const auto& each) { return each.param.name; });

TEST(BadOption, HelpVersionAndSchemaAnswerWhateverElseIsWrong) {
  const Sandbox sandbox;
  for (const char* option : {"--help", "-h", "--version", "--schema"}) {
    EXPECT_EQ(sandbox.run("release", {"--nonsense", option}).status, 0) << option;
  }
}

}  // namespace
}  // namespace smbatcher::test

#include "tools/support/options.h"

#include <gtest/gtest.h>

#include "libregistry/core/base/ids.h"

namespace smbatcher {
namespace {

/// A tool with one option of each kind.
struct Sample {
  std::optional<std::string> batch;
  std::uint64_t token = 0;
  std::string phase = "implement";
  std::string why;
  std::optional<std::chrono::seconds> lease;
  std::optional<double> threshold;
  bool claim = false;
  bool force = false;
  std::vector<std::string> sites;
  std::vector<std::string> domains;
  std::vector<std::string> command;
  OptionSet options{"sample", "try each kind of option"};

  Sample() {
    options.text("--batch ID", batch, "the batch").required().must_be(is_batch_id, "a batch id");
    options.number("--token N", token, "the token");
    options.choice("--phase", phase, {"design", "implement"}, "the phase");
    options.text("--why TEXT", why, "the reason");
    options.duration("--lease TIME", lease, "how long");
    options.ratio("--threshold N", threshold, "how near");
    options.flag("--claim", claim, "claim it");
    options.flag("--force", force, "not shown").hidden().excludes("--claim");
    options.list("--site ENTRY", sites, "an entry");
    options.positionals("DOMAIN", domains, "the sites").must_be(is_domain, "a domain");
    options.rest("CMD", command, "what to run");
    options.example("smbatcher sample --batch 3", "tries it");
  }

  Result<Asked> parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "sample");
    return options.parse(static_cast<int>(arguments.size()), arguments.data());
  }
};

std::string fault(const std::vector<const char*>& arguments) {
  Sample sample;
  const Result<Asked> asked = sample.parse(arguments);
  if (asked) {
    return "accepted";
  }
  EXPECT_EQ(asked.error().code, Errc::kUsage);
  return asked.error().reason.text() + ": " + asked.error().message;
}

TEST(Options, ReadsEachKindAndBothSpellings) {
  Sample sample;
  const auto asked = sample.parse({"--batch", "003",         "a.example", "--token=18446744073709551615",
                                   "--phase", "design",      "--why=-x",  "--lease",
                                   "90m",     "--threshold", "0.5",       "--claim",
                                   "--site",  "[a,b]",       "--site=%%", "b.example",
                                   "--",      "make",        "--jobs",    ""});
  ASSERT_TRUE(asked.has_value()) << asked.error().message;
  EXPECT_EQ(*asked, Asked::kRun);
  EXPECT_EQ(sample.batch, "003");
  EXPECT_EQ(sample.token, 18446744073709551615U);
  EXPECT_EQ(sample.phase, "design");
  EXPECT_EQ(sample.why, "-x");
  EXPECT_EQ(sample.lease, std::chrono::minutes(90));
  EXPECT_EQ(sample.threshold, 0.5);
  EXPECT_TRUE(sample.claim);
  EXPECT_FALSE(sample.force);
  EXPECT_EQ(sample.sites, (std::vector<std::string>{"[a,b]", "%%"}));
  EXPECT_EQ(sample.domains, (std::vector<std::string>{"a.example", "b.example"}));
  EXPECT_EQ(sample.command, (std::vector<std::string>{"make", "--jobs", ""}));
}

TEST(Options, LeavesDefaultsOfWhatIsNotGiven) {
  Sample sample;
  ASSERT_TRUE(sample.parse({"--batch", "3"}).has_value());
  EXPECT_EQ(sample.phase, "implement");
  EXPECT_EQ(sample.lease, std::nullopt);
  EXPECT_TRUE(sample.domains.empty());
}

TEST(Options, NamesOptionAndValueOfAFault) {
  const std::pair<std::vector<const char*>, const char*> cases[] = {
      {{}, "missing_argument: --batch is required"},
      {{"--claim"}, "missing_argument: --batch is required"},
      {{"--batch"}, "missing_argument: --batch needs a value; one that begins with '-' is written --batch=VALUE"},
      {{"--batch", "--claim"},
       "missing_argument: --batch needs a value; one that begins with '-' is written --batch=VALUE"},
      {{"--bacth", "3"}, "invalid_argument: unknown option --bacth; did you mean --batch?"},
      {{"--bacth=3"}, "invalid_argument: unknown option --bacth; did you mean --batch?"},
      {{"--zzzzzzzz", "3"}, "invalid_argument: unknown option --zzzzzzzz; see --help"},
      {{"--batch", "3", "-c"}, "invalid_argument: unknown option -c; see --help"},
      {{"--batch="}, "invalid_argument: --batch must not be empty"},
      {{"--batch", ""}, "invalid_argument: --batch must not be empty"},
      {{"--batch", "3", ""}, "invalid_argument: DOMAIN must not be empty"},
      {{"--batch", "../x"}, "invalid_argument: --batch '../x' is not a batch id"},
      {{"--batch", "3", "--token", "0x10"},
       "invalid_argument: --token '0x10' is not a whole number from 0 to 18446744073709551615"},
      {{"--batch", "3", "--token=-1"},
       "invalid_argument: --token '-1' is not a whole number from 0 to 18446744073709551615"},
      {{"--batch", "3", "--token", "+1"},
       "invalid_argument: --token '+1' is not a whole number from 0 to 18446744073709551615"},
      {{"--batch", "3", "--token", "18446744073709551616"},
       "invalid_argument: --token '18446744073709551616' is not a whole number from 0 to 18446744073709551615"},
      {{"--batch", "3", "--lease", "soon"},
       "invalid_argument: --lease 'soon' is not a duration such as 90s, 30m or 2h"},
      {{"--batch", "3", "--threshold", "2"}, "invalid_argument: --threshold '2' is not a number from 0 to 1"},
      {{"--batch", "3", "--phase", "build"}, "invalid_argument: --phase 'build' is not one of design, implement"},
      {{"--batch", "3", "--batch", "4"}, "invalid_argument: --batch was given 2 times; give it once"},
      {{"--batch", "3", "--claim", "--claim"}, "invalid_argument: --claim was given 2 times; give it once"},
      {{"--batch", "3", "--claim=yes"}, "invalid_argument: --claim takes no value"},
      {{"--batch", "3", "--force", "--claim"}, "invalid_argument: --claim excludes --force"},
      {{"--batch", "3", "a b"}, "invalid_argument: DOMAIN 'a b' is not a domain"},
  };
  for (const auto& [arguments, message] : cases) {
    EXPECT_EQ(fault(arguments), message);
  }
}

TEST(Options, HelpVersionAndSchemaWinOverFaults) {
  EXPECT_EQ(*Sample().parse({"--bogus", "--help"}), Asked::kHelp);
  EXPECT_EQ(*Sample().parse({"-h"}), Asked::kHelp);
  EXPECT_EQ(*Sample().parse({"--version"}), Asked::kVersion);
  EXPECT_EQ(*Sample().parse({"--schema"}), Asked::kSchema);
  EXPECT_EQ(*Sample().parse({"--batch", "3", "--", "--help"}), Asked::kRun);
}

TEST(Options, FillsSinglePositionalsBeforeTheList) {
  std::optional<std::string> batch;
  std::vector<std::string> domains;
  OptionSet options("lock", "");
  options.positional("BATCH", batch, "the batch").required();
  options.positionals("DOMAIN", domains, "");
  const char* given[] = {"lock", "003", "a.example", "b.example"};
  ASSERT_TRUE(options.parse(4, given).has_value());
  EXPECT_EQ(batch, "003");
  EXPECT_EQ(domains, (std::vector<std::string>{"a.example", "b.example"}));
  EXPECT_EQ(options.parse(1, given).error().message, "BATCH is required: the batch");
}

TEST(Options, RefusesPositionalsThatNobodyTakes) {
  std::vector<std::string> command;
  OptionSet options("with-lease", "");
  const char* given[] = {"with-lease", "make", "all"};
  EXPECT_EQ(options.parse(2, given).error().message, "unexpected argument 'make'; see --help");
  options.rest("CMD", command, "").required();
  EXPECT_EQ(options.parse(1, given).error().message, "-- CMD is required");
  const char* after[] = {"with-lease", "make", "--", "all"};
  EXPECT_EQ(options.parse(4, after).error().message, "unexpected argument 'make'; a command follows after --");
}

TEST(Options, HelpShowsWhatIsNotHiddenIn80Columns) {
  Sample sample;
  std::string much = "begin";
  sample.options.group("Others");
  sample.options.text("--much TEXT", much,
                      "word after word, and then some more of them, until no line would hold them all");
  const std::string help = sample.options.help();
  EXPECT_TRUE(
      help.starts_with("smbatcher sample: try each kind of option\n\n"
                       "Usage: smbatcher sample --batch ID [options] [DOMAIN...] [-- CMD...]\n\nOptions:\n"
                       "  --batch ID                the batch (required)\n"))
      << help;
  for (const char* part : {"  --phase design|implement  the phase (default: implement)\n",
                           "  --site ENTRY              an entry (may be repeated)\n", "\nOthers:\n  --much TEXT",
                           "\nExamples:\n  smbatcher sample --batch 3\n      tries it\n", "\nExit codes: 0 OK"}) {
    EXPECT_NE(help.find(part), std::string::npos) << part << " is not in\n" << help;
  }
  EXPECT_EQ(help.find("--force"), std::string::npos);
  for (std::size_t begin = 0; begin < help.size(); begin = help.find('\n', begin) + 1) {
    EXPECT_LE(help.find('\n', begin) - begin, 80U) << help.substr(begin, 120);
  }
}

}  // namespace
}  // namespace smbatcher

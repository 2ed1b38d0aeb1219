#include "libregistry/core/output/outcome.h"

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

struct Case {
  Outcome outcome;
  int exit_code;
  std::string text;
  std::string json;
};

TEST(Outcome, PrintsOneLineOfTextOrOneJsonObject) {
  const Case cases[] = {
      {Outcome::ok("renewed"), 0, "OK:renewed\n", R"({"result":"renewed","exit_code":0})"},
      {Outcome::ok("reaped", "2").add("count", 2), 0, "OK:reaped:2\n",
       R"({"result":"reaped","count":2,"exit_code":0})"},
      {Outcome::fail("held", "anna:1740", "batch '003' is held").add("owner", "anna"), 1,
       "FAIL:held:anna:1740\nbatch '003' is held\n",
       R"({"reason":"held","message":"batch '003' is held","owner":"anna","exit_code":1})"},
      {Outcome::fail("no_work_found", "", "nothing is ready"), 1, "FAIL:no_work_found\nnothing is ready\n",
       R"({"reason":"no_work_found","message":"nothing is ready","exit_code":1})"},
      {Outcome::fail("not_ready", "d", ""), 1, "FAIL:not_ready:d\n",
       R"({"reason":"not_ready","message":"d","exit_code":1})"},
      {Outcome::fail("missing_headings", "a, b are missing", "b are"), 1, "FAIL:missing_headings:a, b are missing\n",
       R"({"reason":"missing_headings","message":"b are","exit_code":1})"},
      {Outcome::error("missing_argument", "", "--batch is required"), 2, "ERROR:missing_argument:--batch is required\n",
       R"({"error":"missing_argument","message":"--batch is required","exit_code":2})"},
      {Outcome::error("batch_not_found", "009", "no batch '009'"), 2, "ERROR:batch_not_found:009\nno batch '009'\n",
       R"({"error":"batch_not_found","message":"no batch '009'","exit_code":2})"},
      {Outcome::error("internal_error", "", ""), 2, "ERROR:internal_error\n",
       R"({"error":"internal_error","message":"","exit_code":2})"},
  };
  for (const Case& expected : cases) {
    EXPECT_EQ(expected.outcome.render(Format::kText), expected.text);
    EXPECT_EQ(expected.outcome.render(Format::kJson), expected.json + "\n");
    EXPECT_EQ(expected.outcome.exit_code(), expected.exit_code) << expected.text;
  }
}

TEST(Outcome, OnlyARefusalIsAFail) {
  for (const Errc code : {Errc::kUsage, Errc::kNotFound, Errc::kMalformed, Errc::kIo, Errc::kBusy}) {
    EXPECT_EQ(Outcome::of({code, ErrorWord("io_error"), {}, "message", {}, {}}).exit_code(), 2);
  }
  EXPECT_EQ(Outcome::of(refused("held", "anna:5", "m")).exit_code(), 1);
}

TEST(Outcome, PutsThePlaceOfAFaultInFrontOfItsMessage) {
  const Outcome outcome = Outcome::of(malformed("config_invalid", "c.yml:3", "unknown key 'x'"));
  EXPECT_EQ(outcome.render(Format::kText), "ERROR:config_invalid:c.yml:3: unknown key 'x'\n");
  EXPECT_EQ(outcome.render(Format::kJson),
            R"({"error":"config_invalid","message":"unknown key 'x'","where":"c.yml:3","exit_code":2})"
            "\n");
  const Outcome named = Outcome::of(malformed("config_invalid", "c.yml:3", "c.yml:3: unknown key 'x'"));
  EXPECT_EQ(named.render(Format::kText), "ERROR:config_invalid:c.yml:3: unknown key 'x'\n");
}

TEST(Outcome, KeepsTheFactsOfAnErrorAsFieldsInTheirOrder) {
  const Error error = refused("held", "anna:5", "m").with("owner", "anna").with("retry_after_s", 5);
  EXPECT_EQ(Outcome::of(error).render(Format::kJson),
            R"({"reason":"held","message":"m","owner":"anna","retry_after_s":5,"exit_code":1})"
            "\n");
}

TEST(Outcome, PrintsWhenToAskAgainAfterTheFacts) {
  Error error = refused("not_ready", "B", "m").because("delayed");
  error.retry_after = std::chrono::seconds(7);
  const Outcome outcome = Outcome::of(Error(error).with("batch", "003"));
  EXPECT_EQ(outcome.render(Format::kJson),
            R"({"reason":"not_ready","message":"m","why":"delayed","batch":"003","retry_after_s":7,"exit_code":1})"
            "\n");
  EXPECT_EQ(outcome.retry_after(), std::chrono::seconds(7));
  EXPECT_EQ(error.why, WhyWord("delayed"));
}

TEST(Outcome, PrintsLinesAndWarningsBelow) {
  Outcome outcome = Outcome::ok("counts").line("003  2 i").line("004  1 O");
  outcome.warn({{"R.md", 7, "bad_status", "unknown status 'x'"}, {"R.md", 0, "odd", "m"}});
  outcome.warn({{"", 0, "slow", "n"}});
  EXPECT_EQ(outcome.render(Format::kText),
            "OK:counts\n003  2 i\n004  1 O\nwarning: R.md:7: bad_status: unknown status 'x'\n"
            "warning: R.md: odd: m\nwarning: slow: n\n");
  EXPECT_EQ(outcome.render(Format::kJson),
            R"({"result":"counts","warnings":[{"file":"R.md","line":7,"code":"bad_status","message":)"
            R"("unknown status 'x'"},{"file":"R.md","line":0,"code":"odd","message":"m"},)"
            R"({"file":"","line":0,"code":"slow","message":"n"}],"exit_code":0})"
            "\n");
}

TEST(Outcome, EscapesWhatWouldBreakALine) {
  const Outcome outcome = Outcome::fail("held", "a\nb", "c\x1b[1m").line("d\re");
  EXPECT_EQ(outcome.render(Format::kText), "FAIL:held:a\\nb\nc\\x1b[1m\nd\\x0de\n");
}

TEST(Outcome, JsonIsValidForBytesThatAreNotUtf8) {
  EXPECT_EQ(Outcome::ok("found").add("name", "\xff").render(Format::kJson),
            "{\"result\":\"found\",\"name\":\"\xEF\xBF\xBD\",\"exit_code\":0}\n");
}

TEST(Outcome, VerbatimTextIsAllThatIsPrintedInAnyFormat) {
  const Outcome outcome = Outcome::verbatim("{\"message\": 1}\n", 10);
  EXPECT_EQ(outcome.render(Format::kText), "{\"message\": 1}\n");
  EXPECT_EQ(outcome.render(Format::kJson), "{\"message\": 1}\n");
  EXPECT_EQ(outcome.exit_code(), 10);
}

TEST(Outcome, MayEndWithAnotherExitStatusThanItsKind) {
  Outcome outcome = Outcome::fail("deferred", "anna", "another sync is at work");
  outcome.exit_as(75);
  EXPECT_EQ(outcome.exit_code(), 75);
  EXPECT_EQ(outcome.render(Format::kJson),
            "{\"reason\":\"deferred\",\"message\":\"another sync is at work\",\"exit_code\":75}\n");
}

TEST(Outcome, SimpleFormatIsTheSimpleLinesOfAnOkAlone) {
  Outcome outcome = Outcome::ok("found", "003").line("not this");
  outcome.simple({"003", "004"}).warn({{"R.md", 1, "c", "m"}});
  EXPECT_EQ(outcome.render(Format::kSimple), "003\n004\n");
  EXPECT_EQ(Outcome::ok("found").render(Format::kSimple), "");
  EXPECT_EQ(Outcome::fail("no_work_found", "", "m").render(Format::kSimple), "FAIL:no_work_found\n");
  EXPECT_EQ(Outcome::error("io_error", "", "m").render(Format::kSimple), "ERROR:io_error:m\n");
}

}  // namespace
}  // namespace smbatcher

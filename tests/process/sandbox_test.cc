#include <string>

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "tests/support/tools.h"

namespace smbatcher::test {
namespace {

ProcessResult printed(const std::string& out, int status, const std::string& err = {}) {
  ProcessResult result;
  result.out = out;
  result.err = err;
  result.status = status;
  return result;
}

TEST(Sandbox, WritesARegistryAndReadsAStatus) {
  const Sandbox sandbox({{"bakery.example", "003", "O"}, {"garage.example", "004", "`i`"}});
  EXPECT_EQ(sandbox.status_of("bakery.example"), "O");
  EXPECT_EQ(sandbox.status_of("garage.example"), "`i`");
  EXPECT_EQ(sandbox.status_of("other.example"), "");
}

TEST(Sandbox, RunsItsToolsInItsFolder) {
  const Sandbox sandbox;
  EXPECT_EQ(sandbox.command("lock").cwd, sandbox.dir().path());
  EXPECT_EQ(sandbox.command("lock", {"003"}).argv, (std::vector<std::string>{bin_dir() + "/lock", "003"}));
}

TEST(Expectations, AcceptTheLineAloneAndWithDetails) {
  expect_ok(printed("OK:released\n", 0), "OK:released");
  expect_fail(printed("FAIL:held:anna:60\nmore\n", 1), "FAIL:held:anna");
  expect_error(printed("ERROR:registry_not_found:x\n", 2), "ERROR:registry_not_found");
}

TEST(Expectations, FailOnAnotherLineStatusOrStandardError) {
  EXPECT_NONFATAL_FAILURE(expect_ok(printed("OK:released_not\n", 0), "OK:released"), "as the first line");
  EXPECT_NONFATAL_FAILURE(expect_ok(printed("OK:released\n", 1), "OK:released"), "expected exit status 0");
  EXPECT_NONFATAL_FAILURE(expect_ok(printed("OK:released\n", 0, "oops"), "OK:released"), "not empty");
}

TEST(Expectations, ReadOneJsonObjectOnOneLine) {
  const Json object = json(printed("{\"result\":\"renewed\",\"token\":7,\"exit_code\":0}\n", 0));
  EXPECT_EQ(text_of(object, "result"), "renewed");
  EXPECT_EQ(number_of(object, "token"), 7);
  EXPECT_EQ(text_of(object, "token"), "");
  EXPECT_EQ(number_of(object, "absent"), -1);
}

TEST(Expectations, FailOnJsonThatIsNotThePromisedOne) {
  EXPECT_NONFATAL_FAILURE(json(printed("{\"exit_code\":1}\n", 0)), "that is the exit status");
  EXPECT_NONFATAL_FAILURE(json(printed("{\"exit_code\":0}", 0)), "on one line");
  EXPECT_NONFATAL_FAILURE(json(printed("{\n\"exit_code\":0}\n", 0)), "on one line");
  EXPECT_NONFATAL_FAILURE(json(printed("[0]\n", 0)), "one JSON object");
}

}  // namespace
}  // namespace smbatcher::test

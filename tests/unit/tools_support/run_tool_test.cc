#include "tools/support/run_tool.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace smbatcher {

namespace {

constexpr Operation kOperation{"heartbeat",
                               "shared",
                               "renew the lease of a claim",
                               Effect::kChanges,
                               Program::kSmbatcher,
                               "{\"type\":\"object\"}\n",
                               nullptr};

struct Sample {
  static constexpr bool kHasSimple = true;
  std::string mode = "ok";

  void declare(OptionSet& options) { options.text("--mode MODE", mode, "how to end"); }

  Result<Outcome> run(const Context& context) const {
    if (mode == "throw") {
      throw std::runtime_error("went wrong");
    }
    if (mode == "refuse") {
      return fail(refused("held", "anna:5", "'003' is held"));
    }
    Outcome outcome = Outcome::ok("held", context.tool).add("registry", context.common.registry.value_or(""));
    outcome.simple({"003"});
    return outcome;
  }
};

struct JsonSample : Sample {
  static constexpr Format kDefaultFormat = Format::kJson;
};

struct Ended {
  int status = -1;
  std::string out;
};

/// run_tool() owns the standard output of a process, so each call has its own; `target` is what that output is.
template <class Tool>
Ended run(std::vector<const char*> arguments, const char* target = nullptr) {
  const test::TempDir folder;
  folder.write("out", "");
  const std::string path = target == nullptr ? folder.at("out") : target;
  arguments.insert(arguments.begin(), "heartbeat");
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(STDOUT_FILENO);
    if (!path.empty() && ::open(path.c_str(), O_WRONLY) != STDOUT_FILENO) {
      ::_exit(99);
    }
    ::_exit(run_tool<Tool>(kOperation, static_cast<int>(arguments.size()), arguments.data()));
  }
  Ended ended;
  int status = 0;
  if (::waitpid(child, &status, 0) == child && WIFEXITED(status)) {
    ended = {WEXITSTATUS(status), folder.read("out")};
  }
  return ended;
}

TEST(RunTool, PrintsTheOutcomeInTheFormatAskedFor) {
  EXPECT_EQ(run<Sample>({}).out, "OK:held:heartbeat\n");
  EXPECT_EQ(run<Sample>({"--format", "json", "--registry", "r.md"}).out,
            "{\"result\":\"held\",\"registry\":\"r.md\",\"exit_code\":0}\n");
  EXPECT_EQ(run<Sample>({"--format=simple"}).out, "003\n");
  EXPECT_EQ(run<JsonSample>({}).out, "{\"result\":\"held\",\"registry\":\"\",\"exit_code\":0}\n");
  EXPECT_EQ(run<JsonSample>({"--format", "text"}).out, "OK:held:heartbeat\n");
}

TEST(RunTool, ExitsWith012) {
  EXPECT_EQ(run<Sample>({}).status, 0);
  EXPECT_EQ(run<Sample>({"--mode", "refuse"}).status, 1);
  EXPECT_EQ(run<Sample>({"--mode"}).status, 2);
}

TEST(RunTool, PrintsUsageFaultsInTheFormatAskedFor) {
  EXPECT_EQ(run<Sample>({"--bogus"}).out, "ERROR:invalid_argument:unknown option --bogus; see --help\n");
  const std::string json =
      "{\"error\":\"invalid_argument\",\"message\":\"unknown option --bogus; see --help\",\"exit_code\":2}\n";
  EXPECT_EQ(run<Sample>({"--bogus", "--format", "json"}).out, json);
  EXPECT_EQ(run<Sample>({"--format=json", "--bogus"}).out, json);
  EXPECT_EQ(run<JsonSample>({"--bogus"}).out, json);
}

TEST(RunTool, AnswersForAThrownException) {
  const Ended ended = run<Sample>({"--mode", "throw"});
  EXPECT_EQ(ended.out, "ERROR:internal_error:went wrong\n");
  EXPECT_EQ(ended.status, 2);
}

TEST(RunTool, AnswersAboutItself) {
  EXPECT_EQ(run<Sample>({"--version"}).out, "smbatcher heartbeat 0.1.0\n");
  EXPECT_EQ(run<Sample>({"--schema"}).out, kOperation.schema);
  EXPECT_NE(run<Sample>({"--help"}).out.find("Common options:\n  --registry PATH"), std::string::npos);
}

TEST(RunTool, AnAnswerThatCannotBeWrittenIsNoSuccess) {
  EXPECT_EQ(run<Sample>({}, "/dev/full").status, 2);
  EXPECT_EQ(run<Sample>({"--help"}, "/dev/full").status, 2);
}

TEST(RunTool, DoesNothingWhenStandardOutputIsClosed) { EXPECT_EQ(run<Sample>({}, "").status, 2); }

TEST(RunTool, OutlivesAReaderThatIsGone) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    const char* arguments[] = {"heartbeat"};
    ::_exit(run_tool<Sample>(kOperation, 1, arguments));
  }
  ::close(ends[1]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 2);
}

}  // namespace
}  // namespace smbatcher

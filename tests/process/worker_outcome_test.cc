#include <gmock/gmock.h>

#include "tests/process/worker_support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// What the end of a command means for its site, and what a worker answers. docs/workers.md, "The command" and "The end
// of a worker".

TEST(Worker, CompletesEachSiteThatPasses) {
  const Fleet fleet(fleet_of(2, 2, "O"));
  const ProcessResult result = fleet.run(kBuild);
  EXPECT_THAT(result.out, ::testing::MatchesRegex("OK:batch_complete:001\ncompleted: a1.example in [12] s\n"
                                                  "completed: b1.example in [12] s\n"));
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "I");
  EXPECT_EQ(fleet.sandbox().status_of("b1.example"), "I");
  EXPECT_EQ(fleet.sandbox().status_of("a2.example"), "O") << "without --loop it is one batch";
  EXPECT_EQ(text_of(ask(fleet.sandbox(), "status", {"001"}), "state"), "done");
}

TEST(Worker, TakesABatchThroughTheLockInOneStep) {
  const Fleet fleet(fleet_of(1, 2, "D"));
  EXPECT_THAT(fleet.run(kBuild).out, StartsWith("OK:batch_complete:001\n"));
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "I");
}

TEST(Worker, CompletesDesigns) {
  const Fleet fleet(fleet_of(1, 1, "B"));
  const std::string design =
      "for h in Concept Palette Typography Layout Components Content; do echo \"# $h\"; echo; echo text; echo; done "
      ">\"$SMBATCHER_SITE_DIR/DESIGN.md\"";
  const ProcessResult result = fleet.sandbox().run("design-run", {"--exec", design});
  EXPECT_THAT(result.out, StartsWith("OK:batch_complete:001\n"));
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "D");
}

TEST(Worker, TellsTheCommandWhatItIsFor) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  const std::string told =
      std::string(kBuild) +
      "; pwd >told; cat >>told; for v in DOMAIN BATCH PHASE SITE_DIR BRIEF TOKEN OWNER REGISTRY; do "
      "eval echo $v=\\$SMBATCHER_$v >>told; done; test -s \"$SMBATCHER_BRIEF\" && echo brief >>told";
  const Json answer = fleet.ask_worker(told, {"--owner", "anna"});
  EXPECT_EQ(text_of(answer, "result"), "batch_complete") << answer.dump();
  const std::string top = fleet.sandbox().dir().path();
  EXPECT_THAT(
      fleet.sandbox().dir().read("told"),
      ::testing::MatchesRegex(
          top + "\nDOMAIN=a1.example\nBATCH=001\nPHASE=implement\nSITE_DIR=" + top + "/sites/a1.example\nBRIEF=" + top +
          "/.smbatcher/briefs/001/a1.example.implement.md\nTOKEN=[0-9]+\nOWNER=anna\nREGISTRY=" + top +
          "/.smbatcher/REGISTRY.md\nbrief\n"));
}

TEST(Worker, KeepsWhatTheCommandPrintsInALogOfEachRun) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  const std::string command = "echo out; echo err >&2; exit 75";
  const Json answer = fleet.ask_worker(command);
  EXPECT_EQ(text_of(answer, "reason"), "sites_put_off") << answer.dump();
  EXPECT_EQ(fleet.sandbox().dir().read(".smbatcher/logs/001/a1.example.1.log"), "out\nerr\n");
  EXPECT_EQ(text_of(item(answer, "sites", 0), "log"), fleet.file(".smbatcher/logs/001/a1.example.1.log"));
}

TEST(Worker, GivesAFailedSiteBackWithAnAttemptAndADelay) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  const ProcessResult result =
      fleet.run("test $SMBATCHER_DOMAIN != a1.example || { echo no such host; exit 3; }; " + std::string(kBuild));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out,
              StartsWith("FAIL:sites_failed:1\nthey were given back with a delay, or buried; the logs say why\n"
                         "failed: a1.example: exit status 3: no such host; log: " +
                         fleet.file(".smbatcher/logs/001/a1.example.1.log") + "\ncompleted: b1.example in "));
  EXPECT_THAT(fleet.sandbox().run("status", {"001"}).out,
              HasSubstr("delayed for 1 min; failed: exit status 3: no such host\n"));
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "O");
  EXPECT_EQ(fleet.sandbox().status_of("b1.example"), "I") << "its neighbour goes on";
  EXPECT_EQ(fleet.attempts("001", "a1.example"), 1);
  const ProcessResult next = fleet.run(kBuild);
  EXPECT_THAT(next.out, StartsWith("FAIL:no_batch_ready:delayed\n"));
}

TEST(Worker, BuriesASiteWhoseAttemptsAreUsedUpAndItsNeighboursGoOn) {
  const Fleet fleet(fleet_of(3, 2, "O"));
  fleet.configure("max_attempts: 1\n");
  const std::string command = "test $SMBATCHER_DOMAIN != b2.example || exit 9; " + std::string(kBuild);
  const ProcessResult result = fleet.run(command, {"--loop"});
  EXPECT_THAT(result.out, StartsWith("OK:drained:5\n5 sites completed; "));
  EXPECT_THAT(result.out,
              HasSubstr("failed: b2.example: exit status 9 (buried: smbatcher kick takes it up again); log: "));
  EXPECT_EQ(fleet.sandbox().status_of("b2.example"), "O");
  EXPECT_EQ(fleet.sandbox().status_of("a2.example"), "I");
  EXPECT_EQ(fleet.sandbox().status_of("b3.example"), "I");
  EXPECT_THAT(fleet.sandbox().run("status", {"002"}).out,
              HasSubstr("buried by smbatcher: 1 attempt without completion"));
}

TEST(Worker, CountsNoAttemptWhenTheCommandSaysNotNow) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  const ProcessResult result = fleet.run("exit 75");
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, StartsWith("FAIL:sites_put_off:2\n"));
  EXPECT_EQ(fleet.attempts("001", "a1.example"), 0);
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "O");
}

TEST(Worker, TakesNoExitStatusForFilesThatAreMissing) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  const ProcessResult result = fleet.run("mkdir -p $SMBATCHER_SITE_DIR; echo x >$SMBATCHER_SITE_DIR/index.html");
  EXPECT_THAT(result.out, HasSubstr("failed: a1.example: missing_files: styles.css; log: "));
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "O");
}

TEST(Worker, GivesEverythingBackUncountedWhenTheCommandCannotStart) {
  for (const std::string command : {"no-such-program-anywhere", "/etc/passwd"}) {
    const Fleet fleet(fleet_of(2, 2, "O"));
    fleet.configure("max_attempts: 1\n");
    const ProcessResult result = fleet.run(command, {"--loop"});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.out,
                StartsWith("ERROR:command_failed_to_start:the shell could not run '" + command + "': see "));
    for (const char* const domain : {"a1.example", "b1.example", "a2.example"}) {
      EXPECT_EQ(fleet.sandbox().status_of(domain), "O");
    }
    EXPECT_EQ(fleet.attempts("001", "a1.example"), 0) << "nothing is counted, nothing is buried";
    EXPECT_THAT(fleet.run(kBuild).out, StartsWith("OK:batch_complete:001\n")) << "it is free at once";
  }
}

TEST(Worker, EndsACommandThatHangs) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  const ProcessResult result = fleet.run("sleep 1000", {"--timeout", "1s"});
  EXPECT_THAT(result.out, HasSubstr("failed: a1.example: not done within 1 s; log: "));
  EXPECT_EQ(fleet.attempts("001", "a1.example"), 1);
}

TEST(Worker, KillsACommandThatIgnoresTheSignal) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  const ProcessResult result =
      fleet.run("trap '' TERM; echo $$ >pid; while :; do sleep 0.1; done", {"--timeout", "1s"});
  EXPECT_THAT(result.out, HasSubstr("failed: a1.example: not done within 1 s; log: "));
  EXPECT_EQ(state_of(std::stoi(fleet.sandbox().dir().read("pid"))), '?');
}

TEST(Worker, EndsWhatACommandLeavesRunning) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  const ProcessResult result = fleet.run("sleep 1000 & echo $! >pid; " + std::string(kBuild));
  EXPECT_THAT(result.out, StartsWith("OK:batch_complete:001\n"));
  EXPECT_EQ(state_of(std::stoi(fleet.sandbox().dir().read("pid"))), '?');
}

TEST(Worker, RunsSoManyCommandsAtOnce) {
  const Fleet fleet(fleet_of(1, 3, "O"));
  // Each waits for the other two.
  const std::string together =
      "mkdir -p here; : >here/$SMBATCHER_DOMAIN; while test $(ls here | wc -l) -lt 3; do sleep 0.02; done; ";
  EXPECT_THAT(fleet.run(together + kBuild, {"--jobs", "3"}).out, StartsWith("OK:batch_complete:001\n"));
}

TEST(Worker, CutsALogOfEndlessOutput) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  const Json answer = fleet.ask_worker("head -c 50000000 /dev/zero; " + std::string(kBuild));
  EXPECT_EQ(text_of(answer, "result"), "batch_complete") << answer.dump();
  EXPECT_EQ(text_of(item(answer, "warnings", 0), "code"), "log_incomplete");
  const std::string log = fleet.sandbox().dir().read(".smbatcher/logs/001/a1.example.1.log");
  EXPECT_LT(log.size(), (std::size_t{16} << 20U) + 100);
  EXPECT_THAT(log.substr(std::size_t{16} << 20U), HasSubstr("left out"));
}

TEST(Worker, DoesNotMindACommandThatClosesItsOutput) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  EXPECT_THAT(fleet.run("exec >&- 2>&-; sleep 0.2; " + std::string(kBuild)).out, StartsWith("OK:batch_complete:001\n"));
}

TEST(Worker, FailsASiteWithoutADesignAndGoesOn) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  std::filesystem::remove(fleet.file("sites/a1.example/DESIGN.md"));
  const ProcessResult result = fleet.run(kBuild);
  EXPECT_THAT(result.out, StartsWith("FAIL:sites_failed:1\n"));
  EXPECT_THAT(result.out, HasSubstr("failed: a1.example: design_not_found: "));
  EXPECT_EQ(fleet.attempts("001", "a1.example"), 0) << "its command did not run";
  EXPECT_EQ(fleet.sandbox().status_of("b1.example"), "I");
}

TEST(Worker, StopsAfterSoManyBatchesWithoutASuccessWhenAsked) {
  const Fleet fleet(fleet_of(4, 1, "O"));
  const ProcessResult result = fleet.run("exit 1", {"--loop", "--max-failures", "2"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, StartsWith("FAIL:too_many_failures:2\n"));
  EXPECT_EQ(fleet.attempts("002", "a2.example"), 1);
  EXPECT_EQ(fleet.attempts("003", "a3.example"), 0);
}

/// The command that fails so for some domains, and builds the others.
std::string fails_for(const std::string& pattern, const std::string& how) {
  return "case $SMBATCHER_DOMAIN in " + pattern + ") " + how + ";; esac; " + kBuild;
}

TEST(Worker, GoesOnAfterBatchesThatSayNotNow) {
  const Fleet fleet(fleet_of(4, 1, "O"));
  const auto before = std::chrono::steady_clock::now();
  const ProcessResult result = fleet.run(fails_for("a[123]*", "exit 75"), {"--loop"});
  EXPECT_THAT(result.out, StartsWith("OK:drained:1\n"));
  EXPECT_EQ(fleet.sandbox().status_of("a4.example"), "I");
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(3500)) << "each pause is longer";
}

TEST(Worker, GoesOnAfterARowThatSomebodyHasDamagedOrRemoved) {
  const auto run_with = [](const std::string& edit) {
    const Fleet fleet(fleet_of(2, 1, "O"));
    const std::string by_hand = "; test $SMBATCHER_DOMAIN != a1.example || sed -i '" + edit + "' $SMBATCHER_REGISTRY";
    const ProcessResult result = fleet.run(kBuild + by_hand, {"--loop"});
    EXPECT_THAT(result.out, HasSubstr("\nfailed: a1.example: ")) << edit;
    EXPECT_EQ(fleet.sandbox().status_of("a2.example"), "I") << edit;
    return result.out.substr(0, result.out.find('\n'));
  };
  EXPECT_EQ(run_with("/a1.example/s/$/ x |/"), "FAIL:sites_failed:1") << "what is hidden is not done";
  EXPECT_EQ(run_with("/a1.example/d"), "OK:drained:1");
}

TEST(Worker, GoesOnAfterASiteThatItsCommandCannotRunFor) {
  const Fleet fleet(fleet_of(3, 1, "O"));
  for (int worker = 0; worker < 2; ++worker) {
    const ProcessResult result = fleet.run(fails_for("a1*", "exit 127"));
    EXPECT_THAT(result.out,
                worker == 0 ? StartsWith("ERROR:command_failed_to_start:") : StartsWith("OK:batch_complete:002\n"))
        << "the only site of the batch may be the command's fault, but stops no other worker";
  }
  expect_ok(fleet.sandbox().run("kick", {"a1.example"}), "OK:kicked");
  const ProcessResult result = fleet.run(fails_for("a1*", "exit 127"), {"--loop"});
  EXPECT_THAT(result.out, StartsWith("OK:drained:1\n"));
  EXPECT_THAT(result.out, HasSubstr("failed: a1.example: exit status 127; log: "));
  EXPECT_EQ(fleet.attempts("001", "a1.example"), 0) << "nobody knew yet that the command can run";
}

TEST(Worker, CountsAMissingProgramAsTheSitesFailureOnceTheCommandHasRun) {
  for (const char* const pattern : {"a1*", "b1*", "c1*"}) {
    const Fleet fleet(fleet_of(1, 3, "O"));
    const ProcessResult result = fleet.run(fails_for(pattern, "no-such-program; exit 126"));
    EXPECT_THAT(result.out, StartsWith("FAIL:sites_failed:1\n")) << pattern;
    const std::string domain = std::string(pattern, 2) + ".example";
    EXPECT_THAT(result.out, HasSubstr("failed: " + domain + ": exit status 126: "));
    EXPECT_EQ(fleet.attempts("001", domain), 1);
  }
}

TEST(Worker, BlamesACommandThatCanRunForNoSiteOfTheLoop) {
  const Fleet fleet(fleet_of(4, 1, "O"));
  EXPECT_THAT(fleet.run("no-such-program", {"--loop"}).out, StartsWith("ERROR:command_failed_to_start:"));
  for (const char* const batch : {"001", "002", "003"}) {
    EXPECT_EQ(fleet.attempts(batch, "a" + std::string(1, batch[2]) + ".example"), 0);
  }
}

TEST(Worker, KilledOnOneSiteCostsItsNeighbourNothing) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  Process worker(fleet.worker(": >at-work; sleep 300"));
  ASSERT_TRUE(fleet.wait_for("at-work"));
  worker.kill(SIGKILL);
  (void)worker.wait();
  ASSERT_EQ(fleet.sandbox().run("find-next", {"--claim", "--wait", "30s"}).status, 0);
  EXPECT_EQ(fleet.attempts("001", "a1.example"), 1);
  EXPECT_EQ(fleet.attempts("001", "b1.example"), 0);
}

TEST(Worker, DrainsTheQueueInALoop) {
  const Fleet fleet(fleet_of(3, 2, "O"));
  const ProcessResult result = fleet.run(kBuild, {"--loop", "--wait", "1h"});
  EXPECT_THAT(result.out, StartsWith("OK:drained:6\n")) << "with everything done there is nothing to wait for";
  EXPECT_THAT(fleet.run(kBuild, {"--loop"}).out, StartsWith("FAIL:no_batch_ready:all_done\n"));
}

TEST(Worker, WaitsForWorkThatOthersHold) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  const std::string token = claim_for(fleet.sandbox(), "ben");
  Process worker(fleet.worker(kBuild, {"--wait", "1h"}));
  expect_ok(fleet.sandbox().run("release", {"--batch", "001", "--token", token, "--delay", "0"}), "OK:released");
  EXPECT_THAT(worker.wait().out, StartsWith("OK:batch_complete:001\n"));
}

TEST(Worker, WorksOnJustTheSitesNamed) {
  const Fleet fleet(fleet_of(1, 3, "O"));
  const ProcessResult result =
      fleet.run(kBuild, {"--sites", "a1.example:A:text:warm", "--sites", "c1.example:C:text:warm"});
  EXPECT_THAT(result.out, StartsWith("OK:batch_complete:001\n"));
  EXPECT_EQ(fleet.sandbox().status_of("b1.example"), "O");
  EXPECT_EQ(fleet.sandbox().status_of("c1.example"), "I");
}

TEST(Worker, ShowsItsProgressOnATerminalAndNowhereElse) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  Command in_terminal = fleet.worker(kBuild);
  std::string line;
  for (const std::string& word : in_terminal.argv) {
    line += "'" + word + "' ";
  }
  in_terminal.argv = {"script", "-qefc", line, "/dev/null"};
  const std::string shown = test::run(in_terminal).out;
  EXPECT_THAT(shown, HasSubstr("\r\x1b[Kbatch 001: 0 of 2 done, 0 given back; at work: a1.example"));
  EXPECT_THAT(shown, HasSubstr("\r\x1b[Kcompleted: a1.example in ")) << "said when it happens";
  EXPECT_THAT(shown, ::testing::EndsWith(" s\r\nOK:batch_complete:001\r\n")) << "and not once more";
}

TEST(Worker, SharesItsOwnersNameWithNoOther) {
  const Fleet fleet(fleet_of(2, 1, "O"));
  Process first(fleet.worker(": >at-work; sleep 300", {"--owner", "anna"}));
  ASSERT_TRUE(fleet.wait_for("at-work"));
  const ProcessResult second = fleet.run(kBuild, {"--owner", "anna"});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.out, StartsWith("FAIL:owner_in_use:anna\n"));
  first.kill(SIGTERM);
  EXPECT_THAT(first.wait().out, StartsWith("FAIL:interrupted\n"));
}

TEST(Worker, WorksInAFolderWithAnyName) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  const std::string odd = "a 'folder' \"of\nmine\" $HOME";
  std::filesystem::create_directory(fleet.file(odd));
  for (const char* const name : {".smbatcher", "sites"}) {
    std::filesystem::rename(fleet.file(name), fleet.file(odd) + "/" + name);
  }
  Command worker = fleet.worker(kBuild);
  worker.cwd = fleet.file(odd);
  EXPECT_THAT(test::run(worker).out, StartsWith("OK:batch_complete:001\n"));
  EXPECT_TRUE(fleet.has(odd + "/sites/a1.example/index.html"));
}

TEST(Worker, RefusesOptionsThatMakeNoSense) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  const auto refuses = [&](const Args& args, const std::string& line) {
    expect_untouched(fleet.sandbox(), "implement-run", args, 2, line);
  };
  refuses({"--loop"}, "ERROR:missing_argument:--jobs, --timeout, --verify, --loop and --wait are for --exec CMD");
  refuses({"--exec", "true", "--pid", "1"}, "ERROR:invalid_argument:--pid cannot be used with --exec");
  refuses({"--exec", "true", "--jobs", "0"}, "ERROR:invalid_argument:--jobs 0 is not between 1 and 64");
  refuses({"--exec", "true", "--timeout", "0"}, "ERROR:invalid_argument:--timeout 0 would end");
  refuses({"--sites", "a1.example:A"}, "ERROR:invalid_argument:");
  refuses({"--sites", "not a domain:A:b:c"}, "ERROR:invalid_domain:");
  refuses({"--sites", "z9.example:A:b:c"}, "ERROR:domain_not_found:");
  refuses({"--batch", "77"}, "ERROR:batch_not_found:");
}

}  // namespace
}  // namespace smbatcher::test

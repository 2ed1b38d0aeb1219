#include <unistd.h>

#include "libregistry/core/base/text.h"
#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

Sandbox::Site row(const std::string& domain, const std::string& batch, const std::string& status) {
  return {domain, batch, status};
}

TEST(FindNext, ShowsTheNextBatchInEveryFormat) {
  const Sandbox sandbox({row("a.example", "003", "O"), row("b.example", "003", "O"), row("c.example", "004", "O")});
  const std::string found =
      R"({"result":"found","claimed":false,"batch":"003","phase":"implement",)"
      R"("sites":["a.example","b.example"],"from":"O","status":"i","action":"start","changes":[],)"
      R"("registry":")" +
      registry_path(sandbox) + "\",\"exit_code\":0}\n";
  expect_exactly(sandbox, "find-next", {}, 0, found);
  expect_exactly(sandbox, "find-next", {"--format", "json", "--mode", "batch", "--phase", "implement"}, 0, found);
  expect_exactly(sandbox, "find-next", {"--format", "text"}, 0, "OK:found:003\nstart: a.example, b.example\n");
  expect_exactly(sandbox, "find-next", {"--format", "simple"}, 0, "003\n");
}

TEST(FindNext, ListsSitesUpToTheLimit) {
  const Sandbox sandbox({row("a.example", "003", "O"), row("b.example", "003", "O"), row("c.example", "004", "O")});
  expect_exactly(sandbox, "find-next", {"--mode", "sites", "--format", "simple"}, 0, "a.example\nb.example\n");
  expect_exactly(sandbox, "find-next", {"--mode", "sites", "--format", "simple", "--limit", "1"}, 0, "a.example\n");
  expect_exactly(sandbox, "find-next", {"--mode", "sites", "--format", "simple", "--limit", "9"}, 0,
                 "a.example\nb.example\n");
  EXPECT_EQ(member(ask(sandbox, "find-next", {"--mode", "sites", "--limit", "1"}), "sites"), R"(["a.example"])");
}

TEST(FindNext, SaysWhichSitesAClaimGaveAndWhichAreListed) {
  const Sandbox sandbox({row("a.example", "003", "O"), row("b.example", "003", "O")});
  const Json answer = ask(sandbox, "find-next", {"--mode", "sites", "--limit", "1", "--claim", "--owner", "a1"});
  EXPECT_EQ(member(answer, "sites"), R"(["a.example","b.example"])");
  EXPECT_EQ(member(answer, "listed"), R"(["a.example"])");
  EXPECT_EQ(sandbox.status_of("b.example"), "i");
}

TEST(FindNext, AnswersAClaimWithAllThatItsOwnerNeeds) {
  const Sandbox sandbox({row("bakery.example", "003", "O"), row("garage.example", "003", "`O`")});
  const Json answer = ask(sandbox, "find-next", {"--claim", "--owner", "a1", "--lease", "90m"});
  const std::string rest = " --batch 003 --token " + std::to_string(number_of(answer, "token"));
  EXPECT_EQ(text_of(answer, "result"), "claimed");
  EXPECT_EQ(member(answer, "claimed"), "true");
  EXPECT_EQ(text_of(answer, "batch"), "003");
  EXPECT_EQ(text_of(answer, "phase"), "implement");
  EXPECT_EQ(member(answer, "sites"), R"(["bakery.example","garage.example"])");
  EXPECT_EQ(text_of(answer, "from") + text_of(answer, "status") + text_of(answer, "action"), "Oistart");
  EXPECT_EQ(text_of(answer, "owner"), "a1");
  EXPECT_EQ(number_of(answer, "lease_s"), 5400);
  EXPECT_GT(number_of(answer, "token"), 0);
  EXPECT_EQ(text_of(answer, "expires_at").size(), std::string("2026-11-20T18:00:00Z").size());
  EXPECT_EQ(text_of(answer, "registry"), registry_path(sandbox));
  EXPECT_EQ(member(answer, "next"), "{\"complete\":\"smbatcher implement-complete" + rest +
                                        "\",\"renew\":\"smbatcher heartbeat" + rest +
                                        "\",\"give_back\":\"smbatcher release" + rest + "\"}");
  EXPECT_EQ(sandbox.status_of("bakery.example"), "i");
  EXPECT_EQ(sandbox.status_of("garage.example"), "`i`");
}

TEST(FindNext, NamesRegistryAndLockFileByTheirWholePathsInNext) {
  const Sandbox sandbox({row("a.example", "003", "O")});
  const Json answer =
      ask(sandbox, "find-next", {"--claim", "--registry", ".smbatcher/REGISTRY.md", "--lock-file", "other.lock"});
  EXPECT_EQ(text_of(child(answer, "next"), "renew"),
            "smbatcher heartbeat --batch 003 --token " + std::to_string(number_of(answer, "token")) + " --registry " +
                registry_path(sandbox) + " --lock-file " + sandbox.dir().at("other.lock"));
}

TEST(FindNext, ClaimsInTextAndSimpleFormat) {
  const Sandbox sandbox({row("a.example", "003", "O"), row("b.example", "004", "O"), row("c.example", "005", "O")});
  const ProcessResult text = sandbox.run("find-next", {"--claim", "--owner", "a1", "--format", "text"});
  EXPECT_TRUE(text.out.starts_with("OK:claimed:003\nstart: token ")) << text.out;
  EXPECT_NE(text.out.find(", owner a1, until 2"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("\nsites: a.example\n"), std::string::npos) << text.out;
  expect_exactly(sandbox, "find-next", {"--claim", "--owner", "a2", "--format", "simple"}, 0, "004\n");
  expect_exactly(sandbox, "find-next", {"--claim", "--owner", "a3", "--format", "simple", "--mode", "sites"}, 0,
                 "c.example\n");
}

TEST(FindNext, CountsStatuses) {
  const Sandbox sandbox({row("a.example", "003", "O"), row("b.example", "", "-"), row("c.example", "004", "Q")});
  const std::string counts = "- 1\nB 0\nd 0\nD 0\nO 1\ni 0\nI 0\nQ 1\n";
  expect_exactly(sandbox, "find-next", {"--mode", "status", "--format", "simple"}, 0, counts);
  expect_exactly(sandbox, "find-next", {"--mode", "status", "--format", "text"}, 0, "OK:status:3\n" + counts);
  expect_exactly(
      sandbox, "find-next", {"--mode", "status"}, 0,
      R"({"result":"status","counts":{"-":1,"B":0,"d":0,"D":0,"O":1,"i":0,"I":0,"Q":1},"total":3,"registry":")" +
          registry_path(sandbox) + "\",\"exit_code\":0}\n");
}

TEST(FindNext, ShowsTheActiveBatchTheOwnersFirst) {
  const Sandbox sandbox({row("a.example", "003", "O"), row("b.example", "004", "O"), row("c.example", "005", "d")});
  expect_exactly(sandbox, "find-next", {"--mode", "active", "--format", "text"}, 1,
                 "FAIL:no_active_batch\nno batch is in progress in phase implement; smbatcher find-next --claim takes "
                 "the next one\n");
  claim_for(sandbox, "a1");
  claim_for(sandbox, "a2");
  expect_exactly(sandbox, "find-next", {"--mode", "active", "--format", "text"}, 0, "OK:active:003\n");
  expect_exactly(sandbox, "find-next", {"--mode", "active", "--format", "simple", "--owner", "a2"}, 0, "004\n");
  expect_exactly(sandbox, "find-next", {"--mode", "active", "--format", "simple", "--phase", "design"}, 0, "005\n");
}

TEST(FindNext, ContinuesAdoptsStartsByPriorityThenLocks) {
  const Sandbox sandbox(
      "| Domain | Batch | Status | Priority |\n|---|---|---|---|\n"
      "| lock.example | 001 | D | 1 |\n| none.example | 002 | O | |\n| ten.example | 010 | O | 7 |\n"
      "| nine.example | 009 | O | 7 |\n| name.example | alpha | O | |\n| left.example | 020 | O | 9 |\n");
  const auto next = [&](const std::string& owner) {
    const Json answer = ask(sandbox, "find-next", {"--claim", "--owner", owner});
    return text_of(answer, "action") + " " + text_of(answer, "batch");
  };
  lapsed_claim_for(sandbox, "dead", {"--batch", "020"});
  EXPECT_EQ(next("a1"), "adopt 020");
  EXPECT_EQ(next("a1"), "continue 020");
  EXPECT_EQ(next("a2"), "start 009");
  EXPECT_EQ(next("a3"), "start 010");
  EXPECT_EQ(next("a4"), "start 002");
  EXPECT_EQ(next("a5"), "start alpha");
  EXPECT_EQ(next("a6"), "lock 001");
  EXPECT_EQ(next("a6"), "start 001");
}

TEST(FindNext, TakesANumberWithoutItsZeros) {
  const Sandbox sandbox({row("a.example", "003", "O"), row("b.example", "0004", "O"), row("c.example", "4", "O")});
  expect_exactly(sandbox, "find-next", {"--batch", "3", "--format", "simple"}, 0, "003\n");
  expect_exactly(sandbox, "find-next", {"--batch", "04", "--format", "simple"}, 0, "0004\n");
  const ProcessResult exact = sandbox.run("find-next", {"--batch", "4", "--format", "text"});
  EXPECT_EQ(exact.out.substr(0, exact.out.find('\n')), "OK:found:4");
  EXPECT_NE(exact.out.find("ambiguous_batch"), std::string::npos) << exact.out;
}

TEST(FindNext, WarnsAboutDamageAndGoesOnWithTheRest) {
  const Sandbox sandbox({row("a.example", "003", "X"), row("b.example", "004", "O")});
  expect_exactly(sandbox, "find-next", {"--format", "text"}, 0,
                 "OK:found:004\nstart: b.example\nwarning: " + registry_path(sandbox) +
                     ":5: unknown_status: 'X' is none of - B d D O i I Q\n");
  EXPECT_EQ(member(ask(sandbox, "find-next", {}), "warnings"),
            "[{\"file\":\"" + registry_path(sandbox) +
                R"(","line":5,"code":"unknown_status","message":"'X' is none of - B d D O i I Q"}])");
}

TEST(FindNext, WarnsAboutDamageThatMayHideTheActiveBatch) {
  const Sandbox sandbox({row("a.example", "003", "X")});
  const Json answer = ask(sandbox, "find-next", {"--mode", "active"});
  EXPECT_EQ(text_of(answer, "reason"), "no_active_batch");
  EXPECT_NE(member(answer, "warnings").find("unknown_status"), std::string::npos) << answer.dump();
}

struct NoWork {
  std::string why;
  std::vector<Sandbox::Site> sites;
  std::string message;

  friend void PrintTo(const NoWork& each, std::ostream* out) { *out << each.why; }
};

class FindNextWithoutWork : public testing::TestWithParam<NoWork> {};

TEST_P(FindNextWithoutWork, SaysWhyAndWhatWouldWork) {
  const Sandbox sandbox(GetParam().sites);
  const ProcessResult result = sandbox.run("find-next", {"--claim", "--format", "text"});
  expect_fail(result, "FAIL:no_work_found:" + GetParam().why);
  EXPECT_NE(result.out.find("\n" + GetParam().message), std::string::npos) << result.out;
  const Json answer = ask(sandbox, "find-next", {});
  EXPECT_EQ(text_of(answer, "reason"), "no_work_found");
  EXPECT_EQ(text_of(answer, "why"), GetParam().why);
  EXPECT_TRUE(text_of(answer, "message").starts_with(GetParam().message)) << answer.dump();
  EXPECT_EQ(text_of(answer, "phase"), "implement");
  EXPECT_NE(answer.find("counts"), nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    Why, FindNextWithoutWork,
    testing::Values(NoWork{"all_held",
                           {row("a.example", "003", "i")},
                           "1 batch in phase implement held by others; the first may come back in "},
                    NoWork{"damaged",
                           {row("a.example", "003", "X")},
                           "1 batch held back by damaged rows: smbatcher check-registry"},
                    NoWork{"behind",
                           {row("a.example", "003", "B"), row("b.example", "004", "B")},
                           "nothing has reached phase implement; 2 batches wait for design: smbatcher find-next "
                           "--phase design --claim"},
                    NoWork{"behind",
                           {row("a.example", "", "-")},
                           "nothing has reached phase implement; 1 site waits for a batch: smbatcher prepare-batch"},
                    NoWork{"all_done",
                           {row("a.example", "003", "Q"), row("b.example", "004", "I")},
                           "everything is past phase implement"},
                    NoWork{"empty", {}, "the registry has no sites: smbatcher prepare-register adds some"}),
    [](const auto& each) { return each.param.why + std::to_string(each.index); });

TEST(FindNext, SaysWhenDelayedOrBuriedWorkWouldCome) {
  const Sandbox sandbox({row("a.example", "003", "O")});
  const std::string token = claim_for(sandbox, "a1");
  expect_exactly(sandbox, "release", {"--token", token, "--delay", "10m"}, 0, "OK:released\n");
  Json answer = ask(sandbox, "find-next", {"--claim"});
  EXPECT_EQ(text_of(answer, "why"), "delayed");
  EXPECT_GT(number_of(answer, "retry_after_s"), 590);
  EXPECT_LE(number_of(answer, "retry_after_s"), 600);
  expect_exactly(sandbox, "bury", {"a.example", "--why", "no photos"}, 0, "OK:buried\n");
  answer = ask(sandbox, "find-next", {"--claim"});
  EXPECT_EQ(text_of(answer, "why"), "buried");
  EXPECT_EQ(text_of(answer, "message"), "1 batch buried: smbatcher kick --batch ID takes one up again");
}

TEST(FindNext, PrintsOnlyTheLineOfARefusalInSimpleFormat) {
  const Sandbox sandbox({row("a.example", "003", "Q")});
  expect_exactly(sandbox, "find-next", {"--claim", "--format", "simple"}, 1, "FAIL:no_work_found:all_done\n");
}

TEST(FindNext, RefusesABatchThatItCannotGive) {
  const Sandbox sandbox({row("a.example", "003", "O"), row("b.example", "004", "O"), row("c.example", "005", "B")});
  claim_for(sandbox, "a1", {"--batch", "3"});
  const Json held = ask(sandbox, "find-next", {"--batch", "3", "--claim", "--owner", "a2"});
  EXPECT_EQ(text_of(held, "reason"), "held");
  EXPECT_EQ(text_of(held, "batch") + " " + text_of(held, "owner"), "003 a1");
  EXPECT_GT(number_of(held, "retry_after_s"), 7190);
  EXPECT_NE(text_of(held, "expires_at"), "");
  expect_fail(sandbox.run("find-next", {"--batch", "3", "--claim", "--format", "text"}), "FAIL:held:a1");
  expect_exactly(sandbox, "find-next", {"--batch", "4", "--claim", "--owner", "a1", "--format", "text"}, 1,
                 "FAIL:owner_busy:003\n'a1' already holds batch '003' in this phase: complete or release it first\n");
  expect_exactly(
      sandbox, "find-next", {"--batch", "5", "--format", "text"}, 1,
      "FAIL:not_ready:B\nbatch '005' cannot be claimed for implement: its sites have not reached the phase; it waits "
      "for its designs: smbatcher find-next --phase design --batch 005 --claim\n");
  expect_exactly(sandbox, "find-next", {"--batch", "6", "--format", "text"}, 2,
                 "ERROR:batch_not_found:no site is in batch '6'\n");
}

TEST(FindNext, GoesOnWithTheClaimOfAToken) {
  const Sandbox sandbox({row("a.example", "003", "O"), row("b.example", "004", "O")});
  const std::string token = claim_for(sandbox, "a1");
  const Json answer = ask(sandbox, "find-next", {"--claim", "--token", token});
  EXPECT_EQ(text_of(answer, "action") + " " + text_of(answer, "batch"), "continue 003");
  EXPECT_EQ(text_of(answer, "owner"), "a1");
  EXPECT_EQ(std::to_string(number_of(answer, "token")), token);
  EXPECT_NE(text_of(answer, "last_renewed"), "");
  expect_fail(sandbox.run("find-next", {"--claim", "--token", "1", "--format", "text"}), "FAIL:not_claimed");
  expect_fail(sandbox.run("find-next", {"--claim", "--batch", "3", "--token", "1", "--format", "text"}),
              "FAIL:stale_claim:a1");
}

TEST(FindNext, RefusesToShareAClaimThatIsBoundToALivingProcess) {
  const Sandbox sandbox({row("a.example", "003", "O")});
  const Process process({.argv = {"sleep", "1000"}});
  const std::string pid = std::to_string(process.pid());
  const std::string token = claim_for(sandbox, "a1", {"--pid", pid});
  const Json answer = ask(sandbox, "find-next", {"--claim", "--owner", "a1"});
  EXPECT_EQ(text_of(answer, "reason"), "owner_in_use");
  EXPECT_EQ(text_of(answer, "owner") + " " + text_of(answer, "batch"), "a1 003");
  EXPECT_EQ(claim_for(sandbox, "a1", {"--pid", pid}), token);
  EXPECT_EQ(claim_for(sandbox, "a1", {"--token", token}), token);
}

TEST(FindNext, RefusesToShareAClaimWithAnotherContainer) {
  const Sandbox sandbox({row("a.example", "003", "O"), row("b.example", "004", "O")});
  const auto in_container = [&sandbox](Args args) {
    Command command = sandbox.command("find-next", args);
    command.argv.insert(command.argv.begin(), {"unshare", "--pid", "--fork", "--mount-proc"});
    return run(command);
  };
  if (run({.argv = {"unshare", "--pid", "--fork", "--mount-proc", "true"}}).status != 0) {
    GTEST_SKIP() << "no pid namespace can be made here";
  }
  const Json first = json(in_container({"--claim", "--owner", "agent-host-7"}));
  EXPECT_EQ(text_of(first, "batch"), "003");
  const Json second = json(in_container({"--claim", "--owner", "agent-host-7"}));
  EXPECT_EQ(text_of(second, "reason"), "owner_in_use") << second.dump();
  EXPECT_EQ(text_of(second, "owner") + " " + text_of(second, "batch"), "agent-host-7 003");
  expect_fail(sandbox.run("implement-start", {"a.example", "--owner", "agent-host-7"}), "FAIL:owner_in_use");
  const std::string token = std::to_string(number_of(first, "token"));
  EXPECT_EQ(text_of(json(in_container({"--claim", "--token", token})), "action"), "continue");
}

TEST(FindNext, WarnsWhenAClaimIsBoundToTheCallersOwnProcess) {
  const Sandbox sandbox({row("a.example", "003", "O")});
  const std::string own = std::to_string(::getpid());  // as a shell would say --pid $$
  const Json answer = ask(sandbox, "find-next", {"--claim", "--pid", own});
  EXPECT_NE(member(answer, "warnings").find("\"short_lived_process\""), std::string::npos) << answer.dump();
}

TEST(FindNext, GivesTwoCallsWithoutAnOwnerTwoBatches) {
  const Sandbox sandbox({row("a.example", "003", "O"), row("b.example", "004", "O")});
  const Json first = ask(sandbox, "find-next", {"--claim"});
  const Json second = ask(sandbox, "find-next", {"--claim"});
  EXPECT_EQ(text_of(first, "batch") + text_of(second, "batch"), "003004");
  EXPECT_TRUE(text_of(first, "owner").starts_with("anon-"));
  EXPECT_NE(text_of(first, "owner"), text_of(second, "owner"));
}

TEST(FindNext, TakesTheOwnerFromTheEnvironment) {
  const Sandbox sandbox({row("a.example", "003", "O")});
  Command command = sandbox.command("find-next", {"--claim"});
  command.env["SMBATCHER_OWNER"] = "from-environment";
  EXPECT_EQ(text_of(json(run(command)), "owner"), "from-environment");
  command.env["SMBATCHER_OWNER"] = "a:b";
  EXPECT_EQ(text_of(json(run(command)), "error"), "invalid_argument");
}

TEST(FindNext, WaitsUntilWorkComes) {
  const Sandbox sandbox({row("a.example", "003", "O")});
  const std::string token = claim_for(sandbox, "a1");
  Process waiting(sandbox.command("find-next", {"--claim", "--owner", "a2", "--wait", "50"}));
  expect_exactly(sandbox, "release", {"--token", token, "--delay", "0"}, 0, "OK:released\n");
  const Json answer = json(waiting.wait());
  EXPECT_EQ(text_of(answer, "result") + " " + text_of(answer, "owner"), "claimed a2");
}

TEST(FindNext, EndsAWaitWithTheReason) {
  const Sandbox sandbox({row("a.example", "003", "i")});
  EXPECT_EQ(text_of(ask(sandbox, "find-next", {"--claim", "--wait", "1"}), "why"), "all_held");
}

TEST(FindNext, ShowsWhatADryRunWouldClaim) {
  const Sandbox sandbox({row("a.example", "003", "O")});
  expect_untouched(sandbox, "find-next", {"--claim", "--dry-run", "--format", "text"}, 0, "OK:dry_run");
  expect_exactly(sandbox, "find-next", {"--claim", "--dry-run", "--format", "simple"}, 0, "003\n");
}

/// Every command of `next`, run by a shell that finds smbatcher on its PATH.
void expect_next_runs(const Sandbox& sandbox, const Json& claim, std::string_view name, const std::string& expected) {
  const Json* const next = claim.find("next");
  ASSERT_NE(next, nullptr);
  Command command = sandbox.command("find-next");
  command.argv = {"sh", "-c", "PATH=" + shell_quote(bin_dir()) + ":$PATH; " + text_of(*next, name)};
  const ProcessResult result = run(command);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.status, 0);
  EXPECT_TRUE(result.out.find(expected) != std::string::npos) << text_of(*next, name) << "\n" << result.out;
}

TEST(FindNext, PrintsNextCommandsThatRun) {
  const Sandbox sandbox({row("a.example", "003", "D")});
  build_site(sandbox, "a.example");
  const Json locked = ask(sandbox, "find-next", {"--claim"});
  expect_next_runs(sandbox, locked, "renew", "OK:renewed\n");
  expect_next_runs(sandbox, locked, "start", "\"action\":\"start\"");
  const Json started = ask(sandbox, "find-next", {"--claim", "--token", std::to_string(number_of(locked, "token"))});
  expect_next_runs(sandbox, started, "renew", "OK:renewed\n");
  expect_next_runs(sandbox, started, "complete", "OK:marked_complete:1/1\n");
}

TEST(FindNext, PrintsNextCommandsThatRunElsewhereWithTheRegistryGiven) {
  const Sandbox elsewhere;
  const Sandbox sandbox;
  const std::string path = sandbox.dir().at("a b's/REGISTRY.md");
  sandbox.dir().write("a b's/REGISTRY.md", Sandbox::registry_text({row("a.example", "003", "O")}));
  const Json claim = ask(elsewhere, "find-next", {"--claim", "--registry", path});
  expect_next_runs(elsewhere, claim, "renew", "OK:renewed\n");
  expect_next_runs(elsewhere, claim, "give_back", "OK:released\n");
}

}  // namespace
}  // namespace smbatcher::test

#include <algorithm>

#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// history, check-registry, status, metrics-batch-counts, dry-run and the dispatcher: they read and never write.

TEST(History, ListsEventsAndFiltersThem) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "004", "O"}});
  expect_exactly(sandbox, "history", {}, 0, "OK:history:0\n");
  const std::string token = claim_for(sandbox, "a1");
  expect_exactly(sandbox, "release", {"--token", token}, 0, "OK:released\n");
  claim_for(sandbox, "a2", {"--batch", "4"});
  const ProcessResult all = sandbox.run("history");
  expect_ok(all, "OK:history");
  EXPECT_NE(all.out.find(" claim by a1, token " + token + ", batch 003: a.example O -> i\n"), std::string::npos)
      << all.out;
  EXPECT_NE(all.out.find(" release by a1, token " + token + ", batch 003: a.example i -> O\n"), std::string::npos);
  const auto count = [&](const Args& args) { return count_of(ask(sandbox, "history", args), "events"); };
  EXPECT_EQ(count({"--batch", "3"}), 2U);
  EXPECT_EQ(count({"--domain", "B.example"}), 1U);
  EXPECT_EQ(count({"--owner", "a1"}), 2U);
  EXPECT_EQ(count({"--owner", "a1", "--limit", "1"}), 1U);
  EXPECT_EQ(count({"--limit", "0"}), 0U);
  EXPECT_EQ(count({"--since", "2h", "--owner", "a2"}), 1U);
  EXPECT_EQ(count({"--since", "2999-01-01T00:00:00Z"}), 0U);
  EXPECT_EQ(count({"--since", "2999-01-01"}), 0U);
  EXPECT_EQ(count({"--since", "2026-01-01", "--owner", "a1"}), 2U);
  const Json newest = ask(sandbox, "history", {"--limit", "1"});
  const Json event = item(newest, "events", 0);
  EXPECT_EQ(text_of(event, "verb") + " " + text_of(event, "owner") + " " + text_of(event, "outcome"), "claim a2 done");
  EXPECT_EQ(member(event, "rows"), R"([{"domain":"b.example","from":"O","to":"i","batch":"004"}])");
  expect_exactly(
      sandbox, "history", {"--since", "soon"}, 2,
      "ERROR:invalid_argument:--since 'soon' is neither a time such as 2026-11-20T18:00:00Z, nor a date such as "
      "2026-11-20, nor a duration such as 2h\n");
}

TEST(History, NamesTheSitesWhoseRowsStayed) {
  const Sandbox sandbox({{"a1.example", "001", "O"}, {"a2.example", "001", "O"}});
  expect_ok(sandbox.run("bury", {"a2.example", "--why", "x", "--owner", "boss"}), "OK:buried");
  expect_ok(sandbox.run("kick", {"a2.example", "--owner", "boss"}), "OK:kicked");
  const std::string text = sandbox.run("history").out;
  EXPECT_NE(text.find(" bury by boss, batch 001: a2.example (x)\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" kick by boss, batch 001: a2.example\n"), std::string::npos) << text;
  const Json of_site = ask(sandbox, "history", {"--domain", "a2.example"});
  EXPECT_EQ(count_of(of_site, "events"), 2U);
  EXPECT_EQ(member(item(of_site, "events", 0), "sites"), R"(["a2.example"])");
  EXPECT_EQ(count_of(ask(sandbox, "history", {"--domain", "a1.example"}), "events"), 0U);
}

TEST(History, FindsSitesOfALeaseThatIsGrantedOrEnds) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "003", "O"}});
  const std::string token = claim_for(sandbox, "a1");
  build_site(sandbox, "a.example");
  build_site(sandbox, "b.example");
  for (const char* domain : {"a.example", "b.example"}) {
    expect_ok(sandbox.run("implement-complete", {domain, "--token", token}), "OK:marked_complete");
  }
  const Json events = ask(sandbox, "history", {"--domain", "a.example"});
  EXPECT_EQ(count_of(events, "events"), 2U) << events.dump();  // its claim and its completion, not b's
}

TEST(CheckRegistry, ListsEveryDamagedRow) {
  const Sandbox sandbox(
      "| Domain | Batch | Status |\n|---|---|---|\n"
      "| ok.example | 001 | O |\n| a.example | 003 | X |\n| no host | 003 | O |\n"
      "| b.example | 003 | - |\n| c.example | | O |\n| short.example |\n| ok.example | 002 | O |\n"
      "| d.example | a b | O |\n");
  const std::string path = registry_path(sandbox);
  expect_exactly(sandbox, "check-registry", {}, 1,
                 "FAIL:registry_invalid:8 issues\n" + path +
                     ":3: duplicate_domain: 'ok.example' is also in line 9: remove one of the two\n" + path +
                     ":4: unknown_status: 'X' is none of - B d D O i I Q\n" + path +
                     ":5: invalid_domain: 'no host' is not a host name\n" + path +
                     ":6: status_without_batch: status '-' with batch '003': set B, or clear the batch\n" + path +
                     ":7: batch_missing: status 'O' without a batch id\n" + path +
                     ":8: missing_cells: the row ends before its Status column; a paragraph after the table needs a "
                     "blank line before it\n" +
                     path + ":9: duplicate_domain: 'ok.example' is also in line 3: remove one of the two\n" + path +
                     ":10: invalid_batch: 'a b' is not a batch id: use letters, digits, '.', '_' and '-'\n");
  const Json answer = ask(sandbox, "check-registry", {});
  EXPECT_EQ(text_of(answer, "reason"), "registry_invalid");
  EXPECT_EQ(count_of(answer, "issues"), 8U);
  EXPECT_EQ(number_of(answer, "sites"), 8);
}

TEST(CheckRegistry, SaysThatAllIsWell) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  expect_exactly(sandbox, "check-registry", {}, 0, "OK:registry_valid\n");
  expect_exactly(sandbox, "check-registry", {"--format", "json"}, 0,
                 R"({"result":"registry_valid","issues":[],"sites":1,"registry":")" + registry_path(sandbox) +
                     "\",\"exit_code\":0}\n");
  const Sandbox one({{"a.example", "003", "X"}});
  expect_fail(one.run("check-registry"), "FAIL:registry_invalid:1 issue");
}

TEST(Status, ShowsABatchItsSitesAndItsClaim) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"bakery.example", "003", "Q"}, {"c.example", "004", "B"}});
  build_site(sandbox, "bakery.example");
  expect_exactly(sandbox, "status", {"003"}, 0,
                 "OK:status:003\nphase implement, held by nobody\ndomain          status  attempts  files\n"
                 "a.example       O       0         -\n"
                 "bakery.example  Q       0         DESIGN.md index.html styles.css\n");
  expect_exactly(sandbox, "status", {"--batch", "4"}, 0,
                 "OK:status:004\nphase design, held by nobody\ndomain     status  attempts  files\n"
                 "c.example  B       0         -\n");
  const std::string token = claim_for(sandbox, "a1");
  const Json answer = ask(sandbox, "status", {});
  EXPECT_EQ(text_of(answer, "batch") + " " + text_of(answer, "state") + " " + text_of(answer, "status"),
            "003 in_progress i");
  const Json claim = child(answer, "claim");
  EXPECT_EQ(text_of(claim, "owner") + member(claim, "live") + member(claim, "sites"), R"(a1true["a.example"])");
  EXPECT_EQ(std::to_string(number_of(claim, "token")), token);
  EXPECT_GT(number_of(claim, "seconds_left"), 7190);
  EXPECT_EQ(member(claim, "rows_show_ready"), "false");
  const Json site = item(answer, "sites", 1);
  EXPECT_EQ(text_of(site, "domain") + member(site, "files") + member(site, "missing"),
            R"(bakery.example["DESIGN.md","index.html","styles.css"][])");
  EXPECT_EQ(number_of(item(answer, "sites", 0), "attempts"), 0) << "a claim costs nothing";
}

TEST(Status, SaysThatTheLeasedRowsWereBroughtBack) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  const std::string before = sandbox.registry();
  claim_for(sandbox, "a1");
  sandbox.write_registry(before);
  EXPECT_NE(sandbox.run("status").out.find("; rows of it show ready, but nobody else gets it\n"), std::string::npos);
  EXPECT_EQ(member(child(ask(sandbox, "status", {}), "claim"), "rows_show_ready"), "true");
}

TEST(Status, SaysWhichRowsOfTheClaimAreElsewhere) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "003", "O"}, {"c.example", "003", "O"}});
  claim_for(sandbox, "a1");
  sandbox.write_registry(Sandbox::registry_text({{"a.example", "003", "i"}, {"c.example", "009", "i"}}));
  const std::string text = sandbox.run("status", {"3"}).out;
  EXPECT_NE(text.find("\nrows not in the registry: b.example\nc.example is in batch 009 now\n"), std::string::npos)
      << text;
  const Json claim = child(ask(sandbox, "status", {"3"}), "claim");
  EXPECT_EQ(member(claim, "rows_show_ready"), "false");
  EXPECT_EQ(member(claim, "absent"), R"([{"domain":"b.example"},{"domain":"c.example","batch":"009"}])");
}

TEST(Status, ShowsTheClaimOfAnotherBatchThatHoldsItsRows) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "003", "O"}});
  const std::string token = claim_for(sandbox, "a1");
  sandbox.write_registry(Sandbox::registry_text({{"a.example", "003", "i"}, {"b.example", "009", "i"}}));
  const std::string text = sandbox.run("status", {"9"}).out;
  EXPECT_NE(text.find("held by a1 with the claim on batch 003, token " + token), std::string::npos) << text;
  EXPECT_EQ(text_of(child(ask(sandbox, "status", {"9"}), "claim"), "batch"), "003");
}

TEST(Status, SaysWhenThereIsNoBatchOrNoneCanBeTold) {
  const Sandbox empty({{"a.example", "", "-"}});
  expect_exactly(empty, "status", {}, 0, "OK:no_active_batch\n");
  expect_exactly(empty, "status", {"7"}, 2, "ERROR:batch_not_found:no site is in batch '7'\n");
  const Sandbox damaged({{"a.example", "", "X"}});
  expect_exactly(damaged, "status", {}, 2,
                 "ERROR:auto_detect_failed:" + registry_path(damaged) +
                     ":5: damaged rows hide which batch is meant ('X' is none of - B d D O i I Q); name one, or see "
                     "smbatcher check-registry\n");
}

TEST(Status, RefusesTwoBatches) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "004", "O"}});
  expect_error(sandbox.run("status", {"3", "--batch", "4"}), "ERROR:invalid_argument");
  expect_error(sandbox.run("lock", {"3", "--batch", "4"}), "ERROR:invalid_argument");
}

TEST(Status, HasNoColourWhereNobodyLooks) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  EXPECT_EQ(sandbox.run("status").out.find('\033'), std::string::npos);
}

TEST(Status, WatchesUntilItIsInterrupted) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  Process watching(sandbox.command("status", {"--watch"}));
  while (watching.out_so_far().empty()) {
    (void)sandbox.run("find-next");  // something to do until it has begun
  }
  claim_for(sandbox, "a1");
  while (watching.out_so_far().find("held by a1") == std::string::npos) {
    (void)sandbox.run("find-next");
  }
  watching.kill(SIGINT);
  EXPECT_EQ(watching.wait().err, "");
}

TEST(MetricsBatchCounts, CountsEachBatchByStatus) {
  const Sandbox sandbox({{"a.example", "010", "O"},
                         {"b.example", "9", "Q"},
                         {"c.example", "9", "I"},
                         {"n.example", "", "-"},
                         {"x.example", "9", "X"}});
  expect_exactly(sandbox, "metrics-batch-counts", {}, 0,
                 "OK:counts\n9 I=1 Q=1\n010 O=1\nwarning: " + registry_path(sandbox) +
                     ":9: unknown_status: 'X' is none of - B d D O i I Q\n");
  const Json answer = ask(sandbox, "metrics-batch-counts", {});
  EXPECT_EQ(member(item(answer, "batches", 0), "counts"), R"({"-":0,"B":0,"d":0,"D":0,"O":0,"i":0,"I":1,"Q":1})");
  EXPECT_EQ(number_of(answer, "unbatched"), 1);
  expect_error(Sandbox().run("metrics-batch-counts"), "ERROR:registry_not_found");
}

TEST(DryRun, SaysWhatEachPhaseWouldDo) {
  const Sandbox sandbox({{"a.example", "003", "D"}, {"b.example", "004", "B"}, {"c.example", "004", "B"}});
  expect_untouched(sandbox, "dry-run", {}, 0, "OK:dry_run");
  expect_exactly(sandbox, "dry-run", {}, 0,
                 "OK:dry_run\ndesign: would start batch 004, B -> d: b.example, c.example\n"
                 "implement: would lock batch 003, D -> O: a.example\n");
  const Json answer = ask(sandbox, "dry-run", {});
  EXPECT_EQ(member(answer, "phases"),
            R"([{"phase":"design","claims":true,"batch":"004","action":"start","from":"B","status":"d",)"
            R"("sites":["b.example","c.example"]},{"phase":"implement","claims":true,"batch":"003","action":"lock",)"
            R"("from":"D","status":"O","sites":["a.example"]}])");
}

TEST(DryRun, SaysWhyAPhaseHasNothing) {
  const Sandbox sandbox({{"a.example", "003", "Q"}});
  expect_exactly(sandbox, "dry-run", {}, 0,
                 "OK:dry_run\ndesign: no_work_found:all_done: everything is past phase design\n"
                 "implement: no_work_found:all_done: everything is past phase implement\n");
  const Json answer = ask(sandbox, "dry-run", {});
  EXPECT_EQ(text_of(item(answer, "phases", 1), "why"), "all_done");
}

TEST(Dispatcher, RunsAToolByName) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  expect_exactly(sandbox, "smbatcher", {"find-next", "--format", "simple"}, 0, "003\n");
  expect_exactly(sandbox, "smbatcher", {"release", "--batch", "9"}, 2,
                 "ERROR:batch_not_found:no site is in batch '9'\n");
  EXPECT_EQ(sandbox.run("smbatcher", {"help", "find-next"}).out, sandbox.run("find-next", {"--help"}).out);
}

TEST(Dispatcher, ListsEveryToolWithALine) {
  const Sandbox sandbox;
  const ProcessResult all = sandbox.run("smbatcher", {"help", "all"});
  EXPECT_EQ(all.status, 0);
  for (const char* tool :
       {"find-next", "with-lease", "metrics-batch-counts", "prepare-register", "implement-finish", "reopen"}) {
    EXPECT_NE(all.out.find(std::string("\n  ") + tool + " "), std::string::npos) << tool;
  }
  const ProcessResult help = sandbox.run("smbatcher", {"help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_LE(std::count(help.out.begin(), help.out.end(), '\n'), 24) << "one screen";
  EXPECT_EQ(sandbox.run("smbatcher").out, help.out);
  EXPECT_EQ(sandbox.run("smbatcher", {"--help"}).out, help.out);
  EXPECT_TRUE(sandbox.run("smbatcher", {"--version"}).out.starts_with("smbatcher "));
}

TEST(Dispatcher, NamesTheToolThatWasPerhapsMeant) {
  const Sandbox sandbox;
  expect_exactly(sandbox, "smbatcher", {"fnd-next"}, 2,
                 "ERROR:unknown_tool:no tool is called 'fnd-next'; did you mean find-next?\n");
  expect_exactly(sandbox, "smbatcher", {"../bin/find-next"}, 2,
                 "ERROR:unknown_tool:no tool is called '../bin/find-next'; see smbatcher help\n");
  expect_error(sandbox.run("smbatcher", {""}), "ERROR:unknown_tool");
  expect_error(sandbox.run("smbatcher", {"help", "nope"}),
               "ERROR:unknown_tool:no tool is called 'nope'; see smbatcher help");
  EXPECT_EQ(text_of(ask(sandbox, "smbatcher", {"nope"}), "error"), "unknown_tool");
}

}  // namespace
}  // namespace smbatcher::test

#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// *-start, *-complete, implement-finish and lock: the way of a site from B to Q.

struct PhaseCase {
  std::string name;
  std::string ready;
  std::string in_progress;
  std::string done;
  std::string complete_line;  // for two of two sites

  friend void PrintTo(const PhaseCase& each, std::ostream* out) { *out << each.name; }
};

class InPhase : public testing::TestWithParam<PhaseCase> {
 protected:
  std::string start_ = GetParam().name + "-start";
  std::string complete_ = GetParam().name + "-complete";
  Sandbox sandbox_{{{"a.example", "003", GetParam().ready},
                    {"b.example", "003", GetParam().ready},
                    {"c.example", "004", GetParam().ready},
                    {"q.example", "005", "Q"},
                    {"n.example", "", "-"}}};

  std::string start(const Args& args) const {
    const Json answer = ask(sandbox_, start_, args);
    EXPECT_EQ(text_of(answer, "result"), "marked_in_progress") << answer.dump();
    return std::to_string(number_of(answer, "token"));
  }
};

TEST_P(InPhase, StartsABatchAndSaysTheTokenOfItsClaim) {
  const Json answer = ask(sandbox_, start_, {"--batch", "3", "--owner", "a1", "--lease", "30m"});
  EXPECT_EQ(text_of(answer, "result"), "marked_in_progress");
  EXPECT_EQ(member(answer, "sites"), R"(["a.example","b.example"])");
  EXPECT_EQ(text_of(answer, "from") + text_of(answer, "status"), GetParam().ready + GetParam().in_progress);
  EXPECT_EQ(text_of(answer, "phase") + " " + text_of(answer, "owner"), GetParam().name + " a1");
  EXPECT_EQ(number_of(answer, "lease_s"), 1800);
  const std::string token = std::to_string(number_of(answer, "token"));
  EXPECT_EQ(text_of(child(answer, "next"), "complete"), "smbatcher " + complete_ + " --batch 003 --token " + token);
  expect_ok(sandbox_.run("check-claim", {"--batch", "3", "--token", token}), "OK:held");
  EXPECT_EQ(sandbox_.status_of("b.example"), GetParam().in_progress);
}

TEST_P(InPhase, StartsJustTheSitesNamed) {
  const ProcessResult result = sandbox_.run(start_, {"a.example", "--owner", "a1"});
  expect_ok(result, "OK:marked_in_progress");
  EXPECT_TRUE(result.out.find("\ntoken ") != std::string::npos &&
              result.out.find(", owner a1, until 2") != std::string::npos)
      << result.out;
  EXPECT_EQ(sandbox_.status_of("a.example") + sandbox_.status_of("b.example"),
            GetParam().in_progress + GetParam().ready);
  EXPECT_EQ(member(ask(sandbox_, start_, {"a.example", "--owner", "a1"}), "repeated"), "true");
}

TEST_P(InPhase, RefusesAStartThatCannotBe) {
  expect_untouched(sandbox_, start_, {"x.example"}, 2, "ERROR:domain_not_found:'x.example' is not in the registry");
  expect_untouched(sandbox_, start_, {"--batch", "9"}, 2, "ERROR:batch_not_found:no site is in batch '9'");
  expect_untouched(sandbox_, start_, {}, 2, "ERROR:missing_argument:name the work");
  expect_untouched(sandbox_, start_, {"a.example", "c.example"}, 2,
                   "ERROR:invalid_argument:'c.example' is in batch '004'");
  expect_untouched(sandbox_, start_, {"q.example"}, 1,
                   "FAIL:invalid_transition:q.example Q -> " + GetParam().in_progress);
  expect_untouched(sandbox_, start_, {"n.example"}, 1,
                   "FAIL:invalid_transition:n.example - -> " + GetParam().in_progress);
  expect_untouched(sandbox_, start_, {"--batch", "5"}, 1, "FAIL:not_ready:Q");
  start({"--batch", "3", "--owner", "a1"});
  expect_untouched(sandbox_, start_, {"--batch", "3", "--owner", "a2"}, 1, "FAIL:held:a1");
  expect_untouched(sandbox_, start_, {"a.example", "--owner", "a2"}, 1, "FAIL:held:a1");
  expect_untouched(sandbox_, start_, {"--batch", "4", "--owner", "a1"}, 1, "FAIL:owner_busy:003");
  expect_untouched(sandbox_, start_, {"c.example", "--owner", "a1"}, 1, "FAIL:owner_busy:003");
  expect_untouched(sandbox_, start_, {"--batch", "3", "--token", "1"}, 1, "FAIL:stale_claim:a1");
  expect_untouched(sandbox_, start_, {"--batch", "4", "--token", "1"}, 1, "FAIL:not_claimed:004");
}

TEST_P(InPhase, RefusesToStartABuriedSite) {
  expect_ok(sandbox_.run("bury", {"a.example", "--why", "x"}), "OK:buried");
  expect_untouched(sandbox_, start_, {"a.example"}, 1, "FAIL:buried:a.example");
}

TEST_P(InPhase, CompletesABatchOnce) {
  const std::string token = start({"--batch", "3"});
  build_site(sandbox_, "a.example");
  build_site(sandbox_, "b.example");
  expect_exactly(sandbox_, complete_, {"--batch", "3", "--token", token}, 0, GetParam().complete_line);
  EXPECT_EQ(sandbox_.status_of("a.example") + sandbox_.status_of("b.example"), GetParam().done + GetParam().done);
  const std::string before = sandbox_.registry();
  const Json again = ask(sandbox_, complete_, {"--batch", "3", "--token", token});
  EXPECT_EQ(text_of(again, "result") + member(again, "repeated"), "marked_completetrue");
  EXPECT_EQ(member(again, "sites"), R"(["a.example","b.example"])");
  EXPECT_EQ(sandbox_.registry(), before);
}

TEST_P(InPhase, CompletesAPartAndSaysWhatRemains) {
  const std::string token = start({"--batch", "3"});
  build_site(sandbox_, "a.example");
  const Json answer = ask(sandbox_, complete_, {"a.example", "--token", token});
  EXPECT_EQ(text_of(answer, "result") + member(answer, "sites") + member(answer, "remaining"),
            R"(marked_complete["a.example"]["b.example"])");
  expect_ok(sandbox_.run("check-claim", {"--token", token}), "OK:held");
}

TEST_P(InPhase, AcceptsWorkThatIsLateWhenNobodyTookIt) {
  build_site(sandbox_, "c.example");
  const std::string token = lapsed_claim_for(sandbox_, "a1", {"--phase", GetParam().name, "--batch", "4"});
  const Json answer = ask(sandbox_, complete_, {"--batch", "4", "--token", token});
  EXPECT_EQ(text_of(answer, "result") + member(answer, "late"), "marked_completetrue");
}

TEST_P(InPhase, RefusesACompletionThatCannotBe) {
  build_site(sandbox_, "a.example");
  build_site(sandbox_, "b.example");
  expect_untouched(sandbox_, complete_, {"--batch", "3", "--token", "1"}, 1, "FAIL:not_claimed:003");
  expect_untouched(sandbox_, complete_, {"--batch", "3", "--owner", "a1"}, 1, "FAIL:not_claimed:003");
  expect_untouched(sandbox_, complete_, {"x.example"}, 2, "ERROR:domain_not_found");
  expect_untouched(sandbox_, complete_, {}, 2, "ERROR:missing_argument");
  expect_untouched(sandbox_, complete_, {"--batch", "9"}, 2, "ERROR:batch_not_found");
  expect_untouched(sandbox_, complete_, {"a.example"}, 1,
                   "FAIL:invalid_transition:a.example " + GetParam().ready + " -> " + GetParam().done);
  const std::string old = lapsed_claim_for(sandbox_, "a1", {"--phase", GetParam().name, "--batch", "3"});
  start({"--batch", "3", "--owner", "a2"});
  expect_untouched(sandbox_, complete_, {"--batch", "3", "--token", old}, 1, "FAIL:stale_claim:a2");
  expect_untouched(sandbox_, complete_, {"--batch", "3", "--owner", "a1"}, 1, "FAIL:held:a2");
  expect_untouched(sandbox_, complete_, {"--batch", "3"}, 1, "FAIL:held:a2");
  expect_exactly(sandbox_, complete_, {"--batch", "3", "--force", "--why", "a person looked"}, 0,
                 GetParam().complete_line);
}

INSTANTIATE_TEST_SUITE_P(Phase, InPhase,
                         testing::Values(PhaseCase{"design", "B", "d", "D", "OK:marked_complete\n"},
                                         PhaseCase{"implement", "O", "i", "I", "OK:marked_complete:2/2\n"}),
                         [](const auto& each) { return each.param.name; });

TEST(DesignComplete, NamesTheHeadingsThatAreMissing) {
  const Sandbox sandbox({{"a.example", "003", "B"}, {"b.example", "003", "B"}});
  const std::string token = claim_for(sandbox, "a1", {"--phase", "design"});
  build_site(sandbox, "a.example");
  sandbox.dir().write("sites/b.example/DESIGN.md", "# b\n\n## Concept\n\n## palette ##\n\n```\n## Layout\n```\n");
  const std::string where =
      "missing in " + sandbox.dir().at("sites/b.example/DESIGN.md") + ": Typography, Layout, Components, Content\n";
  expect_exactly(sandbox, "design-complete", {"b.example", "--token", token}, 1,
                 "FAIL:missing_headings:Typography, Layout, Components, Content\n"
                 "nothing was changed; add what is missing and call again\n" +
                     where);
  expect_exactly(sandbox, "design-complete", {"--batch", "3", "--token", token}, 1,
                 "FAIL:missing_headings:b.example: Typography, Layout, Components, Content\n"
                 "nothing was changed; --passing completes the sites that pass\n" +
                     where);
  EXPECT_EQ(sandbox.status_of("a.example"), "d");
  expect_exactly(
      sandbox, "design-complete", {"--batch", "3", "--token", token, "--passing"}, 0,
      "OK:marked_complete\nremaining: b.example\nnot complete: b.example: Typography, Layout, Components, Content\n");
  EXPECT_EQ(sandbox.status_of("a.example") + sandbox.status_of("b.example"), "Dd");
}

TEST(ImplementComplete, NamesTheFilesThatAreMissing) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "003", "O"}});
  const std::string token = claim_for(sandbox, "a1");
  build_site(sandbox, "a.example");
  sandbox.dir().write("sites/b.example/index.html", "");
  const std::string folder = sandbox.dir().at("sites/b.example/");
  const std::string where = "missing: " + folder + "index.html, " + folder + "styles.css\n";
  expect_exactly(sandbox, "implement-complete", {"b.example", "--token", token}, 1,
                 "FAIL:missing_files:b.example: index.html, styles.css\n"
                 "nothing was changed; add what is missing and call again\n" +
                     where);
  const Json answer = ask(sandbox, "implement-complete", {"--batch", "3", "--token", token});
  EXPECT_EQ(text_of(answer, "reason") + member(answer, "missing"),
            R"(missing_files{"b.example":["index.html","styles.css"]})");
  expect_exactly(sandbox, "implement-complete", {"--token", token, "--passing"}, 0,
                 "OK:marked_complete:1/2\nremaining: b.example\nnot complete: b.example: index.html, styles.css\n");
  EXPECT_EQ(sandbox.status_of("a.example") + sandbox.status_of("b.example"), "Ii");
  expect_exactly(sandbox, "implement-complete", {"--token", token, "--passing"}, 1,
                 "FAIL:missing_files:b.example: index.html, styles.css\n"
                 "nothing was changed; add what is missing and call again\n" +
                     where);
}

TEST(ImplementComplete, SaysWhichOfTheRemainingSitesHaveNoRow) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "003", "O"}, {"c.example", "003", "O"}});
  const std::string token = claim_for(sandbox, "a1");
  sandbox.write_registry(Sandbox::registry_text({{"a.example", "003", "i"}, {"b.example", "003", "i"}}));
  build_site(sandbox, "a.example");
  expect_exactly(sandbox, "implement-complete", {"a.example", "--token", token}, 0,
                 "OK:marked_complete:1/1\nremaining: b.example, c.example (not in the registry)\nwarning: " +
                     sandbox.dir().at(".smbatcher/REGISTRY.md") +
                     ": lease_without_rows: 'a1' holds batch '003' (implement, token " + token +
                     "), but the registry has no row of c.example: bring them back (git checkout, git stash "
                     "pop), or release the claim\n");
}

TEST(ImplementStart, DoesNotCallABatchStartedThatItOnlyLocked) {
  const Sandbox sandbox({{"a.example", "003", "D"}});
  const ProcessResult result = sandbox.run("implement-start", {"--batch", "3", "--owner", "a1"});
  const bool says_started = result.out.starts_with("OK:marked_in_progress");
  EXPECT_EQ(says_started, sandbox.status_of("a.example") == "i") << result.out << sandbox.registry();
}

TEST(ImplementFinish, MarksWhatIsImplemented) {
  const Sandbox sandbox(
      {{"a.example", "003", "I"}, {"b.example", "003", "I"}, {"c.example", "003", "i"}, {"o.example", "004", "O"}});
  const Json answer = ask(sandbox, "implement-finish", {"a.example"});
  EXPECT_EQ(text_of(answer, "result") + member(answer, "sites") + text_of(answer, "from") + text_of(answer, "status"),
            R"(marked_done["a.example"]IQ)");
  expect_exactly(sandbox, "implement-finish", {"--batch", "3"}, 0, "OK:marked_done\n");
  EXPECT_EQ(sandbox.status_of("b.example") + sandbox.status_of("c.example"), "Qi");
  EXPECT_EQ(member(ask(sandbox, "implement-finish", {"--batch", "3"}), "repeated"), "true");
  expect_exactly(sandbox, "implement-finish", {"--batch", "4"}, 1, "FAIL:no_sites_to_mark:4\nno site of it is at I\n");
  expect_untouched(sandbox, "implement-finish", {"a.example", "c.example"}, 1,
                   "FAIL:invalid_transition:c.example i -> Q");
  expect_exactly(sandbox, "implement-finish", {"x.example"}, 2,
                 "ERROR:domain_not_found:'x.example' is not in the registry; did you mean 'a.example'?\n");
  expect_exactly(sandbox, "implement-finish", {}, 2, "ERROR:missing_argument:name the work: --batch ID or domains\n");
  expect_exactly(sandbox, "implement-finish", {"--batch", "9"}, 2, "ERROR:batch_not_found:no site is in batch '9'\n");
}

TEST(ImplementFinish, ChecksATokenBeforeAnythingElse) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "003", "I"}});
  const std::string token = claim_for(sandbox, "a1");
  expect_untouched(sandbox, "implement-finish", {"b.example", "--token", "1"}, 1, "FAIL:stale_claim:a1");
  expect_exactly(sandbox, "implement-finish", {"b.example", "--token", token}, 0, "OK:marked_done\n");
}

TEST(Lock, ClosesDesigns) {
  const Sandbox sandbox(
      {{"a.example", "003", "D"}, {"b.example", "003", "I"}, {"c.example", "004", "D"}, {"d.example", "005", "d"}});
  const ProcessResult first = sandbox.run("lock");
  expect_ok(first, "OK:locked:003");
  EXPECT_NE(first.out.find("state_lost"), std::string::npos) << "a site is in design, and no history tells of it";
  EXPECT_EQ(sandbox.status_of("a.example") + sandbox.status_of("b.example"), "OI");
  expect_exactly(sandbox, "lock", {"4"}, 0, "OK:locked:004\n");
  EXPECT_EQ(member(ask(sandbox, "lock", {"--batch", "4"}), "repeated"), "true");
  expect_exactly(sandbox, "lock", {}, 1,
                 "FAIL:no_domains\nno batch has all its designs done and waits to be locked: smbatcher find-next "
                 "--phase design --claim takes one to design\n");
  expect_exactly(sandbox, "lock", {"5"}, 1,
                 "FAIL:not_ready:d\n'd.example' of batch '005' has no finished design yet: its holder ends it with "
                 "smbatcher design-complete --batch 005\n");
  expect_exactly(sandbox, "lock", {"9"}, 2, "ERROR:batch_not_found:no site is in batch '9'\n");
  expect_exactly(sandbox, "find-next", {"--claim", "--format", "simple"}, 0, "003\n");
}

TEST(Lock, LeavesSomebodyElsesBatch) {
  const Sandbox sandbox({{"a.example", "003", "D"}, {"b.example", "004", "Q"}});
  const std::string token = claim_for(sandbox, "a1");
  expect_untouched(sandbox, "lock", {"3"}, 1, "FAIL:held:a1");
  expect_untouched(sandbox, "lock", {"3", "--token", "1"}, 1, "FAIL:stale_claim:a1");
  expect_exactly(sandbox, "lock", {"3", "--token", token, "--dry-run"}, 0,
                 "OK:dry_run\nno row would change; the answer would be OK:locked:003 for a.example\n");
  expect_exactly(sandbox, "lock", {"4"}, 1,
                 "FAIL:no_domains:004\nbatch '004' is past this step, its sites are implemented: smbatcher status 004 "
                 "shows how far it is\n");
  expect_exactly(sandbox, "lock", {"3", "--token", token}, 0, "OK:locked:003\n");
  expect_ok(sandbox.run("find-next", {"--claim", "--token", token, "--batch", "3", "--format", "text"}),
            "OK:claimed:003");
  expect_exactly(sandbox, "lock", {"3", "--token", token}, 1,
                 "FAIL:no_domains:003\nthe designs of batch '003' are closed already: smbatcher status 003 shows how "
                 "far it is\n");
  expect_ok(sandbox.run("release", {"--batch", "3", "--token", token}), "OK:released");
  expect_ok(sandbox.run("bury", {"a.example", "--why", "no text"}), "OK:buried");
  expect_exactly(
      sandbox, "lock", {"3"}, 1,
      "FAIL:no_domains:003\nno site of batch '003' can be locked, all are buried: smbatcher status 003 shows "
      "how far it is\n");
}

TEST(Lock, NamesTheNextStep) {
  const auto said = [](const std::vector<Sandbox::Site>& sites, const Args& args) {
    return Sandbox(sites).run("lock", args).out;
  };
  EXPECT_EQ(said({{"a.example", "001", "B"}}, {"001"}),
            "FAIL:not_ready:B\n'a.example' of batch '001' has no finished design yet: smbatcher find-next --phase "
            "design --batch 001 --claim takes it to design\n");
  const std::string none = "FAIL:no_domains\nno batch has all its designs done and waits to be locked: smbatcher ";
  EXPECT_EQ(said({{"a.example", "", "-"}}, {}), none + "prepare-batch groups the registered sites into batches\n");
  EXPECT_EQ(said({{"a.example", "001", "O"}}, {}), none + "find-next --claim takes the next one to implement\n");
}

}  // namespace
}  // namespace smbatcher::test

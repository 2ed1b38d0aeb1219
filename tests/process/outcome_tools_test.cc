#include <filesystem>

#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// prepare-info, design-register, design-batch, metrics-completion-rate and the two ci-dry-run tools.

namespace fs = std::filesystem;

constexpr const char* kBegin =
    "smbatcher prepare-register --sites \"bakery.example:Bakery:Family bakery:warm\" begins one";

using Environment = std::map<std::string, std::optional<std::string>>;

ProcessResult run_with(const Sandbox& sandbox, const std::string& tool, const Args& args, const Environment& env,
                       const std::string& input = {}) {
  Command command = sandbox.command(tool, args);
  command.input = input;
  for (const auto& [name, value] : env) {
    command.env[name] = value;
  }
  ProcessResult result = run(command);
  EXPECT_EQ(result.err, "");
  return result;
}

/// An ERROR whose first line begins with `line`.
void expect_error_like(const ProcessResult& result, const std::string& line,
                       std::source_location at = std::source_location::current()) {
  if (result.status != 2 || !result.out.starts_with(line)) {
    ADD_FAILURE_AT(at.file_name(), static_cast<int>(at.line()))
        << result.command << "\n  expected " << line << "\n  but got " << result.out;
  }
}

/// A folder of programs that do nothing, to be PATH.
std::string programs(const Sandbox& sandbox, const Args& names) {
  for (const std::string& name : names) {
    sandbox.dir().write("programs/" + name, "#!/bin/sh\n");
    fs::permissions(sandbox.dir().at("programs/" + name), fs::perms::owner_all);
  }
  sandbox.dir().make_dir("programs");
  return sandbox.dir().at("programs");
}

/// A check of prepare-info by its name; null when there is none.
Json check_named(const Json& answer, std::string_view name) {
  for (std::size_t i = 0; i < count_of(answer, "checks"); ++i) {
    if (text_of(item(answer, "checks", i), "name") == name) {
      return item(answer, "checks", i);
    }
  }
  return {};
}

TEST(PrepareInfo, SaysThatAllIsThere) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "004", "O"}});
  const Environment env{{"PATH", programs(sandbox, {"git", "node"})}};
  const Listing before = listing(sandbox.dir().path());
  const ProcessResult result = run_with(sandbox, "prepare-info", {}, env);
  EXPECT_EQ(result.status, 0);
  const std::string top = sandbox.dir().path();
  const std::string folder = top + "/.smbatcher";
  const auto absent = [](const std::string& name, const std::string& path) {
    return name + ": ok: '" + path + "' is not there yet; it is made when it is needed\n";
  };
  const std::string expected = "OK:info_complete\nregistry: ok: '" + folder +
                               "/REGISTRY.md', 2 sites, 2 batches\nconfig: ok: there is no '" + folder +
                               "/config.yml': the defaults hold\n" + absent("sites", top + "/sites") +
                               absent("batches", folder + "/batches") + absent("claims", folder + "/state/claims") +
                               absent("logs", folder + "/logs") + "write: ok: you may write to '" + folder +
                               "' and to what belongs to the queue in it\nfile_system: ok: ";
  EXPECT_TRUE(result.out.starts_with(expected)) << result.out << "\nexpected:\n" << expected;
  EXPECT_TRUE(result.out.ends_with("\nflock: ok: a second process was kept out\ngit: ok: '" + top +
                                   "/programs/git'\nnode: ok: '" + top + "/programs/node'\n"))
      << result.out;
  EXPECT_EQ(difference(before, listing(top)), "") << "no probe is left behind";
}

TEST(PrepareInfo, SaysHowToBeginWhereThereIsNoRegistry) {
  const Sandbox sandbox;
  expect_untouched(sandbox, "prepare-info", {}, 1, "FAIL:missing_prerequisites:registry\n");
  const ProcessResult result = sandbox.run("prepare-info");
  EXPECT_NE(result.out.find("\nregistry: missing: there is no '" + sandbox.dir().at(".smbatcher/REGISTRY.md") + "'; " +
                            kBegin + "\n"),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("\nflock: ok: "), std::string::npos) << result.out;
  const Json answer = ask(sandbox, "prepare-info", {});
  EXPECT_EQ(text_of(answer, "reason") + " " + text_of(check_named(answer, "registry"), "next"),
            std::string("missing_prerequisites ") + kBegin);
  expect_ok(sandbox.run("prepare-register", {"--sites", "bakery.example:Bakery:Family bakery:warm"}), "OK:registered");
  expect_ok(sandbox.run("prepare-info"), "OK:info_complete");
}

TEST(PrepareInfo, SaysThatTheNamedRegistryIsNotThere) {
  const Sandbox sandbox;
  const ProcessResult result = sandbox.run("prepare-info", {"--registry", "no/where.md"});
  expect_fail(result, "FAIL:missing_prerequisites:registry");
  EXPECT_NE(result.out.find("which --registry names"), std::string::npos) << result.out;
  EXPECT_TRUE(sandbox.dir().list().empty());
}

TEST(PrepareInfo, DoesWithoutProgramsThatAQueueDoesNotNeed) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  const Environment env{{"PATH", programs(sandbox, {})}};
  const ProcessResult result = run_with(sandbox, "prepare-info", {}, env);
  expect_ok(result, "OK:info_complete");
  EXPECT_TRUE(
      result.out.ends_with("\ngit: warning: no program of this name is on PATH; install git: registry, config "
                           "and batch files belong into a repository\nnode: warning: no program of this name "
                           "is on PATH; install Node.js: it reads the scripts of sites\n"))
      << result.out;
  const Json answer = json(run_with(sandbox, "prepare-info", {"--format", "json"}, env));
  EXPECT_EQ(member(check_named(answer, "git"), "ok") + member(check_named(answer, "git"), "needed"), "falsefalse");
  EXPECT_EQ(member(check_named(answer, "flock"), "ok") + member(check_named(answer, "flock"), "needed"), "truetrue");
}

TEST(PrepareInfo, NamesWhatIsDamaged) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "003", "X"}});
  sandbox.dir().write("sites", "a file");
  const ProcessResult result = sandbox.run("prepare-info");
  expect_fail(result, "FAIL:missing_prerequisites:sites");
  EXPECT_NE(result.out.find(", 2 sites, 1 batch, 1 damaged row\n"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("\nsites: missing: '" + sandbox.dir().at("sites") +
                            "' is not a folder; move it away, or name another folder in config.yml\n"),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("\nwarning: " + sandbox.dir().at(".smbatcher/REGISTRY.md") + ":6: unknown_status: "),
            std::string::npos)
      << result.out;
  const std::string config = sandbox.dir().at(".smbatcher/config.yml");
  sandbox.dir().write(".smbatcher/config.yml", "leese: 2h\n");
  expect_fail(sandbox.run("prepare-info"), "FAIL:missing_prerequisites:config, sites");
  EXPECT_NE(sandbox.run("prepare-info").out.find("\nconfig: missing: " + config + ":1: "), std::string::npos);
  sandbox.write_registry("");
  expect_fail(sandbox.run("prepare-info"), "FAIL:missing_prerequisites:registry, config, sites");
}

TEST(PrepareInfo, SaysThatTheRegistryCannotBeReplaced) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  fs::create_hard_link(sandbox.dir().at(".smbatcher/REGISTRY.md"), sandbox.dir().at("second name"));
  const ProcessResult result = sandbox.run("prepare-info");
  expect_fail(result, "FAIL:missing_prerequisites:write");
  EXPECT_NE(result.out.find("; make it an ordinary file of yours or of a group of yours\n"), std::string::npos)
      << result.out;
}

TEST(PrepareInfo, DoesNotWaitForWhoeverHoldsTheLock) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  claim_for(sandbox, "a1");  // makes the lock file
  const std::string lock = sandbox.dir().at(".smbatcher/REGISTRY.lock");
  const ProcessResult result = run(
      {.argv = {"flock", lock, tool_path("prepare-info")}, .env = clean_environment(), .cwd = sandbox.dir().path()});
  expect_ok(result, "OK:info_complete");
}

TEST(DesignRegister, AddsSitesAndCreatesTheRegistry) {
  const Sandbox sandbox;
  expect_exactly(sandbox, "design-register", {"--sites", "a.example:A:x:y", "--sites", "b.example:B::"}, 0,
                 "OK:registered:2\n");
  EXPECT_EQ(sandbox.status_of("a.example") + sandbox.status_of("b.example"), "--");
  expect_exactly(sandbox, "design-register", {"--sites", "c.example:C::", "--sites", "a.example:A::"}, 1,
                 "FAIL:already_registered:a.example\nnone was added: leave these out and call again\n");
  EXPECT_EQ(sandbox.status_of("c.example"), "");
  expect_untouched(sandbox, "design-register", {"--sites", "c.example:C::", "--dry-run"}, 0,
                   "OK:dry_run\nc.example (new) -> -\n");
  expect_exactly(sandbox, "design-register", {"--sites", "c.example:C::", "--owner", "anna"}, 0, "OK:registered:1\n");
  EXPECT_EQ(member(ask(sandbox, "design-register", {"--sites", "c.example:C::", "--owner", "anna"}), "repeated"),
            "true");
}

TEST(DesignRegister, RefusesEntriesThatAreNone) {
  const Sandbox sandbox;
  expect_untouched(sandbox, "design-register", {}, 2,
                   "ERROR:no_sites:--sites is required: --sites \"domain:Name:Description:Theme\"\n");
  expect_untouched(sandbox, "design-register", {"--sites"}, 2, "ERROR:missing_argument:--sites needs a value");
  expect_untouched(sandbox, "design-register", {"--sites", "a.example:A"}, 2,
                   "ERROR:invalid_argument:'a.example:A' has 2 fields, not 4");
  expect_untouched(sandbox, "design-register", {"--sites", "a.example:\xff::"}, 2, "ERROR:invalid_argument:");
  expect_untouched(sandbox, "design-register", {"--sites", "../x:A::"}, 2, "ERROR:invalid_domain:");
  expect_untouched(sandbox, "design-register", {"--sites", "a.example:A::", "--sites", "a.example:A::"}, 2,
                   "ERROR:duplicate_domain:");
  expect_untouched(sandbox, "design-register", {"a.example"}, 2, "ERROR:invalid_argument:unexpected argument");
}

TEST(DesignBatch, MakesOneBatchOfExactlyTheseSites) {
  const Sandbox sandbox({{"a.example", "007", "O"},
                         {"b.example", "", "-"},
                         {"c.example", "", "-"},
                         {"d.example", "", "-"},
                         {"e.example", "", "-"}});
  sandbox.dir().write(".smbatcher/config.yml", "batch_size: 1\n");
  expect_untouched(sandbox, "design-batch", {"d.example", "--dry-run"}, 0,
                   "OK:dry_run\nd.example - -> B (batch 008)\n");
  expect_exactly(sandbox, "design-batch", {"B.example", "--sites", "d.example:D:x:y", "b.example"}, 0,
                 "OK:batch_created:008\n");
  EXPECT_EQ(sandbox.status_of("b.example") + sandbox.status_of("c.example") + sandbox.status_of("d.example"), "B-B");
  EXPECT_EQ(sandbox.dir().list(".smbatcher/batches"), std::vector<std::string>{"batch-008.md"});
  const Json answer = ask(sandbox, "design-batch", {"e.example", "c.example"});
  EXPECT_EQ(member(answer, "batches") + member(answer, "sites"), R"(["009"]["e.example","c.example"])");
}

TEST(DesignBatch, RefusesEntriesThatAreNone) {
  const Sandbox sandbox({{"o.example", "001", "O"}, {"n.example", "", "-"}});
  expect_untouched(sandbox, "design-batch", {}, 2,
                   "ERROR:no_entries:name the registered sites of the batch: smbatcher design-batch DOMAIN…\n");
  expect_untouched(sandbox, "design-batch", {"--sites"}, 2, "ERROR:missing_argument:--sites needs a value");
  expect_untouched(sandbox, "design-batch", {"--sites", "n.example"}, 2, "ERROR:invalid_argument:");
  expect_untouched(sandbox, "design-batch", {"no host"}, 2, "ERROR:invalid_domain:");
  expect_untouched(sandbox, "design-batch", {"n.example", "x.example"}, 2, "ERROR:domain_not_found:");
  expect_untouched(sandbox, "design-batch", {"n.example", "o.example"}, 1,
                   "FAIL:invalid_transition:o.example O -> B\n");
  expect_error(Sandbox().run("design-batch", {"n.example"}), "ERROR:registry_not_found");
}

TEST(MetricsCompletionRate, TellsTheShareAtOrPastAStatus) {
  const Sandbox sandbox({{"a.example", "003", "I"}, {"b.example", "003", "O"}, {"q.example", "004", "Q"}});
  expect_untouched(sandbox, "metrics-completion-rate", {"--status", "I"}, 0,
                   "OK:rate:0.6666\n2 of 3 sites at I or past it\n");
  expect_exactly(sandbox, "metrics-completion-rate", {"--status", "O"}, 0,
                 "OK:rate:1.00\n3 of 3 sites at O or past it\n");
  expect_exactly(sandbox, "metrics-completion-rate", {"--status=-"}, 0, "OK:rate:1.00\n3 of 3 sites at - or past it\n");
  expect_exactly(sandbox, "metrics-completion-rate", {"--status", "I", "--batch", "3"}, 0,
                 "OK:rate:0.50\n1 of 2 sites in batch 003 at I or past it\n");
  expect_exactly(sandbox, "metrics-completion-rate", {"--status", "Q", "--batch", "3", "--format", "json"}, 0,
                 R"({"result":"rate","batch":"003","status":"Q","rate":0.0,"done":0,"total":2,"registry":")" +
                     sandbox.dir().at(".smbatcher/REGISTRY.md") + "\",\"exit_code\":0}\n");
}

TEST(MetricsCompletionRate, IsNotOneUntilAllAreThere) {
  std::vector<Sandbox::Site> sites;
  for (int i = 0; i < 20001; ++i) {
    sites.push_back({"s" + std::to_string(i) + ".example", "001", i == 7 ? "O" : "Q"});
  }
  expect_exactly(Sandbox(sites), "metrics-completion-rate", {"--status", "Q"}, 0,
                 "OK:rate:0.9999\n20000 of 20001 sites at Q or past it\n");
}

TEST(MetricsCompletionRate, IsZeroOfNoSites) {
  const Sandbox empty(std::vector<Sandbox::Site>{});
  expect_exactly(empty, "metrics-completion-rate", {"--status", "I"}, 0,
                 "OK:rate:0.00\nthere is no site: the rate of none is 0\n");
  const Sandbox damaged({{"a.example", "003", "X"}});
  const Json answer = ask(damaged, "metrics-completion-rate", {"--status", "I", "--batch", "3"});
  EXPECT_EQ(member(answer, "rate") + " " + member(answer, "total"), "0.0 1");  // what cannot be read is not done
  EXPECT_EQ(text_of(item(answer, "warnings", 0), "code"), "unknown_status");
}

TEST(MetricsCompletionRate, RefusesWhatItCannotCount) {
  const Sandbox sandbox({{"a.example", "003", "I"}});
  expect_untouched(sandbox, "metrics-completion-rate", {}, 2,
                   "ERROR:missing_args:--status is required: one of - B d D O i I Q, e.g. --status I\n");
  expect_untouched(sandbox, "metrics-completion-rate", {"--status", "X"}, 2,
                   "ERROR:invalid_argument:--status 'X' is not one of - B d D O i I Q\n");
  expect_untouched(sandbox, "metrics-completion-rate", {"--status", "I", "--batch", "44"}, 2,
                   "ERROR:batch_not_found:no site is in batch '44'\n");
  expect_error(Sandbox().run("metrics-completion-rate", {"--status", "I"}), "ERROR:registry_not_found");
}

TEST(CiDryRunBatchId, TakesTheEnvironmentsBatch) {
  const Sandbox sandbox;  // no registry is needed then
  const ProcessResult result = run_with(sandbox, "ci-dry-run-batch-id", {}, {{"BATCH_ID", "042"}});
  EXPECT_EQ(result.out, "OK:batch_id:042\nBATCH_ID says so\n");
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(run_with(sandbox, "ci-dry-run-batch-id", {"--format", "json"}, {{"BATCH_ID", "042"}}).out,
            "{\"result\":\"batch_id\",\"batch\":\"042\",\"source\":\"BATCH_ID\",\"exit_code\":0}\n");
}

TEST(CiDryRunBatchId, ElseTakesWhatTheNextClaimWould) {
  const Sandbox sandbox({{"p.example", "001", "B"}, {"a.example", "003", "O"}});
  expect_untouched(sandbox, "ci-dry-run-batch-id", {}, 0, "OK:batch_id:003\nthe next batch of phase implement\n");
  expect_untouched(sandbox, "ci-dry-run-batch-id", {"--phase", "design"}, 0,
                   "OK:batch_id:001\nthe next batch of phase design\n");
  claim_for(sandbox, "a1");
  expect_untouched(sandbox, "ci-dry-run-batch-id", {}, 0, "OK:batch_id:001\nthe next batch of phase design\n");
  expect_untouched(sandbox, "ci-dry-run-batch-id", {"--owner", "a1"}, 0,
                   "OK:batch_id:003\nthe next batch of phase implement\n");
  EXPECT_EQ(run_with(sandbox, "ci-dry-run-batch-id", {}, {{"BATCH_ID", ""}}).out,
            "OK:batch_id:001\nthe next batch of phase design\n");
}

TEST(CiDryRunBatchId, SaysWhatIsMissing) {
  const Sandbox finished({{"q.example", "001", "Q"}});
  const std::string no_next = "ERROR:missing_env:set BATCH_ID to the batch to look at; there is no next one: ";
  expect_exactly(finished, "ci-dry-run-batch-id", {}, 2, no_next + "everything is past phase implement\n");
  expect_error_like(Sandbox().run("ci-dry-run-batch-id"), no_next + "no registry in ");
  EXPECT_EQ(run_with(finished, "ci-dry-run-batch-id", {}, {{"BATCH_ID", "a\nb=c"}}).out,
            "ERROR:invalid_argument:BATCH_ID is 'a\\nb=c', which is not a batch id: 1 to 64 letters, digits, '.', '_' "
            "and '-'\n");
  finished.dir().write(".smbatcher/config.yml", "leese: 2h\n");
  expect_error(finished.run("ci-dry-run-batch-id"), "ERROR:config_invalid");
}

TEST(CiDryRunBatchId, HandsTheBatchOnToTheWorkflow) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  const Environment env{{"GITHUB_OUTPUT", sandbox.dir().at("output")}};
  expect_ok(run_with(sandbox, "ci-dry-run-batch-id", {}, env), "OK:batch_id");
  EXPECT_EQ(sandbox.dir().read("output"), "batch_id=003\n");
  sandbox.dir().write("output", "earlier=1");  // the line of an earlier step is not ended
  expect_ok(run_with(sandbox, "ci-dry-run-batch-id", {}, env), "OK:batch_id");
  EXPECT_EQ(sandbox.dir().read("output"), "earlier=1\nbatch_id=003\n");
  Environment bad = env;
  bad["BATCH_ID"] = "../x";
  expect_error(run_with(sandbox, "ci-dry-run-batch-id", {}, bad), "ERROR:invalid_argument");
  EXPECT_EQ(sandbox.dir().read("output"), "earlier=1\nbatch_id=003\n");
}

TEST(CiDryRunBatchId, SaysThatItCannotHandItOn) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  const auto output_to = [&](const std::string& path) {
    return run_with(sandbox, "ci-dry-run-batch-id", {}, {{"GITHUB_OUTPUT", path}});
  };
  expect_error(output_to(sandbox.dir().at("no/folder")), "ERROR:not_found");
  expect_error(output_to(sandbox.dir().path()), "ERROR:not_a_regular_file");
  fs::create_symlink("elsewhere", sandbox.dir().at("link"));
  expect_error(output_to(sandbox.dir().at("link")), "ERROR:not_a_regular_file");
  EXPECT_FALSE(sandbox.dir().exists("elsewhere"));
}

TEST(CiDryRunLimitSites, KeepsTheFirst) {
  const Sandbox sandbox;
  expect_exactly(sandbox, "ci-dry-run-limit-sites", {"--limit", "2", "A.example", "b.example", "c.example"}, 0,
                 "OK:limited:2\na.example\nb.example\n");
  expect_exactly(sandbox, "ci-dry-run-limit-sites", {"a.example, b.example", "c.example"}, 0,
                 "OK:limited:3\na.example\nb.example\nc.example\n");
  const std::string input = "a.example\r\nb.example,c.example\n\n d.example\te.example";
  EXPECT_EQ(run_with(sandbox, "ci-dry-run-limit-sites", {}, {{"SITE_LIMIT", "4"}}, input).out,
            "OK:limited:4\na.example\nb.example\nc.example\nd.example\n");
  EXPECT_EQ(run_with(sandbox, "ci-dry-run-limit-sites", {"--limit", "1"}, {{"SITE_LIMIT", "4"}}, input).out,
            "OK:limited:1\na.example\n");
  EXPECT_EQ(run_with(sandbox, "ci-dry-run-limit-sites", {"--format", "json"}, {{"SITE_LIMIT", "1"}}, input).out,
            "{\"result\":\"limited\",\"sites\":[\"a.example\"],\"total\":5,\"limit\":1,\"exit_code\":0}\n");
}

TEST(CiDryRunLimitSites, SaysThatNothingIsLeft) {
  const Sandbox sandbox;
  expect_exactly(sandbox, "ci-dry-run-limit-sites", {}, 0, "OK:empty\n");
  expect_exactly(sandbox, "ci-dry-run-limit-sites", {"--limit", "0", "a.example"}, 0, "OK:empty\n");
  EXPECT_EQ(run_with(sandbox, "ci-dry-run-limit-sites", {"--format", "json"}, {{"SITE_LIMIT", ""}}, "\n \n").out,
            "{\"result\":\"empty\",\"sites\":[],\"total\":0,\"exit_code\":0}\n");
}

TEST(CiDryRunLimitSites, HandsTheSitesOnToTheWorkflow) {
  const Sandbox sandbox;
  const Environment env{{"GITHUB_OUTPUT", sandbox.dir().at("output")}};
  run_with(sandbox, "ci-dry-run-limit-sites", {"--limit", "2"}, env, "a.example\nb.example\nc.example\n");
  EXPECT_EQ(sandbox.dir().read("output"), "sites=a.example b.example\n");
  run_with(sandbox, "ci-dry-run-limit-sites", {}, env);
  EXPECT_EQ(sandbox.dir().read("output"), "sites=a.example b.example\nsites=\n");
}

TEST(CiDryRunLimitSites, RefusesBadNumbersAndNames) {
  const Sandbox sandbox;
  for (const char* number : {"-1", "2x", " 2", "99999999999999999999", "\xff"}) {
    const ProcessResult result = run_with(sandbox, "ci-dry-run-limit-sites", {"a.example"}, {{"SITE_LIMIT", number}});
    expect_error_like(result, "ERROR:invalid_argument:SITE_LIMIT is '");
  }
  expect_error(sandbox.run("ci-dry-run-limit-sites", {"--limit", "two", "a.example"}),
               "ERROR:invalid_argument:--limit 'two' is not a whole number from 0 to 18446744073709551615");
  const Environment env{{"GITHUB_OUTPUT", sandbox.dir().at("output")}};
  for (const char* list : {"a.example $(id)", "a.example;b.example", "../x", "\xff", "a.example\n\"b\""}) {
    expect_error(run_with(sandbox, "ci-dry-run-limit-sites", {}, env, list), "ERROR:invalid_domain");
  }
  EXPECT_FALSE(sandbox.dir().exists("output"));
  expect_error(run_with(sandbox, "ci-dry-run-limit-sites", {}, env, std::string((8U << 20U) + 1, ' ')),
               "ERROR:file_too_large");
}

}  // namespace
}  // namespace smbatcher::test

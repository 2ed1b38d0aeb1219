#include <filesystem>

#include "tests/process/schema_answers.h"
#include "tools/support/operations.h"

namespace smbatcher::test {
namespace {

// Each tool's JSON in many outcomes fits the schema that the tool prints. The schemas name every key of a success and
// every reason of a refusal, so an answer that nobody described fails here.

void look(Answers& answers) {
  const Sandbox sandbox = full_sandbox();
  answers.run(sandbox, "find-next", {}, 0);
  answers.run(sandbox, "find-next", {"--mode", "sites", "--limit", "1"}, 0);
  answers.run(sandbox, "find-next", {"--mode", "status"}, 0);
  answers.run(sandbox, "find-next", {"--mode", "active"}, 1);
  answers.run(sandbox, "find-next", {"--claim", "--dry-run"}, 0);
  answers.run(sandbox, "find-next", {"--batch", "9"}, 2);
  answers.run(sandbox, "find-next", {"--batch", "7"}, 1);
  answers.run(sandbox, "find-next", {"--nonsense"}, 2);
  answers.run(sandbox, "status", {}, 0);
  answers.run(sandbox, "status", {"8"}, 0);
  answers.run(sandbox, "status", {"9"}, 2);
  answers.run(Sandbox({{"n.example", "", "-"}}), "status", {}, 0);
  answers.run(Sandbox({{"n.example", "", "X"}}), "status", {}, 2);
  answers.run(sandbox, "check-registry", {}, 1);
  answers.run(Sandbox({{"n.example", "", "-"}}), "check-registry", {}, 0);
  answers.run(Sandbox(""), "check-registry", {}, 2);
  answers.run(sandbox, "status-report", {}, 0);
  answers.run(sandbox, "status-report", {"--html", "report.html"}, 0);
  answers.run(Sandbox(), "status-report", {}, 2);
  answers.run(sandbox, "metrics-batch-counts", {}, 0);
  answers.run(Sandbox(), "metrics-batch-counts", {}, 2);
  answers.run(sandbox, "dry-run", {}, 0);
  answers.run(Sandbox({{"q.example", "007", "Q"}}), "dry-run", {}, 0);
  answers.run(sandbox, "dry-run", {"a"}, 2);
}

void work_in_implement(Answers& answers) {
  const Sandbox sandbox = full_sandbox();
  const Json claim = answers.run(sandbox, "find-next", {"--claim", "--owner", "a1", "--limit", "1"}, 0);
  const std::string token = token_of(claim);
  answers.run(sandbox, "find-next", {"--claim", "--owner", "a1"}, 0);
  answers.run(sandbox, "find-next", {"--owner", "a1"}, 0);
  answers.run(sandbox, "find-next", {"--claim", "--owner", "a1", "--batch", "4"}, 1);
  answers.run(sandbox, "find-next", {"--claim", "--owner", "a2", "--batch", "3"}, 1);
  answers.run(sandbox, "find-next", {"--claim", "--batch", "3", "--token", "1"}, 1);
  answers.run(sandbox, "find-next", {"--claim", "--token", "1"}, 1);
  answers.run(sandbox, "find-next", {"--mode", "active"}, 0);
  answers.run(sandbox, "find-next", {"--claim", "--owner", "a2"}, 0);  // locks
  answers.run(sandbox, "find-next", {"--claim", "--owner", "a3"}, 1);
  answers.run(sandbox, "status", {"3"}, 0);
  answers.run(sandbox, "dry-run", {}, 0);
  for (const char* tool : {"check-claim", "heartbeat"}) {
    answers.run(sandbox, tool, {"--batch", "3", "--token", token}, 0);
    answers.run(sandbox, tool, {"--batch", "3", "--token", "1"}, 1);
    answers.run(sandbox, tool, {"--batch", "5", "--token", "1"}, 1);
    answers.run(sandbox, tool, {"--batch", "3", "--owner", "zz"}, 1);
    answers.run(sandbox, tool, {}, 2);
  }
  answers.run(sandbox, "heartbeat", {"--owner", "a1"}, 0);
  answers.run(sandbox, "heartbeat", {"--owner", "zz"}, 1);
  answers.run(sandbox, "heartbeat", {"--owner", "a1", "--dry-run"}, 0);
  answers.run(sandbox, "implement-complete", {"--token", token}, 1);
  answers.run(sandbox, "implement-complete", {"--batch", "3"}, 1);
  answers.run(sandbox, "implement-complete", {"q.example"}, 1);
  answers.run(sandbox, "implement-complete", {"none.example"}, 2);
  build_site(sandbox, "a.example");
  answers.run(sandbox, "implement-complete", {"--token", token, "--passing", "--dry-run"}, 0);
  answers.run(sandbox, "implement-complete", {"--token", token, "--passing"}, 0);
  answers.run(sandbox, "release", {"b.example", "--token", token, "--dry-run"}, 0);
  answers.run(sandbox, "release", {"a.example", "--token", token}, 1);
  answers.run(sandbox, "release", {"--batch", "3", "--token", token, "--delay", "10m"}, 0);
  answers.run(sandbox, "release", {"--batch", "3", "--token", token}, 0);
  answers.run(sandbox, "release", {"--batch", "5", "--token", "1"}, 1);
  answers.run(sandbox, "release", {"--batch", "9"}, 2);
  answers.run(sandbox, "status", {"3"}, 0);
  answers.run(sandbox, "implement-start", {"c.example", "--owner", "a4"}, 1);
  answers.run(sandbox, "implement-finish", {"--batch", "6", "--dry-run"}, 0);
  answers.run(sandbox, "implement-finish", {"--batch", "6"}, 0);
  answers.run(sandbox, "implement-finish", {"i.example", "q.example"}, 0);
  answers.run(sandbox, "implement-finish", {"--batch", "5"}, 1);
  answers.run(sandbox, "implement-finish", {"d.example"}, 1);
  answers.run(sandbox, "implement-finish", {}, 2);
  answers.run(sandbox, "history", {}, 0);
  answers.run(sandbox, "history", {"--since", "soon"}, 2);
}

void start_and_end(Answers& answers) {
  const Sandbox sandbox = full_sandbox();
  for (const std::string phase : {"design", "implement"}) {
    const std::string batch = phase == "design" ? "5" : "3";
    const std::string domain = phase == "design" ? "d.example" : "a.example";
    answers.run(sandbox, phase + "-start", {"--batch", batch, "--dry-run"}, 0);
    answers.run(sandbox, phase + "-start", {domain, "--owner", "a1"}, 0);
    answers.run(sandbox, phase + "-start", {domain, "--owner", "a1"}, 0);
    answers.run(sandbox, phase + "-start", {"--batch", batch, "--owner", "a1"}, 0);
    answers.run(sandbox, phase + "-start", {"--batch", batch, "--owner", "a2"}, 1);
    answers.run(sandbox, phase + "-start", {"--batch", "7"}, 1);
    answers.run(sandbox, phase + "-start", {"q.example"}, 1);
    answers.run(sandbox, phase + "-start", {"none.example"}, 2);
    answers.run(sandbox, phase + "-complete", {"--batch", batch, "--owner", "a1"}, 1);
    build_site(sandbox, "a.example");
    build_site(sandbox, "d.example");
    answers.run(sandbox, phase + "-complete", {domain, "--owner", "a1"}, 0);
    answers.run(sandbox, phase + "-complete", {domain, "--owner", "a1"}, 0);
    answers.run(sandbox, phase + "-complete", {"--batch", batch, "--owner", "a2"}, 1);
    answers.run(sandbox, phase + "-complete", {}, 2);
  }
  answers.run(sandbox, "reap", {}, 0);
  answers.run(sandbox, "reap", {"--dry-run"}, 0);
  answers.run(sandbox, "reap", {"--batch", "3"}, 1);
  answers.run(sandbox, "reap", {"--force", "--why", "x"}, 2);
  answers.run(sandbox, "reap", {"--batch", "3", "--force", "--why", "x", "--dry-run"}, 0);
  answers.run(sandbox, "reap", {"--batch", "3", "--force", "--why", "x"}, 0);
  const std::string token = lapsed_claim_for(sandbox, "dead", {"--batch", "3"});
  answers.run(sandbox, "check-claim", {"--batch", "3", "--token", token}, 0);
  answers.run(sandbox, "status", {"3"}, 0);
  answers.run(sandbox, "find-next", {}, 0);
  answers.run(sandbox, "heartbeat", {"--token", token}, 0);
  build_site(sandbox, "b.example");
  answers.run(sandbox, "implement-complete", {"--token", token}, 0);
  answers.run(sandbox, "history", {"--limit", "3"}, 0);
}

void run_phases(Answers& answers) {
  const Sandbox sandbox = full_sandbox();
  for (const std::string tool : {"design-run", "implement-run"}) {
    const std::string batch = tool == "design-run" ? "5" : "3";
    answers.run(sandbox, tool, {"--dry-run"}, 0);
    answers.run(sandbox, tool, {"--batch", "7"}, 1);
    answers.run(sandbox, tool, {"--loop"}, 2);
    const std::string token = token_of(answers.run(sandbox, tool, {"--batch", batch, "--owner", "a1"}, 0));
    answers.run(sandbox, tool, {"--batch", batch, "--owner", "a2"}, 1);
    build_site(sandbox, tool == "design-run" ? "d.example" : "a.example");
    answers.run(sandbox, tool, {"--token", token}, 1);
    build_site(sandbox, tool == "design-run" ? "e.example" : "b.example");
    answers.run(sandbox, tool, {"--token", token}, 0);
    answers.run(sandbox, tool, {"--token", token}, 0);
    answers.run(sandbox, tool, {"--token", "1"}, 1);
  }
  const Sandbox more({{"a.example", "001", "O"}, {"b.example", "002", "O"}, {"c.example", "003", "O"}});
  for (const char* const domain : {"a.example", "b.example"}) {
    build_site(more, domain);
  }
  answers.run(more, "implement-run", {"--exec", "no-such-program"}, 2);
  answers.run(more, "kick", {"a.example"}, 0);
  answers.run(more, "implement-run", {"--exec", "true"}, 0);
  answers.run(more, "implement-run", {"--exec", "test $SMBATCHER_BATCH = 002", "--loop"}, 0);
  answers.run(more, "implement-run", {"--exec", "true"}, 1);
  const Sandbox failing({{"a.example", "001", "O"}, {"b.example", "002", "O"}});
  build_site(failing, "a.example");
  answers.run(failing, "implement-run", {"--exec", "exit 75"}, 1);
  answers.run(failing, "implement-run", {"--exec", "exit 3"}, 1);
}

void repair_and_prepare(Answers& answers) {
  const Sandbox sandbox = full_sandbox();
  const Args why{"--why", "x", "--owner", "anna"};
  const auto with_why = [&](Args args) {
    args.insert(args.end(), why.begin(), why.end());
    return args;
  };
  answers.run(sandbox, "bury", with_why({"a.example", "--dry-run"}), 0);
  answers.run(sandbox, "bury", with_why({"a.example"}), 0);
  answers.run(sandbox, "bury", with_why({"a.example"}), 0);
  answers.run(sandbox, "bury", with_why({"c.example", "d.example"}), 0);
  answers.run(sandbox, "bury", with_why({"n.example"}), 1);
  answers.run(sandbox, "bury", {"a.example"}, 2);
  answers.run(sandbox, "status", {"3"}, 0);
  answers.run(sandbox, "implement-start", {"a.example"}, 1);
  answers.run(sandbox, "kick", {"a.example", "--dry-run"}, 0);
  answers.run(sandbox, "kick", {"a.example", "d.example", "--owner", "anna"}, 0);
  answers.run(sandbox, "kick", {"a.example", "--owner", "anna"}, 0);
  answers.run(sandbox, "kick", {"b.example"}, 1);
  answers.run(sandbox, "kick", {"none.example"}, 2);
  answers.run(sandbox, "reopen", with_why({"q.example", "--dry-run"}), 0);
  answers.run(sandbox, "reopen", with_why({"q.example", "i.example"}), 0);
  answers.run(sandbox, "reopen", with_why({"q.example"}), 0);
  answers.run(sandbox, "reopen", with_why({"n.example"}), 1);
  answers.run(sandbox, "reopen", {"n.example"}, 2);
  const Sandbox other({{"a.example", "003", "D"}, {"b.example", "004", "B"}, {"c.example", "005", "D"}});
  answers.run(other, "lock", {"--dry-run"}, 0);
  answers.run(other, "lock", {"3"}, 0);
  answers.run(other, "lock", {"3"}, 0);
  answers.run(other, "lock", {"4"}, 1);
  claim_for(other, "a1", {"--batch", "5"});
  answers.run(other, "lock", {"5"}, 1);
  answers.run(other, "lock", {"9"}, 2);
  const Args site{"--sites", "new.example:N:x:y", "--owner", "anna"};
  const Sandbox empty;
  answers.run(empty, "prepare-register", {"--sites", "new.example:N:x:y", "--dry-run"}, 0);
  answers.run(empty, "prepare-register", site, 0);
  answers.run(empty, "prepare-register", site, 0);
  answers.run(empty, "prepare-register", {"--sites", "new.example:N:x:y", "--owner", "otto"}, 1);
  answers.run(empty, "prepare-register", {}, 2);
  answers.run(empty, "history", {}, 0);
  answers.run(empty, "prepare-batch", {"--dry-run"}, 0);
  answers.run(empty, "prepare-batch", {"--owner", "anna"}, 0);
  answers.run(empty, "prepare-batch", {"--owner", "anna"}, 0);
  answers.run(empty, "prepare-batch", {"--owner", "otto"}, 1);
  answers.run(empty, "prepare-batch", {"new.example", "--owner", "otto"}, 1);
  answers.run(empty, "prepare-batch", {"--size", "0"}, 2);
}

void prepare_and_ci(Answers& answers) {
  const Sandbox sandbox = full_sandbox();
  answers.run(sandbox, "prepare-info", {}, 0);
  answers.run(Sandbox(), "prepare-info", {}, 1);
  answers.run(Sandbox(), "prepare-info", {"--registry", "no/where.md"}, 1);
  answers.run(sandbox, "prepare-info", {"what"}, 2);
  const Args site{"--sites", "new.example:N:x:y", "--owner", "anna"};
  const Sandbox empty;
  answers.run(empty, "design-register", {"--sites", "new.example:N:x:y", "--dry-run"}, 0);
  answers.run(empty, "design-register", site, 0);
  answers.run(empty, "design-register", site, 0);
  answers.run(empty, "design-register", {"--sites", "new.example:N:x:y", "--owner", "otto"}, 1);
  answers.run(empty, "design-register", {}, 2);
  answers.run(empty, "design-batch", {"new.example", "--dry-run"}, 0);
  answers.run(empty, "design-batch", {"new.example", "--owner", "anna"}, 0);
  answers.run(empty, "design-batch", {"new.example", "--owner", "anna"}, 0);
  answers.run(empty, "design-batch", {"new.example", "--owner", "otto"}, 1);
  answers.run(empty, "design-batch", {}, 2);
  answers.run(sandbox, "metrics-completion-rate", {"--status", "I"}, 0);
  answers.run(sandbox, "metrics-completion-rate", {"--status", "I", "--batch", "3"}, 0);
  answers.run(sandbox, "metrics-completion-rate", {"--status", "I", "--batch", "9"}, 2);
  answers.run(sandbox, "metrics-completion-rate", {}, 2);
  answers.run(sandbox, "ci-dry-run-batch-id", {}, 0);
  answers.run(Sandbox(), "ci-dry-run-batch-id", {}, 2);
  answers.run(sandbox, "ci-dry-run-limit-sites", {"--limit", "1", "a.example", "b.example"}, 0);
  answers.run(sandbox, "ci-dry-run-limit-sites", {"a.example"}, 0);
  answers.run(sandbox, "ci-dry-run-limit-sites", {}, 0);
  answers.run(sandbox, "ci-dry-run-limit-sites", {"../x"}, 2);
}

void designs_and_files(Answers& answers) {
  const Sandbox sandbox = full_sandbox();
  answers.run(sandbox, "check-dirs", {"--batch", "3"}, 1);
  answers.run(Sandbox({{"n.example", "", "-"}}), "check-dirs", {}, 1);
  answers.run(sandbox, "check-dirs", {"--batch", "9"}, 2);
  answers.run(sandbox, "check-outputs", {"--batch", "3"}, 1);
  for (const char* domain : {"a.example", "b.example"}) {
    build_site(sandbox, domain);
  }
  answers.run(sandbox, "check-dirs", {"--batch", "3"}, 0);
  answers.run(sandbox, "check-outputs", {"a.example"}, 0);
  answers.run(sandbox, "check-outputs", {}, 2);
  answers.run(sandbox, "read-design", {"a.example"}, 0);
  answers.run(sandbox, "read-design", {"a.example", "--section", "Palette"}, 0);
  answers.run(sandbox, "read-design", {"a.example", "--section", "x"}, 1);
  answers.run(sandbox, "read-design", {"d.example"}, 2);
  answers.run(sandbox, "write-design", {"a.example", "--dry-run"}, 0);
  answers.run(sandbox, "write-design", {"a.example"}, 0);
  answers.run(sandbox, "write-design", {"a.example"}, 0);
  answers.run(sandbox, "write-design", {"d.example"}, 2);
  answers.run(sandbox, "read-design", {"a.example", "--front-matter"}, 0);
  answers.run(sandbox, "list-designed", {}, 0);
  answers.run(sandbox, "list-designed", {"--batch", "9"}, 2);
  answers.run(sandbox, "generate", {"a.example", "--dry-run"}, 0);
  answers.run(sandbox, "generate", {"a.example", "b.example"}, 0);
  answers.run(sandbox, "generate", {"n.example"}, 1);
  answers.run(sandbox, "generate", {"d.example"}, 2);
}

void likeness(Answers& answers) {
  const Sandbox sandbox = full_sandbox();
  answers.run(sandbox, "similarity", {}, 2);
  answers.run(sandbox, "similarity", {"--built"}, 2);
  answers.run(sandbox, "frequency", {}, 1);
  answers.run(sandbox, "metrics", {}, 0);
  answers.run(sandbox, "metrics-collision-rate", {}, 0);
  answers.run(sandbox, "metrics-collision-rate", {"--path", "."}, 2);
  answers.run(sandbox, "analyze-seeds", {}, 2);
  const std::string look = "---\npalette: [\"#f4ede4\"]\nfonts: [Lora]\n---\n";
  for (const char* domain : {"a.example", "b.example", "c.example"}) {
    build_site(sandbox, domain);
    sandbox.dir().write("sites/" + std::string(domain) + "/DESIGN.md", look);
  }
  sandbox.dir().write("sites/d.example/DESIGN.md", "---\npalette: [#fff]\n---\n");
  sandbox.dir().write("sites/e.example/DESIGN.md", "---\npalette: [\"#f5ede4\"]\n---\n\n# Title\n");
  answers.run(sandbox, "similarity", {"--top", "2"}, 0);
  answers.run(sandbox, "similarity", {"a.example", "--threshold", "0"}, 0);
  answers.run(sandbox, "similarity", {"d.example"}, 2);
  answers.run(sandbox, "similarity", {"--built"}, 0);
  sandbox.dir().write("sites/a.example/index.html", "<main>Text</main>");
  answers.run(sandbox, "similarity", {"--built"}, 0);
  answers.run(sandbox, "frequency", {}, 0);
  answers.run(sandbox, "metrics", {}, 1);
  answers.run(sandbox, "metrics-collision-rate", {"--threshold", "0.5"}, 0);
  answers.run(sandbox, "metrics-collision-rate", {"--path", "sites", "--threshold", "0.5"}, 0);
  sandbox.dir().write(
      ".smbatcher/batches/batch-003.md",
      "## a.example\n\nTheme: warm\nDesign seed: 1\n\n## b.example\n\nTheme: warm\n\n## q.example\n\nTheme: x\n");
  answers.run(sandbox, "analyze-seeds", {"--dry-run"}, 0);
  answers.run(sandbox, "analyze-seeds", {}, 0);
  answers.run(sandbox, "analyze-seeds", {"--batch", "3"}, 0);
  answers.run(sandbox, "analyze-seeds", {"--batch", "99"}, 2);
}

void checks_of_designs_and_scripts(Answers& answers) {
  const Sandbox sandbox(std::vector<Sandbox::Site>{{"a.example", "003", "B"}, {"b.example", "003", "B"}});
  build_site(sandbox, "a.example");
  sandbox.dir().write("sites/b.example/DESIGN.md", "# Concept\n");
  answers.run(sandbox, "check-design", {"a.example"}, 0);
  answers.run(sandbox, "check-design", {"--batch", "003"}, 1);
  answers.run(sandbox, "check-design", {}, 2);
  const std::string token = claim_for(sandbox, "anna", {"--phase", "design"});
  answers.run(sandbox, "verify-post-design", {"--token", token, "--dry-run"}, 0);
  answers.run(sandbox, "verify-post-design", {"--batch", "003", "--owner", "ben"}, 1);
  answers.run(sandbox, "verify-post-design", {"--token", token}, 0);
  answers.run(sandbox, "verify-post-design", {"--batch", "9"}, 2);
  sandbox.dir().write("sites/a.example/DESIGN.md", "# Concept\n");
  answers.run(sandbox, "verify-post-design", {"--token", token}, 1);
  answers.run(sandbox, "check-compliance", {"a.example"}, 1);
  sandbox.dir().write("sites/a.example/index.html", "<title>A</title><meta name=description content=B>");
  answers.run(sandbox, "check-compliance", {"a.example"}, 0);
  answers.run(sandbox, "check-compliance", {"--path", "nowhere"}, 2);
  answers.run(sandbox, "check-js", {"a.example"}, 0);
  sandbox.dir().write("sites/a.example/index.html", "<script type=importmap>{</script>");
  answers.run(sandbox, "check-js", {"a.example"}, 1);
  sandbox.dir().write("sites/a.example/app.js", "let a = 1;");
  answers.run(sandbox, "check-js", {"a.example", "--node", "/no/such/node"}, 2);
}

void check_sites(Answers& answers) {
  const Sandbox sandbox = full_sandbox();
  build_site(sandbox, "a.example");
  sandbox.dir().write("good.html", "<!doctype html><html lang=en><title>x</title><p>x</p>");
  answers.run(sandbox, "check-html", {"good.html"}, 0);
  answers.run(sandbox, "check-html", {"a.example", "good.html"}, 1);
  answers.run(sandbox, "check-html", {"nowhere"}, 2);
  sandbox.dir().write(".smbatcher/config.yml", "rules: {html-title: warn, html-lang: warn}");
  answers.run(sandbox, "check-html", {"a.example"}, 0);
  answers.run(sandbox, "check-html", {"a.example", "--max-warnings", "1"}, 1);
  answers.run(sandbox, "verify-site", {"a.example"}, 1);
  answers.run(sandbox, "verify-site", {"b.example"}, 2);
  sandbox.dir().write("site/index.html",
                      "<!doctype html><html lang=en><title>Text</title><meta name=description content=x><p>x</p>");
  sandbox.dir().write("site/styles.css", "p {}");
  sandbox.dir().write("site/DESIGN.md", "# Text\n");
  answers.run(sandbox, "verify-site", {"--path", "site"}, 0);
  std::filesystem::create_symlink("nowhere", sandbox.dir().at("site/link"));
  answers.run(sandbox, "file-stats", {"--path", "site", "--path", "sites"}, 0);
  answers.run(sandbox, "file-stats", {}, 2);
  answers.run(sandbox, "tree-view", {"--path", "site", "--path", "sites"}, 0);
  answers.run(sandbox, "tree-view", {"b.example"}, 2);
  answers.run(sandbox, "serve", {"--path", "nowhere"}, 2);
}

TEST(Schema, DescribesEveryAnswer) {
  Answers answers;
  look(answers);
  work_in_implement(answers);
  start_and_end(answers);
  run_phases(answers);
  repair_and_prepare(answers);
  prepare_and_ci(answers);
  designs_and_files(answers);
  likeness(answers);
  checks_of_designs_and_scripts(answers);
  check_sites(answers);
  answers.expect_to_fit();
  for (const Operation& operation : operations()) {
    // with-lease prints what the command prints, and has tests of its own; so have the tools beside the registry.
    const bool is_beside = operation.area == "coordination" || operation.area == "audit" || operation.area == "sync";
    EXPECT_TRUE(is_beside || operation.name == "with-lease" || answers.tools().contains(std::string(operation.name)))
        << operation.name;
  }
}

TEST(Schema, RefusesAnUndescribedKeyReasonAndStatus) {
  const Sandbox sandbox;
  sandbox.dir().write("schema.json", sandbox.run("kick", {"--schema"}).out);
  const auto faults = [&](const std::string& line) {
    return test::run({.argv = {"python3", SMB_CHECK_SCHEMA, sandbox.dir().at("schema.json")}, .input = line + "\n"})
        .status;
  };
  const std::string good = R"("batches":["003"],"sites":["a.example"],"changes":[],"registry":"/r","exit_code":0)";
  EXPECT_EQ(faults(R"({"result":"kicked",)" + good + "}"), 0);
  EXPECT_EQ(faults(R"({"result":"kicked","more":1,)" + good + "}"), 1);
  EXPECT_EQ(faults(R"({"result":"buried",)" + good + "}"), 1);
  EXPECT_EQ(faults(R"({"reason":"not_buried","message":"x","exit_code":1})"), 0);
  EXPECT_EQ(faults(R"({"reason":"no_such_reason","message":"x","exit_code":1})"), 1);
  EXPECT_EQ(faults(R"({"reason":"not_buried","message":"x","exit_code":0})"), 1);
}

}  // namespace
}  // namespace smbatcher::test

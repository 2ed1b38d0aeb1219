#include <sys/stat.h>

#include "tests/process/outcome_support.h"

// What check-js answers. What it finds in scripts is tests/unit/scripts.

namespace smbatcher::test {
namespace {

bool has_node() { return test::run({.argv = {"sh", "-c", "command -v node"}}).status == 0; }

/// A folder `site` with a page and scripts.
class CheckJs : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_node()) {
      GTEST_SKIP() << "there is no node";
    }
  }
  void write(const std::string& name, const std::string& text) const { sandbox_.dir().write("site/" + name, text); }

  Sandbox sandbox_{std::vector<Sandbox::Site>{{"a.example", "003", "I"}}};
};

TEST_F(CheckJs, SaysThatAllScriptsCanBeRead) {
  write("app.js", "export const a = 1;");
  write("index.html", "<script type=module src=app.js></script><script>let b;</script>");
  expect_exactly(sandbox_, "check-js", {"site"}, 0, "OK:js_valid\n");
  const Json answer = ask(sandbox_, "check-js", {"site"});
  EXPECT_EQ(number_of(answer, "files"), 2);
  EXPECT_EQ(number_of(answer, "scripts"), 2);
}

TEST_F(CheckJs, ListsEachFaultWithItsPlace) {
  write("app.js", "let a = 1;\nlet b = ;\n");
  write("index.html", "<!doctype html>\n<script>\n  let q );\n</script>\n<p onclick='go(;'>");
  expect_exactly(sandbox_, "check-js", {"site"}, 1,
                 "FAIL:js_syntax_errors:3\n2 files, 3 errors, 0 warnings\n"
                 "site/app.js:2:9 js-syntax Unexpected token ';'\n"
                 "site/index.html:3:9 js-syntax Unexpected token ')'\n"
                 "site/index.html:5:16 js-syntax Unexpected token ';' (in an event handler)\n");
  expect_exactly(sandbox_, "check-js", {"site/app.js", "--format", "github"}, 1,
                 "FAIL:js_syntax_errors:1\n"
                 "::error file=site/app.js,line=2,col=9,title=js-syntax::Unexpected token ';'\n");
}

TEST_F(CheckJs, TakesSitesFilesAndFoldersAtOnce) {
  sandbox_.dir().write("sites/a.example/x.mjs", "let a a;");
  const std::string odd = "it's \"a\"\nfile.js";
  sandbox_.dir().write(odd, "let b b;");
  const ProcessResult result = sandbox_.run("check-js", {"a.example", odd});
  expect_fail(result, "FAIL:js_syntax_errors:2");
  EXPECT_NE(result.out.find("\nsites/a.example/x.mjs:1:7 js-syntax"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("\nit's \"a\"\\nfile.js:1:7 js-syntax"), std::string::npos) << result.out;
  expect_fail(sandbox_.run("check-js", {"--batch", "003"}), "FAIL:js_syntax_errors:1");
}

TEST_F(CheckJs, GoesByTheRulesOfTheConfig) {
  sandbox_.dir().write(".smbatcher/config.yml", "rules: {js-syntax: warn}\n");
  write("app.js", "let a a;");
  expect_ok(sandbox_.run("check-js", {"site"}), "OK:js_valid");
  expect_fail(sandbox_.run("check-js", {"site", "--max-warnings", "0"}), "FAIL:js_syntax_errors:0");
}

TEST_F(CheckJs, RefusesWhatIsNotThere) {
  expect_error(sandbox_.run("check-js"), "ERROR:missing_argument");
  expect_error(sandbox_.run("check-js", {"site/nowhere"}), "ERROR:directory_not_found:site/nowhere");
  expect_error(sandbox_.run("check-js", {"site/no.js"}), "ERROR:file_not_found:site/no.js");
  sandbox_.dir().write("a.css", "a{}");
  expect_error(sandbox_.run("check-js", {"a.css"}), "ERROR:not_a_script");
}

/// Calls with another program in the place of node, on PATH.
class CheckJsWithoutNode : public testing::Test {
 protected:
  CheckJsWithoutNode() {
    sandbox_.dir().make_dir("bin");
    sandbox_.dir().write("site/a.js", "let a = ;");
  }
  ProcessResult ask_for(const std::string& program, Args args = {"site"}) const {
    if (!program.empty()) {
      sandbox_.dir().write("bin/node", "#!/bin/sh\n" + program + "\n");
      ::chmod(sandbox_.dir().at("bin/node").c_str(), 0700);
    }
    Command command = sandbox_.command("check-js", args);
    command.env["PATH"] = sandbox_.dir().at("bin");
    return test::run(command);
  }

  Sandbox sandbox_;
};

TEST_F(CheckJsWithoutNode, NeverPasses) {
  expect_error(ask_for(""), "ERROR:node_not_found");
  expect_error(ask_for("echo bad option >&2; exit 9"), "ERROR:node_too_old");
  expect_error(ask_for("exit 0"), "ERROR:node_failed");
  expect_error(ask_for("while :; do :; done", {"site", "--node-timeout", "1s"}), "ERROR:node_timeout");
  expect_error(ask_for("", {"site", "--node", "/no/such/node"}), "ERROR:node_not_found");
}

TEST_F(CheckJsWithoutNode, DoesWithoutWhereThereIsNoScript) {
  sandbox_.dir().write("plain/index.html", "<p>Bowls");
  expect_exactly(sandbox_, "check-js", {"plain", "--node", "/no/such/node"}, 0, "OK:js_valid\n");
}

}  // namespace
}  // namespace smbatcher::test

#include "libregistry/sites/scripts/check_scripts.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "libregistry/core/findings/report.h"
#include "tests/support/temp_dir.h"

namespace smbatcher {
namespace {

/// A site, and what node finds in its scripts.
class CheckScripts : public testing::Test {
 protected:
  void SetUp() override {
    const auto engine = check_scripts(std::vector<ScriptTarget>{{write("probe.js", "1"), "probe.js", false}});
    if (!engine && engine.error().reason.text() == "node_not_found") {
      GTEST_SKIP() << "there is no node";
    }
  }

  std::string write(const std::string& name, const std::string& text) const {
    dir_.write(name, text);
    return dir_.at(name);
  }
  TargetScripts checked() const {
    const auto checked = check_scripts(std::vector<ScriptTarget>{{dir_.path(), "", true}});
    EXPECT_TRUE(checked) << checked.error().message;
    return checked ? checked->targets.at(0) : TargetScripts();
  }
  std::string found() const {
    std::string lines;
    for (const Finding& finding : with_levels(checked().findings, {})) {
      lines += describe(finding) + "\n";
    }
    return lines;
  }

  test::TempDir dir_;
};

// What `node --check` calls good.
TEST_F(CheckScripts, FindWhatNodeItselfPassesOver) {
  write("1.js", "import {x} from \"./m.js\"; let a = ;");
  write("2.js", "export const a=1; function( {");
  write("3.js", "function f(){ import x from \"y\"; }");
  write("4.js", "import.meta.url; let q q;");
  write("5.js", "return 5;");
  write("6.js", "new.target;");
  write("1.mjs", "import {x} from \"./m.js\"; let a = ;");
  write("package.json", R"({"type": "module"})");
  const std::string lines = found();
  for (const char* const name : {"1.js", "2.js", "3.js", "4.js", "5.js", "6.js", "1.mjs"}) {
    EXPECT_NE(("\n" + lines).find("\n" + std::string(name) + ":1:"), std::string::npos) << lines;
  }
  EXPECT_NE(lines.find("1.js:1:35 js-syntax Unexpected token ';' (read as a module)"), std::string::npos) << lines;
}

TEST_F(CheckScripts, AreReadAsThePageLoadsThem) {
  write("both.js", "export const a = 1;");
  write("strict.js", "var public = 1;");
  write("index.html",
        "<script src=both.js></script><script type=module src=both.js></script>\n"
        "<script type=module src=strict.js></script>");
  EXPECT_EQ(found(),
            "both.js:1:1 js-syntax Unexpected token 'export': only a <script type=\"module\"> may hold this\n"
            "strict.js:1:5 js-syntax Unexpected strict mode reserved word (read as a module)\n");
}

TEST_F(CheckScripts, AreModulesWhereModulesImportThem) {
  write("index.html", "<script type=module src=/js/main.js></script>");
  write("js/main.js", "import './lib/a.js?v=1'; import 'bare'; export * from '/root.js';");
  write("js/lib/a.js", "import '../b.js'; with (x) {}");
  write("js/b.js", "with (x) {}");
  write("root.js", "with (x) {}");
  write("free.js", "with (x) {}");
  const std::string why = " js-syntax Strict mode code may not include a with statement (read as a module)\n";
  EXPECT_EQ(found(), "js/lib/a.js:1:19" + why + "root.js:1:1" + why)
      << "b.js is only named by a module that cannot be read, so it may be either";
}

TEST_F(CheckScripts, HaveTheirPlaceInThePage) {
  write("index.html",
        "<!doctype html>\n\u00e9<script>let a;\n\tlet b );</script>\n<p onclick=\"go(;\">\n"
        "<p onclick='a &amp; ;;('>\n<script type=module>await 1; let c )</script>\n"
        "<script type=importmap>{\"imports\": {},}</script>");
  EXPECT_EQ(found(),
            "index.html:3:8 js-syntax Unexpected token ')'\n"
            "index.html:4:16 js-syntax Unexpected token ';' (in an event handler)\n"
            "index.html:5:13 js-syntax Unexpected token ';' (in an event handler)\n"
            "index.html:6:36 js-syntax Unexpected token ')' (read as a module)\n"
            "index.html:7:39 js-json not valid JSON: syntax error while parsing object key - unexpected '}'; expected "
            "string literal\n");
}

TEST_F(CheckScripts, AcceptWhatBrowsersAccept) {
  write("new.js",
        "class A { #x = 1; static { A.y ?"
        "?= /a/d; } }");
  write("bom.js", "\xEF\xBB\xBFlet a = 1;");
  write("old.js", "<!-- hidden\nvar a = 010;\n--> end");
  write("await.js", "const a = await 1; export default a;");
  write("module.mjs", "import data from './a.json' with {type: 'json'};");
  write("node.cjs", "return require('x');");
  write("index.html", "<button onclick='return go()'>x</button><script type=speculationrules>{}</script>");
  EXPECT_EQ(found(), "");
}

TEST_F(CheckScripts, RejectWhatBrowsersReject) {
  write("ts.js", "let a: number = 1;");
  write("jsx.js", "const a = <b>x</b>;");
  write("decorated.js", "@x class A {}");
  const std::string lines = found();
  for (const char* const name : {"ts.js:1:", "jsx.js:1:", "decorated.js:1:"}) {
    EXPECT_NE(lines.find(name), std::string::npos) << lines;
  }
}

TEST_F(CheckScripts, NameFilesThatAreNotUtf8OrTooLarge) {
  write("latin.js", "let a;\nlet b = '\xe9';");
  write("large.js", std::string((std::size_t{8} << 20U) + 1, ' '));
  write("large.html", std::string((std::size_t{2} << 20U) + 1, ' '));
  std::string deep;
  for (int i = 0; i < 40'000; ++i) {
    deep += "<div>";
  }
  write("deep.html", deep);
  EXPECT_EQ(found(),
            "deep.html js-page-not-read elements are nested too deeply: the page's scripts were not checked\n"
            "large.html js-page-not-read larger than 2 MiB: the page's scripts were not checked\n"
            "large.js js-too-large larger than 8 MiB: not checked\n"
            "latin.js:2:10 js-encoding not UTF-8: save the file as UTF-8\n");
}

TEST_F(CheckScripts, SurviveWhatExhaustsNode) {
  write("deep.js", std::string(200'000, '('));
  write("long.js", std::string(3000, ' ') + "let a )");
  EXPECT_EQ(found(), "deep.js js-syntax nested too deeply to be read\nlong.js:1 js-syntax Unexpected token ')'\n")
      << "node does not tell the column of long lines";
}

TEST_F(CheckScripts, RunNothing) {
  write("write.js", "require('fs').writeFileSync('" + dir_.at("written") + "', 'x'); process.exit(0);");
  write("write.mjs", "import fs from 'fs'; fs.writeFileSync('" + dir_.at("written") + "', 'x');");
  ::setenv("NODE_OPTIONS", ("--require " + dir_.at("write.js")).c_str(), 1);
  EXPECT_EQ(found(), "");
  ::unsetenv("NODE_OPTIONS");
  EXPECT_FALSE(dir_.exists("written"));
}

TEST_F(CheckScripts, KeepMoreFaultyModulesApartThanAreLookedAtTwice) {
  for (int i = 0; i < 30; ++i) {
    write("m" + std::to_string(i) + ".mjs", "\nlet a a;");
  }
  EXPECT_EQ(checked().findings.size(), 30U);
}

TEST_F(CheckScripts, NameWhatModulesImport) {
  write(
      "index.html",
      "<!doctype html>\n<script type=module>\nimport './a.js';\nimport 'lit';\n</script>\n<script src=c.js></script>");
  write("a.js", "export {b} from \"../b.js\";\nimport 'https://cdn.example/x.js'");
  write("c.js", "import('./not-looked-at.js')");
  std::string imports;
  for (const ScriptImport& import : checked().imports) {
    imports += import.file + ":" + std::to_string(import.line) + ":" + std::to_string(import.column) + " " +
               import.specifier + "\n";
  }
  EXPECT_EQ(imports, "index.html:3:9 ./a.js\na.js:1:18 ../b.js\na.js:2:9 https://cdn.example/x.js\n");
}

TEST_F(CheckScripts, OfSeveralSitesStayApart) {
  write("one/a.js", "let a a;");
  write("two/a.js", "let a = 1;");
  const auto both = check_scripts({{dir_.at("one"), "", true}, {dir_.at("two"), "", true}});
  ASSERT_TRUE(both);
  ASSERT_EQ(both->targets.size(), 2U);
  EXPECT_EQ(both->targets[0].findings.size(), 1U);
  EXPECT_EQ(both->targets[1].findings.size(), 0U);
}

TEST_F(CheckScripts, TakeNoOtherFiles) {
  const auto checked = check_scripts(std::vector<ScriptTarget>{{write("a.css", "a"), "a.css", false}});
  EXPECT_EQ(checked.error().reason.text(), "not_a_script");
  EXPECT_EQ(check_scripts({{dir_.at("none"), "", true}}).error().reason.text(), "directory_not_found");
}

}  // namespace
}  // namespace smbatcher

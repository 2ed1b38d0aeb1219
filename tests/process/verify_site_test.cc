#include <filesystem>

#include "tests/process/worker_support.h"

// verify-site, file-stats and tree-view, and a worker that verifies.

namespace smbatcher::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDesign =
    "---\npalette: {text: \"#222222\", background: \"#ffffff\"}\nfonts: [Georgia]\n---\n\n# Concept\n\nBread.\n";
constexpr const char* kStyles = "body { color: #222222; background: #ffffff; font-family: Georgia }\n";

std::string page(const std::string& body) {
  return "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Bread</title>\n"
         "<meta name=\"description\" content=\"Bread\"><link rel=\"stylesheet\" href=\"styles.css\"></head>\n"
         "<body><h1 id=\"concept\">Concept</h1>\n" +
         body + "\n</body>\n</html>\n";
}

/// A site that passes; `body` stands in its index.html from line 6 on.
void write_site(const Sandbox& sandbox, const std::string& body = "<p>Bread.</p>",
                const std::string& folder = "sites/a.example") {
  sandbox.dir().write(folder + "/DESIGN.md", kDesign);
  sandbox.dir().write(folder + "/styles.css", kStyles);
  sandbox.dir().write(folder + "/index.html", page(body));
}

Sandbox one_site() { return Sandbox({{"a.example", "003", "I"}}); }

/// The findings of a call, "6:4 site-link" each.
std::vector<std::string> findings_of(const Sandbox& sandbox, const Args& args = {"a.example"}) {
  const Json answer = ask(sandbox, "verify-site", args);
  std::vector<std::string> found;
  for (std::size_t i = 0; i < count_of(answer, "findings"); ++i) {
    const Json each = item(answer, "findings", i);
    const bool has_place = each.find("line") != nullptr;  // left out of what is about the site as a whole
    found.push_back((has_place ? member(each, "line") + ":" + member(each, "column") + " " : "") +
                    text_of(each, "rule"));
  }
  return found;
}

/// A PATH without node.
Command without_node(const Sandbox& sandbox, const std::string& tool, const Args& args) {
  sandbox.dir().make_dir("empty");
  Command command = sandbox.command(tool, args);
  command.env["PATH"] = sandbox.dir().at("empty");
  return command;
}

using Found = std::vector<std::string>;

TEST(VerifySite, PassesASiteThatIsGood) {
  const Sandbox sandbox = one_site();
  write_site(sandbox);
  expect_exactly(sandbox, "verify-site", {"a.example"}, 0, "OK:verification_passed\n");
  expect_exactly(sandbox, "verify-site", {"--batch", "003"}, 0, "OK:verification_passed\n");
  expect_exactly(sandbox, "verify-site", {"--path", "sites/a.example/"}, 0, "OK:verification_passed\n");
}

TEST(VerifySite, NamesThePartsThatFailed) {
  const Sandbox sandbox = one_site();
  write_site(sandbox, "<p><b>x</p><a href=\"no.html\">y</a><script>let a = ;</script>");
  fs::remove(sandbox.dir().at("sites/a.example/styles.css"));
  const Json answer = ask(sandbox, "verify-site", {"a.example"});
  EXPECT_EQ(member(answer, "failed"), R"(["files","html","scripts","design","links"])");
  expect_fail(sandbox.run("verify-site", {"a.example"}),
              "FAIL:verification_failed:files, html, scripts, design, links");
}

TEST(VerifySite, FindsLinksThatLeadNowhere) {
  const Sandbox sandbox = one_site();
  write_site(sandbox,
             "<p><a href=\"no.html\">a</a>\n<a href=\"#no\">b</a>\n<a href=\"two.html#no\">c</a>\n"
             "<img src=\"Bread.png\" alt=\"\">\n<img src=\"bread.png\" srcset=\"bread.png 1x, no.png 2x\" alt=\"\">\n"
             "<a href=\"img/\">d</a></p>\n<script src=\"no.js\"></script>\n<p style=\"background: url(no.png)\">x</p>");
  sandbox.dir().write("sites/a.example/bread.png", "x");
  sandbox.dir().write("sites/a.example/img/x.png", "x");
  sandbox.dir().write("sites/a.example/two.html", page(""));
  sandbox.dir().write("sites/a.example/styles.css", std::string(kStyles) + "a { background: url('img/no.png') }\n");
  EXPECT_EQ(findings_of(sandbox), (Found{"6:13 site-link", "7:10 site-fragment", "8:10 site-fragment",
                                         "9:11 site-resource", "10:30 site-resource", "11:10 site-link",
                                         "12:14 site-resource", "13:23 site-resource", "2:21 site-resource"}));
}

TEST(VerifySite, LeavesLinksAloneThatAreRight) {
  const Sandbox sandbox = one_site();
  write_site(
      sandbox,
      "<p id=\"caf\xC3\xA9\"><a href=\"/\">a</a><a href=\"#\">b</a><a href=\"#top\">c</a><a href=\"?q=1#concept\">d</a>"
      "<a href=\"./two.html?x#concept\">e</a><a href=\"mailto:a@b.example\">f</a><a href=\"tel:+1\">g</a>"
      "<a href=\"#caf%C3%A9\">h</a><a href=\"sub\">i</a><a href=\"https://a.example/two.html\">j</a>"
      "<img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\" alt=\"\"><img src=\"a%20b.png\" alt=\"\"></p>"
      "<template><img src=\"{{x}}\" alt=\"\"></template><svg><use href=\"#concept\"/></svg>");
  sandbox.dir().write("sites/a.example/a b.png", "x");
  sandbox.dir().write("sites/a.example/two.html", page(""));
  sandbox.dir().write("sites/a.example/sub/index.html", page("<p><a href=\"../two.html\">x</a></p>"));
  sandbox.dir().write("sites/a.example/sub/styles.css", kStyles);
  EXPECT_EQ(findings_of(sandbox), Found{});
}

TEST(VerifySite, ReportsOtherHostsUnlessTheyAreAllowed) {
  const Sandbox sandbox = one_site();
  write_site(sandbox,
             "<p><img src=\"https://cdn.example/a.png\" alt=\"\">\n<img src=\"//img.cdn.example/a.png\" alt=\"\">\n"
             "<a href=\"http://other.example/\">x</a></p>");
  EXPECT_EQ(findings_of(sandbox), (Found{"6:14 site-external", "7:11 site-external", "8:10 site-external-link"}));
  sandbox.dir().write(".smbatcher/config.yml",
                      "outputs: {allowed_hosts: [CDN.example, '*.cdn.example']}\nrules: {site-external-link: off}\n");
  EXPECT_EQ(findings_of(sandbox), Found{});
}

TEST(VerifySite, ReadsAddressesAsBrowsersDo) {
  const Sandbox sandbox = one_site();
  write_site(sandbox,
             "<script src=\"https://evil.example\\@ok.example/a.js\"></script>\n"
             "<script src=\"https://evil.example\\.ok.example/b.js\"></script>\n"
             "<p><a href=\"http://ok.example:99999/\">a</a> <a href=\"//xn--a/\">b</a>\n"
             "<a href=\"two.html/\">c</a> <a href=\"https:two.html\">d</a> <a href=\"%2e%2e/x\">e</a></p>");
  sandbox.dir().write("sites/a.example/two.html", page(""));
  sandbox.dir().write(".smbatcher/config.yml", "outputs: {allowed_hosts: [ok.example, '*.ok.example']}\n");
  EXPECT_EQ(findings_of(sandbox),
            (Found{"6:14 html-url", "6:14 site-external", "7:14 html-url", "7:14 site-external", "8:13 site-url",
                   "8:54 site-url", "9:10 site-link", "9:36 html-url", "9:67 site-outside"}));
}

TEST(VerifySite, FindsWhatIsLoadedInOtherWays) {
  const Sandbox sandbox = one_site();
  write_site(sandbox,
             "<script type=\"module\">\nimport \"./no-1.js\";\n</script>\n"
             "<script type=\"module\" src=\"m.js\"></script>");
  sandbox.dir().write("sites/a.example/m.js", "export { a } from './n.js';\nimport 'lit';\n");
  sandbox.dir().write("sites/a.example/n.js", "export const a = 1;\nimport './no-2.js';\n");
  sandbox.dir().write(
      "sites/a.example/styles.css",
      std::string(kStyles) + "p { background: image-set(\"no-3.png\" 1x, url(no-4.png) type(\"image/png\")) }\n");
  sandbox.dir().write("sites/a.example/sub/index.html",
                      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>x</title>\n"
                      "<meta name=\"description\" content=\"x\"><base href=\"/\">\n"
                      "<meta http-equiv=\"refresh\" content=\"30; url='no-5.html'\"></head>\n"
                      "<body><a href=\"#high\" id=\"high\">of the first page</a></body></html>\n");
  EXPECT_EQ(findings_of(sandbox), (Found{"7:9 site-resource", "2:9 site-resource", "2:27 site-resource",
                                         "2:42 site-resource", "4:37 site-link", "5:16 site-fragment"}));
}

TEST(VerifySite, KnowsItsOwnDomainByTheFolderOrTheFirstPage) {
  const Sandbox sandbox;
  const std::string own = "<p><a href=\"https://a.example/\">a</a> <a href=\"https://www.a.example/no\">b</a></p>";
  const std::string other = "<p><a href=\"https://b.example/\">a</a></p>";
  write_site(sandbox, own, "a.example");
  write_site(sandbox, other + "<link rel=\"canonical\" href=\"https://b.example/\">", "build");
  write_site(sandbox, other, "a.example/sub.d");
  EXPECT_EQ(findings_of(sandbox, {"--path", "a.example/sub.d"}), Found{"6:13 site-external-link"});
  fs::remove_all(sandbox.dir().at("a.example/sub.d"));
  EXPECT_EQ(findings_of(sandbox, {"--path", "a.example"}), Found{"6:48 site-link"});
  EXPECT_EQ(findings_of(sandbox, {"--path", "build"}), Found{});
}

TEST(VerifySite, AsksOneNodeAboutAllSites) {
  const Sandbox sandbox({{"a.example", "003", "I"}, {"b.example", "003", "I"}});
  write_site(sandbox, "<script>let a = 1;</script>");
  write_site(sandbox, "<script>let a a;</script>", "sites/b.example");
  sandbox.dir().write("bin/node", "#!/bin/sh\necho run >> " + sandbox.dir().at("runs") + "\nexec " +
                                      run({{"sh", "-c", "command -v node | tr -d '\\n'"}}).out + " \"$@\"\n");
  fs::permissions(sandbox.dir().at("bin/node"), fs::perms::owner_all);
  Command command = sandbox.command("verify-site", {"--batch", "003"});
  command.env["PATH"] = sandbox.dir().at("bin") + ":" + std::getenv("PATH");
  const ProcessResult result = run(command);
  expect_fail(result, "FAIL:verification_failed:scripts");
  EXPECT_NE(result.out.find("sites/b.example/index.html:6:15 js-syntax"), std::string::npos) << result.out;
  EXPECT_EQ(sandbox.dir().read("runs"), "run\n");
}

TEST(VerifySite, ReportsWhatLeadsOutOfTheSite) {
  const Sandbox sandbox = one_site();
  write_site(sandbox, "<p><a href=\"../b.example/\">a</a> <a href=\"C:\\x\">b</a> <a href=\"a\\b\">c</a></p>");
  sandbox.dir().write("secret", "x");
  fs::create_symlink("../../secret", sandbox.dir().at("sites/a.example/out"));
  fs::create_symlink("styles.css", sandbox.dir().at("sites/a.example/in.css"));
  EXPECT_EQ(findings_of(sandbox), (Found{"6:13 site-outside", "6:43 site-url", "6:64 site-url", "site-outside"}));
}

TEST(VerifySite, IsNoPassWithoutNode) {
  const Sandbox sandbox = one_site();
  write_site(sandbox, "<script>let a = 1;</script>");
  expect_ok(sandbox.run("verify-site", {"a.example"}), "OK:verification_passed");
  const ProcessResult result = run(without_node(sandbox, "verify-site", {"a.example"}));
  EXPECT_TRUE(result.out.starts_with("ERROR:node_not_found")) << result.out;
  EXPECT_EQ(result.status, 2);
}

TEST(VerifySite, IsNoPassWithoutADesign) {
  const Sandbox sandbox = one_site();
  write_site(sandbox);
  fs::remove(sandbox.dir().at("sites/a.example/DESIGN.md"));
  EXPECT_EQ(findings_of(sandbox), (Found{"design-missing"}));
  expect_fail(sandbox.run("verify-site", {"a.example"}), "FAIL:verification_failed:design");
}

TEST(VerifySite, SaysWhatItCannotFind) {
  const Sandbox sandbox = one_site();
  const std::string folder = sandbox.dir().at("sites/a.example");
  expect_exactly(sandbox, "verify-site", {"a.example"}, 2,
                 "ERROR:directory_not_found:" + folder + "\nno folder is at '" + folder + "'\n");
  expect_error(sandbox.run("verify-site", {"--path", "nowhere"}), "ERROR:directory_not_found:nowhere");
  expect_error(sandbox.run("verify-site", {"b.example"}), "ERROR:domain_not_found");
  expect_error(sandbox.run("verify-site", {"--batch", "9"}), "ERROR:batch_not_found");
  expect_error(sandbox.run("verify-site"), "ERROR:missing_argument");
  expect_error(Sandbox().run("verify-site", {"a.example"}), "ERROR:registry_not_found");
}

TEST(VerifySite, LooksAtFoldersWithAnyName) {
  const Sandbox sandbox;
  const std::string folder = "a 'b\" \n c";
  write_site(sandbox, "<p>x</p>", folder);
  expect_exactly(sandbox, "verify-site", {"--path", folder}, 0, "OK:verification_passed\n");
}

TEST(FileStats, CountsFilesBytesAndLinesByKind) {
  const Sandbox sandbox({{"a.example", "003", "I"}});
  sandbox.dir().write("sites/a.example/index.html", "a\nb");
  sandbox.dir().write("sites/a.example/img/x.PNG", "\n\n\n");
  expect_exactly(
      sandbox, "file-stats", {"a.example"}, 0,
      "OK:file_stats\nsites/a.example image: 1 file, 3 bytes\nsites/a.example page: 1 file, 3 bytes, 2 lines\n"
      "sites/a.example: 2 files, 6 bytes, 2 lines\n");
  expect_error(sandbox.run("file-stats", {"--path", "nowhere"}), "ERROR:directory_not_found:nowhere");
  expect_error(sandbox.run("file-stats"), "ERROR:missing_argument");
}

TEST(TreeView, ShowsFoldersFilesAndLinks) {
  const Sandbox sandbox;
  sandbox.dir().write("s/b/x\ny.txt", "abc");
  sandbox.dir().write("s/a.html", "1");
  fs::create_symlink("a.html", sandbox.dir().at("s/in"));
  fs::create_symlink("/etc", sandbox.dir().at("s/out"));
  fs::create_symlink("..", sandbox.dir().at("s/b/up"));
  expect_exactly(sandbox, "tree-view", {"--path", "s"}, 0,
                 "OK:tree\ns/\n  a.html (1 byte)\n  b/\n    up -> ..\n    x\\ny.txt (3 bytes)\n"
                 "  in -> a.html\n  out -> /etc (leads out of the folder)\n");
  expect_error(sandbox.run("tree-view", {"--path", "s/a.html"}), "ERROR:directory_not_found:s/a.html");
}

TEST(Worker, VerifiesEachSiteWhereItIsAskedTo) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  for (const char* domain : {"a1.example", "b1.example"}) {
    fleet.sandbox().dir().write("sites/" + std::string(domain) + "/DESIGN.md", kDesign);
  }
  fleet.sandbox().dir().write("good.html", page("<p>x</p>"));
  fleet.sandbox().dir().write("bad.html", page("<p><b>x</p>"));
  fleet.sandbox().dir().write("good.css", kStyles);
  const std::string command =
      "p=good; [ $SMBATCHER_DOMAIN = a1.example ] && p=bad; cp $p.html \"$SMBATCHER_SITE_DIR/index.html\"; "
      "cp good.css \"$SMBATCHER_SITE_DIR/styles.css\"";
  const Json answer = fleet.ask_worker(command, {"--verify"});
  EXPECT_EQ(text_of(answer, "reason"), "sites_failed") << answer.dump();
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "O");
  EXPECT_EQ(fleet.sandbox().status_of("b1.example"), "I");
  EXPECT_EQ(text_of(item(answer, "sites", 0), "why"),
            "verification_failed: sites/a1.example/index.html:6:4 html-unclosed <b> is not closed before </p> at 6:8");
  EXPECT_EQ(fleet.attempts("001", "a1.example"), 1);
}

TEST(Worker, EndsUncountedWhereNothingCanBeVerified) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  fleet.sandbox().dir().write("sites/a1.example/DESIGN.md", kDesign);
  fleet.sandbox().dir().write("good.html", page("<script>let a = 1;</script>"));
  fleet.sandbox().dir().write("good.css", kStyles);
  Command worker = fleet.worker(
      "/bin/cp good.html \"$SMBATCHER_SITE_DIR/index.html\"; "
      "/bin/cp good.css \"$SMBATCHER_SITE_DIR/styles.css\"",
      {"--verify"});
  fleet.sandbox().dir().make_dir("empty");
  worker.env["PATH"] = fleet.file("empty");
  const ProcessResult result = run(worker);
  EXPECT_TRUE(result.out.starts_with("ERROR:node_not_found")) << result.out;
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "O");
  EXPECT_EQ(fleet.attempts("001", "a1.example"), 0);
  expect_error(fleet.sandbox().run("implement-run", {"--verify"}), "ERROR:missing_argument");
}

}  // namespace
}  // namespace smbatcher::test

#include "libregistry/sites/scripts/page_scripts.h"

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

/// "module /a/b.js", "handler@12 go()": what a page loads and holds.
std::string found(const std::string& html) {
  constexpr std::string_view kKinds[] = {"classic", "module", "handler", "json"};
  const HtmlPage page(html);
  const PageScripts scripts = scripts_of(page, "/site/", "/site/a/index.html");
  std::string text;
  for (const LoadedScript& script : scripts.loaded) {
    text += std::string(script.is_module ? "module " : "classic ") + script.path + "\n";
  }
  for (const InlineScript& script : scripts.written) {
    EXPECT_TRUE(!script.exact || html.substr(script.begin).starts_with(script.text));
    text += std::string(kKinds[static_cast<std::size_t>(script.kind)]) + "@" + std::to_string(script.begin) +
            (script.exact ? " " : "~ ") + script.text + "\n";
  }
  return text;
}

TEST(PageScripts, AreWhatTheirTypeSays) {
  EXPECT_EQ(found("<script>a</script>"), "classic@8 a\n");
  EXPECT_EQ(found("<script type=''>a</script>"), "classic@16 a\n");
  EXPECT_EQ(found("<script type=' Text/JavaScript '>a</script>"), "classic@33 a\n");
  EXPECT_EQ(found("<script type=MODULE>a</script>"), "module@20 a\n");
  EXPECT_EQ(found("<script type=importmap>{}</script>"), "json@23 {}\n");
  EXPECT_EQ(found("<script type='application/ld+json'>{}</script>"), "json@35 {}\n");
  EXPECT_EQ(found("<script language=JavaScript>a</script>"), "classic@28 a\n");
  for (const char* const data :
       {"<script type=text/template><b></script>", "<script type='text/javascript; charset=utf-8'>a</script>",
        "<script language=vbscript>a</script>", "<script type=x-shader>a</script>"}) {
    EXPECT_EQ(found(data), "") << data;
  }
}

TEST(PageScripts, AreLoadedFromTheSite) {
  EXPECT_EQ(found("<script src=b.js></script><script type=module src=/m.js?1></script>"),
            "classic /site/a/b.js\nmodule /site/m.js\n");
  EXPECT_EQ(found("<script src='https://cdn.example/x.js'>ignored</script>"), "");
  EXPECT_EQ(found("<base href=/js/><script src=b.js></script>"), "classic /site/js/b.js\n");
}

TEST(PageScripts, StandInHandlersToo) {
  EXPECT_EQ(found("<p onclick=\"go(1)\" one=x>"), "handler@12 go(1)\n");
  EXPECT_EQ(found("<p onclick='a &amp;&amp; b'>"), "handler@12~ a && b\n") << "no byte of it is where it seems";
  EXPECT_EQ(found("<b onclick=x>1<p>2</b>3"), "handler@11 x\n") << "reopened by the parser, and one all the same";
}

TEST(PageScripts, AreReadInSvgAsTextIs) {
  EXPECT_EQ(found("<svg><script>a &lt; b</script></svg>"), "classic@13~ a < b\n");
}

}  // namespace
}  // namespace smbatcher

#include "tests/unit/sites/designs/support.h"

namespace smbatcher::test {
namespace {

TEST(SiteYaml, ReadsAListOrTheListUnderSites) {
  const Lines expected{"a.example|Bakery|Bread: fresh|\"#ff0000\"", "b.example|007|no|"};
  const std::string list =
      "- domain: A.example\n  name: Bakery\n  description: 'Bread: fresh'\n  theme: '\"#ff0000\"'\n"
      "- {name: 007, description: no, theme: \"\", domain: b.example}\n";
  EXPECT_EQ(sites_of("s.yaml", list), expected);
  EXPECT_EQ(sites_of("s.yaml", "sites:\n" + list), expected);
  EXPECT_EQ(sites_of("s.yaml", "\xEF\xBB\xBF---\n" + list), expected);
}

TEST(SiteYaml, ReadsLongLists) {
  std::string text;
  for (int i = 0; i < 3000; ++i) {
    text += "- {domain: s" + std::to_string(i) + ".example, name: N, description: D, theme: T}\n";
  }
  EXPECT_EQ(sites_of("s.yaml", text).size(), 3000U);
}

TEST(SiteYaml, NamesThePlaceOfWhatIsBroken) {
  const std::string nothing = " is nothing; put text that begins with '#' in quotes, and write \"\" for no text";
  const std::pair<const char*, std::string> cases[] = {
      {"- domain: a.example\n  theme: #ff0000\n", "2: 'theme' of site 1" + nothing},
      {"- domain:\n  name: x\n", "1: 'domain' of site 1" + nothing},
      {"- domain: a.example\n- domain: b.example\n  name: ~\n", "3: 'name' of site 2" + nothing},
      {"- domain: a.example\n  name: [x]\n", "2: 'name' of site 1 must be text, not a list"},
      {"- domain: a.example\n  name: {x: y}\n", "2: 'name' of site 1 must be text, not a map"},
      {"- domain: a.example\n  thme: x\n", "2: unknown key 'thme'; did you mean 'theme'?"},
      {"- domain: a.example\n  zzzzzzzz: x\n", "2: unknown key 'zzzzzzzz'; known are domain, name, description, theme"},
      {"- domain: a.example\n  name: x\n  name: y\n", "3: key 'name' stands twice; the first is on line 2"},
      {"- domain: a.example\n- name: x\n", "2: site 2 has no 'domain'; add it"},
      {"- a.example\n", "1: site 1 must be a map such as {domain: bakery.example, name: Bakery}, not text"},
      {"site:\n  - domain: a.example\n", "1: unknown key 'site'; did you mean 'sites'?"},
      {"sites: a.example\n", "1: a list of sites is needed, not text; begin each with '- domain: '"},
      {"a.example\n", "1: a list of sites is needed, not text; begin each with '- domain: '"},
      {"{}\n", "1: a list of sites is needed, not a map; begin each with '- domain: '"},
      {",\n", "1: a second document begins; only one is read, remove the '---' before it"},
      {"- domain: a: b\n", "1: not valid YAML: illegal map value (column 12)"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(sites_of("s.yaml", text), Lines{"invalid_site_file s.yaml:" + message}) << text;
  }
  const Lines tab = sites_of("s.yaml", "- domain: a.example\n\tname: x\n");
  EXPECT_TRUE(tab[0].starts_with("invalid_site_file s.yaml:2: not valid YAML: ")) << tab[0];
}

}  // namespace
}  // namespace smbatcher::test

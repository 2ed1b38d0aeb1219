#include "tests/unit/sites/designs/support.h"

namespace smbatcher::test {
namespace {

TEST(SiteJson, ReadsAnArrayOrTheArrayUnderSites) {
  const Lines expected{"a.example|Bakery [\"1\"]|Bread, fresh|{}", "b.example|||"};
  const std::string array =
      R"([{"domain": "A.example", "name": "Bakery [\"1\"]", "description": "Bread, fresh", "theme": "{}"},)"
      "\n"
      R"( {"domain": "b.example"}])";
  EXPECT_EQ(sites_of("s.json", array), expected);
  EXPECT_EQ(sites_of("s.json", "{\"sites\": " + array + "}\n"), expected);
  EXPECT_EQ(sites_of("s.json", "\xEF\xBB\xBF" + array), expected);
}

TEST(SiteJson, NamesThePlaceOfBrokenSyntax) {
  const std::pair<const char*, std::string> cases[] = {
      {"[{\"domain\": \"a.example\"},\n {\"n\xC3\xA4me\" 1}]",
       "2: not valid JSON: syntax error while parsing object separator - unexpected number literal; expected ':' "
       "(column 10)"},
      {"[\n",
       "2: not valid JSON: syntax error while parsing value - unexpected end of input; expected '[', '{', or a "
       "literal (column 1)"},
      {"[\"unclosed]",
       "1: not valid JSON: syntax error while parsing value - invalid string: missing closing quote "
       "(column 12)"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(sites_of("s.json", text), Lines{"invalid_site_file s.json:" + message}) << text;
  }
}

TEST(SiteJson, NamesTheElementOfAWrongType) {
  const std::pair<const char*, std::string> cases[] = {
      {"[{\"domain\": \"a.example\"},\n\n {\"domain\": 5}]", "3: 'domain' of site 2 must be text, not a number"},
      {R"([{"domain": "a.example", "name": null}])", "1: 'name' of site 1 must be text, not null"},
      {R"([{"domain": "a.example", "name": true}])", "1: 'name' of site 1 must be text, not true or false"},
      {R"([{"domain": "a.example", "name": ["a", "b"]}])", "1: 'name' of site 1 must be text, not an array"},
      {R"([{"domain": "a.example", "name": {"a": 1}}])", "1: 'name' of site 1 must be text, not an object"},
      {"{\"sites\": [{\"domain\": \"a[.]\\\"example\"},\n{\"domain\": \"b.example\", \"thme\": \"\"}]}",
       "2: site 2 has an unknown key 'thme'; did you mean 'theme'?"},
      {"[\n{\"name\": \"x\"}]", "2: site 1 has no 'domain'; add it"},
      {"[\n\"a.example\"]", "2: site 1 must be an object such as {\"domain\": \"bakery.example\"}, not text"},
      {"{\"site\": []}", "1: unknown key 'site'; did you mean 'sites'?"},
      {"{\"sites\": {}}", "1: an array of sites is needed, not an object; write [{\"domain\": \"bakery.example\"}]"},
      {"5", "1: an array of sites is needed, not a number; write [{\"domain\": \"bakery.example\"}]"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(sites_of("s.json", text), Lines{"invalid_site_file s.json:" + message}) << text;
  }
}

}  // namespace
}  // namespace smbatcher::test

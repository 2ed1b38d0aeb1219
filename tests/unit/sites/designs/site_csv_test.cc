#include "tests/unit/sites/designs/support.h"

namespace smbatcher::test {
namespace {

TEST(SiteCsv, ReadsColumnsInAnyOrderAndCase) {
  EXPECT_EQ(sites_of("s.csv", "Theme,extra, DOMAIN ,name,Description\nWarm,x,A.Example,Bakery, Bread \n"),
            Lines{"a.example|Bakery|Bread|Warm"});
  EXPECT_EQ(sites_of("s.csv", "domain\na.example\nb.example"), (Lines{"a.example|||", "b.example|||"}));
}

TEST(SiteCsv, ReadsQuotesLineEndsAndByteOrderMark) {
  const std::string expected = "a.example|Bread, \"fresh\"||";
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const std::string text =
        "\"domain\",name" + end + "a.example,\"Bread, \"\"fresh\"\"\"" + end + end + "b.example,\"\"";
    EXPECT_EQ(sites_of("s.csv", text), (Lines{expected, "b.example|||"}));
    EXPECT_EQ(sites_of("s.csv", "\xEF\xBB\xBF" + text + end), (Lines{expected, "b.example|||"}));
  }
  EXPECT_EQ(sites_of("s.csv", "domain,name\na.example,\"two\nlines\"\n"), Lines{"a.example|two\nlines||"});
  EXPECT_EQ(sites_of("s.csv", "domain,name,theme\na.example,,\n"), Lines{"a.example|||"});
}

TEST(SiteCsv, NamesThePlaceOfWhatIsBroken) {
  const std::string no_domain =
      "1: the first line names no column 'domain'; begin with a line such as domain,name,description,theme (with "
      "commas)";
  const std::pair<const char*, std::string> cases[] = {
      {"a.example,Bakery,Bread,Warm\n", no_domain},
      {"domain;name\na.example;Bakery\n", no_domain},
      {"domain,name,Name\n", "1: column 'name' stands twice; remove one"},
      {"domain,naem\na.example,A\n", "1: unknown column 'naem'; did you mean 'name'? rename it"},
      {"domain,name\na.example\n", "2: this line has 1 field, the header 2; put a field that holds commas in quotes"},
      {"domain,name\na.example,\"x\ny\"\nb.example,x,y\n",
       "4: this line has 3 fields, the header 2; put a field that holds commas in quotes"},
      {"domain,name\na.example,\"x\n\n", "2: a quote opens here and is never closed; close it"},
      {"domain,name\na.example,\"x\"\"\n", "2: a quote opens here and is never closed; close it"},
      {"domain,name\na.example,\"", "2: a quote opens here and is never closed; close it"},
      {"domain,name\na.example,5\" pipes\n",
       "2: a quote stands inside a field; put the whole field in quotes and double each quote in it"},
      {"domain,name\na.example,\"x\" y\n",
       "2: text follows a closing quote; put a comma there, or double the quotes inside the field"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(sites_of("s.csv", text), Lines{"invalid_site_file s.csv:" + message}) << text;
  }
}

TEST(SiteCsv, ATextCutAnywhereIsReadOrRefused) {
  const std::string whole =
      "\xEF\xBB\xBF"
      "domain,name\r\na.example,\"x, \"\"y\"\"\"\r\nb.example,z\r\n";
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const Lines lines = sites_of("s.csv", whole.substr(0, length));
    ASSERT_FALSE(lines.empty()) << length;
  }
}

}  // namespace
}  // namespace smbatcher::test

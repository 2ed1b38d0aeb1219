#include <random>

#include "tests/unit/sites/designs/support.h"

namespace smbatcher::test {
namespace {

std::string parsed(std::string_view text) {
  const Result<NewSite> site = parse_site_text(text);
  if (!site) {
    EXPECT_EQ(site.error().code, Errc::kUsage);
    return site.error().reason.text() + ": " + site.error().message;
  }
  return shown(*site);
}

std::string escaped(const std::string& field) {
  std::string text;
  for (const char c : field) {
    text += c == ':' || c == '\\' ? "\\" : "";
    text += c;
  }
  return text;
}

TEST(SiteText, ReadsFourFields) {
  const std::pair<const char*, const char*> cases[] = {
      {"a.example:Name:Some text:Warm", "a.example|Name|Some text|Warm"},
      {"a.example:::", "a.example|||"},
      {R"(a.example:Hours\: 9:C\:\\x:a\b)", R"(a.example|Hours: 9|C:\x|a\b)"},
      {R"(a.example:N:D:end\)", R"(a.example|N|D|end\)"},
      {R"(a.example:N\\:D:T)", R"(a.example|N\|D|T)"},
      {" A.Example :\tN : D:T ", "a.example|N|D|T"},
      {"a.example:Caf\xC3\xA9:D:T", "a.example|Caf\xC3\xA9|D|T"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(parsed(text), expected);
  }
}

TEST(SiteText, NamesWhatIsWrong) {
  const std::string rest = "; write domain:Name:Description:Theme, with '\\:' for a colon inside a field";
  const std::pair<const char*, std::string> cases[] = {
      {"", "invalid_argument: '' has 1 field, not 4" + rest},
      {"a.example:N:D", "invalid_argument: 'a.example:N:D' has 3 fields, not 4" + rest},
      {"a.example:N:at 9:30:T", "invalid_argument: 'a.example:N:at 9:30:T' has 5 fields, not 4" + rest},
      {"a.example:N\xFF:D:T",
       "invalid_argument: 'a.example:N\\xff:D:T' is not UTF-8; write domain:Name:Description:Theme in UTF-8"},
      {"../up:N:D:T", "invalid_domain: '../up' in '../up:N:D:T' is not a host name such as bakery.example"},
      {":N:D:T", "invalid_domain: '' in ':N:D:T' is not a host name such as bakery.example"},
      {"a b:N:D:T\n", "invalid_domain: 'a b' in 'a b:N:D:T\\n' is not a host name such as bakery.example"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(parsed(text), expected);
  }
}

TEST(SiteText, EscapedFieldsComeBackAsTheyWere) {
  std::mt19937 random(1);
  const auto field = [&random] {
    static const std::vector<std::string> kPieces = {":", "\\", "\\:", "a", "\xC3\xA9", "|", "\"", ","};
    std::string text = "x";
    for (auto pieces = random() % 8; pieces > 0; --pieces) {
      text += kPieces[random() % kPieces.size()];
    }
    return text;
  };
  for (int i = 0; i < 5000; ++i) {
    const NewSite site{"a.example", field(), field(), field()};
    const std::string text =
        site.domain + ":" + escaped(site.name) + ":" + escaped(site.description) + ":" + escaped(site.theme);
    ASSERT_EQ(parsed(text), shown(site)) << text;
  }
}

TEST(SiteFile, EndingSaysHowItIsRead) {
  EXPECT_EQ(sites_of("s.CSV", "domain\na.example\n"), Lines{"a.example|||"});
  EXPECT_EQ(sites_of("s.yml", "- domain: a.example\n"), Lines{"a.example|||"});
  EXPECT_EQ(sites_of("s.yaml", "- domain: a.example\n"), Lines{"a.example|||"});
  EXPECT_EQ(sites_of("s.json", R"([{"domain": "a.example"}])"), Lines{"a.example|||"});
  EXPECT_EQ(sites_of("s.txt", "a.example"), Lines{"invalid_argument s.txt: 's.txt' must end in .csv, .yaml, .yml or "
                                                  ".json: the ending says how it is read"});
}

TEST(SiteFile, WithoutSitesIsAnError) {
  const std::pair<const char*, const char*> cases[] = {
      {"s.csv", ""},     {"s.csv", "domain\n"}, {"s.csv", "\n \r\n\t"},         {"s.csv", "\xEF\xBB\xBF"},
      {"s.yaml", ""},    {"s.yaml", "[]"},      {"s.yaml", "sites:\n"},         {"s.yaml", "# none yet\n"},
      {"s.json", " \n"}, {"s.json", "[\n]"},    {"s.json", R"({"sites": []})"},
  };
  for (const auto& [name, text] : cases) {
    const std::string file = name;
    EXPECT_EQ(sites_of(file, text), Lines{"no_sites " + file + ": '" + file + "' names no site; add at least one"})
        << text;
  }
}

TEST(SiteFile, NamesTheLineOfBytesThatAreNoText) {
  using namespace std::string_literals;
  for (const std::string name : {"s.csv", "s.yaml", "s.json"}) {
    EXPECT_EQ(sites_of(name, "\n\n\xFF"),
              Lines{"invalid_site_file " + name + ":3: not UTF-8 text; save the file as UTF-8"});
    EXPECT_EQ(sites_of(name, "\nx\0"s),
              Lines{"invalid_site_file " + name + ":2: a NUL byte stands in the text; remove it"});
  }
}

TEST(SiteFile, AbsentOrOver8MiBIsAnError) {
  const TempDir folder;
  const auto reason = [&folder](const std::string& name) {
    const auto sites = read_site_file(system_file_ops(), folder.at(name));
    return sites ? "accepted" : shown(sites.error(), folder);
  };
  EXPECT_EQ(reason("s.csv"), "not_found s.csv: there is no file 's.csv'");
  const std::string head = "domain\na.example\n";
  const std::size_t limit = std::size_t{8} << 20U;
  folder.write("s.csv", head + std::string(limit - head.size(), '\n'));
  EXPECT_EQ(reason("s.csv"), "accepted");
  folder.write("s.csv", head + std::string(limit - head.size() + 1, '\n'));
  EXPECT_EQ(reason("s.csv"), "file_too_large s.csv: 's.csv' is larger than 8388608 bytes; is it the right file?");
}

TEST(SiteFile, NamesTheLineOfABadOrRepeatedDomain) {
  const std::string bad = ": 'b b' is not a host name such as bakery.example";
  EXPECT_EQ(sites_of("s.csv", "domain\na.example\n\nb b\n"), Lines{"invalid_domain s.csv:4" + bad});
  EXPECT_EQ(sites_of("s.yaml", "- domain: a.example\n- name: B\n  domain: B B\n"),
            Lines{"invalid_domain s.yaml:3" + bad});
  EXPECT_EQ(sites_of("s.json", "[{\"domain\": \"a.example\"},\n {\n\"domain\": \"b b\"}]"),
            Lines{"invalid_domain s.json:2" + bad});
  const std::string twice = ": 'a.example' stands twice; the first is on line ";
  EXPECT_EQ(sites_of("s.csv", "domain\na.example\nA.EXAMPLE\n"), Lines{"duplicate_domain s.csv:3" + twice + "2"});
  EXPECT_EQ(sites_of("s.yaml", "- domain: a.example\n- domain: a.example\n"),
            Lines{"duplicate_domain s.yaml:2" + twice + "1"});
  EXPECT_EQ(sites_of("s.json", "[{\"domain\": \"a.example\"},\n{\"domain\": \"a.example\"}]"),
            Lines{"duplicate_domain s.json:2" + twice + "1"});
}

}  // namespace
}  // namespace smbatcher::test

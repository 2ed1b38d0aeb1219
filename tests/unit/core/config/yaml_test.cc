#include "libregistry/core/config/yaml.h"

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

std::string fault(const std::string& text, std::size_t first_line = 1) {
  const Result<YamlValue> value = parse_yaml(text, "f.yml", "config_invalid", first_line);
  if (value) {
    return "accepted";
  }
  EXPECT_EQ(value.error().reason.text(), "config_invalid");
  EXPECT_EQ(value.error().code, Errc::kMalformed);
  return value.error().where + ": " + value.error().message;
}

std::string nested(std::size_t levels) { return "a: " + std::string(levels, '[') + std::string(levels, ']'); }

TEST(Yaml, KeepsScalarsAsWrittenWithTheirLines) {
  const Result<YamlValue> value = parse_yaml("a: no\nb: [1.0, \"x\"]\nc: #ff0000\n", "f.yml", "config_invalid", 10);
  ASSERT_TRUE(value.has_value());
  ASSERT_EQ(value->entries.size(), 3U);
  EXPECT_EQ(value->entries[0].value.scalar, "no");
  EXPECT_EQ(value->entries[1].line, 11U);
  EXPECT_EQ(value->entries[1].value.items[0].scalar, "1.0");
  EXPECT_EQ(value->entries[2].value.kind, YamlValue::Kind::kNull);
  EXPECT_EQ(value->entries[2].value.line, 12U);
}

TEST(Yaml, ReadsCrlfAndByteOrderMark) {
  const Result<YamlValue> value = parse_yaml(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: 2\r\n",
      "f.yml", "config_invalid");
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->entries[0].key, "a");
  EXPECT_EQ(value->entries[0].value.scalar, "1");
}

TEST(Yaml, EndsLinesAtALoneCarriageReturnToo) {
  const Result<YamlValue> value = parse_yaml("a: 1\rb: 2\r\nc: 3\n", "f.yml", "config_invalid");
  ASSERT_TRUE(value.has_value());
  ASSERT_EQ(value->entries.size(), 3U);
  EXPECT_EQ(value->entries[0].value.scalar, "1");
  EXPECT_EQ(value->entries[1].line, 2U);
  EXPECT_EQ(value->entries[2].line, 3U);
  EXPECT_EQ(fault("a: 1\rb: \xff\n"), "f.yml:2: not UTF-8 text; save the file as UTF-8");
}

TEST(Yaml, NamesThePlaceOfWhatIsBroken) {
  using namespace std::string_literals;
  const std::pair<std::string, std::string> cases[] = {
      {"a: 1\nb: 2\na: 3\n", "f.yml:3: key 'a' stands twice; the first is on line 1"},
      {"a:\n  b: 1\n  b: 1\n", "f.yml:3: key 'b' stands twice; the first is on line 2"},
      {"a: 1\nb: \xff\n", "f.yml:2: not UTF-8 text; save the file as UTF-8"},
      {"a: 1\n\nb: \0\n"s, "f.yml:3: a NUL byte stands in the text; remove it"},
      {"a: 1\n[x]: 2\n", "f.yml:2: a key must be a word, not a list, a map or nothing"},
      {"a: 1\n---\nb: 2\n", "f.yml:3: a second document begins; only one is read, remove the '---' before it"},
      {"a: 1\nb: c: d\n", "f.yml:2: not valid YAML: illegal map value (column 5)"},
      {nested(65), "f.yml:1: nested deeper than 64 levels"},
      {nested(5000), "f.yml:1: nested deeper than 64 levels"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(fault(text), message);
  }
  EXPECT_EQ(fault(nested(63)), "accepted");
  EXPECT_EQ(fault("a: 1\nb: c: d\n", 5), "f.yml:6: not valid YAML: illegal map value (column 5)");
  EXPECT_TRUE(fault("a: 1\n\tb: 2\n").starts_with("f.yml:2: not valid YAML: ")) << fault("a: 1\n\tb: 2\n");
  EXPECT_TRUE(fault("a: [1, 2\n").starts_with("f.yml:2: not valid YAML: ")) << fault("a: [1, 2\n");
  EXPECT_TRUE(fault("a: *none\n").starts_with("f.yml:1: not valid YAML: ")) << fault("a: *none\n");
}

TEST(Yaml, StopsAliasesThatMultiply) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + alias;
    for (int j = 0; j < 8; ++j) {
      bomb += ", " + alias;
    }
    bomb += "]\n";
  }
  EXPECT_TRUE(fault(bomb).ends_with("holds more than 10000 values; do its aliases repeat each other?")) << fault(bomb);
  EXPECT_NE(fault("a: &a [*a]\n"), "accepted");
}

}  // namespace
}  // namespace smbatcher

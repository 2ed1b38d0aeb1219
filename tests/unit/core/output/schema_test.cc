#include "libregistry/core/output/schema.h"

#include <gtest/gtest.h>

#include "libregistry/core/output/outcome_fields.h"

namespace smbatcher {
namespace {

constexpr Field<std::string> kName{"name", "what it is called"};
constexpr Field<Positive> kSize{"size", "how large it is"};
constexpr auto kColours = std::to_array<std::string_view>({"red", "green"});
constexpr Record kPart{kName.means("the part"), kSize.optional(), Field<OneOf<kColours>>{"colour", "how it looks"}};
constexpr Field<ListOf<kPart>> kParts{"parts", "what it is released of"};
constexpr Field<OrNull<ObjectOf<kPart>>> kMain{"main", "the part that counts; null when there is none"};

Json parsed(const std::string& text) {
  const auto json = parse_json(text);
  EXPECT_NE(std::get_if<Json>(&json), nullptr) << text;
  return std::get<Json>(json);
}

/// The value below the keys and the indexes of `path`, as JSON text.
std::string at(const Json& json, const std::vector<std::string>& path) {
  const Json* here = &json;
  for (const std::string& step : path) {
    const JsonArray* const array = here->array();
    here = array == nullptr ? here->find(step) : &array->at(static_cast<std::size_t>(std::stoi(step)));
    if (here == nullptr) {
      return "absent";
    }
  }
  return here->dump();
}

TEST(Field, PrintsItsValueUnderItsName) {
  Outcome outcome = Outcome::ok("released");
  add(outcome, kName, "a box");
  add(outcome, kSize, 3);
  add(outcome, kParts, JsonArray{kPart.print("lid", std::nullopt, "red"), kPart.print("body", Positive(2), "green")});
  add(outcome, kMain, std::nullopt);
  add(outcome, kMain, std::optional<ObjectOf<kPart>>(kPart.print("lid", std::nullopt, "red")));
  EXPECT_EQ(outcome.render(Format::kJson),
            R"({"result":"released","name":"a box","size":3,"parts":[{"name":"lid","colour":"red"},)"
            R"({"name":"body","size":2,"colour":"green"}],"main":null,"main":{"name":"lid","colour":"red"},)"
            R"("exit_code":0})"
            "\n");
}

TEST(Schema, DescribesEachAnswer) {
  const Json schema = parsed(Schema("A thing.")
                                 .ok("released", {kName, maybe(kSize), shared(kParts)})
                                 .would("released", {kName, shared(kParts), kMain})
                                 .fail({{"queued", "it does not fit", {kSize}}, {"incomplete", "there are none"}})
                                 .exits({1, 75})
                                 .error("missing_argument and others")
                                 .text("make-thing", true));
  EXPECT_EQ(at(schema, {"title"}), "\"smbatcher make-thing --format json\"");
  EXPECT_EQ(at(schema, {"oneOf", "0", "title"}), "\"OK:released\"");
  EXPECT_EQ(at(schema, {"oneOf", "0", "required"}), R"(["result","name","parts","exit_code"])");
  EXPECT_EQ(at(schema, {"oneOf", "0", "additionalProperties"}), "false");
  EXPECT_EQ(at(schema, {"oneOf", "0", "properties", "result", "const"}), R"("released")");
  EXPECT_EQ(at(schema, {"oneOf", "0", "properties", "size"}),
            R"({"description":"how large it is","type":"integer","minimum":1})");
  EXPECT_EQ(at(schema, {"oneOf", "0", "properties", "parts", "$ref"}), R"("#/$defs/parts")");
  EXPECT_EQ(at(schema, {"oneOf", "0", "properties", "registry", "type"}), R"("string")");
  EXPECT_EQ(at(schema, {"oneOf", "1", "properties", "would", "const"}), R"("released")");
  EXPECT_EQ(at(schema, {"oneOf", "1", "properties", "main", "type"}), R"(["object","null"])");
  EXPECT_EQ(at(schema, {"oneOf", "2", "properties", "reason"}),
            R"({"description":"queued: it does not fit; incomplete: there are none","enum":["queued","incomplete"]})");
  EXPECT_EQ(at(schema, {"oneOf", "2", "required"}), R"(["reason","message","exit_code"])");
  EXPECT_EQ(at(schema, {"oneOf", "2", "properties", "exit_code", "enum"}), "[1,75]");
  EXPECT_EQ(at(schema, {"oneOf", "3", "additionalProperties"}), "absent");
  EXPECT_EQ(at(schema, {"$defs", "parts", "items", "required"}), R"(["name","colour"])");
  EXPECT_EQ(at(schema, {"$defs", "parts", "items", "properties", "colour", "enum"}), R"(["red","green"])");
}

TEST(Schema, SaysOnceWhatTwoRefusalsShare) {
  const std::string text =
      Schema("A thing.").fail({{"held", "first", {kSize, kName}}, {"buried", "second", {kSize}}}).text("t", false);
  const std::string key = "\"size\"";
  EXPECT_EQ(text.find(key, text.find(key) + 1), std::string::npos) << text;
  EXPECT_EQ(text.find("registry"), std::string::npos) << text;
}

TEST(Schema, IsLaidOutInLinesThatCanBeRead) {
  const std::string text = Schema("A thing.").ok("released", {kName, kSize, shared(kParts)}).text("t", true);
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    EXPECT_LE(end - begin, 160U) << text.substr(begin, end - begin);
    begin = end + 1;
  }
  EXPECT_EQ(begin, text.size());
}

}  // namespace
}  // namespace smbatcher

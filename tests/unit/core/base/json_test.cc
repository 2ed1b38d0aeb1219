#include "libregistry/core/base/json.h"

#include <string>
#include <variant>

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

Json parsed(std::string_view text) {
  auto result = parse_json(text);
  EXPECT_TRUE(std::holds_alternative<Json>(result)) << text;
  return std::holds_alternative<Json>(result) ? std::get<Json>(result) : Json();
}

bool is_refused(std::string_view text) { return std::holds_alternative<JsonError>(parse_json(text)); }

TEST(Json, PrintsMembersInTheOrderTheyWereAdded) {
  const Json value(JsonObject{{"z", 1}, {"a", JsonArray{true, nullptr, "x", 0.5}}, {"m", JsonObject{}}});
  EXPECT_EQ(value.dump(), R"({"z":1,"a":[true,null,"x",0.5],"m":{}})");
}

TEST(Json, PrintsOneLine) { EXPECT_EQ(Json("a\nb\"\x01").dump(), R"("a\nb\"\u0001")"); }

TEST(Json, PrintsSeveralLinesAsJqAndPythonDo) {
  const Json value(
      JsonObject{{"b", 1}, {"a", JsonArray{Json("ä"), Json(0.5), Json()}}, {"e", JsonArray{}}, {"o", JsonObject{}}});
  EXPECT_EQ(value.pretty(),
            "{\n  \"b\": 1,\n  \"a\": [\n    \"ä\",\n    0.5,\n    null\n  ],\n  \"e\": [],\n  \"o\": {}\n}");
  EXPECT_EQ(Json("ä").pretty(Json::Letters::kAscii), "\"\\u00e4\"");
}

TEST(Json, SetsAMemberInItsPlace) {
  JsonObject object{{"a", 1}, {"b", 2}};
  set_member(object, "a", 3);
  set_member(object, "c", 4);
  EXPECT_EQ(Json(object).dump(), R"({"a":3,"b":2,"c":4})");
}

TEST(Json, ReplacesBytesThatAreNoUtf8) { EXPECT_EQ(Json("a\xff").dump(), "\"a\xef\xbf\xbd\""); }

TEST(Json, PrintsEveryCharacterSoThatItIsReadBack) {
  for (int byte = 1; byte < 0x80; ++byte) {
    const std::string text = std::string("a") + static_cast<char>(byte) + "b";
    const std::string printed = Json(JsonObject{{text, text}}).dump();
    EXPECT_EQ(*parsed(printed).find(text)->string(), text) << printed;
    EXPECT_EQ(printed.find_first_of("\n\r\t"), std::string::npos);
  }
  EXPECT_EQ(Json("\xC3\xA9\"").dump(), "\"\xC3\xA9\\\"\"");
  EXPECT_EQ(Json(JsonArray{}).dump() + Json(JsonObject{}).dump() + Json(false).dump(), "[]{}false");
}

TEST(Json, KeepsLargeTokensExact) {
  const std::string text = R"({"token":9007199254740993,"least":-9223372036854775808})";
  EXPECT_EQ(parsed(text).dump(), text);
  EXPECT_EQ(parsed(text).find("token")->integer(), 9007199254740993);
}

TEST(Json, PrintsEveryNumberAsItWasWritten) {
  for (const std::string number :
       {"9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551616",
        "123456789012345678901234567890", "-0", "0", "1.0", "1.10", "-0.0", "1e5", "1E+05", "2.5e-3", "1e400", "-1e400",
        "1e-400", "0.1000000000000000055511151231257827", "1234567890.12345678901234567890"}) {
    EXPECT_EQ(parsed(number).dump(), number);
    const std::string text = R"({"a":["1e999",)" + number + R"(],"-5":)" + number + R"(,"b\"7":true})";
    EXPECT_EQ(parsed(text).dump(), text);
  }
  const std::string long_number = "1" + std::string(400, '0') + ".5";
  EXPECT_EQ(parsed("[" + long_number + "]").dump(), "[" + long_number + "]");
  EXPECT_EQ(Json(std::uint64_t{18446744073709551615U}).dump(), "18446744073709551615");
  EXPECT_FALSE(parsed("9223372036854775808").integer().has_value());
  EXPECT_EQ(parsed("9223372036854775808").number(), 9223372036854775808.0);
  EXPECT_EQ(parsed("-0").number(), 0.0);
  EXPECT_FALSE(parsed("1.0").integer().has_value());
}

TEST(Json, OfAKeyThatComesTwiceTheLastCounts) {
  EXPECT_EQ(parsed(R"({"a":1,"b":2,"a":3})").dump(), R"({"a":3,"b":2})");
}

TEST(Json, ReadsWhatItPrints) {
  const std::string text = R"({"b":[1,-2,0.25,"é😀\\ \"q\"",[],{}],"a":{"x":null,"y":false}})";
  EXPECT_EQ(parsed(text).dump(), text);
}

TEST(Json, AnswersNothingForAnotherType) {
  const Json value = parsed(R"({"s":"x","i":1,"d":1.5,"b":true,"n":null})");
  EXPECT_EQ(*value.find("s")->string(), "x");
  EXPECT_FALSE(value.find("s")->integer().has_value());
  EXPECT_EQ(value.find("i")->number(), 1.0);
  EXPECT_FALSE(value.find("d")->integer().has_value());
  EXPECT_FALSE(value.find("i")->boolean().has_value());
  EXPECT_EQ(value.find("b")->boolean(), true);
  EXPECT_TRUE(value.find("n")->is_null());
  EXPECT_EQ(value.find("absent"), nullptr);
  EXPECT_EQ(value.find("s")->find("x"), nullptr);
  EXPECT_EQ(value.array(), nullptr);
}

TEST(Json, RefusesWhatIsNotOneJsonText) {
  for (const char* text : {"", " ", "{", "[1,]", "{\"a\":1}x", "{} {}", "{'a':1}", "nul", "01", "-", "1.", ".5", "1e",
                           "1e+", "-01e400", "1e400e400", "[1 2]", "\"\xff\"", "\"a"}) {
    EXPECT_TRUE(is_refused(text)) << text;
  }
}

TEST(Json, NamesTheByteWhereReadingFailed) {
  const auto result = parse_json(R"({"a": x})");
  ASSERT_TRUE(std::holds_alternative<JsonError>(result));
  EXPECT_EQ(std::get<JsonError>(result).byte, 6U);
  EXPECT_FALSE(std::get<JsonError>(result).message.empty());
}

TEST(Json, CutsNoMemberShortAtAnyLength) {
  const std::string text = R"({"verb":"claim","token":17,"rows":[{"domain":"a.example"}]})";
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_TRUE(is_refused(std::string_view(text).substr(0, length))) << length;
  }
}

TEST(Json, RefusesNestingDeeperThan64Levels) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_FALSE(is_refused(nested(64)));
  EXPECT_TRUE(is_refused(nested(65)));
  EXPECT_TRUE(is_refused(nested(200000)));
}

TEST(Json, MakesAListOfStrings) { EXPECT_EQ(Json(std::vector<std::string>{"a", "b"}).dump(), R"(["a","b"])"); }

TEST(Json, CopiesShareAndDoNotChangeEachOther) {
  const Json original(JsonObject{{"a", 1}});
  Json copy = original;
  copy = Json(2);
  EXPECT_EQ(original.dump(), R"({"a":1})");
}

}  // namespace
}  // namespace smbatcher

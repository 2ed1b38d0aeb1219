#include "libregistry/coordination/install_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libregistry/coordination/install_files.h"
#include "libregistry/coordination/json_file.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Json parsed(std::string_view text) { return parse_json_file("test", text).value_or(Json()); }

const char* const kFragment = R"({"hooks":{"Stop":[{"hooks":[{"type":"command","command":"ours"}]}]}})";

/// The settings with our hook, of which all bytes of `before` must be left when what was added is taken out.
std::string with_ours(const std::string& before) {
  const auto merged = merge_settings("s", before, parsed(kFragment));
  EXPECT_TRUE(merged) << (merged ? "" : merged.error().message);
  if (!merged) {
    return {};
  }
  const auto again = merge_settings("s", merged->text, parsed(kFragment));
  EXPECT_TRUE(again && again->text == merged->text && again->added.empty()) << merged->text;
  std::size_t at = 0;  // every byte of before in its order: nothing was taken away
  for (const char byte : merged->text) {
    at += at < before.size() && before[at] == byte ? 1 : 0;
  }
  EXPECT_EQ(at, before.size()) << merged->text;
  return merged->text;
}

TEST(InstallSettings, AddsWhatIsNotThereAndNothingTwice) {
  EXPECT_EQ(parsed(with_ours("{}\n")).dump(), kFragment);
  EXPECT_EQ(parsed(with_ours("{ }")).dump(), kFragment);
  EXPECT_EQ(with_ours(R"({"a": 1})"),
            R"({"a": 1, "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "ours"}]}]}})");
}

TEST(InstallSettings, WhatIsAddedHasTheIndentAndTheLineEndsOfTheFile) {
  EXPECT_EQ(
      with_ours("{\r\n\t\"a\": [\r\n\t\t1.0\r\n\t]\r\n}\r\n"),
      "{\r\n\t\"a\": [\r\n\t\t1.0\r\n\t],\r\n\t\"hooks\": {\r\n\t\t\"Stop\": [\r\n\t\t\t{\r\n\t\t\t\t\"hooks\": [\r\n"
      "\t\t\t\t\t{\r\n\t\t\t\t\t\t\"type\": \"command\",\r\n\t\t\t\t\t\t\"command\": \"ours\"\r\n\t\t\t\t\t}\r\n"
      "\t\t\t\t]\r\n\t\t\t}\r\n\t\t]\r\n\t}\r\n}\r\n");
  EXPECT_EQ(with_ours("{\n    \"hooks\": {\n        \"Stop\": [\n            {\"hooks\": []}\n        ]\n    }\n}"),
            "{\n    \"hooks\": {\n        \"Stop\": [\n            {\"hooks\": []},\n            {\n"
            "                \"hooks\": [\n                    {\n                        \"type\": \"command\",\n"
            "                        \"command\": \"ours\"\n                    }\n                ]\n            }\n"
            "        ]\n    }\n}");
}

TEST(InstallSettings, EveryOtherByteStays) {
  for (const std::string& text : std::vector<std::string>{
           "\xEF\xBB\xBF{\"n\": 123456789012345678901234567890, \"m\": -0, \"f\": 1e400, \"e\":\"\\u00e9\\/\"}",
           "{\n\n  \"a\" :1 ,\n      \"hooks\" : { \"Stop\" : [ ] , \"X\":[{}] },\n\"z\":null }\n\n",
           "{\"\\u0068ooks\": {\"St\\u006fp\": []}}", "{\"hooks\":{},\"hooks\":{\n}}\n", "{\n\t\"hooks\": {\n\t}\n}"}) {
    const std::string merged = with_ours(text);
    const Json settings = parsed(merged.starts_with("\xEF\xBB\xBF") ? merged.substr(3) : merged);
    ASSERT_NE(settings.find("hooks"), nullptr) << merged;
    ASSERT_NE(settings.find("hooks")->find("Stop"), nullptr) << merged;
    EXPECT_EQ(settings.find("hooks")->find("Stop")->array()->size(), 1U) << merged;
  }
}

TEST(InstallSettings, AHookThatAPersonMovedToAnotherGroupStaysThere) {
  const std::string theirs =
      R"({"a":1,"hooks":{"Stop":[{"matcher":"x","hooks":[{"command":"mine"},{"command":"ours","timeout":9}]}]},"b":2})";
  EXPECT_EQ(with_ours(theirs), theirs);
}

TEST(InstallSettings, OtherAgentsListTheirHooksWithoutGroups) {
  const Json fragment = parsed(R"({"version":1,"hooks":{"preToolUse":[{"type":"command","bash":"ours"}]}})");
  const auto once = merge_settings("s", R"({"hooks":{"preToolUse":[{"type":"command","bash":"mine"}]}})", fragment);
  ASSERT_TRUE(once);
  EXPECT_EQ(
      parsed(once->text).dump(),
      R"({"hooks":{"preToolUse":[{"type":"command","bash":"mine"},{"type":"command","bash":"ours"}]},"version":1})");
  EXPECT_THAT(merge_settings("s", once->text, fragment)->added, IsEmpty());
}

TEST(InstallSettings, RefusesHooksOfAnotherShape) {
  for (const char* const text : {R"({"hooks":[]})", R"({"hooks":{"Stop":{}}})", R"({"hooks":{"Stop":"x"}})"}) {
    const auto merged = merge_settings("s", text, parsed(kFragment));
    ASSERT_FALSE(merged) << text;
    EXPECT_EQ(merged.error().reason.text(), "settings_invalid");
  }
}

TEST(InstallSettings, CommentsAreRefusedAndNamed) {
  for (const auto& [text, where] :
       std::vector<std::pair<std::string, std::string>>{{"// mine\n{}", "s:1:1"},
                                                        {"{\n  \"a\": \"// no\", /* here */ \"b\": 1\n}", "s:2:17"},
                                                        {"{\n  \"a\": [1, 2,],\n}", "s:2:13"},
                                                        {"{\"a\": 1, // last\n}", "s:1:8"}}) {
    const auto merged = merge_settings("s", text, parsed(kFragment));
    ASSERT_FALSE(merged) << text;
    EXPECT_EQ(merged.error().reason.text(), "settings_invalid") << text;
    EXPECT_EQ(merged.error().where, where) << text;
    EXPECT_THAT(merged.error().message, ::testing::HasSubstr("comments"));
  }
  EXPECT_EQ(merge_settings("s", "{\"a\": }", parsed(kFragment)).error().reason.text(), "invalid_json");
  EXPECT_EQ(merge_settings("s", "{ // x\n \"a\": }", parsed(kFragment)).error().reason.text(), "invalid_json");
}

TEST(InstallFiles, EachHasAText) {
  for (const char* const agent : {"claude", "codex", "gemini", "cursor", "copilot", "vscode", "opencode"}) {
    const AgentInstall* const install = agent_install(agent);
    ASSERT_NE(install, nullptr) << agent;
    for (const InstallFile& file : install_files(*install)) {
      EXPECT_FALSE(file.text.empty()) << file.path;
      EXPECT_EQ(file.text.find('@' + std::string("EVENT")), std::string::npos) << file.path;
    }
    EXPECT_EQ(install->fragment.empty(), agent == std::string("opencode"));
    EXPECT_TRUE(install->fragment.empty() || parsed(install_text(install->fragment)).is_object());
  }
  EXPECT_EQ(agent_install("emacs"), nullptr);
}

TEST(JsonFile, AFaultIsNamedByLineAndColumn) {
  const auto broken = parse_json_file("f.json", "{\n  \"a\": ,\n}");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().details, "f.json:2:8");
  EXPECT_EQ(parse_json_file("f.json", " \n").error().details, "f.json:1:1");
  EXPECT_EQ(parse_json_file("f.json", "[1]").error().reason.text(), "invalid_json");
}

}  // namespace
}  // namespace smbatcher::test

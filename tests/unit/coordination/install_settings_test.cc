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

TEST(InstallSettings, AddsWhatIsNotThereAndNothingTwice) {
  const auto once = merge_settings("s", parsed("{}"), parsed(kFragment));
  ASSERT_TRUE(once);
  EXPECT_THAT(once->added, ElementsAre("Stop"));
  EXPECT_EQ(once->settings.dump(), kFragment);
  const auto twice = merge_settings("s", once->settings, parsed(kFragment));
  ASSERT_TRUE(twice);
  EXPECT_THAT(twice->added, IsEmpty());
  EXPECT_EQ(twice->settings.dump(), kFragment);
}

TEST(InstallSettings, AHookThatAPersonMovedToAnotherGroupStaysThere) {
  const std::string theirs =
      R"({"a":1,"hooks":{"Stop":[{"matcher":"x","hooks":[{"command":"mine"},{"command":"ours","timeout":9}]}]},"b":2})";
  const auto merged = merge_settings("s", parsed(theirs), parsed(kFragment));
  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->settings.dump(), theirs);
}

TEST(InstallSettings, RefusesHooksOfAnotherShape) {
  for (const char* const text : {R"({"hooks":[]})", R"({"hooks":{"Stop":{}}})", R"({"hooks":{"Stop":"x"}})"}) {
    const auto merged = merge_settings("s", parsed(text), parsed(kFragment));
    ASSERT_FALSE(merged) << text;
    EXPECT_EQ(merged.error().reason, "settings_invalid");
  }
}

TEST(InstallFiles, EachHasAText) {
  for (const InstallFile& file : install_files()) {
    EXPECT_FALSE(file.text.empty()) << file.path;
    EXPECT_EQ(file.text.find('@' + std::string("EVENT")), std::string::npos) << file.path;
  }
  EXPECT_TRUE(parsed(settings_fragment()).is_object());
}

TEST(JsonFile, AFaultIsNamedByLineAndColumn) {
  const auto broken = parse_json_file("f.json", "{\n  \"a\": ,\n}");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().details, "f.json:2:8");
  EXPECT_EQ(parse_json_file("f.json", " \n").error().details, "f.json:1:1");
  EXPECT_EQ(parse_json_file("f.json", "[1]").error().reason, "invalid_json");
}

}  // namespace
}  // namespace smbatcher::test

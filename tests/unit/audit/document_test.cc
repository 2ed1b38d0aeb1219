#include "libregistry/audit/document.h"

#include <gtest/gtest.h>

#include "tests/unit/audit/support.h"

namespace smbatcher::test {
namespace {

std::string minimal(const std::string& more = "") {
  return R"({"current_work": {"locked": false}, "completed_audits": [], "work_queue": [], "statistics": {})" + more +
         "}";
}

TEST(AuditDocument, KeepsOrderAndUnknownKeysAndEscapesAsPythonDoes) {
  const auto document = parse_audit_document(minimal(R"(, "z": [1, 2.5, "ä\u007f𝄞\n"], "a": {}, "e": [])"), "f");
  ASSERT_TRUE(document);
  EXPECT_EQ(
      audit_text(*document),
      "{\n  \"current_work\": {\n    \"locked\": false\n  },\n  \"completed_audits\": [],\n  \"work_queue\": [],\n"
      "  \"statistics\": {},\n  \"z\": [\n    1,\n    2.5,\n    \"\\u00e4\\u007f\\ud834\\udd1e\\n\"\n  ],\n"
      "  \"a\": {},\n  \"e\": []\n}");
}

TEST(AuditDocument, NamesTheLineAndColumnOfAFault) {
  const auto document = parse_audit_document("{\n  \"a\": ]\n}", "f.json");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().reason.text(), "invalid_json");
  EXPECT_EQ(document.error().where, "f.json:2:8");
  EXPECT_TRUE(document.error().message.starts_with("Invalid JSON in coordination file: f.json:2:8: "));
}

TEST(AuditDocument, NamesAPartThatIsMissingOrOfAnotherKind) {
  for (const auto& [text, fault] : std::vector<std::pair<std::string, std::string>>{
           {"[]", "it is not an object"},
           {"{}", "'current_work' is missing or no object"},
           {R"({"current_work": {"locked": false}, "statistics": 1})", "'statistics' is missing or no object"},
           {R"({"current_work": {"locked": false}, "statistics": {}})", "'completed_audits' is missing or no list"},
           {R"({"current_work": {"locked": 1}, "statistics": {}, "completed_audits": [], "work_queue": []})",
            "'current_work.locked' is neither true nor false"}}) {
    const auto document = parse_audit_document(text, "f");
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().message, "Invalid JSON in coordination file: f: " + fault);
  }
}

TEST(AuditDocument, RefusesANumberThatItCouldNotWriteBack) {
  EXPECT_EQ(reason(parse_audit_document(minimal(R"(, "n": 12345678901234567890)"), "f")), "invalid_json");
  EXPECT_TRUE(parse_audit_document(minimal(R"(, "n": "12345678901234567890")"), "f"));
  EXPECT_TRUE(parse_audit_document(minimal(R"(, "\"": 0.12345678901234567890)"), "f"));
}

TEST(AuditDocument, WritesTimesWithMicroseconds) {
  EXPECT_EQ(audit_time(WallTime(std::chrono::milliseconds(1'250))), "1970-01-01T00:00:01.250000Z");
}

TEST(AuditDocument, KnowsWhatMayBecomeAPartOfAPath) {
  for (const char* const name : {"portfolio", "a b", "a..b", ".x", "ä", "-x"}) {
    EXPECT_TRUE(is_repo_name(name)) << name;
  }
  for (const std::string name : {"", ".", "..", "../x", "a/b", "/", "a\nb", "\x7f", "\xff"}) {
    EXPECT_FALSE(is_repo_name(name)) << name;
  }
  EXPECT_FALSE(is_repo_name(std::string(129, 'a')));
  EXPECT_TRUE(is_audit_name("host/1"));
}

}  // namespace
}  // namespace smbatcher::test

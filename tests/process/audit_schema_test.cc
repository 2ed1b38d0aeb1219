#include <filesystem>

#include "tests/process/audit_support.h"

namespace smbatcher::test {
namespace {

// Each answer of the tools of the audit queue fits the schema that the tool prints.

class AuditAnswersKept {
 public:
  explicit AuditAnswersKept(const AuditHome& home) : home_(home) {}

  void run(const std::string& tool, std::vector<std::string> args, int status) {
    if (tool != "audit-sync") {
      args.emplace_back("--json");
    }
    const ProcessResult result = home_.run(tool, args);
    EXPECT_EQ(result.status, status) << result.command << result.out;
    const auto parsed = parse_json(result.out);
    const Json* const answer = std::get_if<Json>(&parsed);
    ASSERT_NE(answer, nullptr) << result.out;
    lines_[tool] += answer->dump() + "\n";
  }

  void expect_to_fit() const {
    for (const auto& [tool, lines] : lines_) {
      home_.dir().write("schema.json", home_.run(tool, {"--schema"}).out);
      const ProcessResult result =
          test::run({.argv = {"python3", SMB_CHECK_SCHEMA, home_.dir().at("schema.json")}, .input = lines});
      EXPECT_EQ(result.status, 0) << tool << "\n" << result.out << result.err;
    }
    EXPECT_EQ(lines_.size(), 4U);
  }

 private:
  const AuditHome& home_;
  std::map<std::string, std::string> lines_;
};

TEST(AuditSchema, DescribesEveryAnswer) {
  const AuditHome home;
  AuditAnswersKept answers(home);
  answers.run("audit-handoff", {}, 1);
  answers.run("audit-handoff", {"--in-place"}, 0);
  answers.run("audit-handoff", {"--replace", "--dry-run"}, 0);
  answers.run("audit-handoff", {"--force", "--scan", "Projects", "--dry-run"}, 0);
  answers.run("audit-handoff", {"--force", "--replace"}, 0);
  answers.run("audit-handoff", {"--force", "--scan", "nowhere"}, 2);
  answers.run("audit-sync", {"status"}, 0);
  answers.run("audit-sync", {"lock", "r000", "i1"}, 0);
  answers.run("audit-sync", {"lock", "r001", "i2"}, 1);
  answers.run("audit-sync", {"renew", "r000", "i1", "--ttl", "1h"}, 0);
  answers.run("audit-sync", {"unlock", "r000", "i2"}, 1);
  answers.run("audit-sync", {"complete", "r000", "CLEAN", "i1", "true"}, 1);
  answers.run("verify-audit", {"r000"}, 1);
  answers.run("audit-status", {}, 0);
  home.write_report("r000");
  answers.run("verify-audit", {"r000"}, 0);
  answers.run("audit-sync", {"complete", "r000", "CLEAN", "i1", "true", "--dry-run"}, 0);
  answers.run("audit-sync", {"complete", "r000", "CLEAN", "i1", "true"}, 0);
  answers.run("audit-sync", {"status"}, 0);
  answers.run("audit-sync", {"lock", "x", "i1", "--strict"}, 1);
  answers.run("audit-sync", {"lock", "x", "i1"}, 0);
  answers.run("audit-sync", {"unlock", "x", "i2"}, 1);
  answers.run("audit-sync", {"unlock", "--force"}, 0);
  answers.run("audit-sync", {"unlock"}, 1);
  answers.run("audit-sync", {"restore", "no-such-backup"}, 2);
  answers.run("audit-sync", {"restore"}, 0);
  answers.run("audit-sync", {"unlock", "--force"}, 0);
  answers.run("audit-sync", {"take"}, 2);
  answers.run("audit-sync", {"--nonsense"}, 2);
  answers.run("audit-status", {}, 0);
  answers.run("audit-status", {"--file", "nowhere"}, 2);
  answers.run("verify-audit", {"../x"}, 2);
  answers.run("verify-audit", {"r000", "2020-01-01"}, 1);
  home.dir().write(AuditHome::kData, "torn");
  answers.run("audit-status", {}, 2);
  answers.run("audit-sync", {"status"}, 2);
  answers.run("audit-sync", {"restore"}, 0);
  answers.expect_to_fit();
}

}  // namespace
}  // namespace smbatcher::test

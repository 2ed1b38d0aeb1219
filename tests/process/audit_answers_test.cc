#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>

#include "tests/process/audit_support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

void expect_answer(const ProcessResult& result, int status, const std::string& out) {
  EXPECT_EQ(result.status, status) << result.command;
  EXPECT_EQ(result.out, out) << result.command;
}

TEST(AuditAnswers, StatusIsTheDocumentAsPythonPrintsIt) {
  const AuditHome home;
  const ProcessResult result = home.sync({"status"});
  EXPECT_EQ(result.out, home.text() + "\n");
  const ProcessResult python =
      run({.argv = {"python3", "-c", "import json, sys; print(json.dumps(json.load(sys.stdin), indent=2))"},
           .input = home.text()});
  EXPECT_EQ(result.out, python.out);
  EXPECT_NE(home.text().back(), '\n');
}

TEST(AuditAnswers, ASuccessHasItsMessageAndTheData) {
  const AuditHome home;
  const ProcessResult result = home.sync({"lock", "r000", "i1"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out,
              StartsWith("{\n  \"message\": \"Operation lock successful\",\n  \"data\": {\n    \"version\": "
                         "\"2.0\",\n    \"created\": \""));
  EXPECT_EQ(answer_member(result, "data").dump(), home.document().dump());
  EXPECT_TRUE(std::filesystem::exists(answer_text(result, "backup")));
  EXPECT_GT(answer_member(result, "token").integer().value_or(0), 0);
  EXPECT_THAT(home.text(), HasSubstr("\"task\": \"Auditing r000\"\n  },\n"));
}

/// The call as another process makes it, which is not the one that ran the calls before.
Command in_a_shell_of_its_own(const AuditHome& home, const std::vector<std::string>& args) {
  Command command = home.command("audit-sync", args);
  command.argv.insert(command.argv.begin(), {"sh", "-c", "\"$@\"; exit $?", "sh"});
  return command;
}

TEST(AuditAnswers, ABareUnlockIsThatOfTheProcessThatTookTheLock) {
  const AuditHome home;
  Command both = home.command("audit-sync", {});
  const std::string tool = both.argv.front();
  both.argv = {"sh", "-c", "\"$0\" lock r000 i1 >/dev/null && \"$0\" unlock; exit $?", tool};
  const ProcessResult result = run(both);
  EXPECT_EQ(result.status, 0) << result.out;
  EXPECT_EQ(text_of(*home.document().find("current_work"), "status"), "unlocked");

  ASSERT_EQ(run(in_a_shell_of_its_own(home, {"lock", "r001", "i2"})).status, 0);
  EXPECT_EQ(answer_text(home.sync({"unlock"}), "error"), "not_owner");
  ASSERT_EQ(home.sync({"lock", "r001", "i2"}).status, 0);  // renewed by this process: now it is its lock
  EXPECT_EQ(home.sync({"unlock", "r000"}).status, 1);
  EXPECT_EQ(home.sync({"unlock", "r001"}).status, 0);
}

TEST(AuditAnswers, RefusalsNameTheHolderAndTheRemedy) {
  const AuditHome home;
  expect_answer(
      home.sync({"unlock"}), 1,
      "{\n  \"error\": \"not_locked\",\n  \"message\": \"No repository is locked\",\n  \"remedy\": \"Lock the "
      "repository first: audit-sync lock REPO INSTANCE\"\n}\n");
  const std::string expires = answer_text(home.sync({"lock", "r000", "i1"}), "expires_at");
  expect_answer(home.sync({"lock", "r001", "i2"}), 1,
                "{\n  \"error\": \"already_locked\",\n  \"message\": \"Repository 'r000' already locked by i1\",\n"
                "  \"locked_repo\": \"r000\",\n  \"locked_by\": \"i1\",\n  \"suggested_repos\": [\n    \"r002\"\n  ],\n"
                "  \"expires_at\": \"" +
                    expires +
                    "\",\n  \"remedy\": \"Wait until it is completed or unlocked; the "
                    "queue has what suggested_repos names\"\n}\n");
  const std::string owner =
      "\"locked_repo\": \"r000\",\n  \"locked_by\": \"i1\",\n  \"remedy\": \"Name the instance that holds the lock, or "
      "its --token; to take it away: unlock --force\"\n}\n";
  expect_answer(run(in_a_shell_of_its_own(home, {"unlock"})), 1,
                "{\n  \"error\": \"not_owner\",\n  \"message\": \"Repository 'r000' is locked by i1, nobody was "
                "named\",\n  " +
                    owner);
  expect_answer(
      home.sync({"unlock", "r000", "i2"}), 1,
      "{\n  \"error\": \"not_owner\",\n  \"message\": \"Repository 'r000' is locked by i1, not by i2\",\n  " + owner);
  expect_answer(
      home.sync({"unlock", "r001", "i1"}), 1,
      "{\n  \"error\": \"not_owner\",\n  \"message\": \"Repository 'r000' is locked by i1, not 'r001'\",\n  " + owner);
  const std::string report = answer_text(home.sync({"complete", "r000", "CLEAN", "i1", "true"}), "report");
  expect_answer(home.sync({"complete", "r000", "CLEAN", "i1", "true"}), 1,
                "{\n  \"error\": \"report_not_found\",\n  \"message\": \"Report file not found: " + report +
                    "\",\n  \"report\": \"" + report +
                    "\",\n  \"remedy\": \"Write the report there, then check it with "
                    "verify-audit\"\n}\n");
  expect_answer(home.sync({"lock", "x", "i1", "--strict", "--dry-run"}), 1,
                "{\n  \"error\": \"already_locked\",\n  \"message\": \"Repository 'r000' already locked by i1\",\n"
                "  \"locked_repo\": \"r000\",\n  \"locked_by\": \"i1\",\n  \"suggested_repos\": [\n    \"r001\",\n    "
                "\"r002\"\n  ],\n  \"expires_at\": \"" +
                    expires +
                    "\",\n  \"remedy\": \"Wait until it is completed or "
                    "unlocked; the queue has what suggested_repos names\"\n}\n");
  home.sync({"unlock", "--force"});
  expect_answer(home.sync({"lock", "x", "i1", "--strict"}), 1,
                "{\n  \"error\": \"not_in_queue\",\n  \"message\": \"Repository 'x' is not in the work queue\",\n  "
                "\"repo\": \"x\",\n  \"remedy\": \"Take a repository from the queue, or complete with --add, or lock "
                "without --strict\"\n}\n");
}

TEST(AuditAnswers, WhatCouldNotRunSaysWhyAndWhatToDo) {
  const AuditHome home;
  const std::string text = home.text();
  std::filesystem::remove(home.data());
  expect_answer(home.sync({"status"}), 2,
                "{\n  \"error\": \"file_not_found\",\n  \"message\": \"Coordination file not found: " + home.data() +
                    "\",\n  \"remedy\": \"Set the system up: audit-handoff\"\n}\n");
  home.dir().write(AuditHome::kData, "{\n  \"a\": 1,\n}");
  const ProcessResult torn = home.sync({"lock", "r000", "i1"});
  EXPECT_EQ(torn.status, 2);
  EXPECT_THAT(torn.out, StartsWith("{\n  \"error\": \"invalid_json\",\n  \"message\": \"Invalid JSON in coordination "
                                   "file: " +
                                   home.data() + ":3:1: "));
  EXPECT_EQ(answer_text(torn, "remedy"), "Repair the file by hand, or bring it back: audit-sync restore");
  expect_answer(home.sync({"restore"}), 2,
                "{\n  \"error\": \"backup_not_found\",\n  \"message\": \"there is no backup in '" +
                    home.dir().at(AuditHome::kBackups) +
                    "' that can be read\",\n  \"remedy\": \"Look into "
                    ".coordination_backups, or begin anew: audit-handoff --force\"\n}\n");
  home.dir().write(AuditHome::kData, text);
  home.dir().write("second/COORDINATION_STATUS.json", text);
  Command two = home.command("audit-sync", {"status"});
  two.env["AUDIT_DIR"] = home.dir().at("second");
  const std::string second = home.dir().at("second/COORDINATION_STATUS.json");
  expect_answer(run(two), 2,
                "{\n  \"error\": \"ambiguous_location\",\n  \"message\": \"Two coordination files: " + home.data() +
                    " and " + second + "\",\n  \"locations\": [\n    \"" + home.data() + "\",\n    \"" + second +
                    "\"\n  ],\n  \"remedy\": \"Name one of them with --file, or move one away\"\n}\n");
  for (const std::string repo : {"../x", "..", "a/b"}) {
    const ProcessResult refused = home.sync({"lock", repo, "i1"});
    EXPECT_EQ(refused.status, 2);
    EXPECT_EQ(answer_text(refused, "error"), "invalid_argument") << repo;
    expect_error(home.run("verify-audit", {repo}), "ERROR:invalid_argument");
  }
  expect_answer(home.sync({"lock", "r000"}), 2,
                "{\n  \"error\": \"missing_argument\",\n  \"message\": \"lock requires <repo> <instance_id>\",\n  "
                "\"remedy\": \"See audit-sync --help\"\n}\n");
  EXPECT_EQ(answer_text(home.sync({"take"}), "message"), "Unknown operation 'take'");
  EXPECT_EQ(answer_text(home.sync({"complete", "r000", "CLEAN", "i1", "yes"}), "error"), "invalid_argument");
  EXPECT_EQ(answer_text(home.sync({"status", "r000"}), "error"), "invalid_argument");
}

TEST(AuditAnswers, TheInstanceMayComeFromTheEnvironment) {
  const AuditHome home;
  Command command = home.command("audit-sync", {"lock", "r000"});
  command.env["AUDIT_INSTANCE"] = "s1";
  EXPECT_EQ(run(command).status, 0);
  EXPECT_EQ(text_of(*home.document().find("current_work"), "instance_id"), "s1");
  command.argv = home.command("audit-sync", {"unlock"}).argv;
  EXPECT_EQ(run(command).status, 0);
}

TEST(AuditAnswers, AnAuditGoesItsWholeWay) {
  const AuditHome home;
  EXPECT_EQ(home.sync({"lock", "r001", "i1"}).status, 0);
  home.write_report("r001");
  expect_ok(home.run("verify-audit", {"r001"}), "OK:report_valid:r001");
  const ProcessResult done = home.sync({"complete", "r001", "CLEAN", "i1", "TRUE"});
  EXPECT_EQ(done.status, 0) << done.out;
  EXPECT_EQ(home.document().find("statistics")->dump(),
            R"({"total_repositories":3,"audited":1,"in_progress":0,"remaining":2,"percent_complete":33,)"
            R"("github_ready_count":1,"high_risk_count":0})");
  EXPECT_EQ(home.sync({"complete", "r001", "CLEAN", "i1", "TRUE"}).status, 0);
  EXPECT_EQ(home.document().find("completed_audits")->array()->size(), 1U);
  const ProcessResult status = home.run("audit-status", {});
  EXPECT_THAT(status.out,
              StartsWith("OK:audit_status:1/3\nnobody is at work\n33 % done, 2 remaining, 1 ready for "
                         "GitHub, 0 of high risk\n  next: r000\n  next: r002\n  done: r001 CLEAN\n2 backups, "
                         "the newest COORDINATION_STATUS_"));
}

TEST(AuditAnswers, ToolsForPeopleNameTheNextStepToo) {
  const AuditHome home;
  EXPECT_THAT(home.run("audit-status", {"--file", "nowhere"}).out, HasSubstr("Set the system up: audit-handoff\n"));
  EXPECT_THAT(home.run("verify-audit", {"r000"}).out, HasSubstr("Write the report there, then check it with"));
  const ProcessResult day = test::run({.argv = {"date", "-u", "+%F"}});
  home.dir().write("Desktop/Github/r000_COMPLETE_AUDIT_" + day.out.substr(0, 10) + ".txt", "RECOMMENDATIONS\n");
  EXPECT_THAT(home.run("verify-audit", {"r000"}).out, HasSubstr(". Add the missing sections, then check it"));
}

TEST(AuditAnswers, ARepositoryThatIsAuditedAgainCountsOnce) {
  const AuditHome home(0);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(home.sync({"lock", "x", "i1"}).status, 0);
    home.write_report("x");
    EXPECT_EQ(answer_text(home.sync({"complete", "x", "CLEAN", "i1", "true"}), "error"), "not_in_queue");
    EXPECT_EQ(home.sync({"complete", "x", "CLEAN", "i1", "true", "--add"}).status, 0);
  }
  EXPECT_EQ(home.document().find("completed_audits")->array()->size(), 2U);
  EXPECT_EQ(home.document().find("statistics")->dump(),
            R"({"total_repositories":1,"audited":1,"in_progress":0,"remaining":0,"percent_complete":100,)"
            R"("github_ready_count":1,"high_risk_count":0})");
}

TEST(AuditAnswers, RestoreBringsADamagedQueueBack) {
  const AuditHome home;
  const std::string before = home.text();
  EXPECT_EQ(home.sync({"lock", "r000", "i1"}).status, 0);
  home.dir().write(AuditHome::kData, "torn");
  const ProcessResult restored = home.sync({"restore"});
  EXPECT_EQ(restored.status, 0) << restored.out;
  EXPECT_EQ(answer_text(restored, "restored_from"), home.dir().at(AuditHome::kBackups) + "/" + home.backups()[0]);
  const auto without_time = [](const std::string& text) {
    return text.substr(0, text.find("\"last_updated\"")) + text.substr(text.find("\"audit_directory\""));
  };
  EXPECT_EQ(without_time(home.text()), without_time(before));
  ASSERT_EQ(answer_member(restored, "kept").array()->size(), 1U);
}

/// The call as a user who is not root, who may read everything here.
ProcessResult run_as_nobody(const AuditHome& home, const TempDir& bin, const std::string& tool,
                            const std::vector<std::string>& args) {
  const std::string copy = bin.at(tool);
  if (!std::filesystem::exists(copy)) {
    std::filesystem::copy_file(tool_path(tool), copy);
  }
  Command command = home.command(tool, args);
  command.argv[0] = copy;
  command.argv.insert(command.argv.begin(), {"setpriv", "--reuid=4301", "--regid=4301", "--clear-groups"});
  return run(command);
}

TEST(AuditAnswers, StatusWorksOnAReadOnlyFileAndAChangeDoesNot) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can become another user";
  }
  for (const char* const mode : {"--replace", "--in-place"}) {
    const AuditHome home(3, {mode});
    const TempDir bin;
    namespace fs = std::filesystem;
    fs::permissions(home.dir().path(), fs::perms(0755));
    fs::permissions(bin.path(), fs::perms(0755));
    fs::permissions(home.dir().at("Desktop/Github"), fs::perms(0777));
    fs::permissions(home.data(), fs::perms(0444));
    fs::permissions(home.dir().at("Desktop/Github/.COORDINATION_STATUS.json.lock"), fs::perms(0666));
    EXPECT_EQ(run_as_nobody(home, bin, "audit-sync", {"status"}).out, home.text() + "\n") << mode;
    const ProcessResult refused = run_as_nobody(home, bin, "audit-sync", {"lock", "r000", "i1"});
    EXPECT_EQ(refused.status, 2) << mode;
    EXPECT_EQ(answer_text(refused, "error"), "permission_denied") << mode << refused.out;
    EXPECT_EQ(answer_text(refused, "remedy"), "Check the permissions of the file and of its folder");
  }
}

}  // namespace
}  // namespace smbatcher::test

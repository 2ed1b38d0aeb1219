#include <set>

#include "tests/process/coord_hook_support.h"
#include "tests/process/coord_support.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;
using Args = std::vector<std::string>;

constexpr const char* kId = "claude-20261120-180000-0123abcd";
constexpr const char* kLog = ".claude/coordination/decision-log.json";

Args add_args(const std::string& title, const std::string& category = "testing") {
  return {"add", "--category=" + category, "--title=" + title, "--description=Because.", "--format=json"};
}

Json add(const Project& project, const std::string& title, const std::string& category = "testing") {
  const Json answer = json(project.run_as(kId, "coord-decisions", add_args(title, category)));
  EXPECT_EQ(text_of(answer, "result"), "decision_logged") << answer.dump();
  return answer;
}

std::string id_of(const Json& answer) {
  const Json* const decision = answer.find("decision");
  return decision == nullptr ? "" : text_of(*decision, "decision_id");
}

/// "0007"
std::string number_in(const std::string& id) { return id.size() < 4 ? id : id.substr(id.size() - 4); }

std::vector<std::string> numbers_in(const Project& project, const std::string& file = kLog) {
  std::vector<std::string> numbers;
  const Json log = project.file(file);
  for (const Json& decision : *log.find("decisions")->array()) {
    numbers.push_back(number_in(text_of(decision, "decision_id")));
  }
  return numbers;
}

/// A log as the shell library writes it, with decisions of these numbers.
std::string original_log(const Args& numbers) {
  std::string text = "{\n  \"schema_version\": \"1.0.0\",\n  \"log_created_at\": \"\",\n  \"decisions\": [";
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    text += std::string(i == 0 ? "\n" : ",\n") + "    {\n      \"decision_id\": \"DEC-20260108-" + numbers[i] +
            "\",\n      \"timestamp\": \"2026-01-08T12:00:00Z\",\n      \"made_by\": {\n        \"instance_id\": "
            "\"claude-manual-20260108-120000-0123abcd\",\n        \"agent_role\": \"main\"\n      },\n      "
            "\"category\": \"security\",\n      \"title\": \"T\",\n      \"description\": \"D\",\n      \"impact\": {\n"
            "        \"scope\": \"system\"\n      },\n      \"status\": \"accepted\",\n      \"ours\": [\n        1\n"
            "      ]\n    }";
  }
  return text + (numbers.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

void expect_fits_the_schema(const Project& project, const std::string& file) {
  const std::string check =
      "import json, sys, jsonschema\n"
      "jsonschema.Draft7Validator(json.load(open(sys.argv[1]))).validate(json.load(open(sys.argv[2])))\n";
  const ProcessResult result =
      run({.argv = {"python3", "-c", check, SMB_DATA_DIR "/schemas/coordination/decision-log.schema.json",
                    project.at(file)}});
  EXPECT_EQ(result.status, 0) << result.err;
}

TEST(CoordDecisions, NumbersFromZeroInTheShapeOfTheOriginal) {
  const Project project;
  EXPECT_THAT(id_of(add(project, "First")), MatchesRegex("DEC-20[0-9]{6}-0000"));
  EXPECT_THAT(id_of(add(project, "Second \"quoted\"\nline, ä")), MatchesRegex("DEC-20[0-9]{6}-0001"));
  expect_fits_the_schema(project, kLog);
  const std::string text = project.dir().read(kLog);
  EXPECT_THAT(text, ::testing::StartsWith("{\n  \"schema_version\": \"1.0.0\",\n  \"log_created_at\": \"20"));
  EXPECT_THAT(text, ::testing::EndsWith("\n}\n"));
  const Json log = project.file(kLog);
  std::vector<std::string> keys;
  for (const auto& [key, value] : *(*log.find("decisions")->array())[1].object()) {
    keys.push_back(key);
  }
  EXPECT_THAT(
      keys, ElementsAre("decision_id", "timestamp", "made_by", "category", "title", "description", "impact", "status"));
  EXPECT_EQ(text_of((*log.find("decisions")->array())[1], "title"), "Second \"quoted\"\nline, ä");
}

TEST(CoordDecisions, KeepsWhatAnOriginalWrote) {
  const Project project;
  project.dir().write(kLog, original_log({"0000", "0001", "0001", "0007"}));
  EXPECT_EQ(number_in(id_of(add(project, "New"))), "0008");
  const std::string before = original_log({"0000", "0001", "0001", "0007"});
  const std::string kept = before.substr(0, before.rfind("\n  ]"));
  EXPECT_THAT(project.dir().read(kLog), ::testing::StartsWith(kept));
}

TEST(CoordDecisions, ListsTheNewestThatFit) {
  const Project project;
  EXPECT_EQ(project.run("coord-decisions", {"list"}).out, "OK:decisions:0\n");
  for (int i = 0; i < 12; ++i) {
    add(project, "T" + std::to_string(i), i % 2 == 0 ? "security" : "workflow");
  }
  const auto listed = [&](Args args) {
    args.insert(args.begin(), "list");
    args.insert(args.end(), {"--format", "simple"});
    std::vector<std::string> numbers;
    const ProcessResult result = project.run("coord-decisions", args);
    EXPECT_EQ(result.status, 0) << result.out;
    for (std::size_t at = 0; at < result.out.size(); at = result.out.find('\n', at) + 1) {
      numbers.push_back(number_in(result.out.substr(at, result.out.find('\n', at) - at)));
    }
    return numbers;
  };
  EXPECT_THAT(listed({}), SizeIs(10));
  EXPECT_EQ(listed({}).back(), "0011");
  EXPECT_THAT(listed({"--category=security", "--limit=2"}), ElementsAre("0008", "0010"));
  EXPECT_THAT(listed({"--scope=module", "--limit=1"}), ElementsAre("0011"));
  EXPECT_THAT(listed({"--scope=global"}), IsEmpty());
  EXPECT_THAT(listed({"--since=1h", "--limit=50"}), SizeIs(12));
  EXPECT_THAT(listed({"--since=2999-01-01"}), IsEmpty());
  const auto array = parse_json(project.run("coord-decisions", {"list", "--array", "--limit", "3"}).out);
  EXPECT_THAT(*std::get<Json>(array).array(), SizeIs(3));
}

TEST(CoordDecisions, FindsAnIdInTheLogAndInItsArchives) {
  const Project project;
  const std::string first = id_of(add(project, "Early"));
  const std::string second = id_of(add(project, "Late"));
  expect_ok(project.run("coord-decisions", {"archive", "--keep", "1"}), "OK:archived");
  for (const auto& [id, title] : {std::pair(first, "Early"), std::pair(second, "Late")}) {
    const Json answer = json(project.run("coord-decisions", {"query", id, "--json"}));
    EXPECT_EQ(text_of(*answer.find("decision"), "title"), title);
  }
  const ProcessResult unknown = project.run("coord-decisions", {"query", "DEC-20260108-0099"});
  expect_fail(unknown, "FAIL:decision_not_found:DEC-20260108-0099");
}

TEST(CoordDecisions, ANumberNeverComesTwice) {
  const Project project;
  for (int i = 0; i < 4; ++i) {
    add(project, "T");
  }
  const Json archived = json(project.run("coord-decisions", {"archive", "--keep", "1", "--json"}));
  EXPECT_EQ(number_of(archived, "moved"), 3);
  EXPECT_THAT(text_of(archived, "archive"), MatchesRegex(".*/decision-log-archive-20[0-9]{6}\\.json"));
  EXPECT_THAT(numbers_in(project), ElementsAre("0003"));
  EXPECT_EQ(number_in(id_of(add(project, "T"))), "0004");

  ASSERT_EQ(run({.argv = {"rm", project.at(kLog)}}).status, 0);  // the mark knows
  EXPECT_EQ(number_in(id_of(add(project, "T"))), "0005");

  const Json all = json(project.run("coord-decisions", {"archive", "--keep", "0", "--json"}));
  EXPECT_THAT(text_of(all, "archive"), MatchesRegex(".*/decision-log-archive-20[0-9]{6}-2\\.json"));
  ASSERT_EQ(run({.argv = {"rm", project.at(kLog), project.at(std::string(kLog) + ".mark")}}).status, 0);
  EXPECT_EQ(number_in(id_of(add(project, "T"))), "0006");  // the archives know

  project.dir().write(kLog, project.dir().read(kLog).substr(0, 300));  // cut by a crash of somebody's editor
  ASSERT_EQ(run({.argv = {"rm", "-r", project.at(std::string(kLog) + ".mark")}}).status, 0);
  EXPECT_EQ(number_in(id_of(add(project, "T"))), "0007");  // so does what is left of it
}

TEST(CoordDecisions, NothingToArchiveChangesNothing) {
  const Project project;
  add(project, "T");
  const std::string before = project.dir().read(kLog);
  const Json answer = json(project.run("coord-decisions", {"archive", "--json"}));
  EXPECT_EQ(number_of(answer, "moved"), 0);
  EXPECT_EQ(number_of(answer, "left"), 1);
  EXPECT_EQ(project.dir().read(kLog), before);
}

TEST(CoordDecisions, ADamagedLogIsSetAsideByAddAndReportedByList) {
  for (const char* const damage : {"", "{\"decisions\": [}", "[]", "{}"}) {
    const Project project;
    add(project, "T");
    project.dir().write(kLog, damage);
    for (const char* const verb : {"list", "archive"}) {
      const ProcessResult result = project.run("coord-decisions", {verb});
      expect_error(result, "ERROR:invalid_json:" + project.at(kLog) + ":1");
    }
    EXPECT_EQ(project.dir().read(kLog), damage);
    const Json answer = add(project, "Next");
    EXPECT_EQ(number_in(id_of(answer)), "0001");
    const Json& warning = (*answer.find("warnings")->array())[0];
    EXPECT_EQ(text_of(warning, "code"), "invalid_json");
    EXPECT_THAT(text_of(warning, "file"), HasSubstr("decision-log.json.corrupt-20"));
    EXPECT_EQ(project.dir().read(text_of(warning, "file").substr(project.dir().path().size() + 1)), damage);
    EXPECT_THAT(numbers_in(project), ElementsAre("0001"));
  }
}

TEST(CoordDecisions, WhatALateEditorWroteIntoTheFormerFileIsKept) {
  const Project project;
  add(project, "T");
  add(project, "T");
  const std::string former = kFolder + ".decision-log.json.prev";
  ASSERT_TRUE(project.dir().exists(former));
  project.dir().write(former, "an editor's text");
  const Json answer = add(project, "T");
  const std::string kept = text_of((*answer.find("warnings")->array())[0], "file");
  EXPECT_EQ(project.dir().read(kept.substr(project.dir().path().size() + 1)), "an editor's text");
  EXPECT_EQ(add(project, "T").find("warnings"), nullptr);
}

TEST(CoordDecisions, RefusesWhatTheFormatDoesNotAllowAndNamesWhatItDoes) {
  const Project project;
  const auto refused = [&](const Args& args) {
    const ProcessResult result = project.run_as(kId, "coord-decisions", args);
    EXPECT_EQ(result.status, 2) << result.command;
    return result.out;
  };
  const std::string long_title(101, 'x');
  EXPECT_THAT(refused({"add", "--category=nonsense", "--title=T", "--description=D"}),
              HasSubstr("architecture, api-design, database-schema, security, performance, testing, workflow, "
                        "ui-pattern, integration"));
  EXPECT_THAT(refused({"add", "--category=testing", "--title=T", "--description=D", "--scope=galaxy"}),
              HasSubstr("local, module, service, system, global"));
  EXPECT_THAT(refused({"add", "--category=testing", "--title=" + long_title, "--description=D"}), HasSubstr("100"));
  EXPECT_THAT(refused({"add", "--category=testing", "--title=T", "--description=" + std::string(501, 'x')}),
              HasSubstr("500"));
  EXPECT_THAT(refused({"add", "--title=T", "--description=D"}), HasSubstr("missing_argument"));
  EXPECT_THAT(refused({"list", "--category=nonsense"}), HasSubstr("architecture"));
  EXPECT_THAT(refused({"list", "--since=soon"}), HasSubstr("--since 'soon'"));
  EXPECT_THAT(refused({"burn"}), HasSubstr("list, query, add, archive"));
  EXPECT_THAT(refused({"query"}), HasSubstr("missing_argument"));
  EXPECT_THAT(refused({"query", "a", "b"}), HasSubstr("'b' is too many"));
  const ProcessResult nobody =
      project.run("coord-decisions", {"add", "--category=testing", "--title=T", "--description=D"});
  EXPECT_EQ(nobody.status, 2);
  EXPECT_FALSE(project.dir().exists(kLog));
  // 100 characters, not bytes.
  std::string umlauts;
  for (int i = 0; i < 100; ++i) {
    umlauts += "ä";
  }
  add(project, umlauts);
}

TEST(CoordDecisions, ADryRunSaysTheIdAndWritesNothing) {
  const Project project;
  Args args = add_args("T");
  args.emplace_back("--dry-run");
  const Json answer = json(project.run_as(kId, "coord-decisions", args));
  EXPECT_EQ(number_in(id_of(answer)), "0000");
  EXPECT_FALSE(project.dir().exists(kFolder));
}

TEST(CoordDecisions, ThirtyTwoAtOnceAreThirtyTwoIds) {
  constexpr int kCallers = 32;
  const Project project;
  std::vector<Command> calls;
  for (int i = 0; i < kCallers; ++i) {
    calls.push_back(project.command("coord-decisions", add_args("T" + std::to_string(i))));
    calls.back().env["COORD_INSTANCE_ID"] = kId;
  }
  std::set<std::string> ids;
  for (const ProcessResult& result : run_together(calls)) {
    ids.insert(id_of(json(result)));
  }
  EXPECT_THAT(ids, SizeIs(kCallers));
  const std::vector<std::string> logged = numbers_in(project);
  EXPECT_EQ(std::set<std::string>(logged.begin(), logged.end()).size(), static_cast<std::size_t>(kCallers));
  EXPECT_THAT(logged, SizeIs(kCallers));
}

}  // namespace
}  // namespace smbatcher::test

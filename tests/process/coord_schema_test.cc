#include <map>

#include "tests/process/coord_support.h"

namespace smbatcher::test {
namespace {

using std::chrono::seconds;

/// Each tool's JSON in many outcomes fits the schema that the tool prints.
class CoordSchema : public TwoAgents {
 protected:
  Json ask(const std::string& id, const std::string& tool, std::vector<std::string> args, int status) {
    args.emplace_back("--json");
    const ProcessResult result = project.run_as(id, tool, args);
    EXPECT_EQ(result.status, status) << result.command << "\n" << result.out;
    const auto parsed = parse_json(result.out);
    const Json* const answer = std::get_if<Json>(&parsed);
    EXPECT_NE(answer, nullptr) << result.out;
    by_tool_[tool] += (answer == nullptr ? Json() : *answer).dump() + "\n";
    return answer == nullptr ? Json() : *answer;
  }
  ProcessResult validate(const std::string& tool, const std::string& lines) const {
    project.dir().write("schema.json", project.run(tool, {"--schema"}).out);
    return test::run({.argv = {"python3", SMB_CHECK_SCHEMA, project.at("schema.json")}, .input = lines});
  }
  void expect_to_fit() const {
    for (const auto& [tool, lines] : by_tool_) {
      const ProcessResult result = validate(tool, lines);
      EXPECT_EQ(result.status, 0) << tool << "\n" << result.out << result.err;
    }
  }

 private:
  std::map<std::string, std::string> by_tool_;
};

TEST_F(CoordSchema, DescribesEveryAnswerOfLocks) {
  ask(kAnna, "coord-lock", {"acquire", "a.py", "b.py", "--intent", "x"}, 0);
  ask(kAnna, "coord-lock", {"acquire", "a.py"}, 0);
  ask(kBen, "coord-lock", {"acquire", "a.py"}, 10);
  ask(kBen, "coord-lock", {"release", "a.py"}, 10);
  ask(kBen, "coord-lock", {"renew", "a.py"}, 10);
  ask(kBen, "coord-lock", {"check", "a.py"}, 10);
  ask(kBen, "coord-lock", {"check", "c.py"}, 0);
  ask(kAnna, "coord-lock", {"check", "a.py", "b.py"}, 0);
  ask(kAnna, "coord-lock", {"renew", "a.py"}, 0);
  ask(kAnna, "coord-lock", {"renew", "c.py"}, 1);
  ask(kAnna, "coord-lock", {"conflict", "a.py"}, 0);
  project.dir().write("a.py", "changed\n");
  ask(kAnna, "coord-lock", {"conflict", "a.py", "b.py"}, 12);
  ask(kAnna, "coord-lock", {"release", "a.py", "c.py"}, 0);
  project.dir().write(kLockOfA, original_lock("a.py", kAnna, seconds(-5)));
  ask(kBen, "coord-lock", {"check", "a.py"}, 11);
  ask(kBen, "coord-lock", {"list"}, 0);
  ask(kBen, "coord-lock", {"acquire", "a.py"}, 0);
  ask(kCarl, "coord-lock", {"renew", "c.py"}, 13);
  ask(kCarl, "coord-lock", {"release", "c.py"}, 13);
  project.dir().write(kFolder + "locks/Yi5weQ.json", "");
  ask(kBen, "coord-lock", {"check", "b.py"}, 10);
  ask(kBen, "coord-lock", {"cleanup", "--dry-run"}, 0);
  ask(kBen, "coord-lock", {"cleanup"}, 0);
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"acquire"},
                                             {"list", "a.py"},
                                             {"grab", "a.py"},
                                             {"acquire", ".."},
                                             {"acquire", "."},
                                             {"acquire", "a.py", "--ttl", "0"},
                                             {"acquire", "a.py", "--pid", "999999999"},
                                             {"acquire", "a.py", "--no"},
                                             {"acquire", "a.py", "--dry-run"},
                                             {"acquire", "a.py", "--dir", "none"},
                                             {"acquire", "a.py", "--id", "anna"},
                                             {}}) {
    ask(kAnna, "coord-lock", wrong, 2);
  }
  expect_to_fit();
}

TEST_F(CoordSchema, DescribesEveryAnswerOfInstancesAndStatus) {
  ask(kAnna, "coord-lock", {"acquire", "a.py"}, 0);
  project.dir().write(kLockOfA, original_lock("a.py", kAnna, seconds(100)));
  ask(kAnna, "coord-instance", {"heartbeat"}, 0);
  project.dir().write(kLockOfA, original_lock("a.py", kBen, seconds(100)));
  ask(kAnna, "coord-instance", {"heartbeat"}, 0);
  ask(kCarl, "coord-instance", {"heartbeat"}, 13);
  ask(kCarl, "coord-instance", {"work"}, 13);
  ask(kAnna, "coord-instance", {"work", kBen}, 0);
  ask(kAnna, "coord-instance", {"list"}, 0);
  ask(kAnna, "coord-instance", {"id"}, 0);
  ask("", "coord-instance", {"id"}, 2);
  ask(kAnna, "coord-instance", {"register", "--id", kCarl}, 0);
  ask(kAnna, "coord-instance", {"unregister"}, 0);
  ask(kAnna, "coord-instance", {"leave"}, 2);
  ask(kAnna, "coord-instance", {"list", "more"}, 2);
  ask(kAnna, "coord-status", {}, 0);
  ask(kAnna, "coord-status", {"--dir", "none"}, 2);
  expect_to_fit();
}

TEST_F(CoordSchema, RefusesAnUndescribedKeyReasonAndStatus) {
  const std::string released = R"("files":["a"],"not_locked":[],"exit_code":0)";
  EXPECT_EQ(validate("coord-lock", R"({"result":"released",)" + released + "}\n").status, 0);
  EXPECT_EQ(validate("coord-lock", R"({"result":"released","more":1,)" + released + "}\n").status, 1);
  EXPECT_EQ(validate("coord-lock", R"({"reason":"not_locked","message":"x","files":[],"exit_code":1})"
                                   "\n")
                .status,
            0);
  EXPECT_EQ(validate("coord-lock", R"({"reason":"not_locked","message":"x","files":[],"exit_code":2})"
                                   "\n")
                .status,
            1);
}

}  // namespace
}  // namespace smbatcher::test

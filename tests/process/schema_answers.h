#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/process/outcome_support.h"

namespace smbatcher::test {

/// Runs tools and keeps their JSON, to hold all of it against the tools' own schemas.
class Answers {
 public:
  /// Runs the tool and keeps its answer; a call that was meant to succeed, or not to, must have done so.
  Json run(const Sandbox& sandbox, const std::string& tool, const Args& args, int status) {
    Json answer = ask(sandbox, tool, args);
    EXPECT_EQ(number_of(answer, "exit_code"), status) << tool << " " << answer.dump();
    by_tool_[tool] += answer.dump() + "\n";
    return answer;
  }

  void expect_to_fit() const {
    const Sandbox sandbox;
    for (const auto& [tool, lines] : by_tool_) {
      sandbox.dir().write("schema.json", sandbox.run(tool, {"--schema"}).out);
      const ProcessResult result =
          test::run({.argv = {"python3", SMB_CHECK_SCHEMA, sandbox.dir().at("schema.json")}, .input = lines});
      EXPECT_EQ(result.status, 0) << tool << "\n" << result.out << result.err;
    }
  }

  std::set<std::string> tools() const {
    std::set<std::string> names;
    for (const auto& [tool, lines] : by_tool_) {
      names.insert(tool);
    }
    return names;
  }

 private:
  std::map<std::string, std::string> by_tool_;
};

/// A queue with a site at every status, and a damaged row.
inline Sandbox full_sandbox() {
  return Sandbox({{"a.example", "003", "O"},
                  {"b.example", "003", "O"},
                  {"c.example", "004", "D"},
                  {"d.example", "005", "B"},
                  {"e.example", "005", "B"},
                  {"i.example", "006", "I"},
                  {"q.example", "007", "Q"},
                  {"n.example", "", "-"},
                  {"x.example", "008", "X"}});
}

inline std::string token_of(const Json& answer) { return std::to_string(number_of(answer, "token")); }

}  // namespace smbatcher::test

#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/tools.h"

namespace smbatcher::test {

/// A home folder with an audit queue of repositories r000, r001 … in its first place, and the tools run there.
class AuditHome {
 public:
  explicit AuditHome(int repos = 3, const std::vector<std::string>& setup = {}) {
    dir().make_dir("Projects");
    for (int i = 0; i < repos; ++i) {
      dir().make_dir("Projects/" + repo(i) + "/.git");
    }
    const ProcessResult result = run("audit-handoff", setup);
    EXPECT_EQ(result.status, 0) << result.out;
  }

  static std::string repo(int number) {
    const std::string digits = std::to_string(number);
    return "r" + std::string(3 - std::min<std::size_t>(3, digits.size()), '0') + digits;
  }

  const TempDir& dir() const { return sandbox_.dir(); }
  const Sandbox& sandbox() const { return sandbox_; }
  static constexpr const char* kData = "Desktop/Github/COORDINATION_STATUS.json";
  static constexpr const char* kBackups = "Desktop/Github/.coordination_backups";
  std::string data() const { return dir().at(kData); }
  std::string text() const { return dir().read(kData); }
  Json document() const {
    const auto parsed = parse_json(text());
    const Json* const document = std::get_if<Json>(&parsed);
    EXPECT_NE(document, nullptr) << text();
    return document == nullptr ? Json() : *document;
  }
  std::vector<std::string> backups() const {
    std::vector<std::string> names = dir().list(kBackups);
    std::erase_if(names, [](const std::string& name) { return name.starts_with("."); });
    return names;
  }

  Command command(const std::string& tool, const std::vector<std::string>& args) const {
    Command command = sandbox_.command(tool, args);
    command.env["HOME"] = dir().path();
    command.env["AUDIT_DIR"] = std::nullopt;
    command.env["AUDIT_INSTANCE"] = std::nullopt;
    command.env["TZ"] = "UTC";
    return command;
  }
  ProcessResult run(const std::string& tool, const std::vector<std::string>& args) const {
    ProcessResult result = test::run(command(tool, args));
    EXPECT_EQ(result.err, "") << result.command;
    EXPECT_EQ(result.signal, 0) << result.command;
    return result;
  }
  ProcessResult sync(const std::vector<std::string>& args) const { return run("audit-sync", args); }

  /// A script that does with the data what scripts of a fleet do: it locks the file, reads it, calls `change` on the
  /// document `data`, and writes it in place.
  Command script(const std::string& change, const std::vector<std::string>& args = {}) const {
    const std::string body = R"(
import fcntl, json, os, sys
path = os.environ['AUDIT_DATA']
def update(change):
    with open(path, 'r+') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        data = json.load(file)
        change(data)
        file.seek(0)
        json.dump(data, file, indent=2)
        file.truncate()
        file.flush()
        fcntl.flock(file, fcntl.LOCK_UN)
)" + change;
    Command command{.argv = {"python3", "-c", body}, .cwd = dir().path()};
    command.argv.insert(command.argv.end(), args.begin(), args.end());
    command.env["AUDIT_DATA"] = data();
    return command;
  }

  /// A report of today that is complete.
  void write_report(const std::string& repo) const {
    std::string text;
    for (const char* const heading :
         {"EXECUTIVE SUMMARY", "REPOSITORY METRICS VALIDATION", "FILE INVENTORY", "SENSITIVE DATA SCAN",
          "AUTOMATION DETECTION", "GIT ANALYSIS", "GITHUB PUBLICATION READINESS", "RECOMMENDATIONS"}) {
      text += std::string(heading) + "\n";
    }
    const ProcessResult day = test::run({.argv = {"date", "-u", "+%F"}});
    dir().write("Desktop/Github/" + repo + "_COMPLETE_AUDIT_" + day.out.substr(0, 10) + ".txt",
                text + "12 LOC in 3 files after 2 commits\n" + std::string(5000, 'x'));
  }

 private:
  Sandbox sandbox_;
};

/// A member of a JSON answer of several lines; null when it is not there.
inline Json answer_member(const ProcessResult& result, std::string_view key) {
  const auto parsed = parse_json(result.out);
  const Json* const answer = std::get_if<Json>(&parsed);
  EXPECT_NE(answer, nullptr) << result.out;
  const Json* const member = answer == nullptr ? nullptr : answer->find(key);
  return member == nullptr ? Json() : *member;
}

inline std::string answer_text(const ProcessResult& result, std::string_view key) {
  const Json member = answer_member(result, key);
  return member.string() == nullptr ? "" : *member.string();
}

}  // namespace smbatcher::test

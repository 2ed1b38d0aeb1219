#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <set>

#include <gmock/gmock.h>

#include "tests/crash/strace_fixture.h"
#include "tests/process/audit_support.h"
#include "tests/support/variants.h"

namespace smbatcher::test {
namespace {

namespace fs = std::filesystem;

// Each change of an audit queue of 400 repositories, killed at each of its system calls that change a file.

struct Operation {
  std::string name;
  std::vector<std::string> args;
  std::string mode;
  int each = 1;  // every call is killed only in the long form
};

bool is_soak() { return std::getenv("SMB_SOAK") != nullptr; }  // NOLINT(concurrency-mt-unsafe): nothing sets it

std::ostream& operator<<(std::ostream& out, const Operation& operation) {
  return out << operation.name << (operation.mode == "--in-place" ? "InPlace" : "Replace");
}

/// A folder that can be put back to what it was.
class Kept {
 public:
  explicit Kept(std::string folder) : folder_(std::move(folder)) { fs::copy(folder_, kept(), kOptions); }
  void put_back() const {
    fs::remove_all(folder_);
    fs::copy(kept(), folder_, kOptions);
  }

 private:
  static constexpr auto kOptions = fs::copy_options::recursive | fs::copy_options::copy_symlinks;
  std::string kept() const { return copy_.at("kept"); }

  std::string folder_;
  TempDir copy_;
};

/// To be killed at any other call is to be killed at the next one of these: nothing else changes what lies on the disk.
bool changes_a_file(const TracedCall& call) {
  static const std::set<std::string> kWriting{"write",     "pwrite64", "ftruncate", "rename",
                                              "renameat2", "unlink",   "mkdir",     "exit_group"};
  const bool creates = call.name.starts_with("open") && call.line.find("O_CREAT") != std::string::npos;
  return creates || kWriting.contains(call.name);
}

bool is_json(const std::string& text) { return std::holds_alternative<Json>(parse_json(text)); }

/// What is wrong after a call was killed; `mode` says what the data file itself may look like.
std::vector<std::string> faults_after_kill(const AuditHome& home, const Operation& operation, const std::string& before,
                                           std::size_t size_after, const std::function<Command(Command)>& as) {
  std::vector<std::string> faults;
  const auto sync = [&](const std::vector<std::string>& args) { return run(as(home.command("audit-sync", args))); };
  const std::string text = home.text();
  if (operation.mode == "--replace" && (!is_json(text) || (text != before && text.size() != size_after))) {
    faults.emplace_back("the data is neither old nor new");
  }
  if (const ProcessResult read = sync({"status", "--lock-timeout", "0"}); read.status != 0) {
    faults.push_back("it cannot be read: " + read.out.substr(0, 200));
  }
  const ProcessResult next = sync({"lock", "r000", "i1", "--lock-timeout", "0"});
  if (next.status != 0 || !is_json(home.text())) {
    faults.push_back("the next call does not work: " + next.out.substr(0, 200));
  } else if (!answer_member(next, "kept").is_null()) {
    faults.push_back("our own leftovers were taken for a person's: " + answer_member(next, "kept").dump());
  } else if (answer_text(next, "expires_at").empty()) {
    faults.emplace_back("the lock has no end");
  }
  if (sync({"unlock", "r000", "i1"}).status != 0) {
    faults.emplace_back("the lock is not its holder's");
  }
  for (const std::string& name : home.backups()) {
    if (!is_json(home.dir().read(std::string(AuditHome::kBackups) + "/" + name))) {
      faults.push_back("a torn backup: " + name);
    }
  }
  return faults;
}

struct KillReport {
  int killed = 0;
  std::vector<std::string> violations;
};

/// With a variant, until the violation `expected` is found.
KillReport kill_at_each_call(const Operation& operation, const std::string& variant = "",
                             const std::string& expected = "") {
  const auto as = [&](const Command& command) { return variant.empty() ? command : in_variant(variant, command); };
  const AuditHome home(400, {operation.mode});
  home.write_report("r000");
  home.sync({"lock", "r001", "i0"});
  home.sync({"unlock", "r001", "i0"});
  if (operation.name != "Lock") {
    home.sync({"lock", "r000", "i1"});
  }
  const Kept kept(home.dir().at("Desktop"));
  const std::string before = home.text();
  const Command command = as(home.command("audit-sync", operation.args));
  TracedRun traced = trace(command);
  if (!variant.empty()) {
    std::reverse(traced.calls.begin(), traced.calls.end());  // what it does wrong comes late
  }
  EXPECT_EQ(traced.result.status, 0) << traced.result.out;
  const std::size_t size_after = home.text().size();
  KillReport report;
  int seen = 0;
  for (const TracedCall& call : traced.calls) {
    if (!changes_a_file(call) || (++seen % operation.each != 0 && !is_soak())) {
      continue;
    }
    kept.put_back();
    const InjectedRun run = inject(command, call, "signal=KILL");
    EXPECT_EQ(run.result.signal, SIGKILL) << call.line;
    ++report.killed;
    for (const std::string& fault : faults_after_kill(home, operation, before, size_after, as)) {
      report.violations.push_back(fault + "\n  killed at " + call.line.substr(0, 200));
    }
    if (!variant.empty() && !report.violations.empty() &&
        report.violations.back().find(expected) != std::string::npos) {
      break;
    }
  }
  return report;
}

class AuditKill : public WithStrace, public ::testing::WithParamInterface<Operation> {};

TEST_P(AuditKill, LeavesTheOldTextOrTheNewOneAndTheNextCallWorks) {
  const KillReport report = kill_at_each_call(GetParam());
  EXPECT_THAT(report.violations, ::testing::IsEmpty());
  EXPECT_GE(report.killed, 3);
}

INSTANTIATE_TEST_SUITE_P(
    Calls, AuditKill,
    ::testing::Values(Operation{"Lock", {"lock", "r000", "i1"}, "--replace", 2},
                      Operation{"Lock", {"lock", "r000", "i1"}, "--in-place", 2},
                      Operation{"Unlock", {"unlock", "r000", "i1"}, "--replace", 5},
                      Operation{"Unlock", {"unlock", "r000", "i1"}, "--in-place", 4},
                      Operation{"Renew", {"renew", "r000", "i1"}, "--replace"},
                      Operation{"Renew", {"renew", "r000", "i1"}, "--in-place"},
                      Operation{"Complete", {"complete", "r000", "CLEAN", "i1", "true"}, "--replace", 2},
                      Operation{"Complete", {"complete", "r000", "CLEAN", "i1", "true"}, "--in-place", 3},
                      Operation{"Restore", {"restore", "--force"}, "--replace", 3},
                      Operation{"Restore", {"restore", "--force"}, "--in-place", 3}),
    ::testing::PrintToStringParamName());

class AuditKillControl : public WithStrace {
 protected:
  static void expect_violation(const Operation& operation, const std::string& variant, const std::string& expected) {
    EXPECT_THAT(kill_at_each_call(operation, variant, expected).violations,
                ::testing::Contains(::testing::HasSubstr(expected)));
  }
};

TEST_F(AuditKillControl, TruncateAndWriteTearsTheQueue) {
  expect_violation({"Lock", {"lock", "r000", "i1"}, "--replace"}, "truncate_and_write", "neither old nor new");
}

TEST_F(AuditKillControl, ACopyThatIsNotFinishedStaysTorn) {
  expect_violation({"Unlock", {"unlock", "r000", "i1"}, "--in-place"}, "unfinished_copy",
                   "the next call does not work");
}

class AuditRepeated : public WithStrace, public ::testing::WithParamInterface<std::string> {};

TEST_P(AuditRepeated, ARestoreThatWasCutShortIsTheSameWhenItIsRepeated) {
  const AuditHome home(3, {GetParam()});
  const auto repos = [&home] { return answer_member(home.sync({"status"}), "work_queue").dump(); };
  const std::string before = repos();
  home.write_report("r000");
  home.sync({"lock", "r000", "i1"});
  home.sync({"complete", "r000", "CLEAN", "i1", "true"});
  const std::string completed = repos();
  ASSERT_NE(before, completed);
  const Kept kept(home.dir().at("Desktop"));
  const Command command = home.command("audit-sync", {"restore"});
  const TracedRun traced = trace(command);
  EXPECT_EQ(repos(), before);
  int killed = 0;
  for (const TracedCall& call : traced.calls) {
    if (!changes_a_file(call) || (killed > 0 && call.name == "write" && !is_soak())) {
      continue;
    }
    kept.put_back();
    inject(command, call, "signal=KILL");
    ++killed;
    if (repos() != before) {
      EXPECT_EQ(repos(), completed);
      home.sync({"restore"});
    }
    EXPECT_EQ(repos(), before) << "killed at " << call.line.substr(0, 200);
  }
  EXPECT_GT(killed, 5);
}

INSTANTIATE_TEST_SUITE_P(Modes, AuditRepeated, ::testing::Values("--replace", "--in-place"),
                         [](const auto& mode) { return mode.param == "--replace" ? "Replace" : "InPlace"; });

}  // namespace
}  // namespace smbatcher::test

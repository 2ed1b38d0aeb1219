#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <set>

#include "tests/crash/strace_fixture.h"
#include "tests/process/coord_support.h"

namespace smbatcher::test {
namespace {

using std::chrono::seconds;

/// A verb that is killed somewhere, from a project in which anna and ben are registered and anna holds b.py.
struct Verb {
  const char* name;
  const char* tool;
  std::vector<std::string> args;
  std::function<void(const Project&)> before = nullptr;
};

void PrintTo(const Verb& verb, std::ostream* out) { *out << verb.name; }

class CoordSweep : public WithStrace, public ::testing::WithParamInterface<Verb> {
 protected:
  /// Calls that change what others see, or let them in: a kill at any other call is one at the next of these.
  static bool counts(const TracedCall& call) {
    static const std::set<std::string> kChanging{"write", "rename", "renameat",  "renameat2", "unlink",     "unlinkat",
                                                 "mkdir", "flock",  "ftruncate", "rmdir",     "exit_group", "mkdirat"};
    return kChanging.contains(call.name) || call.line.find("O_CREAT") != std::string::npos ||
           std::getenv("SMB_SOAK") != nullptr;
  }

  static void prepare(const Project& project, const Verb& verb) {
    for (const std::string& name : project.dir().list()) {
      std::filesystem::remove_all(project.at(name));
    }
    for (const char* id : {kAnna, kBen}) {
      ASSERT_EQ(project.run("coord-instance", {"register", "--id", id}).status, 0);
    }
    ASSERT_EQ(project.run_as(kAnna, "coord-lock", {"acquire", "b.py"}).status, 0);
    if (verb.before) {
      verb.before(project);
    }
  }

  /// Every file is whole, and the next calls work at once: nobody has to clean up.
  static void expect_whole(const Project& project) {
    for (const char* folder : {"", "locks/", "heartbeats/"}) {
      for (const std::string& name : project.dir().list(kFolder + folder)) {
        if (name.ends_with(".json") || name.ends_with(".lease")) {
          EXPECT_FALSE(project.file(kFolder + folder + name).is_null()) << name;
        }
        EXPECT_EQ(name.find(".corrupt-"), std::string::npos) << name;
      }
    }
    // What an instance has locked is on its list, so that its end frees it.
    const Json registry = project.file(kFolder + "work-registry.json");
    for (const std::string& name : project.dir().list(kFolder + "locks")) {
      if (name.ends_with(".json")) {
        const Json lock = project.file(kFolder + "locks/" + name);
        const std::string holder = text_of(*lock.find("locked_by"), "instance_id");
        for (const Json& instance : *registry.find("instances")->array()) {
          if (text_of(instance, "instance_id") == holder) {
            EXPECT_NE(instance.find("files_locked")->dump().find("\"" + text_of(lock, "file_path") + "\""),
                      std::string::npos);
          }
        }
      }
    }
    Command next = project.command("coord-lock", {"acquire", "next.py", "--lock-timeout", "0", "--id", kBen});
    EXPECT_EQ(test::run(next).out, "OK:acquired:1\n");
    EXPECT_EQ(project.run("coord-instance", {"heartbeat", "--lock-timeout", "0", "--id", kBen}).status, 0);
    EXPECT_EQ(project.run("coord-lock", {"cleanup", "--lock-timeout", "0"}).status, 0);
    const auto left = project.dir().list(kFolder + "locks");
    EXPECT_EQ(std::count(left.begin(), left.end(), ".part"), 0);  // the next write took the name over
  }
};

TEST_P(CoordSweep, KilledAtAnyCallEveryFileIsWholeAndTheNextCallWorks) {
  const Project project;
  const Verb& verb = GetParam();
  prepare(project, verb);
  const Command command = project.command(verb.tool, verb.args);
  const TracedRun traced = trace(command);
  ASSERT_EQ(traced.result.status, 0) << traced.result.out;
  int killed = 0;
  for (const TracedCall& call : traced.calls) {
    if (!counts(call)) {
      continue;
    }
    SCOPED_TRACE(call.line);
    prepare(project, verb);
    const InjectedRun run = inject(command, call, "signal=KILL");
    if (!run.reached) {
      continue;  // a clock's second more or less
    }
    ++killed;
    expect_whole(project);
    // The same call again comes to its end.
    const ProcessResult again = test::run(command);
    EXPECT_EQ(again.status, 0) << again.out;
    if (HasFailure()) {
      return;
    }
  }
  std::cout << "killed at " << killed << " of " << traced.calls.size() << " calls\n";
  EXPECT_GT(killed, 4);
}

void let_anna_go_stale(const Project& project) {
  project.dir().write(kFolder + "heartbeats/" + kAnna + ".json", original_heartbeat(kAnna, seconds(400)));
  std::string registry = project.dir().read(kFolder + "work-registry.json");
  const std::string key = "\"last_ping\": \"";
  const std::string old = time_from_now(seconds(-400));
  registry.replace(registry.find(key) + key.size(), old.size(), old);
  project.dir().write(kFolder + "work-registry.json", registry);
}

void let_lock_half_expire(const Project& project) {
  project.dir().write(kFolder + "locks/Yi5weQ.json", original_lock("b.py", kAnna, seconds(100)));
}

INSTANTIATE_TEST_SUITE_P(
    Verbs, CoordSweep,
    ::testing::Values(Verb{"Register", "coord-instance", {"register", "--id", kCarl}},
                      Verb{"Unregister", "coord-instance", {"unregister", "--id", kAnna}},
                      Verb{"Heartbeat", "coord-instance", {"heartbeat", "--id", kAnna}, let_lock_half_expire},
                      Verb{"Acquire", "coord-lock", {"acquire", "a.py", "c.py", "--id", kAnna}},
                      Verb{"TakeOver", "coord-lock", {"acquire", "b.py", "--id", kBen}, let_anna_go_stale},
                      Verb{"Release", "coord-lock", {"release", "b.py", "--id", kAnna}},
                      Verb{"Renew", "coord-lock", {"renew", "b.py", "--id", kAnna}},
                      Verb{"Cleanup", "coord-lock", {"cleanup"}, let_anna_go_stale}),
    [](const auto& verb) { return std::string(verb.param.name); });

}  // namespace
}  // namespace smbatcher::test

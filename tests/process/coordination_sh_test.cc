#include "tests/process/coord_hook_support.h"
#include "tests/support/pages.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A bash script in a project with the library installed, under the strictest options.
ProcessResult run_script(const Project& project, const std::string& script) {
  Command call = project.command("coord-hook");
  call.argv = {"bash", "-euc", "source .claude/coordination/lib/coordination.sh\n" + script};
  call.env["PATH"] = bin_dir() + ":/usr/bin:/bin";
  call.env["CLAUDE_PROJECT_DIR"] = std::nullopt;
  return run(call);
}

struct Installed : Project {
  Installed() { expect_ok(run("coord-hook", {"install"}), "OK:installed"); }
};

TEST(CoordinationSh, TheExampleOfItsManualRuns) {
  const Installed project;
  const ProcessResult result = run_script(project, R"sh(
coord_init
INSTANCE_ID=$(coord_register_instance "My custom task" "custom-agent")
if coord_acquire_lock "path/to/file.py" "Making changes"; then
  echo "Lock acquired"
  grep -q '"intent": "Making changes"' .claude/coordination/locks/*.json
  coord_release_lock "path/to/file.py"
else
  echo "Could not acquire lock"
  exit 1
fi
coord_heartbeat
coord_log_decision "architecture" "Decision title" "Description" "module"
coord_unregister_instance
)sh");
  EXPECT_EQ(result.status, 0) << result.out << result.err;
  EXPECT_THAT(result.out, ::testing::MatchesRegex("Lock acquired\nDEC-20[0-9]{6}-0000\n"));
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(project.locked(), IsEmpty());
  EXPECT_THAT(project.instances(), IsEmpty());
}

TEST(CoordinationSh, ResultsAreThoseOfTheOriginal) {
  const Installed project;
  const ProcessResult result = run_script(project, R"sh(
status_of() { local status=0; "$@" >/dev/null 2>&1 || status=$?; echo "$status"; }
A=$(coord_register_instance "A's task" main)
B=$(coord_register_instance)
INSTANCE_ID=$A
echo "acquire $(status_of coord_acquire_lock a.py) $(status_of coord_acquire_lock a.py)"
echo "check $(status_of coord_check_lock a.py) renew $(status_of coord_renew_lock a.py)"
echo "conflict $(status_of coord_detect_conflict a.py)"
echo changed > a.py
echo "conflict $(status_of coord_detect_conflict a.py)"
INSTANCE_ID=$B
echo "other: acquire $(status_of coord_acquire_lock a.py) release $(status_of coord_release_lock a.py)" \
  "check $(status_of coord_check_lock a.py) renew $(status_of coord_renew_lock a.py)"
echo "none: release $(status_of coord_release_lock b.py) check $(status_of coord_check_lock b.py)" \
  "renew $(status_of coord_renew_lock b.py)"
echo "heartbeat $(status_of coord_heartbeat)"
INSTANCE_ID=claude-20261120-180000-0123abcd
echo "unknown: heartbeat $(status_of coord_heartbeat)"
INSTANCE_ID=$A
echo "release $(status_of coord_release_lock a.py)"
coord_cleanup_stale_instances
)sh");
  EXPECT_EQ(result.status, 0) << result.out << result.err;
  EXPECT_EQ(result.out,
            "acquire 0 0\ncheck 0 renew 0\nconflict 0\nconflict 12\n"
            "other: acquire 10 release 10 check 10 renew 10\n"
            "none: release 0 check 0 renew 1\n"
            "heartbeat 0\nunknown: heartbeat 13\nrelease 0\n0\n");
}

TEST(CoordinationSh, WhatIsWrongIsSaidOnStandardError) {
  const Installed project;
  const ProcessResult result = run_script(project, R"sh(
A=$(coord_register_instance "A's task" main)
INSTANCE_ID=$A; coord_acquire_lock a.py
INSTANCE_ID=$(coord_register_instance)
coord_acquire_lock a.py || echo "status $?"
echo "$A"
)sh");
  EXPECT_EQ(result.status, 0) << result.err;
  const std::string holder = result.out.substr(result.out.find('\n') + 1, 31);
  EXPECT_THAT(result.out, ::testing::StartsWith("status 10\n"));
  EXPECT_THAT(result.err, HasSubstr(holder));
}

TEST(CoordinationSh, QueriesPrintJson) {
  const Installed project;
  const ProcessResult result = run_script(project, R"sh(
coord_register_instance "A's \"task\"" main >/dev/null
coord_log_decision security "One" "D" >/dev/null
coord_log_decision workflow "Two" "D" system >/dev/null
coord_query_decisions > all.json
coord_query_decisions security 5 > security.json
coord_list_instances > instances.json
coord_get_work > work.json
coord_get_work "$INSTANCE_ID" > mine.json
)sh");
  EXPECT_EQ(result.status, 0) << result.out << result.err;
  EXPECT_THAT(*project.file("all.json").array(), SizeIs(2));
  EXPECT_THAT(*project.file("security.json").array(), SizeIs(1));
  EXPECT_THAT(*project.file("instances.json").array(), SizeIs(1));
  EXPECT_THAT(project.dir().read("work.json"), HasSubstr("A's \\\"task\\\""));
  EXPECT_EQ(project.dir().read("work.json"), project.dir().read("mine.json"));
}

TEST(CoordinationSh, PathsAndTextsArriveAsTheyAre) {
  const Installed project;
  const ProcessResult result = run_script(project, R"sh(
coord_register_instance "-- task" main >/dev/null
coord_acquire_lock "-dash 'quote\".py" "--intent \$(x)"
)sh");
  EXPECT_EQ(result.status, 0) << result.out << result.err;
  EXPECT_THAT(project.locked(), ::testing::ElementsAre("-dash 'quote\".py"));
}

}  // namespace
}  // namespace smbatcher::test

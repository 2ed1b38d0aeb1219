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
INSTANCE_ID=
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

TEST(CoordinationSh, HasEveryFunctionAndVariableOfTheOriginal) {
  const Installed project;
  const ProcessResult result = run_script(project, R"sh(
for name in coord_init coord_generate_instance_id coord_register_instance coord_unregister_instance coord_heartbeat \
  coord_cleanup_stale_instances coord_acquire_lock coord_release_lock coord_renew_lock coord_release_all_locks \
  coord_release_locks_by_instance coord_check_lock coord_detect_conflict coord_log_decision coord_query_decisions \
  coord_list_instances coord_get_work coord_status; do
  bash -c "declare -F $name" >/dev/null || echo "no function $name in a child"
done
for name in EXIT_SUCCESS EXIT_LOCK_HELD EXIT_LOCK_EXPIRED EXIT_CONFLICT EXIT_STALE_INSTANCE LOCK_TIMEOUT \
  HEARTBEAT_TIMEOUT STALE_CHECK_INTERVAL INSTANCE_PID COORD_DIR REGISTRY_FILE DECISIONS_FILE LOCKS_DIR HEARTBEATS_DIR; do
  [ -n "${!name:-}" ] || echo "no variable $name"
done
[ -z "${INSTANCE_ID-unset}" ] || echo "INSTANCE_ID is $INSTANCE_ID"
coord_init
[ -d "$LOCKS_DIR" ] && [ -d "$HEARTBEATS_DIR" ] && [ -f "$REGISTRY_FILE" ] || echo "not laid out"
grep -q '"decisions": \[\]' "$DECISIONS_FILE" || echo "no decision log"
bash -c 'coord_acquire_lock child.py' 2>/dev/null && echo "a child speaks for its parent's instance unasked"
export INSTANCE_ID
bash -euc 'coord_acquire_lock child.py; coord_status' | grep -q 'child.py' || true
)sh");
  EXPECT_EQ(result.status, 0) << result.out << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(project.locked(), ::testing::ElementsAre("child.py"));
}

TEST(CoordinationSh, InitAloneIsEnoughToLockAndToLog) {
  const Installed project;
  const ProcessResult result = run_script(project, R"sh(
coord_init
coord_acquire_lock a.py "No registration"
coord_acquire_lock b.py
coord_check_lock a.py
coord_log_decision workflow "Title" "Description"
coord_release_lock a.py
coord_release_all_locks
INSTANCE_ID=$(coord_generate_instance_id)
coord_acquire_lock c.py
gone=$INSTANCE_ID
INSTANCE_ID=$(coord_generate_instance_id)
[ "$gone" != "$INSTANCE_ID" ]
coord_check_lock c.py 2>/dev/null || echo "check $?"
coord_release_locks_by_instance "$gone"
coord_check_lock c.py
)sh");
  EXPECT_EQ(result.status, 0) << result.out << result.err;
  EXPECT_THAT(result.out, ::testing::MatchesRegex("DEC-20[0-9]{6}-0000\ncheck 10\n"));
  EXPECT_THAT(project.locked(), IsEmpty());
}

TEST(CoordinationSh, RegistersTheNameThatAScriptChose) {
  const Installed project;
  const ProcessResult result = run_script(project, R"sh(
INSTANCE_ID=claude-20261120-180000-0123abcd
coord_register_instance "First" main
coord_register_instance "Again" main
INSTANCE_ID=builder-7
coord_register_instance "A name of its own" main > first
INSTANCE_ID=builder-7
coord_acquire_lock a.py
INSTANCE_ID=builder-7
coord_heartbeat
[ "$(coord_register_instance)" = "$(cat first)" ]
coord_get_work builder-7 | grep -q '"a.py"'
)sh");
  EXPECT_EQ(result.status, 0) << result.out << result.err;
  EXPECT_EQ(result.out, "claude-20261120-180000-0123abcd\nclaude-20261120-180000-0123abcd\n");
  EXPECT_THAT(project.instances(), SizeIs(2));
}

TEST(CoordinationSh, SeveralInitsAtOnceMakeOneLog) {
  const Installed project;
  const ProcessResult result = run_script(project, R"sh(
for i in 1 2 3 4 5 6 7 8; do
  (coord_init && coord_log_decision workflow "Title $i" "Description") &
done
wait
coord_query_decisions "" 100 > all.json
ls .claude/coordination | grep -c new || true
)sh");
  EXPECT_EQ(result.status, 0) << result.out << result.err;
  EXPECT_TRUE(result.out.ends_with("\n0\n")) << result.out;
  EXPECT_THAT(*project.file("all.json").array(), SizeIs(8));
}

TEST(CoordinationSh, ShellCheckFindsNothing) {
  if (run({.argv = {"sh", "-c", "command -v shellcheck"}}).status != 0) {
    GTEST_SKIP() << "shellcheck is not installed";
  }
  const Installed project;
  const ProcessResult result = run({.argv = {"shellcheck", project.at(".claude/coordination/lib/coordination.sh"),
                                             project.at(".claude/hooks/lifecycle/coordination-init.sh"),
                                             project.at(".claude/coordination/bin/coord-lock")}});
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.status, 0);
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

#include "tests/process/outcome_support.h"
#include "tests/support/violations.h"

namespace smbatcher::test {
namespace {

// What cannot be changed safely is refused, with nothing given out and no byte changed; and the obstacle gone, all goes
// on as if it had never been.

struct Obstacle {
  std::string name;
  std::string error;
  Args around;  // what the call is run by: a shell script that puts the obstacle in the way, and "$@" behind it
};

constexpr const char* kBindFile = "mount --bind .smbatcher/REGISTRY.md .smbatcher/REGISTRY.md && exec \"$@\"";
constexpr const char* kReadOnly =
    "mount --bind .smbatcher .smbatcher && mount -o remount,bind,ro .smbatcher && exec \"$@\"";
constexpr const char* kHardLink = "ln .smbatcher/REGISTRY.md linked && { \"$@\"; end=$?; rm linked; exit $end; }";

Args in_mounts(const char* script) { return {"unshare", "--mount", "sh", "-c", script, "sh"}; }
Args without_flock(const std::string& error) {
  return {"strace", "-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:error=" + error, "--"};
}

const std::vector<Obstacle> kObstacles{
    {"the registry is a mount point", "ERROR:mount_point", in_mounts(kBindFile)},
    {"a read-only file system", "ERROR:read_only_file_system", in_mounts(kReadOnly)},
    {"a second hard link", "ERROR:hard_linked", {"sh", "-c", kHardLink, "sh"}},
    {"no locks left", "ERROR:locking_not_supported", without_flock("ENOLCK")},
    {"no locks there", "ERROR:locking_not_supported", without_flock("EOPNOTSUPP")},
    {"locks that fail", "ERROR:io_error", without_flock("EIO")},
};

ProcessResult run_around(const Sandbox& sandbox, const Args& around, const Args& args) {
  Command command = sandbox.command("find-next", args);
  command.argv.insert(command.argv.begin(), around.begin(), around.end());
  command.env["ASAN_OPTIONS"] = "detect_leaks=0";  // no second tracer is possible
  return test::run(command);
}

void check_obstacle(const Obstacle& obstacle) {
  SCOPED_TRACE(obstacle.name);
  const Sandbox sandbox({{"a.example", "001", "O"}, {"b.example", "002", "O"}});
  claim_for(sandbox, "anna");
  const auto look = [&] {
    Listing all = listing(sandbox.dir().path());
    all.erase(".smbatcher/REGISTRY.lock");
    return all;
  };
  const Listing before = look();
  expect_error(run_around(sandbox, obstacle.around, {"--claim", "--owner", "ben", "--format", "text"}), obstacle.error);
  EXPECT_EQ(difference(before, look()), "");
  EXPECT_EQ(text_of(ask(sandbox, "find-next", {"--claim", "--owner", "ben"}), "batch"), "002");
}

TEST(Refusal, OfWhatCannotBeSafeGivesNothingAndChangesNothing) {
  std::string skipped;
  for (const Obstacle& obstacle : kObstacles) {
    const Sandbox probe({{"a.example", "001", "O"}});
    const ProcessResult possible = run_around(probe, obstacle.around, {"--version"});
    if (possible.status != 0) {
      skipped += obstacle.name + ": " + possible.command + "\n" + possible.err;
      continue;
    }
    check_obstacle(obstacle);
  }
  if (!skipped.empty()) {
    GTEST_SKIP() << "not allowed here: " << skipped;
  }
}

TEST(Refusal, IsMissedWhereNothingIsInTheWay) {
  EXPECT_FALSE(violations_of([] { check_obstacle({"nothing", "ERROR:mount_point", {"env"}}); }).empty());
}

}  // namespace
}  // namespace smbatcher::test

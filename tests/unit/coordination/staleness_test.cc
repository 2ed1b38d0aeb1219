#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libregistry/coordination/coordination.h"
#include "libregistry/coordination/identity.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/core/leases/fake_processes.h"

namespace smbatcher {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using test::FakeClock;
using test::FakeProcesses;
using test::TempDir;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kAnna = "claude-20260108-124532-a3f7b2d1";
constexpr const char* kBen = "claude-20260108-130012-f9c4e8a2";

/// Instances and locks as time goes by.
class Staleness : public ::testing::Test {
 protected:
  Staleness() {
    enroll(kAnna);
    enroll(kBen);
  }
  void enroll(const char* id, std::optional<pid_t> pid = std::nullopt) {
    Registration registration;
    registration.id = id;
    registration.pid = pid;
    ASSERT_TRUE(register_instance(coordination, registration));
  }
  ProjectPath path(const std::string& name) const { return project_path_of(place, name); }
  Acquisition acquire(const char* id, const std::string& name, seconds length = kDefaultLockLength) {
    LockRequest request;
    request.id = id;
    request.paths = {path(name)};
    request.length = length;
    const auto answer = acquire_locks(coordination, request);
    EXPECT_TRUE(answer);
    return answer ? *answer : Acquisition{};
  }
  Verdict check(const char* id, const std::string& name) const {
    return check_lock(coordination, id, path(name))->verdict;
  }
  std::vector<std::string> instances() const {
    std::vector<std::string> ids;
    const auto found = view_coordination(coordination);
    for (const InstanceView& view : found->instances) {
      ids.push_back(view.record.id);
    }
    return ids;
  }

  TempDir dir;
  CoordinationPlace place{dir.path(), dir.path() + "/.claude/coordination"};
  FakeClock clock;
  FakeProcesses processes;
  Coordination coordination{system_file_ops(), clock, processes, place};
};

TEST_F(Staleness, Begins301SecondsAfterTheLastHeartbeat) {
  clock.advance(seconds(295));
  EXPECT_THAT(clean_up(coordination)->instances, IsEmpty());
  clock.advance(seconds(5));
  EXPECT_THAT(clean_up(coordination)->instances, IsEmpty());
  ASSERT_EQ(heartbeat(coordination, kBen)->verdict, Verdict::kDone);
  clock.advance(seconds(1));
  EXPECT_THAT(clean_up(coordination)->instances, ElementsAre(kAnna));
  EXPECT_THAT(instances(), ElementsAre(kBen));
  EXPECT_EQ(heartbeat(coordination, kAnna)->verdict, Verdict::kStale);
}

TEST_F(Staleness, LeavesALockForTheTimeThatWasAskedFor) {
  LockRequest request;
  request.id = kAnna;
  request.paths = {path("a.py")};
  request.length = hours(1);
  request.kept = true;
  ASSERT_EQ(acquire_locks(coordination, request)->verdict, Verdict::kDone);
  acquire(kAnna, "b.py");
  clock.advance(seconds(200));
  acquire(kAnna, "a.py");  // asked for again without a time: it keeps its own
  for (int minute = 4; minute < 60; minute += 4) {
    clock.advance(seconds(240));
    ASSERT_EQ(heartbeat(coordination, kBen)->verdict, Verdict::kDone);
    EXPECT_THAT(clean_up(coordination)->instances, IsEmpty());
    EXPECT_EQ(check(kBen, "a.py"), Verdict::kHeld) << minute;
    EXPECT_EQ(acquire(kBen, "a.py").verdict, Verdict::kHeld) << minute;
  }
  EXPECT_EQ(check(kBen, "b.py"), Verdict::kDone);                      // nobody asked for more than the usual time
  ASSERT_EQ(heartbeat(coordination, kAnna)->verdict, Verdict::kDone);  // its sign of life renews it
  clock.advance(seconds(3000));
  ASSERT_EQ(heartbeat(coordination, kBen)->verdict, Verdict::kDone);
  EXPECT_EQ(check(kBen, "a.py"), Verdict::kHeld);
  clock.advance(seconds(601));
  EXPECT_EQ(acquire(kBen, "a.py").verdict, Verdict::kDone);
  EXPECT_THAT(instances(), ElementsAre(kBen));
}

TEST_F(Staleness, ALockThatWasRenewedForATimeKeepsIt) {
  acquire(kAnna, "a.py");
  ASSERT_EQ(renew_locks(coordination, kAnna, {path("a.py")}, hours(1))->verdict, Verdict::kDone);
  clock.advance(seconds(3500));
  EXPECT_EQ(check(kBen, "a.py"), Verdict::kHeld);
  ASSERT_EQ(release_locks(coordination, kAnna, {path("a.py")})->verdict, Verdict::kDone);
  EXPECT_EQ(check(kBen, "a.py"), Verdict::kDone);
}

TEST_F(Staleness, FreesLocksThatWouldLastLonger) {
  acquire(kAnna, "a.py", hours(1));
  clock.advance(seconds(200));
  ASSERT_TRUE(heartbeat(coordination, kBen));
  clock.advance(seconds(100));
  EXPECT_EQ(check(kBen, "a.py"), Verdict::kHeld);
  clock.advance(seconds(1));
  EXPECT_EQ(check(kBen, "a.py"), Verdict::kExpired);
  const Acquisition taken = acquire(kBen, "a.py");
  EXPECT_EQ(taken.verdict, Verdict::kDone);
  EXPECT_THAT(taken.removed, ElementsAre(kAnna));
  EXPECT_EQ(renew_locks(coordination, kAnna, {path("a.py")}, {})->verdict, Verdict::kStale);
  EXPECT_EQ(release_locks(coordination, kAnna, {path("a.py")})->verdict, Verdict::kStale);
}

TEST_F(Staleness, IsNoticedByTheNextRegistration) {
  acquire(kAnna, "a.py", hours(1));
  clock.advance(seconds(301));
  ASSERT_TRUE(heartbeat(coordination, kBen));
  Registration registration;
  EXPECT_THAT(register_instance(coordination, registration)->removed, ElementsAre(kAnna));
  EXPECT_EQ(check(kBen, "a.py"), Verdict::kDone);
}

TEST_F(Staleness, DoesNotHitWhoCallsNow) {
  clock.advance(seconds(1000));
  EXPECT_EQ(acquire(kAnna, "a.py").verdict, Verdict::kDone);  // asking for a lock is a sign of life
  EXPECT_THAT(instances(), ElementsAre(kAnna));
  EXPECT_THAT(clean_up(coordination)->instances, IsEmpty());
}

TEST_F(Staleness, HeartbeatsRenewLocksPastHalfOfTheirTime) {
  acquire(kAnna, "a.py");
  clock.advance(seconds(149));
  EXPECT_THAT(heartbeat(coordination, kAnna)->renewed, IsEmpty());
  clock.advance(seconds(2));
  EXPECT_THAT(heartbeat(coordination, kAnna)->renewed, ElementsAre("a.py"));
  clock.advance(seconds(299));
  EXPECT_EQ(check(kBen, "a.py"), Verdict::kHeld);
}

TEST_F(Staleness, LocksOfAToolCallAreRenewedTooAndFreedByItAlone) {
  LockRequest request;
  request.id = kAnna;
  request.paths = {path("a.py")};
  request.tool_use = "toolu_1";
  ASSERT_EQ(acquire_locks(coordination, request)->verdict, Verdict::kDone);
  acquire(kAnna, "kept.py");
  request.paths = {path("kept.py")};
  ASSERT_EQ(acquire_locks(coordination, request)->verdict, Verdict::kDone);  // stays one of coord-lock
  clock.advance(seconds(200));
  EXPECT_THAT(heartbeat(coordination, kAnna)->renewed, ElementsAre("a.py", "kept.py"));
  EXPECT_THAT(release_tool_use(coordination, kAnna, "toolu_2")->done, IsEmpty());
  EXPECT_THAT(release_tool_use(coordination, kAnna, "toolu_1")->done, ElementsAre("a.py"));
  EXPECT_EQ(check(kBen, "kept.py"), Verdict::kHeld);
}

TEST_F(Staleness, LocksEndByTheBootClockWhateverTheWallClockSays) {
  acquire(kAnna, "a.py");
  clock.step_wall(-hours(24));
  clock.advance(seconds(299));
  ASSERT_TRUE(heartbeat(coordination, kBen));
  EXPECT_EQ(check(kBen, "a.py"), Verdict::kHeld);
  clock.advance(seconds(1));
  EXPECT_EQ(check(kBen, "a.py"), Verdict::kExpired);
}

TEST_F(Staleness, LocksOfAnotherBootEndByTheWallClock) {
  acquire(kAnna, "a.py");
  clock.advance(seconds(100));
  clock.set_boot("boot-2");
  EXPECT_EQ(check(kBen, "a.py"), Verdict::kHeld);
  clock.advance(seconds(201));
  ASSERT_TRUE(heartbeat(coordination, kAnna));
  ASSERT_TRUE(heartbeat(coordination, kBen));
}

TEST_F(Staleness, AnInstanceEndsWithItsProcess) {
  processes.running[4711] = 99;
  enroll(kAnna, 4711);
  acquire(kAnna, "a.py");
  EXPECT_EQ(check(kBen, "a.py"), Verdict::kHeld);
  processes.running[4711] = 100;  // the number was given to another one
  EXPECT_EQ(check(kBen, "a.py"), Verdict::kExpired);
  EXPECT_THAT(clean_up(coordination)->instances, ElementsAre(kAnna));
}

TEST_F(Staleness, TokensOfOneFileGrow) {
  const Token first = acquire(kAnna, "a.py", seconds(10)).grants.at(0).token;
  clock.advance(seconds(10));
  clock.step_wall(-hours(1));
  const Acquisition second = acquire(kBen, "a.py");
  ASSERT_EQ(second.verdict, Verdict::kDone);
  EXPECT_GT(second.grants.at(0).token, first);
}

TEST_F(Staleness, IdentityOfTheFolderIsALiveOne) {
  dir.write(".claude/.instance_env",
            std::string("CLAUDE_INSTANCE_ID=") + kAnna + "\nCLAUDE_INSTANCE_ID=" + kBen + "\n");
  EXPECT_EQ(identify(coordination, {}).error().reason.text(), "no_instance");
  clock.advance(seconds(301));
  ASSERT_TRUE(heartbeat(coordination, kBen));
  EXPECT_EQ(*identify(coordination, {}), kBen);
}

}  // namespace
}  // namespace smbatcher

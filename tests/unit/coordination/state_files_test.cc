#include "libregistry/coordination/state_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libregistry/coordination/known_hash.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_file_ops.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/core/leases/fake_processes.h"

namespace smbatcher {
namespace {

using test::FakeClock;
using test::FakeProcesses;
using test::FaultyFileOps;
using test::TempDir;
using ::testing::SizeIs;

const std::string kInstance = "claude-20260108-124532-a3f7b2d1";
const std::string kBeat = ".claude/coordination/heartbeats/" + kInstance + ".json";
constexpr time_t kJustNow = 4'000'000'000;  // whenever the test runs
constexpr time_t kLongAgo = 1'000'000'000;
const std::string kWhole = "{\"instance_id\": \"" + kInstance + "\", \"last_ping\": \"2026-01-08T12:45:32Z\"}";

class HalfWritten : public ::testing::Test {
 protected:
  std::optional<HeartbeatRecord> read(StateFiles& files) const {
    return files.read_heartbeat(kInstance).value_or(std::nullopt);
  }
  /// The heartbeat file as it is when it was last written to at that time.
  void write(const std::string& text, time_t when) const {
    dir.write(kBeat, text);
    const timespec times[2] = {{when, 0}, {when, 0}};  // NOLINT(modernize-avoid-c-arrays)
    ASSERT_EQ(::utimensat(AT_FDCWD, dir.at(kBeat).c_str(), times, 0), 0);
  }

  TempDir dir;
  FaultyFileOps ops;
  FakeClock clock;
  FakeProcesses processes;
  CoordinationPlace place{dir.path(), dir.path() + "/.claude/coordination"};
  // Longer than any test: who waited for a file that nobody writes would not come back.
  Coordination coordination{ops, clock, processes, place, milliseconds(0), std::chrono::hours(24)};
};

TEST_F(HalfWritten, AFileIsReadAgainWhileItMayBeBeingWritten) {
  write(kWhole.substr(0, 20), kJustNow);
  ops.before = [this](std::string_view call, int count) {
    if (call == "open" && count == 3) {
      dir.write(kBeat, kWhole);
    }
  };
  StateFiles files = StateFiles::to_look(coordination);
  EXPECT_TRUE(read(files).has_value());
  EXPECT_EQ(ops.count("open"), 3);
  EXPECT_THAT(files.warnings(), SizeIs(0));
}

TEST_F(HalfWritten, AFileThatNobodyWroteToLatelyIsDamaged) {
  write(kWhole.substr(0, 20), kLongAgo);
  StateFiles files = StateFiles::to_look(coordination);
  EXPECT_FALSE(read(files).has_value());
  EXPECT_EQ(ops.count("open"), 1);
  EXPECT_THAT(files.warnings(), SizeIs(1));
}

TEST_F(HalfWritten, FilesAreWaitedForTogetherNotEach) {
  coordination.patience = milliseconds(10);
  write("{", kJustNow);
  StateFiles files = StateFiles::to_look(coordination);
  for (int i = 0; i < 50; ++i) {
    EXPECT_FALSE(read(files).has_value());
  }
  EXPECT_EQ(ops.count("open"), 52);
}

TEST(KnownHash, OfALargeFileIsTakenBeforehandAndCountsUntilItChanges) {
  const TempDir dir;
  FaultyFileOps ops;
  const std::string path = dir.at("large");
  dir.write("large", std::string(std::size_t{1} << 20U, 'a'));
  KnownHash known;
  EXPECT_EQ(known.of(ops, path), std::nullopt);
  known.take(ops, path);
  EXPECT_EQ(known.of(ops, path), file_hash(path));
  dir.write("large", std::string((std::size_t{1} << 20U) + 1, 'b'));
  EXPECT_EQ(known.of(ops, path), std::nullopt);
  dir.write("large", "small");
  EXPECT_EQ(known.of(ops, path), file_hash(path));
  EXPECT_EQ(known.of(ops, dir.at("none")), std::string(40, '0'));
}

TEST_F(HalfWritten, ALargeFileIsHashedBeforeTheMutexIsTakenForTheGrant) {
  dir.write("large", std::string(std::size_t{1} << 20U, 'a'));
  LockRequest request;
  request.id = kInstance;
  request.paths = {project_path_of(place, "large")};
  coordination.lock_timeout = std::chrono::seconds(60);
  const auto taken = acquire_locks(coordination, request);
  ASSERT_TRUE(taken);
  ASSERT_THAT(taken->grants, SizeIs(1));
  // The mutex (two locks) was taken to look and, when the file had been read, again.
  EXPECT_EQ(ops.count("flock"), 4);
  EXPECT_EQ(check_conflict(coordination, request.paths.front())->verdict, Verdict::kDone);
}

}  // namespace
}  // namespace smbatcher

#include "libregistry/core/fs/snapshot.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/faulty_file_ops.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
constexpr std::size_t kMaxSize = 1 << 20;

template <class T>
std::string reason(const Result<T>& result) {
  return result ? "success" : result.error().reason.text();
}

TEST(ReadFile, ReadsAllBytes) {
  TempDir dir;
  for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 100000U}) {
    const std::string bytes(size, 'x');
    dir.write("f", bytes);
    EXPECT_EQ(read_file(system_file_ops(), dir.at("f"), kMaxSize).value(), bytes);
    EXPECT_EQ(read_file_stable(system_file_ops(), dir.at("f"), kMaxSize)->bytes, bytes);
  }
}

TEST(ReadFile, HandlesShortReadsAndInterruptions) {
  TempDir dir;
  dir.write("f", "some text");
  FaultyFileOps ops;
  ops.limit_io(2);
  ops.fail_at(1, EINTR);
  ops.fail_at(4, EINTR);
  EXPECT_EQ(read_file(ops, dir.at("f"), kMaxSize).value(), "some text");
}

TEST(ReadFile, NamesWhatIsNoRegularFile) {
  TempDir dir;
  dir.make_dir("folder");
  ASSERT_EQ(::mkfifo(dir.at("pipe").c_str(), 0666), 0);
  ASSERT_EQ(::symlink("nowhere", dir.at("dangling").c_str()), 0);
  ASSERT_EQ(::symlink("circle", dir.at("circle").c_str()), 0);
  const auto read = [&](const std::string& path) { return read_file_stable(system_file_ops(), path, kMaxSize); };
  EXPECT_EQ(reason(read(dir.at("folder"))), "not_a_regular_file");
  EXPECT_THAT(read(dir.at("folder")).error().message, HasSubstr("is a folder"));
  EXPECT_EQ(reason(read(dir.at("pipe"))), "not_a_regular_file");
  EXPECT_THAT(read(dir.at("pipe")).error().message, HasSubstr("named pipe"));
  EXPECT_THAT(read("/dev/null").error().message, HasSubstr("a device"));
  EXPECT_EQ(reason(read(dir.at("dangling"))), "dangling_link");
  EXPECT_EQ(reason(read(dir.at("circle"))), "not_a_regular_file");
  EXPECT_EQ(reason(read(dir.at("absent"))), "not_found");
  EXPECT_EQ(read(dir.at("absent")).error().code, Errc::kNotFound);
}

TEST(ReadFile, FollowsLinks) {
  TempDir dir;
  dir.write("f", "text");
  ASSERT_EQ(::symlink("f", dir.at("link").c_str()), 0);
  EXPECT_EQ(read_file_stable(system_file_ops(), dir.at("link"), kMaxSize)->bytes, "text");
}

TEST(ReadFile, RefusesWhatIsTooLarge) {
  TempDir dir;
  dir.write("f", "12345");
  EXPECT_TRUE(read_file(system_file_ops(), dir.at("f"), 5));
  EXPECT_EQ(reason(read_file(system_file_ops(), dir.at("f"), 4)), "file_too_large");
}

TEST(ReadFileStable, ReadsAgainWhatChangedMeanwhile) {
  for (const bool by_rename : {false, true}) {
    TempDir dir;
    dir.write("f", "first");
    FaultyFileOps ops;
    ops.after = [&](std::string_view call, int count) {
      if (call == "read" && count == 1) {
        dir.write(by_rename ? "g" : "f", "second version");
        if (by_rename) {
          ASSERT_EQ(::rename(dir.at("g").c_str(), dir.at("f").c_str()), 0);
        }
      }
    };
    const auto snapshot = read_file_stable(ops, dir.at("f"), kMaxSize);
    ASSERT_TRUE(snapshot);
    // What was replaced is a whole text too: a reader among many writers would otherwise never come to an end.
    EXPECT_EQ(snapshot->bytes, by_rename ? "first" : "second version");
    EXPECT_EQ(snapshot->state.size, by_rename ? 5 : 14);
    EXPECT_EQ(ops.count("open"), by_rename ? 1 : 2);
  }
}

TEST(ReadFileStable, GivesUpOnAFileThatNeverRests) {
  TempDir dir;
  dir.write("f", "x");
  FaultyFileOps ops;
  std::string text = "x";
  ops.after = [&](std::string_view call, int) {
    if (call == "read") {
      dir.write("f", text += "x");
      text.resize(text.size() % 100);
    }
  };
  const auto changing = read_file_stable(ops, dir.at("f"), kMaxSize);
  EXPECT_EQ(reason(changing), "file_changing");
}

TEST(ReadFileStable, AnyFailedCallIsAnError) {
  TempDir dir;
  dir.write("f", "text");
  FaultyFileOps counting;
  ASSERT_TRUE(read_file_stable(counting, dir.at("f"), kMaxSize));
  for (int n = 1; n <= counting.count() - 1; ++n) {  // the last one is the close(2) of a file that was only read
    FaultyFileOps ops;
    ops.fail_at(n, EIO);
    EXPECT_EQ(reason(read_file_stable(ops, dir.at("f"), kMaxSize)), "io_error") << n;
  }
}

TEST(CheckReplaceable, AcceptsAnOrdinaryFile) {
  TempDir dir;
  dir.write("f", "text");
  const auto snapshot = read_file_stable(system_file_ops(), dir.at("f"), kMaxSize);
  EXPECT_EQ(reason(check_replaceable(system_file_ops(), dir.at("f"), snapshot->state)), "success");
}

TEST(CheckReplaceable, RefusesHardLinks) {
  TempDir dir;
  dir.write("f", "text");
  ASSERT_EQ(::link(dir.at("f").c_str(), dir.at("g").c_str()), 0);
  const auto snapshot = read_file_stable(system_file_ops(), dir.at("f"), kMaxSize);
  EXPECT_EQ(reason(check_replaceable(system_file_ops(), dir.at("f"), snapshot->state)), "hard_linked");
}

TEST(CheckReplaceable, RefusesAMountPoint) {
  // No file can be mounted without privileges, but what is asked for holds for /proc as well.
  struct stat status {};
  ASSERT_EQ(::stat("/proc", &status), 0);
  FileState state = FileState::of(status);
  state.links = 1;
  EXPECT_EQ(reason(check_replaceable(system_file_ops(), "/proc", state)), "mount_point");
}

TEST(CheckReplaceable, RefusesAReadOnlyFolder) {
  TempDir dir;
  dir.make_dir("closed");
  dir.write("closed/f", "text");
  const auto snapshot = read_file_stable(system_file_ops(), dir.at("closed/f"), kMaxSize);
  ASSERT_EQ(::chmod(dir.at("closed").c_str(), 0555), 0);
  const bool is_root = ::geteuid() == 0;
  if (is_root) {
    ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
    ASSERT_EQ(::seteuid(65534), 0);  // the permissions of a folder mean nothing to root
    ASSERT_FALSE(std::ofstream(dir.at("closed/g")).is_open());
  }
  const std::string answer = reason(check_replaceable(system_file_ops(), dir.at("closed/f"), snapshot->state));
  if (is_root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_EQ(answer, "permission_denied");
}

}  // namespace
}  // namespace smbatcher::test

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/faulty_file_ops.h"
#include "tests/unit/core/fs/replacing.h"

namespace smbatcher::test {
namespace {

const std::string kSaved = "what a person saved\n";
const std::string kSavedAgain = "and saved again\n";

enum class Way { kRename, kTruncate };

// An editor that saves, by one of the two ways editors have.
void save(const Target& target, Way way, const std::string& text) {
  if (way == Way::kTruncate) {
    target.dir.write("REGISTRY.md", text);
    return;
  }
  target.dir.write("editor.tmp", text);
  ASSERT_EQ(::rename(target.dir.at("editor.tmp").c_str(), target.names.target.c_str()), 0);
}

bool is_somewhere(const Target& target, const std::string& text) {
  const auto names = target.dir.list();
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return target.dir.read(name) == text; });
}

class EditorTest : public ::testing::TestWithParam<Way> {
 protected:
  // Runs `action` right before, or after, the `count`-th rename_with: 1 gives .next its name, 2 exchanges, 3 exchanges
  // back.
  static FaultyFileOps::Hook at_rename(int count, std::function<void()> action) {
    return [count, action = std::move(action)](std::string_view call, int so_far) {
      if (call == "rename_with" && so_far == count) {
        action();
      }
    };
  }
};

TEST_P(EditorTest, SaveBetweenLookAndExchangeStaysInPlace) {
  Target target;
  FaultyFileOps ops;
  ops.before = at_rename(2, [&] { save(target, GetParam(), kSaved); });
  const auto done = replace(ops, target);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->result, Published::kChangedBack);
  EXPECT_TRUE(done->kept.empty());
  EXPECT_EQ(target.now(), kSaved);
  EXPECT_THAT(target.dir.list(), ::testing::ElementsAre("REGISTRY.md"));
}

TEST_P(EditorTest, SecondSaveOnTopIsKept) {
  Target target;
  FaultyFileOps ops;
  ops.before = at_rename(2, [&] { save(target, GetParam(), kSaved); });
  ops.after = at_rename(2, [&] { save(target, GetParam(), kSavedAgain); });
  const auto done = replace(ops, target);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->result, Published::kChangedBack);
  EXPECT_TRUE(is_somewhere(target, kSaved));
  EXPECT_TRUE(is_somewhere(target, kSavedAgain));
  ASSERT_EQ(done->kept.size(), 1U);
  EXPECT_THAT(done->kept[0], ::testing::StartsWith(target.names.target + ".conflict-"));
}

TEST_P(EditorTest, SaveRightAfterTheExchangeStaysInPlace) {
  Target target;
  FaultyFileOps ops;
  ops.after = at_rename(2, [&] { save(target, GetParam(), kSaved); });
  const auto done = replace(ops, target);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->result, Published::kDone);
  EXPECT_EQ(target.now(), kSaved);
}

TEST_P(EditorTest, SaveIsNotLostWhateverCallFails) {
  for (int n = 1;; ++n) {
    Target target;
    FaultyFileOps ops;
    ops.before = at_rename(2, [&] { save(target, GetParam(), kSaved); });
    ops.after = at_rename(2, [&] { save(target, GetParam(), kSavedAgain); });
    ops.fail_at(n, EIO);
    const auto done = replace(ops, target);
    const bool saved = ops.count("rename_with") >= 2;
    if (saved) {
      EXPECT_TRUE(is_somewhere(target, kSaved) || is_somewhere(target, kSavedAgain)) << n;
    }
    // Where the second save hit our text, both must be there.
    if (ops.count("rename_with") >= 3) {
      EXPECT_TRUE(is_somewhere(target, kSaved)) << n;
      EXPECT_TRUE(is_somewhere(target, kSavedAgain)) << n;
    }
    if (ops.count() < n) {
      break;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, EditorTest, ::testing::Values(Way::kRename, Way::kTruncate),
                         [](const auto& way) { return way.param == Way::kRename ? "ByRename" : "ByTruncate"; });

TEST(Editor, LateWriteIntoTheDisplacedFileIsInPrev) {
  Target target;
  const int fd = ::open(target.names.target.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  ASSERT_EQ(replace(system_file_ops(), target)->result, Published::kDone);
  ASSERT_EQ(::write(fd, "late", 4), 4);
  ::close(fd);
  EXPECT_EQ(target.dir.read(".REGISTRY.md.prev"), kOld + "late");
}

TEST(Editor, SaveOfTheSameSizeAndTimeIsFoundByItsBytes) {
  Target target;
  std::string other = kOld;
  other[0] = '%';
  FaultyFileOps ops;
  ops.before = [&](std::string_view call, int count) {
    if (call == "rename_with" && count == 2) {
      target.dir.write("REGISTRY.md", other);
      const std::array times{target.original.state.modified, target.original.state.modified};
      ASSERT_EQ(::utimensat(AT_FDCWD, target.names.target.c_str(), times.data(), 0), 0);
    }
  };
  EXPECT_EQ(replace(ops, target)->result, Published::kChangedBack);
  EXPECT_EQ(target.now(), other);
}

TEST(Editor, NewModeIsAChangeToo) {
  Target target;
  FaultyFileOps ops;
  ops.before = [&](std::string_view call, int count) {
    if (call == "rename_with" && count == 2) {
      ASSERT_EQ(::chmod(target.names.target.c_str(), 0640), 0);
    }
  };
  EXPECT_EQ(replace(ops, target)->result, Published::kChangedBack);
  struct stat status {};
  ASSERT_EQ(::stat(target.names.target.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST(Editor, LinkPutInPlaceOfTheFileIsPutBack) {
  Target target;
  target.dir.write("elsewhere", kOld);
  FaultyFileOps ops;
  ops.before = [&](std::string_view call, int count) {
    if (call == "rename_with" && count == 2) {
      ASSERT_EQ(::unlink(target.names.target.c_str()), 0);
      ASSERT_EQ(::symlink("elsewhere", target.names.target.c_str()), 0);
    }
  };
  EXPECT_EQ(replace(ops, target)->result, Published::kChangedBack);
  struct stat status {};
  ASSERT_EQ(::lstat(target.names.target.c_str(), &status), 0);
  EXPECT_TRUE(S_ISLNK(status.st_mode));
  EXPECT_EQ(target.now(), kOld);
}

TEST(Editor, DeletionBetweenLookAndExchangeIsAChange) {
  Target target;
  FaultyFileOps ops;
  ops.before = [&](std::string_view call, int count) {
    if (call == "rename_with" && count == 2) {
      ASSERT_EQ(::unlink(target.names.target.c_str()), 0);
    }
  };
  EXPECT_EQ(replace(ops, target)->result, Published::kChanged);
  EXPECT_TRUE(target.dir.list().empty());
}

TEST(Editor, WithoutExchangeAWriteIntoTheOldFileIsKeptAsAConflictCopy) {
  Target target;
  const int fd = ::open(target.names.target.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  FaultyFileOps ops;
  ops.fail_always("rename_with", EINVAL);
  ops.before = [&](std::string_view call, int count) {
    if (call == "rename" && count == 2) {  // the first one gives .next its name
      ASSERT_EQ(::write(fd, "late", 4), 4);
    }
  };
  const auto done = replace(ops, target);
  ::close(fd);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->result, Published::kDone);
  EXPECT_EQ(target.now(), kNew);
  ASSERT_EQ(done->kept.size(), 1U);
  EXPECT_TRUE(is_somewhere(target, kOld + "late"));
}

}  // namespace
}  // namespace smbatcher::test

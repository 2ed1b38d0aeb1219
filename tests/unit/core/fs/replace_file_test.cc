#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/faulty_file_ops.h"
#include "tests/unit/core/fs/replacing.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

TEST(ReplaceNames, HideTheHelpersBesideTheTarget) {
  const ReplaceNames names = ReplaceNames::of("/a/b/REGISTRY.md");
  EXPECT_EQ(names.folder, "/a/b");
  EXPECT_EQ(names.part, "/a/b/.REGISTRY.md.part");
  EXPECT_EQ(names.next, "/a/b/.REGISTRY.md.next");
  EXPECT_EQ(names.prev, "/a/b/.REGISTRY.md.prev");
  EXPECT_EQ(ReplaceNames::of("x.md").folder, ".");
  EXPECT_EQ(ReplaceNames::of("x.md").part, ".x.md.part");
  EXPECT_EQ(ReplaceNames::of("/x.md").folder, "/");
}

TEST(ReplaceFile, PutsTheNewTextInPlaceAndKeepsTheOldAsPrev) {
  Target target;
  const auto done = replace(system_file_ops(), target);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->result, Published::kDone);
  EXPECT_TRUE(done->durable);
  EXPECT_TRUE(done->exchanged);
  EXPECT_TRUE(done->kept.empty());
  EXPECT_EQ(target.now(), kNew);
  EXPECT_EQ(target.dir.read(".REGISTRY.md.prev"), kOld);
  EXPECT_THAT(target.dir.list(), ElementsAre(".REGISTRY.md.prev", "REGISTRY.md"));
}

TEST(ReplaceFile, SyncsTheFileBeforeAndTheFolderAfterTheExchange) {
  Target target;
  FaultyFileOps ops;
  ASSERT_TRUE(replace(ops, target));
  std::vector<std::string> order;
  for (const std::string& call : ops.calls()) {
    if (call == "fsync" || call == "rename_with" || call == "write") {
      order.push_back(call);
    }
  }
  EXPECT_THAT(order, ElementsAre("write", "fsync", "rename_with", "rename_with", "fsync"));
}

TEST(ReplaceFile, HandlesShortReadsAndWrites) {
  Target target;
  FaultyFileOps ops;
  ops.limit_io(3);
  const auto done = replace(ops, target);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->result, Published::kDone);
  EXPECT_EQ(target.now(), kNew);
}

TEST(ReplaceFile, ReplacesAnUnfinishedPart) {
  Target target;
  target.dir.write(".REGISTRY.md.part", "half a tex");
  ASSERT_TRUE(replace(system_file_ops(), target));
  EXPECT_EQ(target.now(), kNew);
  EXPECT_FALSE(target.dir.exists(".REGISTRY.md.part"));
}

TEST(ReplaceFile, KeepsAForeignNextAsAConflictCopy) {
  Target target;
  target.dir.write(".REGISTRY.md.next", "what a person saved");
  ASSERT_TRUE(replace(system_file_ops(), target));
  const auto names = target.dir.list();
  ASSERT_EQ(names.size(), 3U);
  EXPECT_THAT(names[2], StartsWith("REGISTRY.md.conflict-"));
  EXPECT_EQ(target.dir.read(names[2]), "what a person saved");
}

TEST(ReplaceFile, ReusesANextThatHoldsAKnownText) {
  for (const std::string& known : {kOld, kNew}) {
    Target target;
    target.dir.write(".REGISTRY.md.next", known);
    ASSERT_TRUE(replace(system_file_ops(), target));
    EXPECT_THAT(target.dir.list(), ElementsAre(".REGISTRY.md.prev", "REGISTRY.md"));
  }
}

TEST(ReplaceFile, StopsWhenTheFileChangedBeforeTheExchange) {
  Target target;
  ASSERT_TRUE(stage_replacement(system_file_ops(), target.names, target.original, kNew));
  target.dir.write("REGISTRY.md", "saved by a person");
  const auto stopped = publish(system_file_ops(), target);
  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->result, Published::kChanged);
  EXPECT_EQ(target.now(), "saved by a person");
  EXPECT_THAT(target.dir.list(), ElementsAre("REGISTRY.md"));
}

TEST(ReplaceFile, StopsWhenTheFileWasDeletedOrBecameALink) {
  for (const bool link : {false, true}) {
    Target target;
    ASSERT_TRUE(stage_replacement(system_file_ops(), target.names, target.original, kNew));
    ASSERT_EQ(::rename(target.names.target.c_str(), target.dir.at("moved").c_str()), 0);
    if (link) {
      ASSERT_EQ(::symlink("moved", target.names.target.c_str()), 0);
    }
    const auto stopped = publish(system_file_ops(), target);
    ASSERT_TRUE(stopped);
    EXPECT_EQ(stopped->result, Published::kChanged);
    EXPECT_EQ(target.dir.read("moved"), kOld);
    EXPECT_FALSE(target.dir.exists(".REGISTRY.md.next"));
  }
}

TEST(ReplaceFile, StopsWhenItMayNotPublish) {
  Target target;
  ASSERT_TRUE(stage_replacement(system_file_ops(), target.names, target.original, kNew));
  const auto stopped = publish_replacement(
      system_file_ops(), target.names, target.original, kNew, [] { return false; }, [] { return false; });
  EXPECT_EQ(stopped->result, Published::kChanged);
  EXPECT_EQ(target.now(), kOld);
  EXPECT_THAT(target.dir.list(), ElementsAre("REGISTRY.md"));
}

TEST(ReplaceFile, StopsWhenAStopSignalIsPending) {
  Target target;
  ASSERT_TRUE(stage_replacement(system_file_ops(), target.names, target.original, kNew));
  const auto stopped = publish_replacement(
      system_file_ops(), target.names, target.original, kNew, [] { return true; }, [] { return true; });
  EXPECT_EQ(stopped->result, Published::kInterrupted);
  EXPECT_EQ(target.now(), kOld);
  EXPECT_THAT(target.dir.list(), ElementsAre("REGISTRY.md"));
}

TEST(ReplaceFile, SaysWhenTheFolderCouldNotBeSynced) {
  Target target;
  ASSERT_TRUE(stage_replacement(system_file_ops(), target.names, target.original, kNew));
  FaultyFileOps ops;
  ops.fail_always("fsync", EIO);
  const auto done = publish(ops, target);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->result, Published::kDone);
  EXPECT_FALSE(done->durable);
  EXPECT_EQ(target.now(), kNew);
  EXPECT_EQ(ops.count("fsync"), 1);
}

TEST(ReplaceFile, NeverSyncsAFileAgainThatFailedToSync) {
  Target target;
  FaultyFileOps ops;
  ops.fail_always("fsync", EIO);
  const auto failed = stage_replacement(ops, target.names, target.original, kNew);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::kIo);
  EXPECT_EQ(ops.count("fsync"), 1);
  EXPECT_THAT(target.dir.list(), ElementsAre("REGISTRY.md"));
}

TEST(ReplaceFile, RenamesWhereExchangeIsNotSupported) {
  for (const int unsupported : {EINVAL, ENOSYS, EOPNOTSUPP}) {
    Target target;
    FaultyFileOps ops;
    ops.fail_always("rename_with", unsupported);
    const auto done = replace(ops, target);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->result, Published::kDone);
    EXPECT_FALSE(done->exchanged);
    EXPECT_TRUE(done->durable);
    EXPECT_EQ(target.now(), kNew);
    EXPECT_THAT(target.dir.list(), ElementsAre("REGISTRY.md"));
  }
}

TEST(WriteCacheFile, ReplacesWithoutSync) {
  TempDir dir;
  FaultyFileOps ops;
  ASSERT_TRUE(write_cache_file(ops, dir.at("claim.json"), "{}"));
  ASSERT_TRUE(write_cache_file(ops, dir.at("claim.json"), "{\"a\":1}"));
  EXPECT_EQ(dir.read("claim.json"), "{\"a\":1}");
  EXPECT_EQ(ops.count("fsync"), 0);
  EXPECT_THAT(dir.list(), ElementsAre("claim.json"));
}

TEST(WriteCacheFile, LeavesOldTextAndNoPartOnAnyFailure) {
  FaultyFileOps counting;
  TempDir first;
  ASSERT_TRUE(write_cache_file(counting, first.at("c"), kNew));
  for (int n = 1; n <= counting.count(); ++n) {
    TempDir dir;
    dir.write("c", kOld);
    FaultyFileOps ops;
    ops.fail_at(n, ENOSPC);
    const auto failed = write_cache_file(ops, dir.at("c"), kNew);
    ASSERT_FALSE(failed) << n;
    EXPECT_EQ(failed.error().reason.text(), "no_space");
    EXPECT_EQ(dir.read("c"), kOld);
    EXPECT_THAT(dir.list(), ElementsAre("c"));
  }
}

}  // namespace
}  // namespace smbatcher::test

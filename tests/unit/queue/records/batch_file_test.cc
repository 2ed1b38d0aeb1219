#include "libregistry/queue/records/batch_file.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/faulty_file_ops.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

using Lines = std::vector<std::string>;

/// "reason where: message", without the folder.
std::string shown(const Error& error, const TempDir& folder) {
  std::string text = error.reason.text() + " " + error.where + ": " + error.message;
  const std::string part = folder.path() + "/";
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part)) {
    text.erase(at, part.size());
  }
  return text;
}

NewSite site(const std::string& domain, const std::string& name, const std::string& theme = "",
             const std::string& description = "") {
  return {domain, name, description, theme};
}

WallTime now() { return FakeClock().now().wall; }

std::string written(const TempDir& folder, const std::vector<PlannedBatch>& batches) {
  const auto result =
      write_batch_files(system_file_ops(), folder.at("batches"), batches, now(), folder.at("REGISTRY.md"));
  return result ? "" : shown(result.error(), folder);
}

TEST(BatchFile, HasFrontMatterAndASectionForEachSite) {
  const PlannedBatch batch{"003", {site("a.example", "Bakery", "Warm", "Bread: fresh"), site("b.example", "")}};
  EXPECT_EQ(render_batch_file(batch, now()),
            "---\n"
            "batch: \"003\"\n"
            "created: 2026-11-20T18:00:00Z\n"
            "---\n"
            "\n"
            "## a.example\n"
            "\n"
            "Name: Bakery\n"
            "Theme: Warm\n"
            "Description: Bread: fresh\n"
            "Design seed: " +
                design_seed(batch.sites[0]) +
                "\n"
                "\n"
                "## b.example\n"
                "\n"
                "Name:\n"
                "Theme:\n"
                "Description:\n"
                "Design seed: " +
                design_seed(batch.sites[1]) + "\n");
}

TEST(BatchFile, NoTextBeginsALineOfItsOwn) {
  const std::string text =
      render_batch_file({"1", {site("a.example", "x\n## evil.example\r\ny\x7F\xC2\x85z", "\xC3\x85\t")}}, now());
  EXPECT_NE(text.find("\nName: x ## evil.example  y  z\nTheme: \xC3\x85 \n"), std::string::npos) << text;
}

TEST(BatchFile, SeedIsTheSameForTheSameSiteOnly) {
  const std::string seed = design_seed(site("a.example", "Bakery", "Warm"));
  EXPECT_EQ(seed.size(), 8U);
  EXPECT_EQ(seed.find_first_not_of("0123456789abcdef"), std::string::npos) << seed;
  EXPECT_EQ(seed, design_seed(site("a.example", "Bakery", "Warm", "another description")));
  EXPECT_NE(seed, design_seed(site("b.example", "Bakery", "Warm")));
  EXPECT_NE(seed, design_seed(site("a.example", "Shop", "Warm")));
  EXPECT_NE(seed, design_seed(site("a.example", "Bakery", "Cold")));
}

TEST(BatchFile, FolderLiesInTheRepository) {
  RegistryPaths paths;
  paths.repository = "/r";
  paths.work_tree = "/w";
  EXPECT_EQ(batches_folder(paths, Config{}), "/r/.smbatcher/batches");
}

TEST(BatchFile, IsWrittenWithItsFolderAndNoTemporaryFile) {
  const TempDir folder;
  const std::vector<PlannedBatch> batches{{"003", {site("a.example", "A")}}, {"004", {site("b.example", "B")}}};
  EXPECT_EQ(written(folder, batches), "");
  EXPECT_EQ(folder.list("batches"), (Lines{"batch-003.md", "batch-004.md"}));
  EXPECT_EQ(folder.read("batches/batch-003.md"), render_batch_file(batches[0], now()));
  EXPECT_EQ(folder.read("batches/batch-004.md"), render_batch_file(batches[1], now()));
}

TEST(BatchFile, ReplacesAFileOfThatIdAndKeepsWhatItWas) {
  const TempDir folder;
  folder.write("batches/batch-003.md", "notes\n");
  const PlannedBatch batch{"003", {site("a.example", "A")}};
  EXPECT_EQ(written(folder, {batch}), "");
  EXPECT_EQ(written(folder, {batch}), "");
  EXPECT_EQ(folder.read("batches/batch-003.md"), render_batch_file(batch, now()));

  const TempDir other;
  other.write("batches/batch-003.md", "notes\n");
  EXPECT_EQ(written(other, {batch}), "");
  EXPECT_EQ(other.read("batches/.batch-003.md.prev"), "notes\n");
  EXPECT_EQ(other.list("batches"), (Lines{".batch-003.md.prev", "batch-003.md"}));
}

TEST(BatchFile, RefusesAnIdThatIsNoFileName) {
  for (const std::string id : {"../003", "", ".hidden", "a/b"}) {
    const TempDir folder;
    EXPECT_EQ(written(folder, {{"001", {}}, {id, {}}}),
              "invalid_batch : '" + id + "' is not a batch id: use letters, digits, '.', '_' and '-'");
    EXPECT_EQ(folder.list(), Lines{});
  }
}

TEST(BatchFile, RefusesALinkInPlaceOfTheFile) {
  const TempDir folder;
  folder.write("mine.md", "mine\n");
  folder.make_dir("batches");
  ASSERT_EQ(::symlink(folder.at("mine.md").c_str(), folder.at("batches/batch-003.md").c_str()), 0);
  EXPECT_EQ(
      written(folder, {{"003", {}}}),
      "not_a_regular_file batches/batch-003.md: 'batches/batch-003.md' is a symbolic link; a regular file is needed: "
      "move it away or name another path");
  EXPECT_EQ(folder.read("mine.md"), "mine\n");
  EXPECT_EQ(folder.list("batches"), Lines{"batch-003.md"});
}

TEST(BatchFile, IsOldOrNewWhicheverCallFails) {
  const PlannedBatch batch{"003", {site("a.example", "A")}};
  const std::string text = render_batch_file(batch, now());
  for (const std::string old : {"", "old\n"}) {
    bool failed = true;
    for (int call = 1; failed; ++call) {
      ASSERT_LT(call, 100);
      SCOPED_TRACE(old + " call " + std::to_string(call));
      const TempDir folder;
      if (!old.empty()) {
        folder.write("batch-003.md", old);
      }
      FaultyFileOps ops;
      ops.fail_at(call, EIO);
      const auto result = write_batch_files(ops, folder.path(), {batch}, now(), folder.at("REGISTRY.md"));
      failed = ops.count() >= call;
      const std::string found = folder.exists("batch-003.md") ? folder.read("batch-003.md") : "";
      EXPECT_TRUE(found == text || (!result && found == old)) << found;
    }
  }
}

TEST(BatchFile, IsNotWrittenUntilItIsSynced) {
  const TempDir folder;
  FaultyFileOps ops;
  ops.fail_always("fsync", EIO);
  EXPECT_FALSE(write_batch_files(ops, folder.path(), {{"003", {}}}, now(), folder.at("REGISTRY.md")));
  for (int nth = 1; nth <= 2; ++nth) {  // the file, then its folder
    const TempDir fresh;
    FaultyFileOps counting;
    counting.before = [&](std::string_view call, int count) {
      if (call == "fsync" && count == nth) {
        counting.fail_at(counting.count(), EIO);
      }
    };
    EXPECT_FALSE(write_batch_files(counting, fresh.path(), {{"003", {}}}, now(), fresh.at("REGISTRY.md"))) << nth;
  }
}

TEST(BatchFile, HighestIsTheHighestNumber) {
  const TempDir folder;
  EXPECT_EQ(highest_batch_file(folder.at("none")), "");
  EXPECT_EQ(highest_batch_file(folder.path()), "");
  for (const char* name : {"batch-x.md", "batch-.md", "batch-9999", "batch-99.md.bak", ".batch-500.md.part", "700.md",
                           "batch-12 .md", "Batch-800.md"}) {
    folder.write(name, "");
  }
  EXPECT_EQ(highest_batch_file(folder.path()), "");
  for (const char* name : {"batch-009.md", "batch-10.md", "batch-2.md"}) {
    folder.write(name, "");
  }
  EXPECT_EQ(highest_batch_file(folder.path()), "10");
  folder.write("batch-1000.md", "");
  EXPECT_EQ(highest_batch_file(folder.path()), "1000");
}

}  // namespace
}  // namespace smbatcher::test

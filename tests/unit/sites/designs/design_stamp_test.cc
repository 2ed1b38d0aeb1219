#include "libregistry/sites/designs/design_stamp.h"

#include <unistd.h>

#include "libregistry/core/base/text_hash.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_file_ops.h"
#include "tests/unit/sites/designs/support.h"

namespace smbatcher::test {
namespace {

constexpr const char* kStamp = R"(stamp: {batch: "003", time: "T", hash: "H"})";

/// The text with the stamp of kStamp, or "reason where: message".
std::string stamped(const std::string& text) {
  const TempDir folder;
  const auto document = parse_design(text, "D.md");
  if (!document) {
    return shown(document.error(), folder);
  }
  const auto result = with_stamp(*document, {"003", "T", "H"});
  return result ? *result : shown(result.error(), folder);
}

TEST(Stamp, IsOneLineAndEveryOtherByteStays) {
  const std::string line = std::string(kStamp) + "\n";
  const std::string crlf = std::string(kStamp) + "\r\n";
  const std::string bom = "\xEF\xBB\xBF";
  const std::vector<std::pair<std::string, std::string>> table{
      // No front matter: some is made.
      {"", "---\n" + line + "---\n"},
      {"# a", "---\n" + line + "---\n# a"},
      {"# a\r\nb", "---\r\n" + crlf + "---\r\n# a\r\nb"},
      {bom + "# a\n", bom + "---\n" + line + "---\n# a\n"},
      {bom, bom + "---\n" + line + "---\n"},
      // The line is new: it is the last one.
      {"---\n---\n", "---\n" + line + "---\n"},
      {"---\na: b\n---", "---\na: b\n" + line + "---"},
      {"---\na: b\n...\n\n\n# c  \n\td", "---\na: b\n" + line + "...\n\n\n# c  \n\td"},
      {bom + "---\r\nb: 1 # x\r\n\r\n# y\r\na:   2\r\n---\r\n",
       bom + "---\r\nb: 1 # x\r\n\r\n# y\r\na:   2\r\n" + crlf + "---\r\n"},
      {"---\n  a: b\n  c:\n    - d\n---\n", "---\n  a: b\n  c:\n    - d\n  " + line + "---\n"},
      {"---\na: |\n  text\n---\n", "---\na: |\n  text\n" + line + "---\n"},
      {"---\n# only a comment\n---\n", "---\n# only a comment\n" + line + "---\n"},
      {"---\ra: b\rc: d\r---\r# e\r", "---\ra: b\rc: d\r" + std::string(kStamp) + "\r---\r# e\r"},
      {"---\na: b\rstamp:\nc: d\n---\n", "---\na: b\r" + line + "c: d\n---\n"},
      // The line is there: its value is replaced where it stands.
      {"---\nstamp: {batch: \"1\", time: x, hash: '}'} # ours\nz: 1\n---\n",
       "---\n" + std::string(kStamp) + " # ours\nz: 1\n---\n"},
      {"---\nstamp:\na: b\n---\n", "---\n" + line + "a: b\n---\n"},
      {"---\nstamp: # soon\na: b\n---\n", "---\n" + std::string(kStamp) + " # soon\na: b\n---\n"},
      {"---\nstamp :   {}\r\na: b\n---\n", "---\nstamp :   {batch: \"003\", time: \"T\", hash: \"H\"}\r\na: b\n---\n"},
  };
  for (const auto& [before, after] : table) {
    EXPECT_EQ(stamped(before), after) << before;
    EXPECT_EQ(stamped(after), after) << "again: " << after;
  }
}

TEST(Stamp, OfAnotherFormIsLeftToPeople) {
  const std::string refusal =
      "design_invalid D.md:3: 'stamp' is not written on one line as smbatcher write-design does: remove it and call "
      "again";
  for (const char* form : {"stamp:\n  batch: \"1\" # mine\n  time: x\n", "stamp: {batch: \"1\",\n  time: x}\n",
                           "\"stamp\": {}\n", "stamp: {a: {b: c}}\n", "stamp: ~\n", "? stamp\n: {}\n"}) {
    EXPECT_EQ(stamped("---\na: b\n" + std::string(form) + "---\n"), refusal) << form;
  }
}

TEST(Stamp, IsRefusedWhereTheFrontMatterTakesNoLine) {
  const std::string refusal =
      "edit_not_confirmed D.md:1: the front matter takes no line for the stamp: write each key on a line of its own";
  EXPECT_EQ(stamped("---\n{a: b}\n---\n"), refusal);
}

TEST(Stamp, ChangesNoBlockOfText) {
  EXPECT_EQ(stamped("---\na: |+\n  text\n\n \n---\n"), "---\na: |+\n  text\n\n \n" + std::string(kStamp) + "\n---\n");
}

class StampedFile : public ::testing::Test {
 protected:
  StampRequest request() const {
    return {folder_.at("a.example"),
            "DESIGN.md",
            "003",
            FakeClock().now().wall,
            LockDeadline(std::chrono::milliseconds(0)),
            false};
  }
  std::string stamp(FileOps& ops = system_file_ops()) const {
    const auto result = stamp_design(ops, request());
    return result ? (result->repeated ? "repeated" : "stamped") : shown(result.error(), folder_);
  }
  std::string design() const { return folder_.read("a.example/DESIGN.md"); }

  TempDir folder_;
};

TEST_F(StampedFile, TellsBatchTimeAndHashOfTheBody) {
  folder_.write("a.example/DESIGN.md", "---\ntheme: a\n---\n# b\n");
  EXPECT_EQ(stamp(), "stamped");
  EXPECT_EQ(design(), "---\ntheme: a\nstamp: {batch: \"003\", time: \"2026-11-20T18:00:00Z\", hash: \"" +
                          content_hash("# b\n") + "\"}\n---\n# b\n");
  EXPECT_EQ(folder_.list("a.example"), Lines{"DESIGN.md"});
}

TEST_F(StampedFile, IsNotWrittenAgainWhenNothingChanged) {
  folder_.write("a.example/DESIGN.md", "# b\n");
  EXPECT_EQ(stamp(), "stamped");
  FaultyFileOps ops;
  ops.fail_always("rename_with", EIO);
  ops.fail_always("rename", EIO);
  EXPECT_EQ(stamp(ops), "repeated");
  folder_.write("a.example/DESIGN.md", design() + "more\n");
  EXPECT_EQ(stamp(), "stamped");
  EXPECT_EQ(stamp(), "repeated");
}

TEST_F(StampedFile, IsOnlyLookedAtInADryRun) {
  folder_.write("a.example/DESIGN.md", "# b\n");
  StampRequest dry = request();
  dry.dry_run = true;
  const auto result = stamp_design(system_file_ops(), dry);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->stamp.hash, content_hash("# b\n"));
  EXPECT_EQ(design(), "# b\n");
}

TEST_F(StampedFile, IsNeverWrittenThroughALink) {
  EXPECT_EQ(stamp(),
            "design_not_found a.example/DESIGN.md: no design document is at 'a.example/DESIGN.md'; smbatcher "
            "design-run prepares one, and people may write it");
  folder_.write("elsewhere/DESIGN.md", "# mine\n");
  ASSERT_EQ(::symlink("elsewhere", folder_.at("a.example").c_str()), 0);
  EXPECT_EQ(stamp(),
            "not_a_folder a.example: 'a.example' is a symbolic link, and nothing is written through one: put a "
            "folder in its place");
  ASSERT_EQ(::unlink(folder_.at("a.example").c_str()), 0);
  folder_.make_dir("a.example");
  ASSERT_EQ(::symlink("../elsewhere/DESIGN.md", folder_.at("a.example/DESIGN.md").c_str()), 0);
  EXPECT_TRUE(stamp().starts_with("not_a_regular_file a.example/DESIGN.md")) << stamp();
  ASSERT_EQ(::unlink(folder_.at("a.example/DESIGN.md").c_str()), 0);
  folder_.write("a.example/real.md", "# mine\n");
  ASSERT_EQ(::symlink("real.md", folder_.at("a.example/DESIGN.md").c_str()), 0);
  EXPECT_TRUE(stamp().starts_with("not_a_regular_file a.example/DESIGN.md")) << stamp();
  EXPECT_EQ(folder_.read("elsewhere/DESIGN.md") + folder_.read("a.example/real.md"), "# mine\n# mine\n");
}

TEST_F(StampedFile, IsOldOrNewWhicheverCallFails) {
  const std::string old = "---\na: b\n---\n# c\n";
  folder_.write("a.example/DESIGN.md", old);
  ASSERT_EQ(stamp(), "stamped");
  const std::string text = design();
  bool failed = true;
  for (int call = 1; failed; ++call) {
    ASSERT_LT(call, 200);
    folder_.write("a.example/DESIGN.md", old);
    FaultyFileOps ops;
    ops.fail_at(call, EIO);
    const std::string answer = stamp(ops);
    failed = ops.count() >= call;
    EXPECT_TRUE(design() == text || (answer != "stamped" && design() == old)) << call << " " << answer << design();
    for (const std::string& name : folder_.list("a.example")) {  // left by the failed call
      if (name != "DESIGN.md") {
        EXPECT_TRUE(name.starts_with(".DESIGN.md.")) << call << " " << name;
        ASSERT_EQ(::unlink(folder_.at("a.example/" + name).c_str()), 0);
      }
    }
  }
}

TEST_F(StampedFile, WaitsForWhoWritesInTheFolder) {
  folder_.write("a.example/DESIGN.md", "# b\n");
  const auto lock =
      FileLock::acquire_folder(system_file_ops(), folder_.at("a.example"), LockDeadline(std::chrono::milliseconds(0)));
  ASSERT_TRUE(lock.has_value());
  EXPECT_TRUE(stamp().starts_with("lock_timeout")) << stamp();
  EXPECT_EQ(design(), "# b\n");
}

}  // namespace
}  // namespace smbatcher::test

#include "libregistry/audit/place.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/unit/audit/support.h"

namespace smbatcher::test {
namespace {

struct Home {
  TempDir dir;
  FileOps& ops = system_file_ops();

  void put(const std::string& folder) const { dir.write(folder + "/COORDINATION_STATUS.json", "{}"); }
  std::string at(const std::string& folder) const { return dir.at(folder + "/COORDINATION_STATUS.json"); }
  Result<AuditPlace> find(std::optional<std::string> audit_dir = {}) const {
    return find_audit_place(ops, {}, {dir.path(), std::move(audit_dir)});
  }
};

TEST(AuditPlace, IsTheFirstOfTheFoldersThatHasOne) {
  const Home home;
  EXPECT_EQ(reason(home.find()), "file_not_found");
  EXPECT_EQ(home.find().error().message, "Coordination file not found: " + home.at("Desktop/Github"));
  home.put("mine");
  EXPECT_EQ(home.find(home.dir.at("mine"))->data, home.at("mine"));
  home.put(".claude/audit_data");
  EXPECT_EQ(home.find()->data, home.at(".claude/audit_data"));
  home.put("Desktop/AUDIT_SYSTEM");
  EXPECT_EQ(home.find()->data, home.at("Desktop/AUDIT_SYSTEM"));
  home.put("Desktop/Github");
  EXPECT_EQ(home.find()->data, home.at("Desktop/Github"));
}

TEST(AuditPlace, IsRefusedWhenAuditDirHasASecondOne) {
  const Home home;
  home.put("Desktop/Github");
  home.put("mine");
  const auto found = home.find(home.dir.at("mine"));
  ASSERT_EQ(reason(found), "ambiguous_location");
  EXPECT_EQ(fact(found.error(), "locations"), "[\"" + home.at("Desktop/Github") + "\",\"" + home.at("mine") + "\"]");
  EXPECT_EQ(home.find(home.dir.at("empty"))->data, home.at("Desktop/Github"));
  std::filesystem::create_directory_symlink(home.dir.at("Desktop/Github"), home.dir.at("link"));
  EXPECT_EQ(home.find(home.dir.at("link"))->data, home.at("Desktop/Github"));
}

TEST(AuditPlace, IsTheFileThatWasNamedOrTheOneInTheFolder) {
  const Home home;
  home.put("mine");
  home.put("Desktop/Github");
  for (const std::string& name : {home.at("mine"), home.dir.at("mine")}) {
    EXPECT_EQ(find_audit_place(home.ops, name, {home.dir.path(), {}})->data, home.at("mine"));
  }
  EXPECT_EQ(reason(find_audit_place(home.ops, home.dir.at("none"), {home.dir.path(), {}})), "file_not_found");
}

TEST(AuditPlace, FollowsALinkToTheDataSoThatItsFolderIsLocked) {
  const Home home;
  home.put("real");
  home.dir.make_dir("Desktop");
  home.dir.make_dir("Desktop/Github");
  std::filesystem::create_symlink(home.at("real"), home.at("Desktop/Github"));
  EXPECT_EQ(home.find()->folder, home.dir.at("real"));
}

}  // namespace
}  // namespace smbatcher::test

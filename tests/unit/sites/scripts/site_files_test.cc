#include "libregistry/sites/scripts/site_files.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace smbatcher {
namespace {

TEST(SiteFiles, AreThoseOfTheFolderInOrder) {
  const test::TempDir dir;
  for (const char* const name :
       {"b.html", "a/x.HTM", "a/y.css", ".git/z.html", "node_modules/m/i.html", "c d\n'.html"}) {
    dir.write(name, "x");
  }
  const auto found = find_site_files(dir.path(), {".html", ".htm"});
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (std::vector<std::string>{"a/x.HTM", "b.html", "c d\n'.html"}));
}

TEST(SiteFiles, LeaveOutLinksThatLeadOut) {
  const test::TempDir outside;
  outside.write("secret.html", "x");
  const test::TempDir dir;
  dir.write("a.html", "x");
  ASSERT_EQ(::symlink("a.html", dir.at("inside.html").c_str()), 0);
  ASSERT_EQ(::symlink(outside.at("secret.html").c_str(), dir.at("out.html").c_str()), 0);
  ASSERT_EQ(::symlink(outside.path().c_str(), dir.at("folder").c_str()), 0);
  ASSERT_EQ(::symlink("nowhere.html", dir.at("dangling.html").c_str()), 0);
  const auto found = find_site_files(dir.path(), {".html"});
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (std::vector<std::string>{"a.html", "inside.html"}));
}

TEST(SiteFiles, NeedAFolder) {
  const test::TempDir dir;
  dir.write("file", "x");
  EXPECT_EQ(find_site_files(dir.at("none"), {".html"}).error().reason.text(), "directory_not_found");
  EXPECT_EQ(find_site_files(dir.at("file"), {".html"}).error().reason.text(), "directory_not_found");
}

}  // namespace
}  // namespace smbatcher

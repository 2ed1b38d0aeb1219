#include "libregistry/sites/designs/outputs_check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/sites/designs/support.h"

namespace smbatcher::test {
namespace {

Lines missing(const TempDir& folder, const std::vector<std::string>& required) {
  const auto result = missing_outputs(folder.at("site"), required);
  return result ? *result : Lines{shown(result.error(), folder)};
}

void link(const TempDir& folder, const std::string& to, std::string_view name) {
  ASSERT_EQ(::symlink(to.c_str(), folder.at(name).c_str()), 0);
}

TEST(Outputs, FilesWithContentAreThere) {
  const TempDir folder;
  folder.write("site/index.html", "x");
  folder.write("site/js/app.js", "x");
  EXPECT_EQ(missing(folder, {"index.html", "js/app.js"}), Lines{});
  EXPECT_EQ(missing(folder, {}), Lines{});
}

TEST(Outputs, AbsentEmptyAndOtherThingsAreMissing) {
  const TempDir folder;
  folder.write("site/index.html", "x");
  folder.write("site/empty.css", "");
  folder.make_dir("site/folder");
  ASSERT_EQ(::mkfifo(folder.at("site/pipe").c_str(), 0600), 0);
  link(folder, "nowhere", "site/dangling");
  link(folder, "circle", "site/circle");
  link(folder, "/dev/zero", "site/device");
  const Lines required{"none", "index.html/x", "empty.css", "folder", "pipe", "dangling", "circle", "device"};
  EXPECT_EQ(missing(folder, required), required);
}

TEST(Outputs, LinksMayNotLeadOut) {
  const TempDir folder;
  folder.write("site/real.css", "x");
  folder.write("site-other/styles.css", "x");
  folder.write("outside.css", "x");
  link(folder, "real.css", "site/inside.css");
  link(folder, folder.at("site/real.css"), "site/absolute.css");
  link(folder, "../outside.css", "site/up.css");
  link(folder, "../site-other/styles.css", "site/prefix.css");
  link(folder, "../site-other", "site/css");
  EXPECT_EQ(missing(folder, {"inside.css", "absolute.css", "up.css", "prefix.css", "css/styles.css", "../outside.css"}),
            (Lines{"up.css", "prefix.css", "css/styles.css", "../outside.css"}));
}

TEST(Outputs, AbsentFolderMissesAll) {
  const TempDir folder;
  EXPECT_EQ(missing(folder, {"index.html", "styles.css"}), (Lines{"index.html", "styles.css"}));
}

TEST(Outputs, ALinkedSiteFolderIsItsTarget) {
  const TempDir folder;
  folder.write("elsewhere/index.html", "x");
  link(folder, "elsewhere", "site");
  EXPECT_EQ(missing(folder, {"index.html"}), Lines{});
}

TEST(Outputs, WhatCannotBeToldIsAnError) {
  const TempDir folder;
  folder.make_dir("site");
  const std::string name(5000, 'x');
  EXPECT_EQ(missing(folder, {name}),
            Lines{"io_error site/" + name + ": cannot look at 'site/" + name + "': File name too long"});
}

TEST(Outputs, SiteFolderLiesInTheCallersTree) {
  RegistryPaths paths;
  paths.repository = "/r";
  paths.work_tree = "/w";
  EXPECT_EQ(site_folder(paths, Config{}, "a.example").value(), "/w/sites/a.example");
  for (const std::string domain : {"..", "", "a/b", ".", "a.example/.."}) {
    const auto refused = site_folder(paths, Config{}, domain);
    ASSERT_FALSE(refused.has_value()) << domain;
    EXPECT_EQ(refused.error().reason.text() + ": " + refused.error().message,
              "invalid_domain: '" + domain + "' is not a host name such as bakery.example");
  }
}

}  // namespace
}  // namespace smbatcher::test

#include "libregistry/sites/html/check_pages.h"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

TEST(CheckPages, FindsInEachPageWhatIsInItWhateverIsCheckedBesideIt) {
  const TempDir dir;
  FileOps& ops = system_file_ops();
  std::vector<PageToCheck> pages;
  constexpr int kPages = 200;
  for (int i = 0; i < kPages; ++i) {
    const std::string name = "page-" + std::to_string(i) + ".html";
    const std::string id = "part-" + std::to_string(i);
    const std::string again = i % 3 == 0 ? "<p id=\"" + id + "\">again</p>" : "";
    dir.write(name, "<!doctype html>\n<html lang=\"en\"><head><title>T</title></head><body><p id=\"" + id + "\">a</p>" +
                        again + "</body></html>\n");
    pages.push_back({dir.at(name), name});
  }
  pages.push_back({dir.at("absent.html"), "absent.html"});
  const std::vector<Result<std::vector<Finding>>> checked = check_pages(ops, pages);
  ASSERT_EQ(checked.size(), pages.size());
  for (std::size_t i = 0; i < kPages; ++i) {
    ASSERT_TRUE(checked[i]) << i;
    ASSERT_EQ(checked[i]->size(), i % 3 == 0 ? 1U : 0U) << i;
    if (i % 3 == 0) {
      EXPECT_EQ(checked[i]->front().file, pages[i].shown);
      EXPECT_NE(checked[i]->front().message.find("part-" + std::to_string(i)), std::string::npos);
    }
  }
  EXPECT_FALSE(checked.back());
}

}  // namespace
}  // namespace smbatcher::test

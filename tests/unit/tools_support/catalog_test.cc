#include "tools/support/catalog.h"

#include <set>

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

TEST(Catalog, NamesEachToolOnceWithALineThatFits) {
  std::set<std::string_view> names;
  for (const CatalogEntry& entry : kCatalog) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_LE(entry.summary.size(), 76U) << entry.name;
    EXPECT_FALSE(entry.summary.empty() || entry.summary.ends_with('.')) << entry.name;
  }
}

TEST(Catalog, FindsByWholeName) {
  EXPECT_EQ(find_in_catalog("heartbeat")->area, Area::kShared);
  EXPECT_FALSE(find_in_catalog("heart"));
  EXPECT_FALSE(find_in_catalog(""));
}

}  // namespace
}  // namespace smbatcher

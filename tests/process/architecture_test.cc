#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/pages.h"
#include "tests/support/tools.h"

namespace smbatcher::test {
namespace {

// docs/architecture.md, the link lists of CMake and the #include lines say the same about the rooms of libregistry.

namespace fs = std::filesystem;
/// Which folders a folder uses, by the last part of their names.
using Links = std::map<std::string, std::set<std::string>>;

std::set<std::string> each_match(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::set<std::string> found;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), regex); it != std::sregex_iterator(); ++it) {
    found.insert((*it)[1]);
  }
  return found;
}

std::string last_part(const std::string& folder) { return folder.substr(folder.rfind('/') + 1); }
std::string room_of(const std::string& folder) { return folder.substr(0, folder.find('/')); }

const std::string& library() {
  static const std::string path = source_dir() + "/libregistry";
  return path;
}

/// The folders that are a library, below libregistry.
std::set<std::string> folders() {
  std::set<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(library())) {
    if (entry.path().filename() == "CMakeLists.txt" && entry.path().parent_path() != library()) {
      found.insert(fs::relative(entry.path().parent_path(), library()).string());
    }
  }
  return found;
}

/// The folder that holds a header such as "libregistry/sync/customs/notes.h".
std::string folder_of(const std::string& header) {
  const std::set<std::string> known = folders();
  std::string folder = header.substr(std::string("libregistry/").size());
  while (!known.contains(folder) && folder.find('/') != std::string::npos) {
    folder.erase(folder.rfind('/'));
  }
  return folder;
}

Links links_of_cmake() {
  Links links;
  for (const std::string& folder : folders()) {
    const std::string text = read_source(library() + "/" + folder + "/CMakeLists.txt");
    std::smatch list;
    auto& used = links[folder];
    if (std::regex_search(text, list, std::regex("\\n  LINKS ([^)]*?)(\\n  PRIVATE_LINKS|\\))"))) {
      used = each_match(list[1], "smb_(\\w+)");
    }
  }
  return links;
}

Links links_of_includes() {
  Links links;
  for (const std::string& folder : folders()) {
    auto& used = links[folder];
    for (const auto& entry : fs::recursive_directory_iterator(library() + "/" + folder)) {
      if (entry.path().extension() == ".cc" || entry.path().extension() == ".h") {
        for (const auto& header : each_match(read_source(entry.path()), "#include \"(libregistry/[^\"]+)\"")) {
          used.insert(last_part(folder_of(header)));
        }
      }
    }
    used.erase(last_part(folder));
  }
  return links;
}

Links links_of_page(const std::string& whole_page) {
  Links links;
  const std::string page = whole_page.substr(0, whole_page.find("\n## Links between products\n"));
  const std::regex row("\\n\\| `([a-z/]+)` \\| ([`a-z, ]*) \\| [^\\n]* \\|(?=\\n)");
  for (auto it = std::sregex_iterator(page.begin(), page.end(), row); it != std::sregex_iterator(); ++it) {
    links[(*it)[1]] = each_match((*it)[2], "`([a-z]+)`");
  }
  return links;
}

/// The links from one product to another, as "sites -> queue"; what they share is not named.
std::set<std::string> links_between_products(const Links& links) {
  std::map<std::string, std::string> rooms;
  for (const auto& [folder, used] : links) {
    rooms[last_part(folder)] = room_of(folder);
  }
  std::set<std::string> found;
  for (const auto& [folder, used] : links) {
    for (const std::string& name : used) {
      if (rooms[name] != "core" && rooms[name] != room_of(folder)) {
        found.insert(room_of(folder) + " -> " + rooms[name]);
      }
    }
  }
  return found;
}

std::set<std::string> decisions_of(const std::string& page) {
  std::set<std::string> found;
  const std::string section = page.substr(page.find("\n## Links between products\n"));
  const std::regex row("\\n\\| `([a-z]+)` \\| `([a-z]+)` \\|");
  for (auto it = std::sregex_iterator(section.begin(), section.end(), row); it != std::sregex_iterator(); ++it) {
    found.insert((*it)[1].str() + " -> " + (*it)[2].str());
  }
  return found;
}

std::string architecture() { return read_source(source_dir() + "/docs/architecture.md"); }

TEST(Architecture, ThePageHasTheLinkListsOfTheBuild) { EXPECT_EQ(links_of_page(architecture()), links_of_cmake()); }

TEST(Architecture, TheLinkListsNameWhatIsIncludedAndNothingElse) { EXPECT_EQ(links_of_includes(), links_of_cmake()); }

TEST(Architecture, ThePageGivesAReasonForEachLinkBetweenProducts) {
  EXPECT_EQ(decisions_of(architecture()), links_between_products(links_of_cmake()));
}

TEST(Architecture, ThePageNamesEveryRoom) {
  const std::set<std::string> named = each_match(architecture(), "\\n\\| `([a-z]+)` \\| [^`|]");
  for (const std::string& folder : folders()) {
    EXPECT_TRUE(named.contains(room_of(folder))) << folder;
  }
}

TEST(Architecture, TheUnitTestsMirrorTheLibrary) {
  const std::set<std::string> known = folders();
  const std::string tests = source_dir() + "/tests/unit";
  for (const auto& entry : fs::recursive_directory_iterator(tests)) {
    const std::string folder = fs::relative(entry.path().parent_path(), tests).string();
    if (entry.path().filename() == "CMakeLists.txt" && folder != "tools_support") {
      EXPECT_TRUE(known.contains(folder)) << folder;
    }
  }
}

TEST(Architecture, ToolsBuildRequests) {
  for (const auto& entry : fs::recursive_directory_iterator(source_dir() + "/tools")) {
    const std::string extension = entry.path().extension();
    if (extension == ".cc" || extension == ".h") {
      EXPECT_EQ(read_source(entry.path()).find("Draft"), std::string::npos)
          << entry.path() << " plans by itself: it should build a Request";
    }
  }
}

TEST(Architecture, AWrongPageIsFound) {
  std::string page = architecture();
  const Links before = links_of_page(page);
  const std::size_t row = page.find("| `audit` | `base`");
  ASSERT_NE(row, std::string::npos);
  EXPECT_NE(links_of_page(page.substr(0, row) + "| `audit` | `document`" + page.substr(row + 18)), before);
  page.erase(row, page.find('\n', row) + 1 - row);
  EXPECT_NE(links_of_page(page), before);
  EXPECT_EQ(links_between_products({{"core/base", {}}, {"queue/verbs", {"base"}}, {"audit", {"base", "verbs"}}}),
            std::set<std::string>{"audit -> queue"});
}

}  // namespace
}  // namespace smbatcher::test

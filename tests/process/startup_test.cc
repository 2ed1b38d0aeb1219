// A tool's start leaves the standard streams out (tools/support/no_standard_streams.cc): so no tool may use them.

#include <fstream>
#include <iostream>
#include <iterator>

#include <gtest/gtest.h>

#include "tests/support/tools.h"
#include "tools/support/catalog.h"

namespace smbatcher {
namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// A name as an executable lists it: a longer name may end in it, and no name follows without a zero byte.
bool names(const std::string& executable, std::string_view symbol) {
  return executable.find(std::string(symbol) + '\0') != std::string::npos;
}

std::vector<std::string> standard_streams_in(const std::string& executable) {
  std::vector<std::string> found;
  for (const char* stream : {"_ZSt3cin", "_ZSt4cout", "_ZSt4cerr", "_ZSt4clog", "_ZSt4wcin", "_ZSt5wcout"}) {
    if (names(executable, stream)) {
      found.emplace_back(stream);
    }
  }
  return found;
}

TEST(Startup, NoToolUsesTheStreamsThatAreLeftOut) {
  for (const CatalogEntry& entry : kCatalog) {
    const std::string tool = bytes_of(test::tool_path(entry.name));
    if (tool.find("ld-linux") != std::string::npos) {
      continue;  // started by the loader, as under a sanitizer: the library sets its streams up
    }
    ASSERT_TRUE(names(tool, "__wrap__ZNSt8ios_base4InitC1Ev")) << entry.name << " lists no names";
    EXPECT_EQ(standard_streams_in(tool), std::vector<std::string>{}) << entry.name;
  }
}

TEST(Startup, FindsTheStreamsOfAProgramThatUsesThem) {
  std::cout.flush();
  const std::vector<std::string> found = standard_streams_in(bytes_of("/proc/self/exe"));
  EXPECT_NE(std::find(found.begin(), found.end(), "_ZSt4cout"), found.end());
}

}  // namespace
}  // namespace smbatcher

#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/tools.h"

// The project's own pages as tests read them. All inline: two test programs use it.
namespace smbatcher::test {

/// A page that people read: README.md or one of docs/.
struct Page {
  std::string name;  // relative to the project's folder
  std::vector<std::string> lines;
};

/// A fenced block.
struct CodeBlock {
  std::vector<std::string> lines;
  std::size_t line = 0;  // of its first line of code, 1-based
};

inline std::string read_source(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error("cannot read '" + path + "'");
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

/// README.md and docs/*.md, in order.
inline std::vector<std::string> page_names() {
  std::vector<std::string> names{"README.md"};
  for (const auto& entry : std::filesystem::directory_iterator(source_dir() + "/docs")) {
    if (entry.path().extension() == ".md") {
      names.push_back("docs/" + entry.path().filename().string());
    }
  }
  std::sort(names.begin() + 1, names.end());
  return names;
}

inline Page read_page(const std::string& name) {
  Page page{name, {}};
  const std::string text = read_source(source_dir() + "/" + name);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    page.lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return page;
}

constexpr std::string_view kFence = "```";

inline std::vector<CodeBlock> code_blocks(const Page& page, std::string_view language) {
  std::vector<CodeBlock> blocks;
  bool inside = false;
  bool wanted = false;
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    const std::string& line = page.lines[i];
    if (line.starts_with(kFence)) {
      inside = !inside;
      wanted = inside && line.substr(kFence.size()) == language;
      if (wanted) {
        blocks.push_back({{}, i + 2});
      }
    } else if (wanted) {
      blocks.back().lines.push_back(line);
    }
  }
  return blocks;
}

/// The lines outside code blocks.
inline std::vector<std::string> prose(const Page& page) {
  std::vector<std::string> lines;
  bool inside = false;
  for (const std::string& line : page.lines) {
    const bool fence = line.starts_with(kFence);
    if (!inside && !fence) {
      lines.push_back(line);
    }
    inside = fence ? !inside : inside;
  }
  return lines;
}

/// The texts of its headings, of any level.
inline std::vector<std::string> headings(const Page& page) {
  std::vector<std::string> found;
  for (const std::string& line : prose(page)) {
    const auto text = line.find_first_not_of('#');
    if (text != std::string::npos && text > 0 && line[text] == ' ') {
      found.push_back(line.substr(text + 1));
    }
  }
  return found;
}

}  // namespace smbatcher::test

#include "tests/fuzz/markdown_generator.h"
#include "tests/fuzz/tables.h"
#include "tests/fuzz/target.h"

// What is done for speed gives what the slow way gives. An input is read twice: as text, and as the choices that make a
// document and its edits.
namespace smbatcher::test {
namespace {

/// Each line that begins with `@` and a digit stands for that many of its rest, times four: a long run in few bytes.
std::string expanded(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = std::min(text.find('\n', at), text.size() - 1) + 1;
    std::string_view line = text.substr(at, next - at);
    std::size_t copies = 1;
    if (line.size() > 2 && line[0] == '@' && line[1] >= '0' && line[1] <= '9') {
      copies = 4 * static_cast<std::size_t>(line[1] - '0');
      line.remove_prefix(2);
    }
    for (; copies > 0; --copies) {
      result += line;
    }
    at = next;
  }
  return result;
}

std::string first_difference(const std::string& text, const MarkdownGenerator::Choice& below) {
  std::string difference = lines_difference(text);
  if (difference.empty()) {
    difference = table_difference(text);
  }
  return difference.empty() ? edit_difference(text, below) : difference;
}

}  // namespace

std::string broken_promise(std::string_view input) {
  std::size_t at = 0;
  const MarkdownGenerator::Choice below = [&](std::size_t count) {
    // Beyond the input: the last choice, which ends every repetition.
    return at < input.size() ? static_cast<unsigned char>(input[at++]) % count : count - 1;
  };
  if (std::string difference = first_difference(expanded(input), below); !difference.empty()) {
    return difference;
  }
  at = 0;
  return first_difference(MarkdownGenerator(below).document(), below);
}

}  // namespace smbatcher::test

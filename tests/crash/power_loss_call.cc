#include "tests/crash/power_loss_call.h"

#include <algorithm>
#include <stdexcept>

namespace smbatcher::test {

std::vector<std::string> decodable() { return {"-xx", "-s", "16777216"}; }

bool DecodedCall::has_flag(std::size_t argument, const std::string& flag) const {
  const std::string flags = "|" + arguments.at(argument) + "|";
  return flags.find("|" + flag + "|") != std::string::npos;
}

long DecodedCall::number(std::size_t argument) const { return std::stol(arguments.at(argument), nullptr, 0); }

std::string DecodedCall::bytes(std::size_t argument) const {
  const std::string& text = arguments.at(argument);
  std::string decoded;
  bool inside = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') {
      inside = !inside;
      if (!inside && text.compare(at + 1, 3, "...") == 0) {
        throw std::runtime_error("strace cut a string short: " + text.substr(0, 80));
      }
    } else if (inside && text.compare(at, 2, "\\x") == 0) {
      decoded += static_cast<char>(std::stoi(text.substr(at + 2, 2), nullptr, 16));
      at += 3;
    }
  }
  return decoded;
}

DecodedCall decode(const std::string& line) {
  const std::size_t open = line.find('(');
  const std::size_t equals = line.rfind(" = ");
  if (open == std::string::npos || equals == std::string::npos) {
    throw std::runtime_error("not a finished call: " + line);
  }
  DecodedCall call{line.substr(0, open), {""}, -1};
  int depth = 0;
  bool quoted = false;
  const std::size_t close = line.rfind(')', equals);
  for (std::size_t at = open + 1; at < close; ++at) {
    const char c = line[at];
    quoted = quoted != (c == '"');
    depth += static_cast<int>(!quoted && (c == '{' || c == '[')) - static_cast<int>(!quoted && (c == '}' || c == ']'));
    if (c == ',' && !quoted && depth == 0) {
      call.arguments.emplace_back();
      at += static_cast<std::size_t>(line.compare(at + 1, 1, " ") == 0);
    } else {
      call.arguments.back() += c;
    }
  }
  const std::string result = line.substr(equals + 3);
  call.result = result.starts_with("?") ? 0 : std::stol(result, nullptr, 0);
  return call;
}

}  // namespace smbatcher::test

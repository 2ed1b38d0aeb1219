#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace smbatcher::test {

/// The options with which strace prints every string in hexadecimal, and whole.
std::vector<std::string> decodable();

/// A system call as strace prints it with these options.
struct DecodedCall {
  std::string name;
  std::vector<std::string> arguments;
  long result = -1;

  bool succeeded() const { return result >= 0; }
  /// "O_RDWR|O_CREAT" has O_CREAT.
  bool has_flag(std::size_t argument, const std::string& flag) const;
  long number(std::size_t argument) const;
  /// The bytes of a string argument, or of all strings in it (an array of buffers).
  std::string bytes(std::size_t argument) const;
};

/// Throws when the line is not a finished call.
DecodedCall decode(const std::string& line);

}  // namespace smbatcher::test

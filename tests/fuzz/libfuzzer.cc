#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/fuzz/target.h"

/// What libFuzzer's main() calls for each input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(data, data + size);
  const std::string broken = smbatcher::test::broken_promise(input);
  if (!broken.empty()) {
    std::cerr << "broken promise: " << broken << '\n';
    std::abort();
  }
  return 0;
}

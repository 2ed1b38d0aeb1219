#pragma once

#include <cstddef>
#include <string>

namespace smbatcher {

/// Something worth saying that did not stop the call: a damaged row, a file set aside.
struct Warning {
  std::string file;
  std::size_t line = 0;  // 1-based; 0 when it concerns no line
  std::string code;      // a stable word
  std::string message;
};

}  // namespace smbatcher

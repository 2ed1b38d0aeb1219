#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace smbatcher {

/// A share of some, from 0 to 1, as answers tell it. Source: docs/machine-contract.md, "Tools".
class Rate {
 public:
  Rate(std::size_t part, std::size_t total) : ten_thousandths_(total == 0 ? 0 : part * kWhole / total) {}

  /// Cut off after four digits: what is not all of them must not read as 1. 0 of none.
  double value() const { return static_cast<double>(ten_thousandths_) / static_cast<double>(kWhole); }
  /// "0.50", "0.3333", "1.00": two to four digits.
  std::string text() const {
    std::string digits = std::to_string(kWhole + ten_thousandths_ % kWhole).substr(1);
    while (digits.size() > 2 && digits.back() == '0') {
      digits.pop_back();
    }
    return std::to_string(ten_thousandths_ / kWhole) + "." + digits;
  }

 private:
  static constexpr std::uint64_t kWhole = 10000;
  std::uint64_t ten_thousandths_;
};

}  // namespace smbatcher

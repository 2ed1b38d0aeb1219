#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "libregistry/core/base/warning.h"

namespace smbatcher {

/// Warnings about the rows of a file, of which the first of each kind are kept and the others counted: a registry may
/// have more damaged rows than anybody reads, or than there is memory for their sentences.
class WarningList {
 public:
  static constexpr std::size_t kMostOfAKind = 20;

  /// All of them, for a caller that wants a complete list.
  void keep_all() { keeps_all_ = true; }

  /// `make()` makes the warning, and is not called when it would not be kept.
  template <class Make>
  void add(const std::string& code, Make make) {
    ++total_;
    if (++counts_[code] <= kMostOfAKind || keeps_all_) {
      kept_.push_back(make());
    }
  }

  std::size_t total() const { return total_; }
  std::vector<Warning>& kept() { return kept_; }
  /// Those that are kept, and for each kind that has more a line with their number.
  std::vector<Warning> with_counts(const std::string& file) const {
    std::vector<Warning> all = kept_;
    for (const auto& [code, count] : counts_) {
      if (count > kMostOfAKind && !keeps_all_) {
        all.push_back({file, 0, code,
                       std::to_string(count - kMostOfAKind) + " more like these: check-registry --all lists them"});
      }
    }
    return all;
  }

 private:
  std::vector<Warning> kept_;
  std::map<std::string, std::size_t> counts_;
  std::size_t total_ = 0;
  bool keeps_all_ = false;
};

}  // namespace smbatcher

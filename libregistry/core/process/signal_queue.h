#pragma once

#include <initializer_list>
#include <optional>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// Signals that are read from a descriptor instead of interrupting.
class SignalQueue {
 public:
  /// Blocks them for the rest of our life: one that comes late must not become our exit status.
  static Result<SignalQueue> take_over(std::initializer_list<int> signals);

  /// For poll(2): readable when next() has one.
  int descriptor() const { return descriptor_; }
  /// The next signal that has come; nullopt when there is none.
  std::optional<int> next() const;

 private:
  explicit SignalQueue(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;  // open until we end
};

}  // namespace smbatcher

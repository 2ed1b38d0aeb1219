#include "libregistry/core/base/words.h"

namespace smbatcher {

constexpr FailWord kMistyped = "hold";

}  // namespace smbatcher

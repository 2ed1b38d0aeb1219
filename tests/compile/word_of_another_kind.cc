#include "libregistry/core/base/words.h"

namespace smbatcher {

constexpr OkWord kRefusal = "stale_claim";

}  // namespace smbatcher

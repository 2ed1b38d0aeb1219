#include "libregistry/core/base/words.h"

// The control of the others: what is right compiles.
namespace smbatcher {

constexpr OkWord kOk = "released";
constexpr FailWord kFail = "held";
constexpr Word kError = ErrorWord("io_error");
constexpr bool kDifferent = Word(FailWord("conflict")) != Word(ErrorWord("conflict"));
static_assert(kDifferent && kError == ErrorWord("io_error") && kError.kind() == WordKind::kError);
static_assert(sizeof(kOk) == sizeof(void*) && kFail == FailWord("held"));

}  // namespace smbatcher

#include "libregistry/sites/html/gumbo_errors.h"

#include <gumbo.h>

namespace smbatcher {
namespace {

/// The beginning of a GumboError, which gumbo.h does not have.
struct ErrorHead {
  int kind;
  GumboSourcePosition position;
};

}  // namespace

std::vector<SyntaxError> errors_of(const GumboInternalOutput& output) {
  std::vector<SyntaxError> errors;
  errors.reserve(output.errors.length);
  for (unsigned i = 0; i < output.errors.length; ++i) {
    const auto* const head = static_cast<const ErrorHead*>(output.errors.data[i]);
    errors.push_back({static_cast<GumboErrorKind>(head->kind), head->position.offset});
  }
  return errors;
}

}  // namespace smbatcher

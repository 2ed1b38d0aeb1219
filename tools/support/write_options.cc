#include "tools/support/write_options.h"

#include <cstdlib>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr std::string_view kOwnerRule =
    "an owner: 1 to 128 characters, no colon, no control characters, and not 'unknown'";

}  // namespace

void WriteOptions::declare(OptionSet& options) {
  options.text("--owner NAME", owner, "who works: one session of an agent; else SMBATCHER_OWNER")
      .must_be(is_owner, kOwnerRule);
  options.flag("--dry-run", dry_run, "say what would change and change nothing");
}

Result<std::optional<std::string>> WriteOptions::named_owner() const {
  if (owner) {
    return owner;
  }
  const char* const variable = std::getenv("SMBATCHER_OWNER");  // NOLINT(concurrency-mt-unsafe): nothing sets it
  if (variable == nullptr || *variable == '\0') {
    return std::nullopt;
  }
  if (!is_owner(variable)) {
    return fail(usage_error("invalid_argument", "SMBATCHER_OWNER is '" + escape_control(variable) + "', which is not " +
                                                    std::string(kOwnerRule)));
  }
  return std::string(variable);
}

}  // namespace smbatcher

#include "libregistry/coordination/text_limits.h"

#include "libregistry/core/base/text.h"

namespace smbatcher {

Result<void> check_text(std::string_view option, std::string_view text, std::size_t most) {
  const std::string name(option);
  if (!is_valid_utf8(text)) {
    return fail(usage_error("invalid_argument", name + " '" + escape_control(text) + "' is not UTF-8"));
  }
  if (const std::size_t length = count_code_points(text); length > most) {
    return fail(usage_error("invalid_argument", name + " has " + counted(length, "character") + "; at most " +
                                                    std::to_string(most) + " are allowed"));
  }
  return {};
}

Error invalid_instance_id(std::string_view id) {
  return usage_error(
      "invalid_argument",
      "'" + escape_control(id) +
          "' is not an instance id (claude-YYYYMMDD-HHMMSS-xxxxxxxx); `coord-instance register` gives one");
}

}  // namespace smbatcher

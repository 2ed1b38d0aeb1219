#include <algorithm>

#include "libregistry/coordination/decisions.h"
#include "libregistry/coordination/text_limits.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

std::string listed(const auto& words) { return join(std::vector<std::string>(words.begin(), words.end()), ", "); }

Result<void> check_word(std::string_view option, std::string_view word, const auto& allowed) {
  if (std::find(allowed.begin(), allowed.end(), word) != allowed.end()) {
    return {};
  }
  return fail(usage_error("invalid_argument",
                          std::string(option) + " '" + escape_control(word) + "' is none of: " + listed(allowed)));
}

Result<void> check_filled(std::string_view option, std::string_view text, std::size_t most) {
  if (text.empty()) {
    return fail(usage_error("invalid_argument", std::string(option) + " is empty"));
  }
  return check_text(option, text, most);
}

}  // namespace

Result<void> check_decision_category(std::string_view category) {
  return check_word("--category", category, kDecisionCategories);
}

Result<void> check_decision_scope(std::string_view scope) { return check_word("--scope", scope, kDecisionScopes); }

Result<void> check_decision(const NewDecision& decision) {
  SMB_TRY(check_decision_category(decision.category));
  SMB_TRY(check_filled("--title", decision.title, kMaxDecisionTitle));
  SMB_TRY(check_filled("--description", decision.description, kMaxDecisionDescription));
  return check_decision_scope(decision.scope);
}

}  // namespace smbatcher

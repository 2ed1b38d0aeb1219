#pragma once

#include <string>
#include <string_view>

#include "libregistry/audit/change.h"
#include "libregistry/core/output/outcome.h"

namespace smbatcher {

/// What audit-sync prints: the JSON that its callers have known from the script before it, indented by two spaces, its
/// first keys and their order as they were. Source: docs/audit-queue.md, "Answers".
///
///   {"message": "Operation lock successful", "data": {…}, …}        exit 0
///   {"error": "already_locked", "message": …, …, "remedy": …}       exit 1; 2 when it could not run
Outcome audit_success(std::string_view operation, const AuditAnswer& answer, bool dry_run, const JsonObject& more = {});
Outcome audit_failure(const Error& error);

/// The error of an audit tool that answers as all tools do, with the same next step at the end of its message.
Error with_remedy(Error error);

}  // namespace smbatcher

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/json.h"
#include "libregistry/core/base/result.h"

namespace smbatcher {

/// Reads the text of COORDINATION_STATUS.json. Its keys keep their order, and keys that we do not know stay.
///
/// Errors: kMalformed "invalid_json", with path:line:column, when it is no JSON, when a number is too large to be
/// written back as it was, or when one of the parts is missing that every change needs: current_work, completed_audits,
/// work_queue, statistics. Source: docs/audit-queue.md, "The data".
Result<Json> parse_audit_document(std::string_view text, const std::string& path);

/// The text of the file: as Python's json.dump(indent=2) writes it, without a newline at the end.
std::string audit_text(const Json& document);

/// "2026-11-20T18:00:00.250000Z", as in the file.
std::string audit_time(WallTime time);

/// The lock on a repository: `current_work`. Absent and null texts are empty.
struct CurrentWork {
  bool locked = false;
  std::string repo;
  std::string instance;
  std::string started;
  std::string status;

  static CurrentWork of(const Json& document);
};

/// The names in `work_queue`, in its order.
std::vector<std::string> queued_repos(const Json& document);
bool is_queued(const Json& document, std::string_view repo);

/// Names that may become part of a path and of a line: 1 to 128 bytes of UTF-8 without control characters; of a
/// repository also no slash, and not "." or "..".
bool is_audit_name(std::string_view text);
bool is_repo_name(std::string_view text);

}  // namespace smbatcher

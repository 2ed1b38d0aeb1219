#include "libregistry/sync/customs/customs.h"

namespace smbatcher {
namespace {

bool is_session_log(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos || !path.ends_with(".md")) {
    return false;
  }
  return ("/" + path.substr(0, slash)).ends_with("/session-logs");
}

}  // namespace

Result<std::vector<std::string>> session_logs_in(const std::vector<ChangedPath>& changes, bool as_they_are) {
  std::vector<std::string> logs;
  for (const ChangedPath& change : changes) {
    if (!change.is_deleted && is_session_log(change.path)) {
      logs.push_back(change.path);
    }
  }
  if (!logs.empty() && !as_they_are) {
    return fail(refused("unsaved_session_logs", std::to_string(logs.size()),
                        "save them first, or commit them as they are with --proceed")
                    .with("session_logs", logs));
  }
  return logs;
}

}  // namespace smbatcher

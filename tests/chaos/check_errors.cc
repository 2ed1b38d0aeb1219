#include <algorithm>
#include <set>

#include "libregistry/core/base/json_fields.h"
#include "tests/chaos/history_checker.h"

namespace smbatcher::test {
namespace {

/// What a full disk, a file size limit, or a stopped holder of the lock excuse; and a batch may lose its last site,
/// which was reopened.
const std::set<std::string> kExcused{"lock_timeout",    "conflict",           "no_space",
                                     "file_size_limit", "durability_unknown", "batch_not_found"};

/// What is true of a file that is half written: an editor which truncates and writes may take its time between the two.
const std::set<std::string> kOfHalfAFile{"file_changing", "registry_empty", "no_queue_table", "nul_byte",
                                         "domain_not_found"};

bool was_saved_during(const Call& call, const std::vector<Save>& saves) {
  const std::int64_t end_ms = call.wall_ms + (call.end_ms - call.start_ms) + kClockGrainMs;
  return std::any_of(saves.begin(), saves.end(), [&](const Save& save) {
    return save.wall_ms <= end_ms && save.wall_end_ms + kClockGrainMs >= call.wall_ms;
  });
}

}  // namespace

void check_errors(const Evidence& evidence, std::vector<std::string>& found) {
  for (const Call& call : evidence.calls) {
    const std::string error = string_field(call.answer(), "error").value_or("");
    if (error.empty() || kExcused.contains(error) ||
        (kOfHalfAFile.contains(error) && was_saved_during(call, evidence.saves))) {
      continue;
    }
    found.push_back("unexpected error: " + call.name() + ": " + call.out);
  }
}

}  // namespace smbatcher::test

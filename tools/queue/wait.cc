#include "tools/queue/wait.h"

#include <algorithm>

#include "tools/queue/folder_watch.h"

namespace smbatcher {
namespace {

using std::chrono::milliseconds;

/// The end of a bound process makes no file change: look again after this long.
constexpr std::chrono::seconds kLongestSleep{2};

}  // namespace

Result<Outcome> wait_for_work(const QueueContext& queue, const std::optional<std::chrono::seconds>& wait,
                              const std::function<Result<Outcome>()>& attempt) {
  if (!wait) {
    return attempt();
  }
  const auto end = std::chrono::steady_clock::now() + *wait;
  const FolderWatch watch(queue.paths);
  while (true) {
    watch.drain();
    Result<Outcome> outcome = attempt();
    if (!outcome || outcome->word() != FailWord("no_work_found")) {
      return outcome;
    }
    const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return outcome;
    }
    watch.drain();  // our own attempt wrote the holder's line into the lock file
    watch.sleep(std::min<milliseconds>({left, outcome->retry_after().value_or(kLongestSleep), kLongestSleep}));
  }
}

}  // namespace smbatcher

#include "tools/coordination/lock_report.h"

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

std::string holder_of(const LockView& view) {
  const std::string task = view.holder_task.empty() ? "" : " (" + view.holder_task + ")";
  return view.lock.holder + task;
}

}  // namespace

Json to_json(const LockView& view) {
  JsonObject json{{"file_path", view.lock.path},
                  {"holder", view.lock.holder},
                  {"task", view.holder_task},
                  {"intent", view.lock.intent},
                  {"live", view.live},
                  {"left_s", view.left.count()},
                  {"locked_at", format_time(view.lock.locked_at)},
                  {"expires_at", format_time(view.lock.expires_at)}};
  if (view.lease) {
    json.emplace_back("token", view.lease->lease.token);
  }
  if (!view.live) {
    json.emplace_back("why_free", view.why_free);
  }
  return json;
}

std::string describe(const LockView& view) {
  const std::string left = view.live ? describe_duration(view.left) + " left" : "free: " + view.why_free;
  return view.lock.path + " by " + holder_of(view) + ", " + left +
         (view.lock.intent.empty() ? "" : ": " + view.lock.intent);
}

Outcome held_by_others(const std::vector<LockView>& held, const std::vector<std::string>& queued) {
  Outcome outcome = Outcome::fail("queued", queued.empty() ? "" : escape_control(queued.front()),
                                  "others wait for it already; wait behind them with --wait 30s");
  if (!held.empty()) {
    const LockView& first = held.front();
    outcome = Outcome::fail("held", escape_control(first.lock.holder) + ":" + std::to_string(first.left.count()),
                            "'" + escape_control(first.lock.path) + "' is locked by " +
                                escape_control(holder_of(first)) + " for another " + describe_duration(first.left) +
                                "; work on something else, or wait with --wait 30s");
  }
  JsonArray locks;
  for (const LockView& view : held) {
    locks.push_back(to_json(view));
  }
  outcome.add("held", Json(std::move(locks))).add("queued", Json(queued));
  outcome.exit_as(static_cast<int>(Verdict::kHeld));
  return outcome;
}

}  // namespace smbatcher

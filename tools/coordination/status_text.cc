#include "tools/coordination/status_text.h"

#include <algorithm>

#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text.h"
#include "tools/coordination/lock_report.h"

namespace smbatcher {
namespace {

constexpr std::string_view kDouble = "======================================\n";
constexpr std::string_view kSingle = "--------------------------------------\n";

std::string line(std::string_view name, const std::string& value) {
  return std::string(name) + escape_control(value) + "\n";
}

std::string or_unknown(const std::string& value) { return value.empty() ? "unknown" : value; }

std::string instance_text(const InstanceView& instance) {
  const InstanceRecord& record = instance.record;
  std::string text = line("Instance: ", record.id) + line("  Role: ", or_unknown(record.role)) +
                     line("  Task: ", or_unknown(record.task)) + line("  Branch: ", or_unknown(record.branch)) +
                     line("  Status: ", instance.status) +
                     line("  Files Locked: ", std::to_string(record.files_locked.size())) +
                     line("  Last Heartbeat: ", instance.last_ping ? format_time(*instance.last_ping) : "unknown");
  if (!record.files_locked.empty()) {
    text += "  Locked Files:\n";
    for (const std::string& file : record.files_locked) {
      text += line("    - ", file);
    }
  }
  return text + "\n";
}

std::string details(const StatusFacts& facts) {
  std::string text;
  if (!facts.locks.empty()) {
    text += "Lock Details:\n";
    for (const LockView& lock : facts.locks) {
      text += line("  - ", describe(lock));
    }
    text += "\n";
  }
  if (!facts.recent_decisions.empty()) {
    text += "Recent Decisions:\n";
    for (const Json& decision : facts.recent_decisions) {
      text += line("  - ", string_field(decision, "decision_id").value_or("?") + " [" +
                               string_field(decision, "category").value_or("?") + "] " +
                               string_field(decision, "title").value_or("?"));
    }
    text += "\n";
  }
  return text;
}

std::string label_value(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    quoted += c == '\\' ? "\\\\" : c == '"' ? "\\\"" : c == '\n' ? "\\n" : std::string(1, c);
  }
  return quoted;
}

std::string metric(std::string_view name, std::string_view help, const std::vector<std::string>& samples) {
  const std::string full = "smbatcher_coordination_" + std::string(name);
  std::string text = "# HELP " + full + " " + std::string(help) + "\n# TYPE " + full + " gauge\n";
  for (const std::string& sample : samples) {
    text += full + sample + "\n";
  }
  return text;
}

}  // namespace

std::string status_text(const StatusFacts& facts) {
  std::string text = std::string(kDouble) + "  Claude Code Coordination Status\n" + std::string(kDouble) + "\n";
  text += "Active Instances: " + std::to_string(facts.view.instances.size()) + "\n\n";
  if (facts.view.instances.empty()) {
    text += "No active instances.\n\n";
  }
  for (const InstanceView& instance : facts.view.instances) {
    text += instance_text(instance);
  }
  if (!facts.view.waiters.empty()) {
    text += "Waiting:\n";
    for (const Waiter& waiter : facts.view.waiters) {
      text += line("  - ", waiter.id + " for " + waiter.path + " since " + format_time(waiter.since));
    }
    text += "\n";
  }
  if (facts.verbose) {
    text += details(facts);
  }
  text += std::string(kSingle) + "Total File Locks: " + std::to_string(facts.view.lock_files) +
          "\nTotal Decisions Logged: " + std::to_string(facts.decisions) + "\n" + std::string(kDouble);
  for (const Warning& warning : facts.view.warnings) {
    text += line("WARNING: ", warning.file + ": " + warning.message);
  }
  return text;
}

std::string status_metrics(const StatusFacts& facts, WallTime now) {
  const auto& instances = facts.view.instances;
  std::vector<std::string> by_status;
  for (const char* status : {"active", "idle", "stale", "crashed"}) {
    const auto count = std::count_if(instances.begin(), instances.end(),
                                     [status](const InstanceView& each) { return each.status == status; });
    by_status.push_back("{status=\"" + std::string(status) + "\"} " + std::to_string(count));
  }
  std::vector<std::string> ages;
  std::vector<std::string> held;
  for (const InstanceView& instance : instances) {
    const std::string label = "{instance=\"" + label_value(instance.record.id) + "\"} ";
    if (instance.last_ping) {
      const auto age = std::chrono::floor<std::chrono::seconds>(now - *instance.last_ping);
      ages.push_back(label + std::to_string(std::max<std::int64_t>(0, age.count())));
    }
    held.push_back(label + std::to_string(instance.record.files_locked.size()));
  }
  const auto live = std::count_if(facts.locks.begin(), facts.locks.end(), [](const auto& lock) { return lock.live; });
  const auto ended = static_cast<std::ptrdiff_t>(facts.locks.size()) - live;
  return metric("instances", "Registered instances by status.", by_status) +
         metric("heartbeat_age_seconds", "Seconds since the last heartbeat.", ages) +
         metric("files_locked", "Files that an instance has locked.", held) +
         metric("locks", "Lock files by state.",
                {"{state=\"live\"} " + std::to_string(live), "{state=\"ended\"} " + std::to_string(ended)}) +
         metric("waiters", "Callers that wait for a lock.", {" " + std::to_string(facts.view.waiters.size())}) +
         metric("decisions", "Entries of the decision log.", {" " + std::to_string(facts.decisions)});
}

}  // namespace smbatcher

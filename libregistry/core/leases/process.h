#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// A process that can be told from a later one with the same number: its start time, on one boot, in one pid namespace.
struct ProcessRef {
  pid_t pid = 0;
  std::uint64_t start_time = 0;  // clock ticks after boot; /proc/PID/stat, field 22 (proc(5))
  std::string boot;
  std::string pid_namespace;

  bool operator==(const ProcessRef&) const = default;
};

/// The surroundings that a process shares with few others. Equal ones may be one agent's; different ones are two, or
/// one that moved. Source: docs/claims-and-leases.md, "Leases".
struct Surroundings {
  std::string boot;           // of the kernel: one for each start of a machine
  std::string pid_namespace;  // each container has its own; empty where /proc does not tell

  bool operator==(const Surroundings&) const = default;
};

enum class Liveness {
  kAlive,
  kGone,     // no such process, a zombie, or another process with its number
  kUnknown,  // another boot or pid namespace: proves nothing
};

/// The seam to the process table.
class ProcessTable {
 public:
  virtual ~ProcessTable() = default;
  /// nullopt when there is no such process or it is a zombie.
  virtual std::optional<std::uint64_t> start_time(pid_t pid) const = 0;
  virtual std::string pid_namespace() const = 0;
};

class SystemProcessTable final : public ProcessTable {
 public:
  std::optional<std::uint64_t> start_time(pid_t pid) const override;
  std::string pid_namespace() const override;
};

/// `boot` is the boot of the judge's own clock.
Liveness judge(const ProcessRef& process, const std::string& boot, const ProcessTable& processes);

/// The running process `pid`. kUsage "no_such_process" when it is gone already.
Result<ProcessRef> reference_to(pid_t pid, const std::string& boot, const ProcessTable& processes);

}  // namespace smbatcher

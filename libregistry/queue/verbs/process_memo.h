#pragma once

#include <map>
#include <optional>
#include <string>

#include "libregistry/core/leases/process.h"

namespace smbatcher {

/// A process table that asks another one once for each process: within a call, a process is there or it is not.
class ProcessMemo final : public ProcessTable {
 public:
  explicit ProcessMemo(const ProcessTable& processes) : processes_(&processes) {}

  std::optional<std::uint64_t> start_time(pid_t pid) const override {
    const auto known = start_times_.find(pid);
    return known != start_times_.end() ? known->second
                                       : start_times_.emplace(pid, processes_->start_time(pid)).first->second;
  }
  std::string pid_namespace() const override {
    if (!pid_namespace_) {
      pid_namespace_ = processes_->pid_namespace();
    }
    return *pid_namespace_;
  }

 private:
  const ProcessTable* processes_;
  mutable std::map<pid_t, std::optional<std::uint64_t>> start_times_;
  mutable std::optional<std::string> pid_namespace_;
};

}  // namespace smbatcher

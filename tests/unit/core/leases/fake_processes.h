#pragma once

#include <map>
#include <string>

#include "libregistry/core/leases/process.h"

namespace smbatcher::test {

/// A process table that holds what the test says.
class FakeProcesses final : public ProcessTable {
 public:
  std::map<pid_t, std::uint64_t> running;
  std::string space = "pid:[1]";

  std::optional<std::uint64_t> start_time(pid_t pid) const override {
    const auto found = running.find(pid);
    return found == running.end() ? std::nullopt : std::optional(found->second);
  }
  std::string pid_namespace() const override { return space; }
};

}  // namespace smbatcher::test

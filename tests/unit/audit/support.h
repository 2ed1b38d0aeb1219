#pragma once

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "libregistry/audit/change.h"
#include "libregistry/audit/operations.h"
#include "libregistry/audit/setup.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_file_ops.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {

/// A queue in a folder of its own, at the clock's time: repositories a, b and c.
class Queue {
 public:
  explicit Queue(AuditMode mode = AuditMode::kReplace, const std::vector<std::string>& repos = {"a", "b", "c"})
      : place_(AuditPlace::of(dir_.at(kAuditDataName))) {
    ops_.pretend_sync();
    SetUpRequest request;
    request.mode = mode;
    request.scanned = "/projects";
    for (const std::string& repo : repos) {
      request.found.repos.push_back({repo, "/projects/" + repo});
    }
    EXPECT_TRUE(set_up_audit(place_, call(), request));
  }

  AuditCall call() { return {ops_, clock_}; }
  const AuditPlace& place() const { return place_; }
  const TempDir& dir() const { return dir_; }
  FakeClock& clock() { return clock_; }
  FaultyFileOps& ops() { return ops_; }

  std::string text() const { return dir_.read(kAuditDataName); }
  void write(std::string_view text) const { dir_.write(kAuditDataName, text); }
  AuditView view() {
    auto view = read_audit(place_, call());
    EXPECT_TRUE(view) << view.error().message;
    return view ? std::move(*view) : AuditView{};
  }
  std::vector<std::string> backups() const {
    std::vector<std::string> names = dir_.list(".coordination_backups");
    std::erase_if(names, [](const std::string& name) { return name.starts_with("."); });
    return names;
  }

  Result<AuditAnswer> lock(const std::string& repo, const std::string& instance,
                           std::chrono::seconds ttl = kUsualLock) {
    return change_audit(place_, call(), [&](const AuditView& seen) {
      return lock_repo(seen, {repo, instance, ttl, false});
    });
  }
  Result<AuditAnswer> unlock(const LockOwner& owner) {
    return change_audit(place_, call(), [&](const AuditView& seen) { return unlock_repo(seen, owner); });
  }
  Result<AuditAnswer> complete(const CompleteRequest& request) {
    return change_audit(place_, call(), [&](const AuditView& seen) {
      return complete_audit(seen, request, [](const std::string&) { return Result<ReportFindings>(ReportFindings{}); });
    });
  }

 private:
  TempDir dir_;
  FaultyFileOps ops_;
  FakeClock clock_;
  AuditPlace place_;
};

template <class T>
std::string reason(const Result<T>& result) {
  return result ? "" : result.error().reason.text();
}

inline std::string fact(const Error& error, std::string_view key) {
  const Json facts(error.facts);
  const Json* const found = facts.find(key);
  return found == nullptr ? "" : found->dump();
}

}  // namespace smbatcher::test

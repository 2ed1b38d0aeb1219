#pragma once

#include <poll.h>

#include <chrono>
#include <optional>

#include "libregistry/queue/ledger/lease_keeper.h"
#include "tools/queue/folder_watch.h"

namespace smbatcher {

/// A LeaseKeeper in a loop around poll(2): renews in time, and looks whether the lease is still there when something
/// has changed in the registry's folder, so that a lost lease is noticed within seconds. Other calls change that folder
/// all the time; one look shows what several of them did.
class LeaseWatch {
 public:
  /// `folder` must have been watched since before the lease was last checked, and outlive this.
  LeaseWatch(LeaseKeeper& keeper, const FolderWatch& folder) : keeper_(&keeper), folder_(&folder) {}

  /// What to wait for beside other things; its descriptor is negative, which poll(2) passes over, where a look must
  /// wait: then the change waits with it, undrained.
  pollfd waited() const;
  /// How long at most; nullopt for ever.
  std::optional<std::chrono::milliseconds> timeout() const;
  /// After poll(2), with whether waited() was ready.
  void attend(bool changed);

 private:
  bool may_look() const { return std::chrono::steady_clock::now() >= next_look_; }

  LeaseKeeper* keeper_;
  const FolderWatch* folder_;
  std::chrono::steady_clock::time_point next_look_ = std::chrono::steady_clock::now();
};

}  // namespace smbatcher

#pragma once

#include <chrono>
#include <string>

#include "libregistry/core/config/locate.h"

namespace smbatcher {

/// Tells when something in the registry's folder or its state folder is written or renamed into place (inotify). Where
/// the system has no watch left, sleeping just takes its time.
class FolderWatch {
 public:
  explicit FolderWatch(const RegistryPaths& paths);
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;
  ~FolderWatch();

  /// Sleeps until a change or for `longest`. A change since the last drain() ends it at once.
  void sleep(std::chrono::milliseconds longest) const;
  /// Readable after a change, for poll(2); negative, which poll(2) ignores, where there is no watch.
  int descriptor() const { return descriptor_; }
  /// Forgets what has happened up to now.
  void drain() const;

 private:
  void watch(const std::string& folder) const;

  std::string state_;  // it may be made, or made again, while this watches
  int descriptor_;
};

}  // namespace smbatcher

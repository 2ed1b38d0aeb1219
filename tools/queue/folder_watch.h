#pragma once

#include <chrono>
#include <string>

namespace smbatcher {

/// Tells when something in the registry's folder is written or renamed into place (inotify). Where the system has no
/// watch left, sleeping just takes its time.
class FolderWatch {
 public:
  explicit FolderWatch(const std::string& folder);
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
  int descriptor_;
};

}  // namespace smbatcher

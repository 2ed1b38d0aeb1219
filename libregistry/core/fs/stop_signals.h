#pragma once

#include <csignal>

namespace smbatcher {

/// Holds SIGTERM, SIGINT and SIGHUP back from this thread while it lives, for the milliseconds of a publication. One
/// that arrived meanwhile acts when the object goes: with the default action the process ends there.
class BlockStopSignals {
 public:
  BlockStopSignals();
  ~BlockStopSignals();
  BlockStopSignals(const BlockStopSignals&) = delete;
  BlockStopSignals& operator=(const BlockStopSignals&) = delete;
  /// True when one waits that will act. One that is ignored (nohup) or that the caller already held back will not.
  bool stop_pending() const;

 private:
  sigset_t previous_{};
};

}  // namespace smbatcher

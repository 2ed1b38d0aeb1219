#pragma once

#include <cerrno>
#include <cstdio>
#include <functional>
#include <string>

#include "tests/support/faulty_file_ops.h"

namespace smbatcher::test {

/// What happens right before and right after the exchange of the new text with the registry, wherever in a call that
/// is; or a file system that has no such exchange.
class ExchangeFileOps : public FaultyFileOps {
 public:
  ExchangeFileOps() { pretend_sync(); }

  int rename_with(const std::string& from, const std::string& to, unsigned flags) override {
    if (flags != RENAME_EXCHANGE) {
      return FaultyFileOps::rename_with(from, to, flags);
    }
    if (!has_exchange) {
      errno = EINVAL;
      return -1;
    }
    ++exchanges;
    if (before_exchange) {
      before_exchange();
    }
    const int result = FaultyFileOps::rename_with(from, to, flags);
    const int kept_errno = errno;
    if (after_exchange) {
      after_exchange(from);
    }
    errno = kept_errno;
    return result;
  }

  bool has_exchange = true;
  int exchanges = 0;  // so far, the one in progress included
  std::function<void()> before_exchange;
  std::function<void(const std::string& displaced)> after_exchange;  // the path of what came out
};

}  // namespace smbatcher::test

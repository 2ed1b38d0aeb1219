#pragma once

#include <cstdlib>
#include <optional>
#include <string>

#include "libregistry/audit/change.h"
#include "libregistry/audit/place.h"
#include "tools/support/context.h"
#include "tools/support/options.h"

namespace smbatcher {

/// Which queue is meant: --file.
struct AuditFileOption {
  std::optional<std::string> file;

  void declare(OptionSet& options) {
    options.text("--file PATH", file,
                 "COORDINATION_STATUS.json or its folder; else the first of ~/Desktop/Github, ~/Desktop/AUDIT_SYSTEM, "
                 "~/.claude/audit_data and AUDIT_DIR that has one");
  }
  Result<AuditPlace> find(FileOps& ops, AuditFile need = AuditFile::kMustExist) const {
    return find_audit_place(ops, file, AuditSurroundings::of_process(), need);
  }
};

inline AuditCall audit_call(const Context& context) {
  AuditCall call{context.ops, context.clock};
  call.lock_timeout =
      context.common.lock_timeout.value_or(std::chrono::duration_cast<std::chrono::seconds>(call.lock_timeout));
  return call;
}

}  // namespace smbatcher

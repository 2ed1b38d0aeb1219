#pragma once

#include "libregistry/core/output/schema.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"

namespace smbatcher {

/// design-start and implement-start: a claim of just the sites named.
struct StartTool {
  Phase phase = Phase::kDesign;
  WorkOptions work;
  LeaseOptions lease;
  WriteOptions write;

  void declare(OptionSet& options);
  static Schema schema_of(Literal description);
  Result<Outcome> run(const Context& context) const;
};

}  // namespace smbatcher

#pragma once

#include "libregistry/core/output/schema.h"
#include "tools/queue/lacks.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"

namespace smbatcher {

/// design-complete and implement-complete: the claim is checked, then the files of each site (without the lock), then
/// the claim again with the change. All sites or none; with --passing those that pass. With --phase-of-claim the tool's
/// own phase does not matter.
struct CompleteTool {
  Phase phase;  // of the tool

  bool phase_of_claim = false;
  WorkOptions work;
  bool passing = false;
  std::optional<std::string> root;
  ForceOptions force;
  WriteOptions write;

  void declare(OptionSet& options);
  static Schema schema_of(Literal description);
  Result<Outcome> run(const Context& context) const;

 private:
  Result<Outcome> failed(const QueueContext& queue, const Lacks& failures, const Answer& targets) const;
};

}  // namespace smbatcher

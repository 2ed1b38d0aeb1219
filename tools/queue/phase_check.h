#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/json.h"
#include "libregistry/queue/ledger/queue_context.h"
#include "tools/queue/lacks.h"

namespace smbatcher {

/// What a site lacks before its work in `phase` is complete; empty when it passes: required headings of its design, or
/// required files. For use without the registry's lock. Source: docs/site-files.md.
Result<std::vector<std::string>> phase_lacks(const QueueContext& queue, Phase phase, const std::string& domain);

/// "missing_headings" or "missing_files": the reason of a refusal for what phase_lacks() tells.
FailWord lack_of(Phase phase);

/// What sites lack, with the paths of the files that are to be written or completed.
struct Lacking {
  JsonArray json;                  // the member `lacking`: domain, path, and in the design phase the heading
  std::vector<std::string> lines;  // "missing: /…/index.html, /…/styles.css", "missing in /…/DESIGN.md: Palette"
};
Result<Lacking> lacking_of(const QueueContext& queue, Phase phase, const Lacks& lacks);

}  // namespace smbatcher

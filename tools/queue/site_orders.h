#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/json.h"
#include "libregistry/core/output/outcome.h"
#include "libregistry/queue/ledger/queue_context.h"

namespace smbatcher {

/// How much of a claimed site a call prepares.
enum class Preparation {
  kSite,   // its folder, a skeleton of its design, its brief
  kBrief,  // the brief alone: nothing is written into the site's own folder
};

/// A claimed site as an answer tells it: where it is, which file says what to make of it, and what it lacks before its
/// work is complete.
struct OrderedSite {
  std::string domain;
  std::string brief;               // the path; empty where no brief could be written
  std::vector<std::string> lacks;  // headings or files; first of them the design, where it is absent but needed
  JsonObject json;                 // an item of the member `orders`
  std::vector<Warning> warnings;   // why the site could not be prepared
};

/// Prepares the sites and tells how each stands. One that cannot be prepared gets a warning, or, with kBrief, where
/// only its design is missing, an entry in `lacks`; the others are not held up by it. For use without the registry's
/// lock. Source: docs/machine-contract.md, "JSON keys".
std::vector<OrderedSite> order_sites(const QueueContext& queue, Phase phase, const std::string& batch,
                                     const std::vector<std::string>& domains, Preparation preparation);

}  // namespace smbatcher

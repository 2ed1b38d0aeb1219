#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/queue/registry/registry.h"
#include "tools/queue/answer_fields.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"

namespace smbatcher {

// What prepare-register and design-register, and prepare-batch and design-batch, have in common.

/// Each of `texts` as "domain:Name:Description:Theme". Errors: kUsage "invalid_argument", "invalid_domain".
Result<std::vector<NewSite>> parse_site_texts(const std::vector<std::string>& texts);

/// Adds the sites to the registry that is there, else to a new one; all of them or none: OK:registered:<n>.
Result<Outcome> register_and_tell(const Context& context, const WriteOptions& write, const std::vector<NewSite>& sites);

struct BatchSelection {
  std::optional<std::size_t> size;   // sites per batch; else the config's
  std::vector<std::string> domains;  // just these; else every site at `-`
};

/// Groups sites into batches and writes their files: OK:batch_created:<ids>.
Result<Outcome> batch_and_tell(const Context& context, const WriteOptions& write, const BatchSelection& selection);

/// What the tools answer that call these.
Schema registration_schema(Literal description, std::string_view more_errors);
Schema batching_schema(Literal description, Literal batches, const std::vector<Refusal>& refusals,
                       std::string_view more_errors);

}  // namespace smbatcher

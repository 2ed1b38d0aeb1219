#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/base/warning.h"
#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/sites/similarity/seeds.h"

namespace smbatcher {

/// A site whose batch file tells its nearest seed.
struct AnnotatedSite {
  std::string batch;
  std::string domain;
  std::string seed;
  std::string nearest;       // domain; empty where none is alike
  std::string nearest_seed;  // its digits
  double score = 0;
  std::string line;  // as it stands in the file
};

struct Annotation {
  std::vector<AnnotatedSite> sites;
  std::vector<std::string> files;  // that were changed, or would be
  std::vector<Warning> warnings;   // about texts that were kept
};

/// Writes into the batch files, of all batches or of `batch`, which other design seed each site's seed is most like.
/// Seeds of all batches are compared. Files of batches that the registry does not know are left out. Each file is
/// replaced atomically, under the registry's lock, and a file that has its lines already is not touched: an error or a
/// crash leaves some files done, and the next call does the rest. With `dry_run` nothing is locked or written.
///
/// Errors: kNotFound "no_batch_files", and "batch_not_found" for a batch that the registry does not know; the guards of
/// Document::parse, before anything is written; those of RegistryLock and rewrite().
Result<Annotation> annotate_seeds(const QueueContext& queue, const std::optional<std::string>& batch, bool dry_run);

}  // namespace smbatcher

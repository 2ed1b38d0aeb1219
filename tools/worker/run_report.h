#pragma once

#include <string>
#include <vector>

#include "libregistry/output/outcome.h"
#include "tools/worker/batch_work.h"

namespace smbatcher {

/// What a worker has done over its life, batch by batch.
class RunReport {
 public:
  void add(BatchReport batch);

  std::size_t batches() const { return batches_.size(); }
  std::size_t completed() const { return count(SiteResult::End::kCompleted); }
  std::size_t failed() const { return count(SiteResult::End::kFailed); }
  std::size_t put_off() const { return count(SiteResult::End::kPutOff); }
  /// The id of the latest batch.
  const std::string& latest() const { return batches_.back(); }

  /// Adds it to an answer: a line for each site that was not completed, and for programs everything.
  Outcome& tell(Outcome& outcome) const;

 private:
  std::size_t count(SiteResult::End end) const;

  std::vector<std::string> batches_;
  std::vector<SiteResult> sites_;
  std::vector<Warning> warnings_;
};

}  // namespace smbatcher

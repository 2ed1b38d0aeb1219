#pragma once

#include <string>
#include <vector>

#include "libregistry/core/output/outcome.h"
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

  /// Something that a loop went on after: a line for people.
  void note_setback(std::string line);

  /// Adds it to an answer: a line for each site, and for programs everything. `was_shown`: what was completed has been
  /// said already.
  Outcome& tell(Outcome& outcome, bool was_shown) const;

 private:
  std::size_t count(SiteResult::End end) const;

  std::vector<std::string> batches_;
  std::vector<SiteResult> sites_;
  std::vector<std::string> setbacks_;  // the latest
  std::vector<Warning> warnings_;
};

}  // namespace smbatcher

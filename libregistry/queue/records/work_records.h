#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "libregistry/queue/records/claim_files.h"
#include "libregistry/queue/records/claim_index.h"

namespace smbatcher {

/// The records of all work: in memory, as fold() makes them, or behind an index, each read from its claim file when it
/// is first asked for.
///
/// A claim file that is not there, cannot be read, or is not of the event that the index names, makes the whole of it
/// unfit: fits() is false from then on, and nothing that was planned counts. Who asks for a record and acts on it
/// looks at fits() and error() before anything is written or answered.
class WorkRecords {
 public:
  using Map = std::map<WorkKey, WorkRecord>;

  WorkRecords() = default;
  WorkRecords(std::shared_ptr<const ClaimIndex> index, ClaimFiles files)
      : index_(std::move(index)), files_(std::move(files)) {}

  /// Null when nothing is known of the work, or its record does not fit.
  const WorkRecord* find(const WorkKey& key) const;
  /// Every record, all claim files read.
  const Map& all() const;

  /// What decides without the records. `boot` is the one that runs.
  const ClaimIndex& index(const std::string& boot) const;

  bool fits() const { return fits_; }
  /// The system refused to read a claim file: the call cannot go on.
  const std::optional<Error>& error() const { return error_; }

  /// To build them, in memory.
  WorkRecord& operator[](const WorkKey& key);
  void erase(const WorkKey& key);
  Map& in_memory();
  /// The keys whose claim files have a newer format: in the index, without a record.
  void hold_back(std::set<WorkKey> keys);

  // As of a map, all claim files read.
  Map::const_iterator begin() const { return all().begin(); }
  Map::const_iterator end() const { return all().end(); }
  const WorkRecord& at(const WorkKey& key) const { return all().at(key); }
  std::size_t size() const { return all().size(); }
  bool empty() const { return all().empty(); }

 private:
  const WorkRecord* read(const WorkKey& key, const IndexSlot& slot) const;

  mutable Map read_;  // what is in memory
  mutable std::shared_ptr<const ClaimIndex> index_;
  std::optional<ClaimFiles> files_;  // where the others are; absent when all are in memory
  std::set<WorkKey> held_back_;
  mutable bool fits_ = true;
  mutable std::optional<Error> error_;
};

}  // namespace smbatcher

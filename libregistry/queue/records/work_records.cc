#include "libregistry/queue/records/work_records.h"

namespace smbatcher {

const WorkRecord* WorkRecords::find(const WorkKey& key) const {
  if (const auto found = read_.find(key); found != read_.end()) {
    return &found->second;
  }
  if (!files_) {
    return nullptr;
  }
  const auto slot = index_->find(key.phase, key.batch);
  return slot && !slot->newer ? read(key, *slot) : nullptr;
}

const WorkRecord* WorkRecords::read(const WorkKey& key, const IndexSlot& slot) const {
  if (!fits_) {
    return nullptr;
  }
  Result<ClaimFile> file = files_->read(key);
  if (!file) {
    error_ = std::move(file).error();
    fits_ = false;
    return nullptr;
  }
  const auto& record = file->record;
  const Token token = record && record->claim ? record->claim->lease.token : 0;
  if (!record || record->event != slot.event || token != slot.token) {
    fits_ = false;
    return nullptr;
  }
  return &read_.emplace(key, std::move(*file->record)).first->second;
}

const WorkRecords::Map& WorkRecords::all() const {
  if (files_) {
    index_->each([this](const IndexSlot& slot) { (void)find(slot.key()); });
  }
  return read_;
}

const ClaimIndex& WorkRecords::index(const std::string& boot) const {
  if (!index_) {
    IndexHead head;
    head.boot = boot;
    index_ = std::make_shared<const ClaimIndex>(ClaimIndex::build(std::move(head), read_, held_back_));
  }
  return *index_;
}

WorkRecord& WorkRecords::operator[](const WorkKey& key) {
  index_.reset();
  return read_[key];
}

WorkRecords::Map& WorkRecords::in_memory() {
  index_.reset();
  return read_;
}

void WorkRecords::erase(const WorkKey& key) {
  index_.reset();
  read_.erase(key);
}

void WorkRecords::hold_back(std::set<WorkKey> keys) {
  index_.reset();
  held_back_ = std::move(keys);
}

}  // namespace smbatcher

#include "libregistry/sync/work_tree_update.h"

#include <filesystem>
#include <utility>

#include "libregistry/sync/sync_record.h"
#include "libregistry/sync/update_attempt.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

}  // namespace

Result<WorkTreeUpdate::Report> WorkTreeUpdate::run(const std::string& branch, const std::string& from,
                                                   const std::string& to, std::optional<IndexLock> held) {
  std::error_code error;
  fs::remove(steps_of(place_), error);
  for (const char* name : {"/new", "/removed"}) {
    fs::remove_all(place_.private_dir() + name, error);
    fs::create_directory(place_.private_dir() + name, error);
  }
  SMB_TRY_ASSIGN(UpdatePlaces places, UpdatePlaces::open(place_));
  if (!held) {
    SMB_TRY_ASSIGN(IndexLock lock, IndexLock::acquire(place_));
    held.emplace(std::move(lock));
  }
  SMB_TRY(check_nothing_in_progress(place_));
  SMB_TRY_ASSIGN(const GitOutput head, git_.run({"symbolic-ref", "-q", "HEAD"}));
  SMB_TRY_ASSIGN(const std::string commit, commit_of(git_, branch));
  if (head.out != branch + "\n" || commit != from) {
    Report report;
    report.moved = true;
    return report;
  }
  const SyncRecord record{SyncRecord::Kind::kUpdate, branch, from, to};
  SMB_TRY(write_record(place_, record));
  UpdateAttempt attempt(git_, place_, surroundings_, record, std::move(places));
  auto result = attempt.run(*held);
  if (!attempt.is_unsettled()) {
    remove_record(place_);
  }
  return result;
}

Result<std::vector<std::string>> WorkTreeUpdate::finish_update(const SyncRecord& record) {
  auto places = UpdatePlaces::open(place_);
  if (!places) {
    return std::vector<std::string>();  // nothing was laid out yet
  }
  SMB_TRY_ASSIGN(const std::string now, commit_of(git_, record.branch));
  UpdateAttempt attempt(git_, place_, surroundings_, record, std::move(*places));
  if (now != record.to) {
    return attempt.take_back();
  }
  SMB_TRY_ASSIGN(IndexLock index, IndexLock::acquire(place_));
  return attempt.go_on(index);
}

/// The commit was made of the copy of the index, or with --paths of another, and then this one has to follow.
Result<void> WorkTreeUpdate::finish_commit(const SyncRecord& record) {
  const std::string copy = IndexLock::copy_of(place_);
  std::error_code error;
  SMB_TRY_ASSIGN(const std::string now, commit_of(git_, record.branch));
  if (now != record.from && IndexLock::is_left_behind(place_) && fs::exists(copy, error)) {
    SMB_TRY_ASSIGN(const std::string from, tree_or_empty(git_, record.from));
    SMB_TRY(git_.with_environment({"GIT_INDEX_FILE=" + copy}).run({"read-tree", "-i", "-m", from, now}));
    fs::rename(copy, place_.git_dir + "/index", error);
  }
  return {};
}

Result<std::vector<std::string>> WorkTreeUpdate::finish_interrupted() {
  std::vector<std::string> kept;
  if (const auto record = read_record(place_)) {
    if (record->kind == SyncRecord::Kind::kUpdate) {
      SMB_TRY_ASSIGN(kept, finish_update(*record));
    } else {
      SMB_TRY(finish_commit(*record));
    }
  }
  IndexLock::remove_left_behind(place_);
  remove_record(place_);
  std::error_code error;
  fs::remove_all(place_.private_dir(), error);
  return kept;
}

}  // namespace smbatcher

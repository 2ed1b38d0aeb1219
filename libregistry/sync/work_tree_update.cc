#include "libregistry/sync/work_tree_update.h"

#include <filesystem>
#include <utility>

#include "libregistry/fs/folders.h"
#include "libregistry/sync/registry_merge.h"
#include "libregistry/sync/sync_record.h"
#include "libregistry/sync/update_attempt.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

/// Lays out the files of a commit among `changes`, as a checkout would write them.
Result<FileRoot> lay_out(const Git& git, const RepositoryPlace& place, const std::string& name,
                         const std::string& commit, const std::vector<TreeChange>& changes, bool TreeChange::*is_in) {
  const std::string folder = place.private_dir() + "/" + name;
  std::error_code error;
  fs::remove_all(folder, error);
  fs::create_directory(folder, error);
  std::string paths;
  for (const TreeChange& change : changes) {
    if (change.*is_in && !change.is_submodule) {
      paths += change.path + '\0';
    }
  }
  const std::string index = place.private_dir() + "/" + name + "-index";
  fs::remove(index, error);
  const Git there = git.in(folder).with_environment(
      {"GIT_DIR=" + place.git_dir, "GIT_WORK_TREE=" + folder, "GIT_INDEX_FILE=" + index});
  if (!paths.empty()) {
    SMB_TRY(there.output_of({"read-tree", commit}));
    SMB_TRY(there.output_of({"checkout-index", "-f", "-q", "-z", "--stdin"}, paths));
  }
  return FileRoot::open(folder);
}

Result<std::optional<FileShape>> file_at(const FileRoot& root, const std::string& path) {
  const Descriptor folder = root.parent_of(path, false);
  if (!folder.is_open()) {
    return std::nullopt;
  }
  SMB_TRY_ASSIGN(FoundFile found, look_at(folder.get(), FileRoot::name_of(path)));
  return std::move(found.file);
}

}  // namespace

Result<WorkTreeUpdate::Report> WorkTreeUpdate::run(const std::string& branch, const std::string& from,
                                                   const std::string& to) {
  return run({SyncRecord::Kind::kUpdate, branch, from, to}, false);
}

Result<WorkTreeUpdate::Report> WorkTreeUpdate::run(const SyncRecord& record, bool resumes) {
  SMB_TRY_ASSIGN(const std::vector<TreeChange> changes, changes_between(git_, record.from, record.to));
  SMB_TRY_ASSIGN(FileRoot tree, FileRoot::open(place_.top));
  SMB_TRY_ASSIGN(FileRoot fresh, lay_out(git_, place_, "new", record.to, changes, &TreeChange::is_there));
  SMB_TRY_ASSIGN(FileRoot former, lay_out(git_, place_, "old", record.from, changes, &TreeChange::was_there));
  SMB_TRY_ASSIGN(FileRoot removed, lay_out(git_, place_, "removed", record.from, {}, &TreeChange::was_there));
  Report report;
  if (resumes) {
    SMB_TRY(keep_unseen(changes, tree, fresh, former, report));
  }
  SMB_TRY_ASSIGN(IndexLock index, IndexLock::acquire(place_));
  SMB_TRY(check_nothing_in_progress(place_));
  SMB_TRY_ASSIGN(const GitOutput head, git_.run({"rev-parse", "--symbolic-full-name", "HEAD"}));
  SMB_TRY_ASSIGN(const std::string commit, commit_of(git_, record.branch));
  if (head.out != record.branch + "\n" || commit != record.from) {
    report.end = End::kMoved;
    return report;
  }
  SMB_TRY(write_record(place_, record));
  UpdateAttempt attempt(git_, place_, surroundings_, record,
                        {std::move(tree), std::move(fresh), std::move(former), std::move(removed)}, resumes);
  auto result = attempt.run(changes, index);
  if (result || !attempt.has_moved()) {
    remove_record(place_);
  }
  SMB_TRY(result);
  result->kept.insert(result->kept.end(), report.kept.begin(), report.kept.end());
  return result;
}

Result<void> WorkTreeUpdate::keep_unseen(const std::vector<TreeChange>& changes, const FileRoot& tree,
                                         const FileRoot& fresh, const FileRoot& former, Report& report) {
  std::error_code error;
  for (const char* name : {"dead-new", "dead-removed"}) {
    const std::string folder = place_.private_dir() + "/" + name;
    if (!fs::exists(folder, error)) {
      continue;
    }
    SMB_TRY_ASSIGN(const FileRoot dead, FileRoot::open(folder));
    for (const TreeChange& change : changes) {
      SMB_TRY_ASSIGN(const auto file, file_at(dead, change.path));
      SMB_TRY_ASSIGN(const auto before, file_at(former, change.path));
      SMB_TRY_ASSIGN(const auto after, file_at(fresh, change.path));
      SMB_TRY_ASSIGN(const auto now, file_at(tree, change.path));
      if (!file || file == before || file == after || file == now) {
        continue;
      }
      if (is_registry_path(change.path) && before && now) {
        // What was displaced is in the merged text, unless somebody saved in the last moment.
        const auto merge = merge_registries({before->bytes, now->bytes, file->bytes}, surroundings_.columns);
        if (merge && merge->contradictions.empty() && merge->text == now->bytes) {
          continue;
        }
      }
      SMB_TRY_ASSIGN(const std::string kept, set_aside(surroundings_.ops, folder + "/" + change.path,
                                                       place_.top + "/" + change.path, "conflict"));
      report.kept.push_back(kept);
    }
    fs::remove_all(folder, error);
  }
  return {};
}

Result<std::vector<std::string>> WorkTreeUpdate::finish_interrupted() {
  const auto record = read_record(place_);
  std::vector<std::string> kept;
  std::error_code error;
  if (record && record->kind == SyncRecord::Kind::kUpdate) {
    SMB_TRY_ASSIGN(const std::string now, commit_of(git_, record->branch));
    if (now == record->from) {
      for (const std::string name : {"new", "removed"}) {
        // The first that died has what counts: those after it have only looked.
        if (!fs::exists(place_.private_dir() + "/dead-" + name, error)) {
          fs::rename(place_.private_dir() + "/" + name, place_.private_dir() + "/dead-" + name, error);
        }
      }
      SMB_TRY_ASSIGN(Report report, run(*record, true));
      kept = std::move(report.kept);
    } else if (now == record->to) {
      // All files are in place; the index may be behind.
      SMB_TRY_ASSIGN(IndexLock index, IndexLock::acquire(place_));
      SMB_TRY_ASSIGN(
          const GitOutput output,
          git_.with_environment({index.environment()}).run({"read-tree", "-i", "-m", record->from, record->to}));
      if (output.ok()) {
        SMB_TRY(index.install());
      }
    }
  } else if (record && IndexLock::is_left_behind(place_)) {
    SMB_TRY_ASSIGN(const std::string now, commit_of(git_, record->branch));
    if (now != record->from && fs::exists(IndexLock::copy_of(place_), error)) {
      fs::rename(IndexLock::copy_of(place_), place_.git_dir + "/index", error);  // the commit was made of it
    }
  }
  IndexLock::remove_left_behind(place_);
  remove_record(place_);
  fs::remove_all(place_.private_dir(), error);
  return kept;
}

}  // namespace smbatcher

#include "libregistry/sync/work_tree_update.h"

#include <filesystem>
#include <utility>

#include "libregistry/base/text.h"
#include "libregistry/fs/folders.h"
#include "libregistry/sync/registry_merge.h"
#include "libregistry/sync/sync_record.h"
#include "libregistry/sync/update_attempt.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

// The tree without a file: git knows it also where nobody made it.
constexpr const char* kEmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

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
  SMB_TRY_ASSIGN(FoundFile found, look_at(root, path));
  return std::move(found.file);
}

/// What a dead sync displaced. The first that died has what counts: those after it have only looked.
void keep_displaced(const RepositoryPlace& place) {
  std::error_code error;
  for (const std::string name : {"new", "removed"}) {
    if (!fs::exists(place.private_dir() + "/dead-" + name, error)) {
      fs::rename(place.private_dir() + "/" + name, place.private_dir() + "/dead-" + name, error);
    }
  }
}

/// Line ends and filters: a file that differs byte for byte from what a commit gives may be the same to git.
Result<bool> is_same_to_git(const Git& git, const std::string& file, const std::string& commit,
                            const std::string& path) {
  SMB_TRY_ASSIGN(const GitOutput is, git.run({"hash-object", "--path=" + path, "--", file}));
  SMB_TRY_ASSIGN(const GitOutput was, git.run({"rev-parse", "-q", "--verify", join({commit, path}, ":")}));
  return is.ok() && was.ok() && is.out == was.out;
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
    SMB_TRY(keep_unseen(record, changes, {tree, fresh, former}, report));
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
  if (!attempt.is_unsettled()) {
    remove_record(place_);
  }
  SMB_TRY(result);
  result->kept.insert(result->kept.end(), report.kept.begin(), report.kept.end());
  return result;
}

Result<void> WorkTreeUpdate::keep_unseen(const SyncRecord& record, const std::vector<TreeChange>& changes,
                                         const Seen& seen, Report& report) {
  std::error_code error;
  for (const char* name : {"dead-new", "dead-removed"}) {
    const std::string folder = place_.private_dir() + "/" + name;
    if (!fs::exists(folder, error)) {
      continue;
    }
    SMB_TRY_ASSIGN(const FileRoot dead, FileRoot::open(folder));
    for (const TreeChange& change : changes) {
      SMB_TRY_ASSIGN(const auto file, file_at(dead, change.path));
      SMB_TRY_ASSIGN(const auto before, file_at(seen.former, change.path));
      SMB_TRY_ASSIGN(const auto after, file_at(seen.fresh, change.path));
      SMB_TRY_ASSIGN(const auto now, file_at(seen.tree, change.path));
      if (!file || file == before || file == after || file == now) {
        continue;
      }
      if (before && !file->is_link) {
        SMB_TRY_ASSIGN(const bool same, is_same_to_git(git_, folder + "/" + change.path, record.from, change.path));
        if (same) {
          continue;
        }
      }
      if (is_registry_path(change.path) && before && now) {
        // What was displaced is in the merged text, unless somebody saved in the last moment.
        const auto merge = merge_registries({before->bytes, now->bytes, file->bytes}, surroundings_.columns);
        if (merge && merge->contradictions.empty() && merge->text == now->bytes) {
          continue;
        }
      }
      seen.tree.parent_of(change.path, true);  // its folder may have gone with it
      SMB_TRY_ASSIGN(const std::string kept, set_aside(surroundings_.ops, folder + "/" + change.path,
                                                       place_.top + "/" + change.path, "conflict"));
      report.kept.push_back(kept);
    }
    fs::remove_all(folder, error);
  }
  return {};
}

/// All files of an update were in place, but nobody looked whether an editor wrote into a displaced one.
Result<std::vector<std::string>> WorkTreeUpdate::keep_late_saves(const SyncRecord& record) {
  keep_displaced(place_);
  SMB_TRY_ASSIGN(const std::vector<TreeChange> changes, changes_between(git_, record.from, record.to));
  SMB_TRY_ASSIGN(const FileRoot tree, FileRoot::open(place_.top));
  SMB_TRY_ASSIGN(const FileRoot fresh, lay_out(git_, place_, "new", record.to, changes, &TreeChange::is_there));
  SMB_TRY_ASSIGN(const FileRoot former, lay_out(git_, place_, "old", record.from, changes, &TreeChange::was_there));
  Report report;
  SMB_TRY(keep_unseen(record, changes, {tree, fresh, former}, report));
  return std::move(report.kept);
}

Result<std::vector<std::string>> WorkTreeUpdate::finish_interrupted() {
  const auto record = read_record(place_);
  std::vector<std::string> kept;
  std::error_code error;
  if (record && record->kind == SyncRecord::Kind::kUpdate) {
    SMB_TRY_ASSIGN(const std::string now, commit_of(git_, record->branch));
    if (now == record->from) {
      keep_displaced(place_);
      SMB_TRY_ASSIGN(Report report, run(*record, true));
      kept = std::move(report.kept);
    } else if (now == record->to) {
      SMB_TRY_ASSIGN(kept, keep_late_saves(*record));
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
      // The commit was made of it, or with --paths of another, and then this one has to follow.
      const std::vector<std::string> trees{record->from.empty() ? kEmptyTree : record->from, now};
      SMB_TRY(git_.with_environment({"GIT_INDEX_FILE=" + IndexLock::copy_of(place_)})
                  .run({"read-tree", "-i", "-m", trees.front(), trees.back()}));
      fs::rename(IndexLock::copy_of(place_), place_.git_dir + "/index", error);
    }
  }
  IndexLock::remove_left_behind(place_);
  remove_record(place_);
  fs::remove_all(place_.private_dir(), error);
  return kept;
}

}  // namespace smbatcher

#include "libregistry/sync/update_attempt.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/sync/registry_merge.h"
#include "libregistry/sync/remote.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

// An editor that saves a registry all the time must not hold us up for ever.
constexpr int kMostMerges = 20;

std::string inside(const std::string& folder) { return folder + "/."; }

}  // namespace

UpdateAttempt::UpdateAttempt(const Git& git, const RepositoryPlace& place,
                             const WorkTreeUpdate::Surroundings& surroundings, SyncRecord record, UpdatePlaces places)
    : git_(git),
      steady_(git.steady()),
      place_(place),
      surroundings_(surroundings),
      record_(std::move(record)),
      places_(std::move(places)) {}

Result<UpdateAttempt::Report> UpdateAttempt::run(IndexLock& index) {
  SMB_TRY_ASSIGN(const std::string from, tree_or_empty(git_, record_.from));
  SMB_TRY_ASSIGN(UpdatePlan plan, plan_update(git_, place_, places_, index, from, record_.to));
  report_.objection = std::move(plan.objection);
  if (has_objection()) {
    return report_;
  }
  for (UpdateStep& step : plan.steps) {
    items_.push_back({std::move(step), false});
  }
  std::vector<RegistryLock> locks;
  SMB_TRY(lock_registries(locks));
  SMB_TRY(write_down());
  if (auto placed = place_all(plan); !placed || has_objection()) {
    roll_back();
    SMB_TRY(placed);
    return report_;
  }
  SMB_TRY(move_branch());
  if (report_.moved) {
    return report_;
  }
  locks.clear();
  // Only so that git need not read the new files again: whether it works does not matter.
  static_cast<void>(steady_.with_environment({index.environment()}).run({"update-index", "-q", "--refresh"}));
  SMB_TRY(index.install());
  SMB_TRY(keep_late_saves());
  is_unsettled_ = false;
  return report_;
}

Result<void> UpdateAttempt::write_down() const {
  std::vector<UpdateStep> steps;
  steps.reserve(items_.size());
  for (const Item& item : items_) {
    steps.push_back(item.step);
  }
  return write_steps(place_, steps);
}

Result<void> UpdateAttempt::lock_registries(std::vector<RegistryLock>& locks) {
  const LockDeadline deadline(surroundings_.lock_timeout);
  for (const Item& item : items_) {
    if (is_registry_path(item.step.path) && item.step.removes) {
      SMB_TRY_ASSIGN(RegistryLock lock,
                     RegistryLock::acquire(surroundings_.ops, paths_beside(place_.top + "/" + item.step.path), deadline,
                                           {"git sync", "repo-sync"}, surroundings_.clock.now()));
      locks.push_back(std::move(lock));
    }
  }
  return {};
}

Result<void> UpdateAttempt::place_all(const UpdatePlan& plan) {
  // Removals first: a new folder may need the name of an old file, and the other way round.
  for (const bool removals : {true, false}) {
    for (Item& item : items_) {
      if (item.step.adds != removals && !has_objection()) {
        SMB_TRY(place(item));
      }
    }
    for (const Item& item : items_) {
      if (removals && !item.step.adds) {
        places_.tree.remove_empty_parents(item.step.path);
      }
    }
    for (const std::string& folder : removals ? plan.old_folders : std::vector<std::string>()) {
      places_.tree.remove_empty_parents(inside(folder));  // that of a submodule which is not checked out
    }
  }
  for (const std::string& folder : !has_objection() ? plan.new_folders : std::vector<std::string>()) {
    // As git does: a submodule without its folder would be one that somebody removed.
    places_.tree.parent_of(inside(folder), true);
  }
  return {};
}

Result<void> UpdateAttempt::place(Item& item) {
  if (!item.step.removes) {
    return add(item);
  }
  if (!item.step.adds) {
    return remove(item);
  }
  return is_registry_path(item.step.path) ? place_registry(item)
                                          : exchange(item, item.step.before, Reaction::kObject).map([](bool) {});
}

Error UpdateAttempt::cannot_place(const std::string& path, int error_number) const {
  if (error_number == EXDEV) {
    return {Errc::kIo,  ErrorWord("separate_file_systems"),
            {},         "'" + place_.git_dir + "' and '" + place_.top + "' lie on two file systems: pull by hand here",
            place_.top, {}};
  }
  return io_error("cannot change '" + path + "'", error_number);
}

Result<void> UpdateAttempt::add(Item& item) {
  const int error = move_file(places_.fresh, places_.tree, item.step.path);
  if (error == EEXIST || error == ENOTDIR || error == ELOOP) {
    object(Objection::Kind::kInTheWay, item.step.path);
    return {};
  }
  if (error != 0) {
    return fail(cannot_place(item.step.path, error));
  }
  item.placed = true;
  return {};
}

/// False, and all as before, when what came out is not what was expected.
Result<bool> UpdateAttempt::exchange(Item& item, const std::string& expected, Reaction reaction) {
  const std::string& path = item.step.path;
  const int error = exchange_files(places_.fresh, places_.tree, path);
  if (error == ENOENT || error == ENOTDIR || error == ELOOP) {
    object(Objection::Kind::kChanged, path);  // removed meanwhile
    return true;
  }
  if (error != 0) {
    return fail(cannot_place(path, error));
  }
  item.placed = true;
  SMB_TRY_ASSIGN(const FoundFile out, look_at(places_.fresh, path));
  if (out.file && out.file->digest() == expected) {
    return true;
  }
  give_back(item);
  if (reaction == Reaction::kObject) {
    object(Objection::Kind::kChanged, path);
  }
  return false;
}

Result<void> UpdateAttempt::remove(Item& item) {
  const std::string& path = item.step.path;
  const int error = move_file(places_.tree, places_.removed, path);
  if (error == ENOENT || error == ENOTDIR || error == ELOOP) {
    object(Objection::Kind::kChanged, path);
    return {};
  }
  if (error != 0) {
    return fail(cannot_place(path, error));
  }
  item.placed = true;
  SMB_TRY_ASSIGN(const FoundFile out, look_at(places_.removed, path));
  if (!out.file || out.file->digest() != item.step.before) {
    give_back(item);
    object(Objection::Kind::kChanged, path);
  }
  return {};
}

/// As the old commit gives it to a work tree.
Result<std::optional<std::string>> UpdateAttempt::old_registry(const std::string& path) const {
  SMB_TRY_ASSIGN(GitOutput output, git_.run({"cat-file", "--filters", join({record_.from, path}, ":")}));
  return output.ok() ? std::optional(std::move(output.out)) : std::nullopt;
}

/// Claims go on while we work, so a registry is merged with what it has become. We have its lock: only an editor can
/// come in between, and then it is merged again.
Result<void> UpdateAttempt::place_registry(Item& item) {
  const std::string& path = item.step.path;
  SMB_TRY_ASSIGN(const auto former, old_registry(path));
  SMB_TRY_ASSIGN(const FoundFile theirs, look_at(places_.fresh, path));
  for (int merges = 0; merges < kMostMerges; ++merges) {
    SMB_TRY_ASSIGN(const FoundFile ours, look_at(places_.tree, path));
    if (!ours.file || !former || !theirs.file || ours.file->is_link || theirs.file->is_link) {
      object(Objection::Kind::kChanged, path);
      return {};
    }
    SMB_TRY_ASSIGN(const RegistryMerge merge,
                   merge_registries({*former, ours.file->bytes, theirs.file->bytes}, surroundings_.columns));
    if (!merge.contradictions.empty()) {
      return fail(refused("registry_conflict", escape_control(path),
                          "what came from the remote contradicts what was changed here meanwhile: " +
                              merge.contradictions.front().describe()));
    }
    SMB_TRY(write_like(place_.private_dir() + "/new/" + path, merge.text, place_.top + "/" + path));
    item.step.fresh = mark_of(places_.fresh, path).value_or(FileMark{});
    SMB_TRY(write_down());
    SMB_TRY_ASSIGN(const bool done, exchange(item, ours.file->digest(), Reaction::kOnlyAnswer));
    if (done) {
      item.step.before = ours.file->digest();
      report_.registries.push_back({path, ours.file->bytes, merge.text});
      return {};
    }
  }
  object(Objection::Kind::kChanged, path);
  return {};
}

/// Puts back what was there. What somebody saved over ours in these milliseconds is kept beside it.
void UpdateAttempt::give_back(Item& item) {
  const std::string& path = item.step.path;
  const auto is_ours = [&](const FileRoot& root) { return mark_of(root, path) == item.step.fresh; };
  item.placed = false;
  bool in_place = true;
  if (!item.step.adds) {
    in_place = move_file(places_.removed, places_.tree, path) == 0;
  } else if (!item.step.removes) {
    // What somebody wrote into is theirs now.
    in_place = move_file(places_.tree, places_.fresh, path) != 0 || is_ours(places_.fresh) ||
               move_file(places_.fresh, places_.tree, path) == 0;
  } else if (exchange_files(places_.fresh, places_.tree, path) == 0) {
    in_place = is_ours(places_.fresh);
  } else {
    in_place = move_file(places_.fresh, places_.tree, path) == 0;  // somebody removed ours
  }
  if (!in_place) {
    keep(item.step);
  }
}

/// What lies in the private folder under this path is somebody's: it gets a name beside the file.
void UpdateAttempt::keep(const UpdateStep& step) {
  const std::string& path = step.path;
  const std::string from = place_.private_dir() + (step.adds ? "/new/" : "/removed/") + path;
  places_.tree.parent_of(path, true);  // its folder may have gone with it
  auto kept = set_aside(surroundings_.ops, from, place_.top + "/" + path, "conflict");
  if (!kept) {  // something else has the folder's name
    kept = set_aside(surroundings_.ops, from, place_.top + "/" + FileRoot::name_of(path), "conflict");
  }
  if (kept) {
    report_.kept.push_back(*kept);
  }
}

void UpdateAttempt::roll_back() {
  std::for_each(items_.rbegin(), items_.rend(), [this](Item& item) {
    if (item.placed) {
      give_back(item);
      places_.tree.remove_empty_parents(item.step.path);
    }
  });
  is_unsettled_ = false;
}

/// What an editor wrote into a file after it was displaced is kept as well.
Result<void> UpdateAttempt::keep_late_saves() {
  for (const Item& item : items_) {
    if (!item.placed || !item.step.removes) {
      continue;
    }
    SMB_TRY_ASSIGN(const FoundFile out, look_at(displaced(item.step), item.step.path));
    if (!out.file || out.file->digest() == item.step.before) {
      continue;
    }
    SMB_TRY_ASSIGN(const bool contained, is_contained(item.step));
    if (!contained) {
      keep(item.step);
    }
  }
  return {};
}

/// Whether a registry that was displaced is in the merged text: claims may have changed it after it was looked at.
Result<bool> UpdateAttempt::is_contained(const UpdateStep& step) const {
  if (!is_registry_path(step.path) || !step.exchanges()) {
    return false;
  }
  SMB_TRY_ASSIGN(const auto former, old_registry(step.path));
  SMB_TRY_ASSIGN(const FoundFile out, look_at(places_.fresh, step.path));
  SMB_TRY_ASSIGN(const FoundFile now, look_at(places_.tree, step.path));
  if (!former || !out.file || !now.file) {
    return false;
  }
  const auto merge = merge_registries({*former, now.file->bytes, out.file->bytes}, surroundings_.columns);
  return merge && merge->contradictions.empty() && merge->text == now.file->bytes;
}

Result<void> UpdateAttempt::move_branch() {
  is_unsettled_ = true;
  const auto output = with_hook_log(steady_, place_)
                          .run({"update-ref", "-m", "sync: updated", record_.branch, record_.to, record_.from});
  if (output && output->ok()) {
    return {};
  }
  // Whatever went wrong, what counts is where the branch is now. Nobody knows: then the next sync finds out.
  SMB_TRY_ASSIGN(const std::string now, commit_of(steady_, record_.branch));
  if (now == record_.to) {
    return {};
  }
  report_.moved = true;
  roll_back();
  const auto hook = failed_hook(place_);
  return hook && output ? fail(hook_error(*hook, *output)) : Result<void>();
}

/// Which steps a dead attempt had done.
void UpdateAttempt::recall_steps() {
  for (UpdateStep& step : read_steps(place_)) {
    const auto found = mark_of(displaced(step), step.path);
    const bool placed = step.exchanges() ? found && found != step.fresh : step.adds ? !found : found.has_value();
    items_.push_back({std::move(step), placed});
  }
}

Result<std::vector<std::string>> UpdateAttempt::take_back() {
  recall_steps();
  for (Item& item : items_) {
    if (item.placed && item.step.exchanges() && is_registry_path(item.step.path)) {
      SMB_TRY_ASSIGN(const bool contained, is_contained(item.step));
      if (!contained) {
        keep(item.step);
      }
      item.placed = false;
    }
  }
  roll_back();
  return std::move(report_.kept);
}

Result<std::vector<std::string>> UpdateAttempt::go_on(IndexLock& index) {
  recall_steps();
  SMB_TRY(keep_late_saves());
  SMB_TRY_ASSIGN(const std::string from, tree_or_empty(git_, record_.from));
  std::error_code ignored;
  fs::remove_all(place_.private_dir() + "/new", ignored);
  fs::create_directory(place_.private_dir() + "/new", ignored);
  if (lay_out(git_, place_, index, from, record_.to)) {
    SMB_TRY(index.install());
  }
  return std::move(report_.kept);
}

}  // namespace smbatcher

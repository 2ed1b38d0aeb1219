#include "libregistry/sync/update_attempt.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "libregistry/base/text.h"
#include "libregistry/fs/folders.h"
#include "libregistry/sync/registry_merge.h"

namespace smbatcher {
namespace {

// An editor that saves a registry all the time must not hold us up for ever.
constexpr int kMostMerges = 20;

}  // namespace

UpdateAttempt::UpdateAttempt(const Git& git, const RepositoryPlace& place,
                             const WorkTreeUpdate::Surroundings& surroundings, SyncRecord record, UpdatePlaces places,
                             bool resumes)
    : git_(git),
      steady_(git.steady()),
      place_(place),
      surroundings_(surroundings),
      record_(std::move(record)),
      tree_(std::move(places.tree)),
      fresh_(std::move(places.fresh)),
      former_(std::move(places.former)),
      removed_(std::move(places.removed)),
      resumes_(resumes),
      is_unsettled_(resumes) {}

Result<UpdateAttempt::Report> UpdateAttempt::run(const std::vector<TreeChange>& changes, IndexLock& index) {
  for (const TreeChange& change : changes) {
    if (!change.is_submodule) {
      Item item;
      item.change = change;
      items_.push_back(std::move(item));
    }
  }
  SMB_TRY_ASSIGN(const bool ready, take_over_index(index));
  if (!ready) {
    return report_;
  }
  for (Item& item : items_) {
    SMB_TRY(judge(item));
  }
  if (report_.end != End::kDone) {
    roll_back();  // of what a dead sync did; we have touched nothing yet
    return report_;
  }
  std::vector<RegistryLock> locks;
  SMB_TRY(lock_registries(locks));
  if (auto placed = place_all(); !placed || report_.end != End::kDone) {
    roll_back();
    SMB_TRY(placed);
    return report_;
  }
  SMB_TRY(move_branch());
  if (report_.end != End::kDone) {
    return report_;
  }
  locks.clear();
  // Only so that git need not read the new files again: whether it works does not matter.
  static_cast<void>(steady_.with_environment({index.environment()}).run({"update-index", "-q", "--refresh"}));
  SMB_TRY(index.install());
  keep_late_saves();
  is_unsettled_ = false;
  return report_;
}

/// The copy of the index gets what differs between the commits. False: something else is staged there.
Result<bool> UpdateAttempt::take_over_index(const IndexLock& index) {
  SMB_TRY_ASSIGN(const GitOutput output,
                 git_.with_environment({index.environment()}).run({"read-tree", "-i", "-m", record_.from, record_.to}));
  if (!output.ok()) {
    report_.end = End::kChanged;
    SMB_TRY_ASSIGN(const std::string out,
                   git_.output_of({"diff-index", "--cached", "--name-only", "-z", "--no-renames", record_.from}));
    std::set<std::string> staged;
    for (std::string& path : split_zero(out)) {
      staged.insert(std::move(path));
    }
    for (const Item& item : items_) {
      if (staged.contains(item.change.path)) {
        report_.paths.push_back(item.change.path);
      }
    }
  }
  return output.ok();
}

bool UpdateAttempt::removes_on_the_way(const std::string& path) const {
  return std::any_of(items_.begin(), items_.end(), [&](const Item& item) {
    const std::string& other = item.change.path;
    return !item.change.is_there && (other.starts_with(path + "/") || path.starts_with(other + "/"));
  });
}

void UpdateAttempt::object(End end, const std::string& path) {
  if (report_.end == End::kDone) {
    report_.end = end;
  }
  if (report_.end == end) {
    report_.paths.push_back(path);
  }
}

/// Whether a path may be changed, before anything is.
Result<void> UpdateAttempt::judge(Item& item) {
  const std::string& path = item.change.path;
  SMB_TRY_ASSIGN(const FoundFile found, look_at(tree_, path));
  if (found.is_odd) {
    if (!removes_on_the_way(path)) {
      object(item.change.was_there ? End::kChanged : End::kInTheWay, path);
    }
    return {};
  }
  SMB_TRY_ASSIGN(const FoundFile fresh, look_at(fresh_, path));
  if (found.file == fresh.file) {
    item.state = Item::State::kThereBefore;
    return {};
  }
  SMB_TRY_ASSIGN(const FoundFile former, look_at(former_, path));
  if (found.file == former.file || (is_registry_path(path) && found.file && fresh.file)) {
    return {};
  }
  if (!item.change.was_there) {
    object(End::kInTheWay, path);
    return {};
  }
  if (found.file) {
    // Line ends and filters: what is the same to git need not be so byte for byte.
    SMB_TRY_ASSIGN(const GitOutput same, git_.with_environment({"GIT_LITERAL_PATHSPECS=1"})
                                             .run({"diff", "--quiet", "--no-ext-diff", record_.from, "--", path}));
    if (same.ok()) {
      item.unusual = found.file;
      return {};
    }
  }
  object(End::kChanged, path);
  return {};
}

Result<void> UpdateAttempt::lock_registries(std::vector<RegistryLock>& locks) {
  const LockDeadline deadline(surroundings_.lock_timeout);
  for (const Item& item : items_) {
    if (is_registry_path(item.change.path) && item.state == Item::State::kToDo && item.change.was_there) {
      SMB_TRY_ASSIGN(RegistryLock lock,
                     RegistryLock::acquire(surroundings_.ops, paths_beside(place_.top + "/" + item.change.path),
                                           deadline, {"git sync", "repo-sync"}, surroundings_.clock.now()));
      locks.push_back(std::move(lock));
    }
  }
  return {};
}

Result<void> UpdateAttempt::place_all() {
  // Removals first: a new folder may need the name of an old file, and the other way round.
  for (const bool removals : {true, false}) {
    for (Item& item : items_) {
      if (item.state == Item::State::kToDo && item.change.is_there != removals && report_.end == End::kDone) {
        SMB_TRY(place(item));
      }
    }
    for (const Item& item : items_) {
      if (removals && !item.change.is_there) {
        tree_.remove_empty_parents(item.change.path);
      }
    }
  }
  return {};
}

Result<void> UpdateAttempt::place(Item& item) {
  const std::string& path = item.change.path;
  if (!item.change.was_there) {
    return add(item);
  }
  if (is_registry_path(path) && item.change.is_there) {
    return place_registry(item);
  }
  SMB_TRY_ASSIGN(const FoundFile former, look_at(former_, path));
  const std::optional<FileShape> expected = item.unusual ? item.unusual : former.file;
  return item.change.is_there ? exchange(item, expected, Reaction::kObject).map([](bool) {}) : remove(item, expected);
}

Error UpdateAttempt::cannot_place(const std::string& path, int error_number) const {
  if (error_number == EXDEV) {
    return {Errc::kIo,  "separate_file_systems",
            {},         "'" + place_.git_dir + "' and '" + place_.top + "' lie on two file systems: pull by hand here",
            place_.top, {}};
  }
  return io_error("cannot change '" + path + "'", error_number);
}

void UpdateAttempt::note_placed(Item& item) {
  item.state = Item::State::kPlaced;
  const Descriptor folder = tree_.parent_of(item.change.path, false);
  ::fstatat(folder.get(), FileRoot::name_of(item.change.path).c_str(), &item.placed, AT_SYMLINK_NOFOLLOW);
}

Result<void> UpdateAttempt::add(Item& item) {
  const int error = move_file(fresh_, tree_, item.change.path);
  if (error == EEXIST || error == ENOTDIR || error == ELOOP) {
    object(End::kInTheWay, item.change.path);
    return {};
  }
  if (error != 0) {
    return fail(cannot_place(item.change.path, error));
  }
  note_placed(item);
  return {};
}

/// False, and all as before, when what came out is not what was expected.
Result<bool> UpdateAttempt::exchange(Item& item, const std::optional<FileShape>& expected, Reaction reaction) {
  const std::string& path = item.change.path;
  const int error = exchange_files(fresh_, tree_, path);
  if (error == ENOENT) {
    object(End::kChanged, path);  // removed meanwhile
    return true;
  }
  if (error != 0) {
    return fail(cannot_place(path, error));
  }
  note_placed(item);
  SMB_TRY_ASSIGN(const FoundFile out, look_at(fresh_, path));
  if (out.file == expected) {
    return true;
  }
  give_back(item);
  if (reaction == Reaction::kObject) {
    object(End::kChanged, path);
  }
  return false;
}

Result<void> UpdateAttempt::remove(Item& item, const std::optional<FileShape>& expected) {
  const std::string& path = item.change.path;
  const int error = move_file(tree_, removed_, path);
  if (error == ENOENT) {
    object(End::kChanged, path);
    return {};
  }
  if (error != 0) {
    return fail(cannot_place(path, error));
  }
  item.state = Item::State::kPlaced;
  SMB_TRY_ASSIGN(const FoundFile out, look_at(removed_, path));
  if (out.file != expected) {
    give_back(item);
    object(End::kChanged, path);
  }
  return {};
}

/// Claims go on while we work, so a registry is merged with what it has become. We have its lock: only an editor can
/// come in between, and then it is merged again.
Result<void> UpdateAttempt::place_registry(Item& item) {
  const std::string& path = item.change.path;
  SMB_TRY_ASSIGN(const FoundFile former, look_at(former_, path));
  SMB_TRY_ASSIGN(const FoundFile theirs, look_at(fresh_, path));
  for (int merges = 0; merges < kMostMerges; ++merges) {
    SMB_TRY_ASSIGN(const FoundFile ours, look_at(tree_, path));
    if (!ours.file || !former.file || !theirs.file || ours.file->is_link || theirs.file->is_link) {
      object(End::kChanged, path);
      return {};
    }
    SMB_TRY_ASSIGN(const RegistryMerge merge,
                   merge_registries({former.file->bytes, ours.file->bytes, theirs.file->bytes}, surroundings_.columns));
    if (!merge.contradictions.empty()) {
      return fail(refused("registry_conflict", escape_control(path),
                          "what came from the remote contradicts what was changed here meanwhile: " +
                              merge.contradictions.front().describe()));
    }
    SMB_TRY(write_like(place_.private_dir() + "/new/" + path, merge.text, place_.top + "/" + path));
    SMB_TRY_ASSIGN(const bool done, exchange(item, ours.file, Reaction::kOnlyAnswer));
    if (done) {
      return {};
    }
  }
  object(End::kChanged, path);
  return {};
}

bool UpdateAttempt::is_as_placed(const Item& item, const FileRoot& root) {
  struct stat now {};
  const Descriptor folder = root.parent_of(item.change.path, false);
  return folder.is_open() &&
         ::fstatat(folder.get(), FileRoot::name_of(item.change.path).c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0 &&
         now.st_ino == item.placed.st_ino && now.st_size == item.placed.st_size &&
         now.st_mtim.tv_sec == item.placed.st_mtim.tv_sec && now.st_mtim.tv_nsec == item.placed.st_mtim.tv_nsec;
}

/// Puts back what was there. What somebody saved over ours in these milliseconds is kept beside it.
void UpdateAttempt::give_back(Item& item) {
  const std::string& path = item.change.path;
  item.state = Item::State::kToDo;
  bool in_place = true;
  if (!item.change.is_there) {
    in_place = move_file(removed_, tree_, path) == 0;
  } else if (!item.change.was_there) {
    // What somebody wrote into is theirs now.
    in_place = move_file(tree_, fresh_, path) != 0 || is_as_placed(item, fresh_) || move_file(fresh_, tree_, path) == 0;
  } else if (exchange_files(fresh_, tree_, path) == 0) {
    in_place = is_as_placed(item, fresh_);
  } else {
    in_place = move_file(fresh_, tree_, path) == 0;  // somebody removed ours
  }
  if (!in_place) {
    keep(item);
  }
}

/// The same for what a dead sync put in place: what it displaced is gone, but it was what the old commit has.
void UpdateAttempt::give_back_of_dead(Item& item) {
  const std::string& path = item.change.path;
  if (!item.change.is_there) {
    move_file(former_, tree_, path);
  } else if (!item.change.was_there) {
    move_file(tree_, former_, path);
  } else if (exchange_files(former_, tree_, path) == 0) {
    const auto out = look_at(former_, path);
    const auto fresh = look_at(fresh_, path);
    if (!out || !fresh || out->file != fresh->file) {
      exchange_files(former_, tree_, path);  // changed since
    }
  }
}

/// What lies in the private folder under this path is somebody's: it gets a name beside the file.
void UpdateAttempt::keep(const Item& item) {
  const std::string& path = item.change.path;
  const std::string from = place_.private_dir() + (item.change.is_there ? "/new/" : "/removed/") + path;
  tree_.parent_of(path, true);  // its folder may have gone with it
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
    if (item.state == Item::State::kPlaced) {
      give_back(item);
    } else if (item.state == Item::State::kThereBefore && resumes_ && !is_registry_path(item.change.path)) {
      give_back_of_dead(item);  // a registry stays merged: claims may have changed it since
    }
  });
  is_unsettled_ = false;
}

/// What an editor wrote into a file after it was displaced is kept as well.
void UpdateAttempt::keep_late_saves() {
  for (const Item& item : items_) {
    if (item.state != Item::State::kPlaced || !item.change.was_there || is_registry_path(item.change.path)) {
      continue;
    }
    const auto former = look_at(former_, item.change.path);
    const auto out = look_at(displaced(item), item.change.path);
    const auto& expected = item.unusual ? item.unusual : former ? former->file : std::nullopt;
    if (former && out && out->file && out->file != expected) {
      keep(item);
    }
  }
}

Result<void> UpdateAttempt::move_branch() {
  is_unsettled_ = true;
  const auto output = steady_.run({"update-ref", "-m", "sync: updated", record_.branch, record_.to, record_.from});
  if (output && output->ok()) {
    return {};
  }
  // Whatever went wrong, what counts is where the branch is now. Nobody knows: then the next sync finds out.
  SMB_TRY_ASSIGN(const std::string now, commit_of(steady_, record_.branch));
  if (now != record_.to) {
    report_.end = End::kMoved;
    roll_back();
  }
  return {};
}

}  // namespace smbatcher

#include "libregistry/sync/update_plan.h"

#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "libregistry/sync/tree_change.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;
using Kind = Objection::Kind;

/// What is between the first and the last quotation mark of a line: the path in "Entry 'a b' not uptodate".
std::string quoted_in(const std::string& line) {
  const std::size_t begin = line.find('\'');
  const std::size_t end = line.rfind('\'');
  return begin == end ? "" : line.substr(begin + 1, end - begin - 1);
}

class Planner {
 public:
  Planner(const Git& git, const RepositoryPlace& place, const UpdatePlaces& places, const IndexLock& index,
          const std::string& from, const std::string& to)
      : git_(git), place_(place), places_(places), index_(index), from_(from), to_(to) {}

  Result<UpdatePlan> run() {
    SMB_TRY_ASSIGN(changes_, changes_between(git_, from_, to_));
    SMB_TRY(look());
    SMB_TRY(ask_git());
    if (plan_.objection.kind == Kind::kNone) {
      SMB_TRY(lay_out(git_, place_, index_, from_, to_));
      for (const TreeChange& change : changes_) {
        SMB_TRY(plan(change));
      }
      plan_beside();
    }
    return std::move(plan_);
  }

 private:
  /// What lies there, before git judges it.
  Result<void> look() {
    for (const TreeChange& change : changes_) {
      SMB_TRY_ASSIGN(const FoundFile found, look_at(places_.tree, change.path));
      if (found.file) {
        seen_[change.path] = found.file->digest();
      }
    }
    return {};
  }

  Result<void> ask_git() {
    SMB_TRY_ASSIGN(const std::string to, new_tree_without_registries());
    // read-tree goes by times alone: a file that was only touched is not local work. As git merge does.
    SMB_TRY(git_.with_environment({index_.environment()}).run({"update-index", "-q", "--refresh"}));
    SMB_TRY_ASSIGN(const GitOutput output,
                   git_.with_environment({index_.environment()})
                       .run({"read-tree", "-m", "-u", "--dry-run", "--no-recurse-submodules", from_, to}));
    if (output.ok()) {
      return {};
    }
    if (!output.err.starts_with("error: ")) {
      return fail(refused("git_failed", "read-tree", "git read-tree says: " + output.complaint()));
    }
    Objection& objection = plan_.objection;
    objection.git_says = output.complaint();
    const bool in_the_way = objection.git_says.starts_with("Untracked") || objection.git_says.starts_with("Updating");
    objection.add(in_the_way ? Kind::kInTheWay : Kind::kChanged, quoted_in(objection.git_says));
    return name_others();
  }

  /// git names the first only.
  Result<void> name_others() {
    Objection& objection = plan_.objection;
    SMB_TRY_ASSIGN(const std::string out,
                   git_.output_of({"diff-index", "--cached", "--name-only", "-z", "--no-renames", from_}));
    const std::vector<std::string> names = split_zero(out);
    const std::set<std::string> staged(names.begin(), names.end());
    for (const TreeChange& change : changes_) {
      const bool is_meant = objection.kind == Kind::kInTheWay ? !change.was_there && seen_.contains(change.path)
                                                              : staged.contains(change.path);
      if (is_meant && change.path != objection.paths.front()) {
        objection.add(objection.kind, change.path);
      }
    }
    return {};
  }

  /// The new commit with the registries of the old one: how these are merged is our affair.
  Result<std::string> new_tree_without_registries() const {
    std::string entries;
    for (const TreeChange& change : changes_) {
      if (is_registry_path(change.path) && change.was_there && change.is_there) {
        entries += change.before + "\t" + change.path + '\0';
      }
    }
    if (entries.empty()) {
      return to_;
    }
    const std::string index = place_.private_dir() + "/judge-index";
    std::error_code ignored;
    fs::remove(index, ignored);
    const Git apart = git_.with_environment({"GIT_INDEX_FILE=" + index});
    SMB_TRY(apart.output_of({"read-tree", to_}));
    SMB_TRY(apart.output_of({"update-index", "-z", "--index-info"}, entries));
    return apart.line_of({"write-tree", "--missing-ok"});
  }

  Result<void> plan(const TreeChange& change) {
    const std::string& path = change.path;
    const auto seen = seen_.find(path);
    SMB_TRY_ASSIGN(const FoundFile fresh, look_at(places_.fresh, path));
    if (change.was_submodule && !change.is_submodule) {
      plan_.old_folders.push_back(path);
    }
    if (change.is_submodule && fresh.is_odd) {
      plan_.new_folders.push_back(path);
    }
    UpdateStep step;
    step.path = path;
    step.adds = fresh.file.has_value();
    step.removes = seen != seen_.end() && change.was_there;
    if (step.adds) {
      step.fresh = mark_of(places_.fresh, path).value_or(FileMark{});
      if (seen != seen_.end() && !change.was_there) {
        plan_.objection.add(Kind::kInTheWay, path);  // an ignored file: git would write over it
      }
    } else if (step.removes && change.is_there && !change.is_submodule) {
      // Sparse rules leave it out from now on. git need not have looked at what lies there.
      SMB_TRY_ASSIGN(const bool same, is_same_to_git(path));
      if (!same) {
        plan_.objection.add(Kind::kChanged, path);
      }
    }
    if (step.removes) {
      step.before = seen->second;
    }
    if (step.adds || step.removes) {
      plan_.steps.push_back(std::move(step));
    }
    return {};
  }

  /// What git writes because of sparse rules that somebody changed meanwhile.
  void plan_beside() {
    std::set<std::string> known;
    for (const TreeChange& change : changes_) {
      known.insert(change.path);
    }
    const std::string folder = place_.private_dir() + "/new";
    std::error_code error;
    for (fs::recursive_directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
      const std::string path = each->path().string().substr(folder.size() + 1);
      if ((each->is_symlink(error) || !each->is_directory(error)) && !known.contains(path) &&
          !mark_of(places_.tree, path)) {
        plan_.steps.push_back({path, mark_of(places_.fresh, path).value_or(FileMark{}), {}, true, false});
      }
    }
  }

  Result<bool> is_same_to_git(const std::string& path) const {
    SMB_TRY_ASSIGN(const GitOutput same, git_.with_environment({"GIT_LITERAL_PATHSPECS=1"})
                                             .run({"diff", "--quiet", "--no-ext-diff", from_, "--", path}));
    return same.ok();
  }

  const Git& git_;
  const RepositoryPlace& place_;
  const UpdatePlaces& places_;
  const IndexLock& index_;
  const std::string& from_;
  const std::string& to_;
  std::vector<TreeChange> changes_;
  std::map<std::string, std::string> seen_;  // digests of the files that lie there
  UpdatePlan plan_;
};

}  // namespace

void Objection::add(Kind found, const std::string& path) {
  if (kind == Kind::kNone) {
    kind = found;
  }
  if (kind == found) {
    paths.push_back(path);
  }
}

Result<UpdatePlaces> UpdatePlaces::open(const RepositoryPlace& place) {
  SMB_TRY_ASSIGN(FileRoot tree, FileRoot::open(place.top));
  SMB_TRY_ASSIGN(FileRoot fresh, FileRoot::open(place.private_dir() + "/new"));
  SMB_TRY_ASSIGN(FileRoot removed, FileRoot::open(place.private_dir() + "/removed"));
  return UpdatePlaces{std::move(tree), std::move(fresh), std::move(removed)};
}

Result<void> lay_out(const Git& git, const RepositoryPlace& place, const IndexLock& index, const std::string& from,
                     const std::string& to) {
  const std::string folder = place.private_dir() + "/new";
  return git.in(folder)
      .with_environment({"GIT_DIR=" + place.git_dir, "GIT_WORK_TREE=" + folder, index.environment()})
      .output_of({"read-tree", "-m", "-u", "--no-recurse-submodules", from, to})
      .map([](const std::string&) {});
}

Result<UpdatePlan> plan_update(const Git& git, const RepositoryPlace& place, const UpdatePlaces& places,
                               const IndexLock& index, const std::string& from, const std::string& to) {
  return Planner(git, place, places, index, from, to).run();
}

}  // namespace smbatcher

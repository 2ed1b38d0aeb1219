#include "libregistry/sync/sync_commit.h"

#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "libregistry/core/base/text.h"
#include "libregistry/sync/index_lock.h"
#include "libregistry/sync/remote.h"
#include "libregistry/sync/sync_record.h"

namespace smbatcher {
namespace {

constexpr off_t kLargeFile = 50 << 20;
constexpr std::array<const char*, 3> kSecretNames{".env*", "*.pem", "id_*"};

bool matches(const char* pattern, const std::string& text) { return ::fnmatch(pattern, text.c_str(), 0) == 0; }

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// Why a new file had better not be committed; empty when it may.
std::string suspicion(const RepositoryPlace& place, const ChangedPath& change) {
  if (change.path.ends_with('/')) {
    return "a repository of its own";
  }
  const std::string name = name_of(change.path);
  if (std::any_of(kSecretNames.begin(), kSecretNames.end(),
                  [&](const char* pattern) { return matches(pattern, name); })) {
    return "named like a secret";
  }
  struct stat status {};
  if (::lstat((place.top + "/" + change.path).c_str(), &status) == 0 && status.st_size > kLargeFile) {
    return "over 50 MB";
  }
  return {};
}

/// Exactly what the rules were asked about: what came since, a secret perhaps, is for the next sync. What has gone
/// since is no fault.
Result<void> stage(const Git& git, const std::vector<ChangedPath>& changes) {
  std::string gone;
  std::string there;
  for (const ChangedPath& change : changes) {
    if (!change.only_inside) {
      const std::size_t slash = change.path.ends_with('/') ? 1 : 0;  // a repository of its own
      (change.is_deleted ? gone : there) += change.path.substr(0, change.path.size() - slash) + '\0';
    }
  }
  if (!gone.empty()) {
    SMB_TRY(git.output_of({"update-index", "--force-remove", "-z", "--stdin"}, gone));
  }
  if (!there.empty()) {
    SMB_TRY(git.output_of({"update-index", "--add", "--remove", "--replace", "-z", "--stdin"}, there));
  }
  return {};
}

Error commit_error(const RepositoryPlace& place, const GitOutput& output) {
  if (const auto hook = failed_hook(place)) {
    return hook_error(*hook, output);
  }
  for (const std::string_view sign :
       {"Please tell me who you are", "empty ident name", "unable to auto-detect email"}) {
    if (output.err.find(sign) != std::string::npos) {
      return refused(
          "identity_unknown", {},
          "git does not know whose commits these are: git config user.name NAME, then git config user.email ADDRESS");
    }
  }
  if (says_signing_failed(output)) {
    return signing_error(output);
  }
  return refused("git_failed", "commit", "git commit says: " + output.complaint());
}

}  // namespace

std::vector<ChangedPath> chosen(const std::vector<ChangedPath>& changes, const CommitRules& rules) {
  if (rules.paths.empty()) {
    return changes;
  }
  std::vector<ChangedPath> all;
  for (const ChangedPath& change : changes) {
    if (std::any_of(rules.paths.begin(), rules.paths.end(), [&](const std::string& path) {
          return change.path == path || change.path.starts_with(path.ends_with('/') ? path : path + "/");
        })) {
      all.push_back(change);
    }
  }
  return all;
}

Result<void> check_rules(const RepositoryPlace& place, const std::vector<ChangedPath>& changes,
                         const CommitRules& rules) {
  std::vector<std::string> found;
  std::vector<std::string> why;
  for (const ChangedPath& change : changes) {
    if (!change.is_new || std::any_of(rules.include.begin(), rules.include.end(), [&](const std::string& pattern) {
          return matches(pattern.c_str(), change.path);
        })) {
      continue;
    }
    if (const std::string reason = suspicion(place, change); !reason.empty()) {
      found.push_back(change.path);
      why.push_back("'" + change.path + "' (" + reason + ")");
    }
  }
  if (!found.empty()) {
    return fail(refused("suspicious_files", escape_control(join(found, " ")),
                        "these new files had better not be pushed: " + escape_control(join(why, ", ")) +
                            "; put them into .gitignore, or say --include PATTERN")
                    .with("files", found));
  }
  return {};
}

Result<std::string> commit_changes(const Git& git, const RepositoryPlace& place, const WorkTreeState& state,
                                   const CommitRules& rules, const std::string& message) {
  const std::vector<ChangedPath> changes = chosen(state.changes, rules);
  if (std::all_of(changes.begin(), changes.end(), [](const ChangedPath& change) { return change.only_inside; })) {
    return std::string();
  }
  SMB_TRY_ASSIGN(IndexLock index, IndexLock::acquire(place));
  SMB_TRY(check_nothing_in_progress(place));
  SMB_TRY_ASSIGN(const std::string before, commit_of(git, state.branch));
  SMB_TRY(write_record(place, {SyncRecord::Kind::kCommit, state.branch, before, {}}));
  const std::string only = place.private_dir() + "/only-index";  // of the chosen paths alone
  Git staging = git.with_environment({index.environment()});
  if (!rules.paths.empty()) {
    staging = git.with_environment({"GIT_INDEX_FILE=" + only});
    SMB_TRY(staging.output_of({"read-tree", before.empty() ? "--empty" : before}));
  }
  SMB_TRY(stage(staging, changes));
  if (!before.empty()) {
    SMB_TRY_ASSIGN(const GitOutput same, staging.run({"diff-index", "--cached", "--quiet", before}));
    if (same.ok()) {
      remove_record(place);
      return std::string();
    }
  }
  const auto output = with_hook_log(staging, place).run({"commit", "-q", "-m", message});
  // Whatever it says, and also when it was stopped: what counts is whether the commit is there.
  SMB_TRY_ASSIGN(const std::string after, commit_of(git.steady(), state.branch));
  if (after == before) {
    remove_record(place);
    SMB_TRY(output);
    return fail(commit_error(place, *output));
  }
  if (!rules.paths.empty()) {
    SMB_TRY(stage(git.steady().with_environment({index.environment()}), changes));
  }
  SMB_TRY(index.install());
  remove_record(place);
  return after;
}

}  // namespace smbatcher

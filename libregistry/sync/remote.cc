#include "libregistry/sync/remote.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>

#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

bool contains_any(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

Error remote_error(const Upstream& upstream, const GitOutput& output) {
  const std::string name = escape_control(upstream.remote);
  if (contains_any(output.err, {"could not read Username", "could not read Password", "Authentication failed",
                                "Permission denied (", "terminal prompts disabled", "Host key verification failed"})) {
    return refused("credentials_needed", name,
                   "remote '" + name +
                       "' asks for credentials, and nobody is asked here: set up a key or a credential "
                       "helper; git says: " +
                       output.complaint());
  }
  return refused("remote_unreachable", name,
                 "remote '" + name + "' cannot be reached: " + output.complaint() +
                     "; what was committed stays, and the next run brings it there");
}

// Another fetch here, of a person perhaps, may have its hand on the same branches.
constexpr int kMostFetches = 3;

std::string hook_log(const RepositoryPlace& place) { return place.private_dir() + "/hooks"; }

/// "!\t<from>:<to>\t[rejected] (fetch first)" of git push --porcelain: what stands behind the second tab.
std::string rejection_in(const std::string& out) {
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("!\t")) {
      return line.substr(line.rfind('\t') + 1);
    }
  }
  return {};
}

/// The commit that `git pull` would merge. git fetch writes it down also where no refspec leads it to a branch here.
std::string fetched_commit(const RepositoryPlace& place) {
  std::ifstream file(place.git_dir + "/FETCH_HEAD");
  for (std::string line; std::getline(file, line);) {
    // "<commit>\t\tbranch 'main' of <url>"; the others say "not-for-merge"
    const std::size_t tab = line.find('\t');
    if (tab != std::string::npos && line.compare(tab, 2, "\t\t") == 0) {
      return line.substr(0, tab);
    }
  }
  return {};
}

/// No branch of this name came. That is as it should be when the remote is new.
Result<std::string> without_branch(const Git& git, const Upstream& upstream) {
  SMB_TRY_ASSIGN(const std::string known,
                 git.output_of({"for-each-ref", "--count=1", "refs/remotes/" + upstream.remote + "/"}));
  if (known.empty()) {
    return std::string();
  }
  SMB_TRY_ASSIGN(const GitOutput there, git.run({"ls-remote", "-q", "--", upstream.remote, upstream.remote_ref}));
  if (!there.ok()) {
    return fail(remote_error(upstream, there));
  }
  if (!there.out.empty()) {
    return there.out.substr(0, there.out.find('\t'));  // another fetch came in between
  }
  return fail(upstream_gone(upstream));
}

}  // namespace

Error upstream_gone(const Upstream& upstream) {
  const std::string name = upstream.remote_ref.substr(std::string_view("refs/heads/").size());
  return refused("upstream_gone", escape_control(name),
                 "the remote '" + upstream.remote + "' has no branch '" + name +
                     "': make it (again) with git push -u " + upstream.remote + " HEAD:" + name +
                     ", or git switch to another; what was committed stays here");
}

Result<std::string> fetch(const Git& git, const RepositoryPlace& place, const Upstream& upstream) {
  for (int tries = 1;; ++tries) {
    SMB_TRY_ASSIGN(const GitOutput output,
                   with_hook_log(git, place)
                       .run({"fetch", "-q", "--no-recurse-submodules", "--write-fetch-head", "--", upstream.remote}));
    if (output.ok()) {
      break;
    }
    if (const auto hook = failed_hook(place)) {
      return fail(hook_error(*hook, output));
    }
    if (tries == kMostFetches || !contains_any(output.err, {"cannot lock ref", ".lock': File exists"})) {
      return fail(remote_error(upstream, output));
    }
  }
  const std::string theirs = fetched_commit(place);
  return theirs.empty() ? without_branch(git, upstream) : theirs;
}

Git with_hook_log(const Git& git, const RepositoryPlace& place) {
  ::unlink(hook_log(place).c_str());
  return git.with_environment({"GIT_TRACE2_EVENT=" + hook_log(place)});
}

std::optional<std::string> failed_hook(const RepositoryPlace& place) {
  std::ifstream file(hook_log(place));
  std::map<std::string, std::string> hooks;  // by process and child
  std::optional<std::string> failed;
  for (std::string line; std::getline(file, line);) {
    const auto parsed = parse_json(line);
    const Json* event = std::get_if<Json>(&parsed);
    if (event == nullptr) {
      continue;
    }
    const std::string key =
        string_field(*event, "sid").value_or("") + "/" + std::to_string(integer_field(*event, "child_id").value_or(-1));
    const std::string kind = string_field(*event, "event").value_or("");
    if (kind == "child_start" && string_field(*event, "child_class") == "hook") {
      hooks[key] = string_field(*event, "hook_name").value_or("a hook");
    } else if (kind == "child_exit" && hooks.contains(key) && integer_field(*event, "code").value_or(0) != 0) {
      failed = hooks[key];
    }
  }
  ::unlink(hook_log(place).c_str());
  return failed;
}

Error with_words(Error error, const GitOutput& output) {
  JsonArray said;
  for (std::string& word : output.words()) {
    said.emplace_back(std::move(word));
  }
  return said.empty() ? error : std::move(error).with("said", std::move(said));
}

std::string last_word(const GitOutput& output) {
  const std::vector<std::string> words = output.words();
  return words.empty() ? output.complaint() : std::string(after_level(words.back()));
}

Error hook_error(const std::string& hook, const GitOutput& output) {
  return with_words(refused("hook_failed", hook,
                            "the hook '" + hook + "' said no: " + last_word(output) + "; " +
                                (hook == "commit-msg" ? "say a message that it takes with --message"
                                                      : "mend what it complains about")),
                    output);
}

bool says_signing_failed(const GitOutput& output) {
  return contains_any(output.err, {"failed to sign", "signing key", "cannot run gpg", "failed to write signature"});
}

Error signing_error(const GitOutput& output) {
  const std::vector<std::string> words = output.words();  // the last is git's: "failed to write commit object"
  const std::string why(words.empty() ? "" : after_level(words.front()));
  return with_words(refused("signing_failed", {},
                            "git cannot sign: " + why +
                                "; make the key usable without a question (an agent that has it), or set "
                                "commit.gpgSign to false here"),
                    output);
}

Result<Pushed> push(const Git& git, const RepositoryPlace& place, const Upstream& upstream, const std::string& theirs,
                    const std::string& commit) {
  // The lease: a branch that somebody deletes, or takes back, between our fetch and this is not made again.
  SMB_TRY_ASSIGN(const GitOutput output,
                 with_hook_log(git, place)
                     .run({"push", "--porcelain", "--force-with-lease=" + upstream.remote_ref + ":" + theirs, "--",
                           upstream.remote, commit + ":" + upstream.remote_ref}));
  if (output.ok()) {
    return Pushed::kDone;
  }
  const std::string rejection = rejection_in(output.out);
  if (contains_any(rejection, {"(fetch first)", "(non-fast-forward)", "(stale info)", "(failed to update ref)",
                               "(incorrect old value provided)", "cannot lock ref", "(failed to lock)",
                               "reference already exists"})) {
    return Pushed::kLostRace;
  }
  if (!rejection.empty()) {
    return fail(with_words(refused("push_refused", escape_control(rejection),
                                   "the remote refuses the commits: " + last_word(output) + " " +
                                       escape_control(rejection) + "; they stay here until it takes them"),
                           output));
  }
  if (contains_any(output.err, {"can not be found on any remote", "could not be found on any remote",
                                "failed to push all needed submodules", "not be found on any remote"})) {
    return fail(refused("submodule_not_pushed", {},
                        "a submodule has commits that its remote has not: push it first, or nobody can fetch it"));
  }
  if (const auto hook = failed_hook(place)) {
    return fail(hook_error(*hook, output));
  }
  if (says_signing_failed(output)) {
    return fail(signing_error(output));
  }
  if (contains_any(output.err, {"the receiving end does not support"})) {  // push.gpgSign, push.pushOption
    return fail(with_words(refused("push_refused", {},
                                   "the remote cannot do what is set for pushes here: " + last_word(output) +
                                       "; take the setting back (git config --show-origin --get-regexp '^push')"),
                           output));
  }
  return fail(remote_error(upstream, output));
}

}  // namespace smbatcher

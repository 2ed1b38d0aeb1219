#include "libregistry/sync/remote.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>

#include "libregistry/base/json_fields.h"
#include "libregistry/base/text.h"

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

}  // namespace

Result<void> fetch(const Git& git, const Upstream& upstream) {
  SMB_TRY_ASSIGN(const GitOutput output, git.run({"fetch", "-q", "--no-recurse-submodules", "--", upstream.remote}));
  return output.ok() ? Result<void>() : fail(remote_error(upstream, output));
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

Error hook_error(const std::string& hook, const GitOutput& output) {
  return refused("hook_failed", hook,
                 "the hook '" + hook + "' said no: " + output.complaint() + "; mend what it complains about");
}

Result<Pushed> push(const Git& git, const RepositoryPlace& place, const Upstream& upstream, const std::string& commit) {
  SMB_TRY_ASSIGN(const GitOutput output,
                 with_hook_log(git, place)
                     .run({"push", "--porcelain", "--", upstream.remote, commit + ":" + upstream.remote_ref}));
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
    return fail(refused("push_refused", escape_control(rejection),
                        "the remote refuses the commits: " + output.complaint() + " " + escape_control(rejection) +
                            "; they stay here until it takes them"));
  }
  if (contains_any(output.err, {"can not be found on any remote", "could not be found on any remote",
                                "failed to push all needed submodules", "not be found on any remote"})) {
    return fail(refused("submodule_not_pushed", {},
                        "a submodule has commits that its remote has not: push it first, or nobody can fetch it"));
  }
  if (const auto hook = failed_hook(place)) {
    return fail(hook_error(*hook, output));
  }
  return fail(remote_error(upstream, output));
}

}  // namespace smbatcher

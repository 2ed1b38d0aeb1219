#include "libregistry/coordination/install.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "libregistry/coordination/durable_file.h"
#include "libregistry/coordination/install_files.h"
#include "libregistry/coordination/install_settings.h"
#include "libregistry/coordination/json_file.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/file_lock.h"

namespace smbatcher {
namespace {

constexpr std::size_t kLargestInstalled = std::size_t{1024} * 1024;

/// The settings as they are and as they will be.
struct SettingsChange {
  std::optional<FileSnapshot> before;
  MergedSettings merged;

  const std::string& after() const { return merged.text; }
};

/// What the name leads to: a change replaces the file, never the link.
std::string behind_links(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  return real == nullptr ? path : std::string(real.get());
}

/// The members of `hooks` in both, those of `later` only for the events asked for.
Json with_later_events(const Json& fragment, const Json& later, const std::vector<std::string>& events) {
  JsonObject hooks = *fragment.find("hooks")->object();
  for (const auto& [event, groups] : *later.find("hooks")->object()) {
    const bool is_wanted = std::any_of(events.begin(), events.end(), [&name = event](const std::string& each) {
      return each == name || each == "all";
    });
    if (is_wanted) {
      set_member(hooks, event, groups);
    }
  }
  JsonObject members = *fragment.object();
  set_member(members, "hooks", std::move(hooks));
  return members;
}

class Installer {
 public:
  Installer(FileOps& ops, const CoordinationPlace& place, const InstallRequest& request, const AgentInstall& agent)
      : ops_(ops), place_(place), request_(request), agent_(agent) {
    done_.settings = place.root + "/" + std::string(agent.settings);
    target_ = behind_links(done_.settings);
  }

  Result<Installation> run() {
    SMB_TRY(choose_hooks());
    if (request_.dry_run) {
      SMB_TRY(look());
      SMB_TRY_ASSIGN(const SettingsChange change, read_settings());
      done_.added = change.merged.added;
      warn(change);
      return std::move(done_);
    }
    SMB_TRY(make_folders(ops_, place_.folder));
    SMB_TRY_ASSIGN(const FileLock alone,
                   FileLock::acquire(ops_, place_.folder + "/install.lock", LockDeadline(request_.lock_timeout)));
    SMB_TRY(look());
    SMB_TRY(read_settings());
    for (const InstallFile& file : to_write_) {
      SMB_TRY(write(file));
    }
    SMB_TRY(change_settings(LockDeadline(request_.lock_timeout)));
    return std::move(done_);
  }

 private:
  /// Sorts the files into those to be written and those that are as they should be.
  Result<void> look() {
    std::vector<std::string> differing;
    for (InstallFile& file : install_files(agent_)) {
      const Result<std::string> there = read_file(ops_, place_.root + "/" + file.path, kLargestInstalled);
      if (there && *there == file.text) {
        done_.unchanged.push_back(file.path);
        continue;
      }
      if (!there && there.error().code != Errc::kNotFound) {
        return fail(there.error());
      }
      (there ? done_.replaced : done_.created).push_back(file.path);
      if (there) {
        differing.push_back(file.path);
      }
      to_write_.push_back(std::move(file));
    }
    if (differing.empty() || request_.force) {
      return {};
    }
    Error error = refused("files_differ", std::to_string(differing.size()),
                          "these are there and say something else: " + escape_control(join(differing, ", ")) +
                              "; look at them, then call with --force: they are kept beside the new ones");
    error.facts.emplace_back("files", Json(differing));
    return fail(std::move(error));
  }

  Result<void> write(const InstallFile& file) {
    const std::string path = place_.root + "/" + file.path;
    SMB_TRY(make_folders(ops_, folder_of(path)));
    struct stat status {};
    if (ops_.lstat(path, &status) == 0) {
      SMB_TRY_ASSIGN(std::string kept, set_aside(ops_, path, path, "replaced"));
      done_.kept.push_back(std::move(kept));
    }
    SMB_TRY(create_file(ops_, ReplaceNames::of(path), file.text, file.executable ? 0777 : 0666));
    return {};
  }

  Result<void> choose_hooks() {
    if (!agent_.fragment.empty()) {
      SMB_TRY_ASSIGN(fragment_, parse_json_file("settings fragment", install_text(agent_.fragment)));
    }
    if (!agent_.later.empty()) {
      SMB_TRY_ASSIGN(later_, parse_json_file("settings fragment", install_text(agent_.later)));
    }
    std::vector<std::string> known{"all"};
    for (const auto& [event, groups] : *later_.find("hooks")->object()) {
      known.push_back(event);
    }
    for (const std::string& event : request_.events) {
      if (std::find(known.begin(), known.end(), event) == known.end()) {
        return fail(usage_error("invalid_argument", "--events '" + escape_control(event) + "': of " +
                                                        std::string(agent_.agent) +
                                                        " there can be asked for: " + join(known, ", ")));
      }
    }
    fragment_ = with_later_events(fragment_, later_, request_.events);
    return {};
  }

  Result<SettingsChange> read_settings() {
    SettingsChange change;
    if (agent_.fragment.empty()) {
      return change;  // a file of ours alone, which was looked at as such
    }
    SMB_TRY_ASSIGN(change.before, read_for_change(ops_, target_));
    SMB_TRY_ASSIGN(change.merged,
                   merge_settings(done_.settings, change.before ? change.before->bytes : "{}\n", fragment_));
    return change;
  }

  Result<void> change_settings(const LockDeadline& deadline) {
    const ReplaceNames names = ReplaceNames::of(target_);
    do {
      SMB_TRY_ASSIGN(const SettingsChange change, read_settings());
      done_.added = change.merged.added;
      if (done_.added.empty()) {
        drop_leftovers(names);
        warn(change);
        return {};
      }
      SMB_TRY(make_folders(ops_, names.folder));
      SMB_TRY_ASSIGN(const Published published,
                     change_durably(ops_, names, change.before, change.after(), done_.warnings));
      if (published == Published::kDone) {
        drop_leftovers(names);
        warn(change);
        return {};
      }
    } while (!deadline.passed());
    return fail(kept_changing(target_));
  }

  /// The settings lie among files that people keep in git. Nothing of ours stays there: what the change was made from,
  /// and what an earlier one that was cut short has left. Another text was written by somebody, and stays.
  void drop_leftovers(const ReplaceNames& names) {
    const Result<std::string> now = read_file(ops_, names.target, kLargestInstalled);
    for (const std::string& left : {names.next, names.prev}) {
      const Result<std::string> text = read_file(ops_, left, kLargestInstalled);
      if (!now || !text) {
        continue;
      }
      const Result<MergedSettings> merged = merge_settings(left, *text, fragment_);
      if (*text == *now || (merged && merged->text == *now)) {
        ops_.unlink(left);
      }
    }
  }

  void warn(const SettingsChange& change) {
    if (agent_.agent != "claude") {
      return;
    }
    const auto tell = [this](std::vector<Warning> warnings) {
      std::move(warnings.begin(), warnings.end(), std::back_inserter(done_.warnings));
    };
    tell(look_for_switched_off_hooks(done_.settings, change.after()));
    for (const std::string& path : settings_that_apply(place_.root, request_.home, request_.config_dir)) {
      if (const Result<std::string> text = read_file(ops_, path, kLargestInstalled)) {
        tell(look_for_switched_off_hooks(path, *text));
      }
    }
    tell(look_for_later_events(done_.settings, change.after(), later_, fragment_));
  }

  FileOps& ops_;
  const CoordinationPlace& place_;
  const InstallRequest& request_;
  const AgentInstall& agent_;
  std::string target_;  // of the settings, links followed
  Json fragment_ = JsonObject{{"hooks", JsonObject{}}};
  Json later_ = JsonObject{{"hooks", JsonObject{}}};
  Installation done_;
  std::vector<InstallFile> to_write_;
};

}  // namespace

Result<Installation> install_coordination(FileOps& ops, const CoordinationPlace& place, const InstallRequest& request) {
  const AgentInstall* const agent = agent_install(request.agent);
  if (agent == nullptr) {
    return fail(
        usage_error("invalid_argument", "--agent '" + escape_control(request.agent) + "' is not an agent we know"));
  }
  return Installer(ops, place, request, *agent).run();
}

}  // namespace smbatcher

#include "libregistry/coordination/install.h"

#include <optional>
#include <utility>

#include "libregistry/base/text.h"
#include "libregistry/coordination/durable_file.h"
#include "libregistry/coordination/install_files.h"
#include "libregistry/coordination/install_settings.h"
#include "libregistry/coordination/json_file.h"
#include "libregistry/fs/file_lock.h"

namespace smbatcher {
namespace {

constexpr std::size_t kLargestInstalled = std::size_t{1024} * 1024;

std::string as_file(const Json& settings, bool newline) { return settings.pretty() + (newline ? "\n" : ""); }

/// settings.json as it is and as it will be.
struct SettingsChange {
  std::optional<FileSnapshot> before;
  Json fragment;  // what is merged into it
  MergedSettings merged;

  std::string after() const { return as_file(merged.settings, !before || before->bytes.ends_with('\n')); }
};

class Installer {
 public:
  Installer(FileOps& ops, const CoordinationPlace& place, const InstallRequest& request)
      : ops_(ops), place_(place), request_(request) {
    done_.settings = place.root + "/.claude/settings.json";
  }

  Result<Installation> run() {
    if (request_.dry_run) {
      SMB_TRY(look());
      SMB_TRY_ASSIGN(const SettingsChange change, read_settings());
      done_.added = change.merged.added;
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
    for (InstallFile& file : install_files()) {
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

  Result<SettingsChange> read_settings() {
    SettingsChange change;
    SMB_TRY_ASSIGN(change.before, read_for_change(ops_, done_.settings));
    Json settings = JsonObject{};
    if (change.before) {
      SMB_TRY_ASSIGN(settings, parse_json_file(done_.settings, change.before->bytes));
    }
    SMB_TRY_ASSIGN(change.fragment, parse_json_file("settings fragment", settings_fragment()));
    SMB_TRY_ASSIGN(change.merged, merge_settings(done_.settings, settings, change.fragment));
    return change;
  }

  Result<void> change_settings(const LockDeadline& deadline) {
    const ReplaceNames names = ReplaceNames::of(done_.settings);
    do {
      SMB_TRY_ASSIGN(const SettingsChange change, read_settings());
      done_.added = change.merged.added;
      if (done_.added.empty()) {
        drop_leftovers(names, change.fragment);
        return {};
      }
      SMB_TRY_ASSIGN(const Published published,
                     change_durably(ops_, names, change.before, change.after(), done_.warnings));
      if (published == Published::kDone) {
        drop_leftovers(names, change.fragment);
        return {};
      }
    } while (!deadline.passed());
    return fail(kept_changing(done_.settings));
  }

  /// The settings lie among files that people keep in git. Nothing of ours stays there: what the change was made from,
  /// and what an earlier one that was cut short has left. Another text was written by somebody, and stays.
  void drop_leftovers(const ReplaceNames& names, const Json& fragment) {
    const Result<std::string> now = read_file(ops_, names.target, kLargestInstalled);
    for (const std::string& left : {names.next, names.prev}) {
      const Result<std::string> text = read_file(ops_, left, kLargestInstalled);
      if (!now || !text) {
        continue;
      }
      const Result<Json> settings = parse_json_file(left, *text);
      const Result<MergedSettings> merged =
          settings ? merge_settings(left, *settings, fragment) : fail(settings.error());
      if (*text == *now || (merged && as_file(merged->settings, text->ends_with('\n')) == *now)) {
        ops_.unlink(left);
      }
    }
  }

  FileOps& ops_;
  const CoordinationPlace& place_;
  const InstallRequest& request_;
  Installation done_;
  std::vector<InstallFile> to_write_;
};

}  // namespace

Result<Installation> install_coordination(FileOps& ops, const CoordinationPlace& place, const InstallRequest& request) {
  return Installer(ops, place, request).run();
}

}  // namespace smbatcher

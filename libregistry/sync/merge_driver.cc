#include "libregistry/sync/merge_driver.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "libregistry/core/base/environment.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/config/locate.h"
#include "libregistry/core/fs/append_file.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/queue/records/ignore_file.h"

namespace smbatcher {
namespace {

std::string driver_key(const char* name) { return std::string("merge.") + kMergeDriver + "." + name; }

std::string command_of(const std::string& program) {
  return shell_quote(program) + " registry-merge %O %A %B --path %P";
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What core.attributesFile is when nobody sets it: git-config(1).
std::string default_attributes() {
  const std::string home = environment_text("XDG_CONFIG_HOME");
  return (home.empty() ? environment_text("HOME") + "/.config" : home) + "/git/attributes";
}

}  // namespace

Result<Git> with_merge_driver(const Git& git, const RepositoryPlace& place, const std::string& program) {
  SMB_TRY_ASSIGN(const GitOutput configured, git.run({"config", "--path", "core.attributesFile"}));
  const std::string path = configured.ok() ? configured.out.substr(0, configured.out.find('\n')) : default_attributes();
  // Ours first: what the user says of the same file counts.
  const std::string ours = place.private_dir() + "/attributes";
  SMB_TRY(write_cache_file(system_file_ops(), ours,
                           "**/.smbatcher/REGISTRY.md merge=" + std::string(kMergeDriver) + "\n" + text_of(path)));
  return git.with_configuration("core.attributesFile", ours)
      .with_configuration(driver_key("name"), "registries, row by row")
      .with_configuration(driver_key("driver"), command_of(program) + " --rebasing");
}

Result<std::vector<std::string>> set_up_merge_driver(FileOps& ops, const Git& git, const RepositoryPlace& place,
                                                     const std::string& program, bool dry_run) {
  std::vector<std::string> changed;
  const std::string folder = place.top + "/.smbatcher";
  const std::string attributes = folder + "/.gitattributes";
  const std::string line = "REGISTRY.md merge=" + std::string(kMergeDriver);
  SMB_TRY_ASSIGN(const GitOutput now, git.run({"config", "--local", driver_key("driver")}));
  if (now.out != command_of(program) + "\n") {
    changed.emplace_back("merge driver");
    if (!dry_run) {
      SMB_TRY(git.output_of({"config", "--local", driver_key("name"), "registries, row by row"}));
      SMB_TRY(git.output_of({"config", "--local", driver_key("driver"), command_of(program)}));
    }
  }
  if (const std::string text = text_of(attributes); ("\n" + text).find("\n" + line + "\n") == std::string::npos) {
    changed.emplace_back(".smbatcher/.gitattributes");
    if (!dry_run) {
      SMB_TRY(make_folders(ops, folder));
      SMB_TRY_ASSIGN(AppendFile file, AppendFile::open(ops, attributes, true));
      SMB_TRY(file.append((text.empty() || text.ends_with('\n') ? "" : "\n") + line + "\n"));
      SMB_TRY(file.sync());
    }
  }
  const RegistryPaths paths = paths_beside(folder + "/REGISTRY.md");
  if (::access(paths.gitignore.c_str(), F_OK) != 0) {
    changed.emplace_back(".smbatcher/.gitignore");
    if (!dry_run) {
      SMB_TRY(write_ignore_file(ops, paths));
    }
  }
  return changed;
}

}  // namespace smbatcher

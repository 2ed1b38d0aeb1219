#include "tools/queue/tracked_state.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <string>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/process/child.h"

namespace smbatcher {
namespace {

/// What git lists of `paths`; empty where it cannot be asked. A hook's GIT_DIR would name another repository.
std::string listed_by_git(const std::string& folder, const std::vector<std::string>& paths) {
  const Descriptor output(system_file_ops(), ::memfd_create("git", MFD_CLOEXEC));
  const Descriptor nowhere = open_file(system_file_ops(), "/dev/null", O_WRONLY);
  if (!output.is_open() || !nowhere.is_open()) {
    return {};
  }
  std::vector<std::string> argv{"env", "-u", "GIT_DIR", "-u",       "GIT_WORK_TREE", "-u", "GIT_INDEX_FILE",
                                "git", "-C", folder,    "ls-files", "--full-name",   "--"};
  argv.insert(argv.end(), paths.begin(), paths.end());
  auto git = Child::start(std::move(argv), {.output = output.get(), .errors = nowhere.get(), .no_input = true});
  if (!git || git->wait().exit_code() != 0) {
    return {};
  }
  std::string text;
  std::array<char, 4096> buffer{};
  for (off_t at = 0;;) {
    const ssize_t got = ::pread(output.get(), buffer.data(), buffer.size(), at);
    if (got <= 0) {
      return text;
    }
    text.append(buffer.data(), static_cast<std::size_t>(got));
    at += got;
  }
}

}  // namespace

std::vector<Warning> tracked_state(const RegistryPaths& paths) {
  const std::vector<std::string> state{paths.state, paths.former_history, paths.former_claims, paths.lock};
  std::string tracked = listed_by_git(paths.folder, state);
  const std::size_t end = tracked.find('\n');
  if (end == std::string::npos) {
    return {};
  }
  std::string way_out = "git -C " + shell_quote(paths.folder) + " rm -r --cached --ignore-unmatch --";
  for (const std::string& path : state) {
    way_out += " " + shell_quote(path);
  }
  return {{paths.state, 0, "state_tracked",
           "git tracks '" + tracked.substr(0, end) +
               "', which belongs to this machine only: a checkout would bring an older one back; let go of it with: " +
               way_out}};
}

}  // namespace smbatcher

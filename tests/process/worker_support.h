#pragma once

#include <dirent.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/process/liveness_wait.h"
#include "tests/process/outcome_support.h"

namespace smbatcher::test {

inline std::vector<Sandbox::Site> fleet_of(int batches, int per_batch, const std::string& status) {
  std::vector<Sandbox::Site> sites;
  for (int batch = 1; batch <= batches; ++batch) {
    for (int site = 0; site < per_batch; ++site) {
      sites.push_back({std::string(1, static_cast<char>('a' + site)) + std::to_string(batch) + ".example",
                       "00" + std::to_string(batch), status});
    }
  }
  return sites;
}

/// A command that builds the site it is called for.
constexpr const char* kBuild =
    "mkdir -p \"$SMBATCHER_SITE_DIR\"; for f in index.html styles.css; do echo x >\"$SMBATCHER_SITE_DIR/$f\"; done";

/// A queue whose sites have designs, and workers on it.
class Fleet {
 public:
  explicit Fleet(const std::vector<Sandbox::Site>& sites) : sandbox_(sites) {
    for (const Sandbox::Site& site : sites) {
      if (site.status != "-" && site.status != "B") {
        write_design(site.domain);
      }
    }
  }

  const Sandbox& sandbox() const { return sandbox_; }
  void write_design(const std::string& domain) const {
    std::string design;
    for (const char* heading : {"Concept", "Palette", "Typography", "Layout", "Components", "Content"}) {
      design += std::string("## ") + heading + "\n\nText.\n\n";
    }
    sandbox_.dir().write("sites/" + domain + "/DESIGN.md", design);
  }
  void configure(const std::string& yaml) const { sandbox_.dir().write(".smbatcher/config.yml", yaml); }

  Command worker(const std::string& command, Args more = {}) const {
    more.insert(more.begin(), {"--exec", command});
    return sandbox_.command("implement-run", more);
  }
  ProcessResult run(const std::string& command, const Args& more = {}) const {
    return test::run(worker(command, more));
  }
  Json ask_worker(const std::string& command, Args more = {}) const {
    more.insert(more.end(), {"--format", "json"});
    return json(run(command, more));
  }
  std::string file(const std::string& name) const { return sandbox_.dir().at(name); }
  bool has(const std::string& name) const { return sandbox_.dir().exists(name); }
  /// Waits until a command has made the file.
  bool wait_for(const std::string& name) const {
    return wait_until([&] { return has(name); });
  }
  /// "2" for two attempts, as `status` counts them.
  std::int64_t attempts(const std::string& batch, const std::string& domain) const {
    const Json status = ask(sandbox_, "status", {batch});
    for (std::size_t i = 0; i < count_of(status, "sites"); ++i) {
      if (const Json site = item(status, "sites", i); text_of(site, "domain") == domain) {
        return number_of(site, "attempts");
      }
    }
    return -1;
  }

 private:
  Sandbox sandbox_;
};

/// The numbers of all processes in whose environment `text` stands: what was started for one test, and what that has
/// started, whatever it has done since.
inline std::vector<pid_t> processes_with(const std::string& text) {
  std::vector<pid_t> found;
  DIR* const folder = ::opendir("/proc");
  while (const dirent* const entry = ::readdir(folder)) {
    const std::string name = entry->d_name;
    if (name.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    std::ifstream file("/proc/" + name + "/environ", std::ios::binary);
    const std::string environment{std::istreambuf_iterator<char>(file), {}};
    const char state = state_of(std::stoi(name));
    if (environment.find(text) != std::string::npos && state != 'Z' && state != '?') {
      found.push_back(std::stoi(name));
    }
  }
  ::closedir(folder);
  return found;
}

}  // namespace smbatcher::test

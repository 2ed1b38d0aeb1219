#pragma once

#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/json.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {

/// The folder of the executables under test: those that were built, or those of SMB_TOOLS, such as a folder of links to
/// an installation.
std::string bin_dir();
/// The folder of those that were built, whatever SMB_TOOLS says: their variants lie beside it.
std::string built_dir();
/// The project's own folder.
std::string source_dir();
std::string tool_path(std::string_view tool);

/// Our own environment without what would change a tool's or git's mind: SMBATCHER_*, GIT_*, GITHUB_*, COORD_*,
/// CLAUDE_*, AUDIT_*, BATCH_ID and SITE_LIMIT are unset.
std::map<std::string, std::optional<std::string>> clean_environment();

/// A repository with a registry, and the tools run in it.
///
///     Sandbox sandbox({{"bakery.example", "003", "O"}});
///     expect_ok(sandbox.run("heartbeat", {"--batch", "003", "--token", "1"}), "OK:renewed");
class Sandbox {
 public:
  struct Site {
    std::string domain;
    std::string batch;
    std::string status;
  };

  /// A folder without a registry.
  Sandbox() = default;
  explicit Sandbox(std::string_view registry_text) { write_registry(registry_text); }
  explicit Sandbox(const std::vector<Site>& sites) : Sandbox(registry_text(sites)) {}

  /// A registry with one table of these sites.
  static std::string registry_text(const std::vector<Site>& sites);

  const TempDir& dir() const { return dir_; }
  std::string registry() const { return dir_.read(".smbatcher/REGISTRY.md"); }
  void write_registry(std::string_view text) const { dir_.write(".smbatcher/REGISTRY.md", text); }
  /// The status of a site as its table cell shows it; empty when the registry has no such row.
  std::string status_of(std::string_view domain) const;

  /// Runs the tool at the top of the folder and expects an empty standard error and an end by itself.
  ProcessResult run(std::string_view tool, const std::vector<std::string>& args = {}) const;
  /// The same run as a value, to be changed (environment, standard input) or started with others.
  Command command(std::string_view tool, const std::vector<std::string>& args = {}) const;

  /// Runs git at the top of the folder, with no configuration but a name to commit under, and expects it to succeed.
  /// Returns its standard output.
  std::string git(const std::vector<std::string>& args,
                  std::source_location at = std::source_location::current()) const;

 private:
  TempDir dir_;
};

/// The run's exit status is 0, 1 or 2, and its first line is `line`, or begins with `line` and a colon. Every one also
/// expects an empty standard error. A failure is reported where the caller stands.
void expect_ok(const ProcessResult& result, std::string_view line,
               std::source_location at = std::source_location::current());
void expect_fail(const ProcessResult& result, std::string_view line,
                 std::source_location at = std::source_location::current());
void expect_error(const ProcessResult& result, std::string_view line,
                  std::source_location at = std::source_location::current());

/// Standard output as the one JSON object on one line that `--format json` promises, whose exit_code is the exit
/// status. Null, and a failure, when it is anything else.
Json json(const ProcessResult& result, std::source_location at = std::source_location::current());

/// A member's value; "" or -1 when it is absent or of another type.
std::string text_of(const Json& object, std::string_view key);
std::int64_t number_of(const Json& object, std::string_view key);

}  // namespace smbatcher::test

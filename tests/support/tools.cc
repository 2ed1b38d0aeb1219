#include "tests/support/tools.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include <gtest/gtest.h>

#include "libregistry/core/base/text.h"

namespace smbatcher::test {
namespace {

void report(const ProcessResult& result, const std::string& what, const std::source_location& at) {
  ADD_FAILURE_AT(at.file_name(), static_cast<int>(at.line()))
      << what << "\n  command: " << result.command << "\n  exit status: " << result.status
      << (result.signal == 0 ? "" : ", signal " + std::to_string(result.signal)) << "\n  stdout: " << result.out
      << "\n  stderr: " << result.err;
}

void expect_quiet_end(const ProcessResult& result, const std::source_location& at) {
  if (result.timed_out) {
    report(result, "it had to be killed after the time limit", at);
  } else if (result.signal != 0) {
    report(result, "a signal ended it", at);
  } else if (!result.err.empty()) {
    report(result, "standard error is not empty", at);
  }
}

void expect_line(const ProcessResult& result, int status, std::string_view line, const std::source_location& at) {
  expect_quiet_end(result, at);
  const std::string first = result.out.substr(0, result.out.find('\n'));
  if (result.status != status) {
    report(result, "expected exit status " + std::to_string(status), at);
  } else if (first != line && !first.starts_with(std::string(line) + ":")) {
    report(result, "expected '" + std::string(line) + "' as the first line", at);
  }
}

}  // namespace

std::string source_dir() { return SMB_SOURCE_DIR; }

std::string built_dir() { return SMB_BIN_DIR; }

std::string bin_dir() {
  const char* const folder = std::getenv("SMB_TOOLS");  // NOLINT(concurrency-mt-unsafe): nothing sets it
  return folder == nullptr ? built_dir() : folder;
}

std::string tool_path(std::string_view tool) { return bin_dir() + "/" + std::string(tool); }

std::map<std::string, std::optional<std::string>> clean_environment() {
  std::map<std::string, std::optional<std::string>> unset;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    // What CI sets for its own steps, and an agent for its session, is not for the tools under test.
    constexpr std::array<std::string_view, 6> kOthers{"SMBATCHER_", "GIT_", "GITHUB_", "COORD_", "CLAUDE_", "AUDIT_"};
    const bool is_others = std::any_of(kOthers.begin(), kOthers.end(),
                                       [name](std::string_view prefix) { return name.starts_with(prefix); });
    if (is_others || name == "BATCH_ID" || name == "SITE_LIMIT") {
      unset.emplace(name, std::nullopt);
    }
  }
  return unset;
}

std::string Sandbox::registry_text(const std::vector<Site>& sites) {
  std::string text = "# Sites\n\n| Domain | Batch | Status |\n|--------|-------|--------|\n";
  for (const Site& site : sites) {
    text += "| " + site.domain + " | " + site.batch + " | " + site.status + " |\n";
  }
  return text;
}

std::string Sandbox::status_of(std::string_view domain) const {
  const std::string text = registry();
  const auto row = text.find("| " + std::string(domain) + " ");
  if (row == std::string::npos) {
    return {};
  }
  std::string_view line = std::string_view(text).substr(row, text.find_first_of("\r\n", row) - row);
  line.remove_suffix(line.size() - line.find_last_not_of(" |") - 1);
  return std::string(trim(line.substr(line.rfind('|') + 1)));
}

ProcessResult Sandbox::run(std::string_view tool, const std::vector<std::string>& args) const {
  ProcessResult result = test::run(command(tool, args));
  expect_quiet_end(result, std::source_location::current());
  return result;
}

Command Sandbox::command(std::string_view tool, const std::vector<std::string>& args) const {
  Command command{.argv = {tool_path(tool)}, .env = clean_environment(), .cwd = dir_.path()};
  command.argv.insert(command.argv.end(), args.begin(), args.end());
  return command;
}

std::string Sandbox::git(const std::vector<std::string>& args, std::source_location at) const {
  Command command{.argv = {"git", "-c", "user.name=t", "-c", "user.email=t@t.example"},
                  .env = clean_environment(),
                  .cwd = dir_.path()};
  command.env["HOME"] = dir_.path();
  command.env["GIT_CONFIG_NOSYSTEM"] = "1";
  command.argv.insert(command.argv.end(), args.begin(), args.end());
  const ProcessResult result = test::run(command);
  if (result.status != 0) {
    report(result, "git failed", at);
  }
  return result.out;
}

void expect_ok(const ProcessResult& result, std::string_view line, std::source_location at) {
  expect_line(result, 0, line, at);
}

void expect_fail(const ProcessResult& result, std::string_view line, std::source_location at) {
  expect_line(result, 1, line, at);
}

void expect_error(const ProcessResult& result, std::string_view line, std::source_location at) {
  expect_line(result, 2, line, at);
}

Json json(const ProcessResult& result, std::source_location at) {
  expect_quiet_end(result, at);
  const auto parsed = parse_json(result.out);
  const Json* const object = std::get_if<Json>(&parsed);
  if (object == nullptr || !object->is_object() || result.out.find('\n') != result.out.size() - 1) {
    report(result, "expected one JSON object on one line", at);
    return {};
  }
  if (number_of(*object, "exit_code") != result.status) {
    report(result, "expected an exit_code that is the exit status", at);
  }
  return *object;
}

std::string text_of(const Json& object, std::string_view key) {
  const Json* const member = object.find(key);
  return member == nullptr || member->string() == nullptr ? std::string() : *member->string();
}

std::int64_t number_of(const Json& object, std::string_view key) {
  const Json* const member = object.find(key);
  return member == nullptr ? -1 : member->integer().value_or(-1);
}

}  // namespace smbatcher::test

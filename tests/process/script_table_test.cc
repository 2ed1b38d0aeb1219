#include <algorithm>
#include <filesystem>
#include <optional>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pages.h"
#include "tools/support/operations.h"

namespace smbatcher::test {
namespace {

// The table of docs/script-paths.md: a row for each script that callers knew, and for each of its outcomes a test that
// shows it. The list here is of the scripts as their callers knew them; the stubs and the table are held against it.

struct Script {
  std::string path;
  std::string tool;
  std::vector<std::string> outcomes;  // the least that callers relied on
};

const std::vector<Script> kScripts{
    {"tools/shared/find-next.sh",
     "find-next",
     {"OK:found", "OK:claimed", "FAIL:no_work_found", "ERROR:permission_denied"}},
    {"tools/shared/find-next.py",
     "find-next",
     {"OK:found", "OK:claimed", "FAIL:no_work_found", "ERROR:permission_denied"}},
    {"tools/shared/dry-run.sh", "dry-run", {"OK:dry_run"}},
    {"tools/shared/similarity.py", "similarity", {"OK:similarity", "ERROR:no_files"}},
    {"tools/shared/metrics.sh", "metrics", {"OK:metrics_passed", "FAIL:metrics_failed"}},
    {"tools/shared/metrics-collision-rate.py", "metrics-collision-rate", {"OK:rate", "ERROR:missing_args"}},
    {"tools/shared/metrics-batch-counts.py", "metrics-batch-counts", {"OK:counts", "ERROR:registry_not_found"}},
    {"tools/shared/metrics-completion-rate.py", "metrics-completion-rate", {"OK:rate", "ERROR:missing_args"}},
    {"tools/shared/ci-dry-run-batch-id.py", "ci-dry-run-batch-id", {"OK:batch_id", "ERROR:missing_env"}},
    {"tools/shared/ci-dry-run-limit-sites.py", "ci-dry-run-limit-sites", {"OK:limited", "OK:empty"}},
    {"tools/prepare/info.py", "prepare-info", {"OK:info_complete", "FAIL:missing_prerequisites"}},
    {"tools/prepare/register.py", "prepare-register", {"OK:registered", "ERROR:no_sites", "FAIL:already_registered"}},
    {"tools/prepare/batch.py", "prepare-batch", {"OK:batch_created", "FAIL:no_eligible_sites"}},
    {"tools/design/run.sh",
     "design-run",
     {"OK:sites_claimed", "OK:design_complete", "OK:dry_run", "FAIL:no_sites_ready", "FAIL:held", "FAIL:not_ready"}},
    {"tools/design/run.py", "design-run", {"OK:dry_run", "FAIL:no_sites_ready"}},
    {"tools/design/register.sh", "design-register", {"ERROR:invalid_argument", "ERROR:missing_argument"}},
    {"tools/design/register.py", "design-register", {"OK:registered", "ERROR:no_sites"}},
    {"tools/design/batch.sh", "design-batch", {"ERROR:invalid_argument", "ERROR:missing_argument"}},
    {"tools/design/batch.py", "design-batch", {"OK:batch_created", "ERROR:no_entries"}},
    {"tools/design/start.py", "design-start", {"OK:marked_in_progress", "ERROR:domain_not_found"}},
    {"tools/design/complete.py", "design-complete", {"OK:marked_complete", "FAIL:missing_headings"}},
    {"tools/design/check-design.py", "check-design", {"OK:check_passed", "FAIL:check_failed"}},
    {"tools/design/verify-post-design.py", "verify-post-design", {"OK:verified", "FAIL:no_designs_passed"}},
    {"tools/design/check-dirs.py", "check-dirs", {"OK:all_present", "FAIL:incomplete"}},
    {"tools/design/read-design.py", "read-design", {"FAIL:section_not_found", "ERROR:design_not_found"}},
    {"tools/design/write-design.py", "write-design", {"Stamped:", "ERROR:design_not_found"}},
    {"tools/design/list-designed.py", "list-designed", {"OK:listed"}},
    {"tools/design/analyze-seeds.py", "analyze-seeds", {"OK:annotated", "ERROR:no_batch_files"}},
    {"tools/design/frequency.py", "frequency", {"OK:analyzed", "FAIL:no_designs_found"}},
    {"tools/implement/run.sh",
     "implement-run",
     {"OK:batch_claimed", "OK:batch_complete", "FAIL:no_batch_ready", "FAIL:held", "FAIL:not_ready"}},
    {"tools/implement/run.py", "implement-run", {"OK:batch_complete", "FAIL:no_batch_ready"}},
    {"tools/implement/lock.sh", "lock", {"OK:locked", "FAIL:no_domains", "ERROR:registry_not_found"}},
    {"tools/implement/lock.py", "lock", {"OK:locked", "FAIL:no_domains", "ERROR:registry_not_found"}},
    {"tools/implement/status.sh", "status", {"OK:status", "OK:no_active_batch", "ERROR:auto_detect_failed"}},
    {"tools/implement/generate.py", "generate", {"OK:prepared", "ERROR:design_not_found"}},
    {"tools/implement/start.py", "implement-start", {"OK:marked_in_progress", "ERROR:domain_not_found"}},
    {"tools/implement/complete.py",
     "implement-complete",
     {"OK:marked_complete", "FAIL:missing_files", "ERROR:domain_not_found"}},
    {"tools/implement/finish.py",
     "implement-finish",
     {"OK:marked_done", "FAIL:no_sites_to_mark", "ERROR:domain_not_found"}},
    {"tools/implement/check-outputs.py", "check-outputs", {"OK:all_files_present", "FAIL:missing_files"}},
    {"tools/check/html-check.sh", "check-html", {"OK:html_valid", "FAIL:html_invalid"}},
    {"tools/check/verify-site.sh", "verify-site", {"OK:verification_passed", "FAIL:verification_failed"}},
    {"tools/check/status-report.sh", "status-report", {"OK:status_report", "ERROR:registry_not_found"}},
    {"tools/check/file-stats.sh", "file-stats", {"ERROR:directory_not_found"}},
    {"tools/check/tree-view.sh", "tree-view", {"ERROR:directory_not_found"}},
    {"tools/check/serve.sh", "serve", {"ERROR:directory_not_found"}},
    {"tools/check/js-syntax.sh", "check-js", {"OK:js_valid", "FAIL:js_syntax_errors"}},
    {"tools/check/design-compliance.sh", "check-compliance", {"OK:full_compliance", "FAIL:compliance_issues"}},
};

/// A path of the table, with the outcomes of the row and of those below it that name no path.
struct Row {
  std::string path;
  std::string tool;
  std::string as;  // the path whose outcomes it has too
  struct Shown {
    std::string outcome;
    std::string file;
    std::string test;  // "Suite.Name"
  };
  std::vector<Shown> shown;
};

/// The text in the code span of a cell; empty when it has none.
std::string code_of(const std::string& cell) {
  const auto begin = cell.find('`');
  return begin == std::string::npos ? std::string() : cell.substr(begin + 1, cell.rfind('`') - begin - 1);
}

std::vector<Row> table() {
  const std::regex line(R"(\| ([^|]*)\| ([^|]*)\| ([^|]*)\| ([^|]*)\|)");
  std::vector<Row> rows;
  for (const std::string& text : read_page("docs/script-paths.md").lines) {
    std::smatch cells;
    if (!std::regex_match(text, cells, line) || cells[1] == "Path ") {
      continue;
    }
    if (const std::string path = code_of(cells[1]); !path.empty()) {
      rows.push_back({path, code_of(cells[2]), {}, {}});
    }
    if (rows.empty()) {
      throw std::runtime_error("the table begins without a path: " + text);
    }
    if (cells[3].str().starts_with("as ")) {
      rows.back().as = code_of(cells[3]);
      continue;
    }
    const std::string proof = code_of(cells[4]);
    const auto colon = proof.find(": ");
    rows.back().shown.push_back({code_of(cells[3]), proof.substr(0, colon),
                                 colon == std::string::npos ? std::string() : proof.substr(colon + 2)});
  }
  return rows;
}

const Row* row_of(const std::vector<Row>& rows, const std::string& path) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& each) { return each.path == path; });
  return row == rows.end() ? nullptr : &*row;
}

/// The source of a test; empty when the file has none of this name.
std::string source_of_test(const std::string& file, const std::string& name) {
  const std::string path = source_dir() + "/" + file;
  const auto dot = name.find('.');
  if (!std::filesystem::is_regular_file(path) || dot == std::string::npos) {
    return {};
  }
  const std::string text = read_source(path);
  const std::regex head("\nTEST(?:_F|_P)?\\(" + name.substr(0, dot) + ", " + name.substr(dot + 1) + "\\)");
  std::smatch match;
  if (!std::regex_search(text, match, head)) {
    return {};
  }
  const auto begin = static_cast<std::size_t>(match.position());
  return text.substr(begin, text.find("\nTEST", begin + 1) - begin);
}

TEST(ScriptTable, HasARowForEveryScriptAndWhatItCouldAnswer) {
  const std::vector<Row> rows = table();
  for (const Script& script : kScripts) {
    const Row* row = row_of(rows, script.path);
    if (row == nullptr) {
      ADD_FAILURE() << "docs/script-paths.md has no row for " << script.path;
      continue;
    }
    EXPECT_EQ(row->tool, script.tool) << script.path;
    const Row* const shown = row->as.empty() ? row : row_of(rows, row->as);
    ASSERT_NE(shown, nullptr) << row->as;
    for (const std::string& outcome : script.outcomes) {
      EXPECT_TRUE(std::any_of(shown->shown.begin(), shown->shown.end(),
                              [&](const Row::Shown& each) { return each.outcome == outcome; }))
          << script.path << " lacks " << outcome;
    }
  }
}

TEST(ScriptTable, HasAStubForEveryScriptAndForNothingElse) {
  std::vector<std::string> known;
  for (const Script& script : kScripts) {
    known.push_back(script.path + " " + script.tool);
  }
  std::vector<std::string> stubs;
  std::istringstream lines(read_source(source_dir() + "/data/script-paths.txt"));
  for (std::string line; std::getline(lines, line);) {
    std::string path;
    std::string tool;
    if (!line.starts_with('#') && std::istringstream(line) >> path >> tool) {
      stubs.push_back(path + " " + tool);
    }
  }
  std::vector<std::string> rows;
  for (const Row& row : table()) {
    rows.push_back(row.path + " " + row.tool);
  }
  EXPECT_THAT(stubs, ::testing::UnorderedElementsAreArray(known));
  EXPECT_THAT(rows, ::testing::UnorderedElementsAreArray(known));
}

TEST(ScriptTable, NamesToolsAndPathsThatThereAre) {
  const std::string paths = read_source(source_dir() + "/data/script-paths.txt");
  for (const Row& row : table()) {
    EXPECT_NE(find_operation(row.tool), nullptr) << row.tool;
    EXPECT_TRUE(std::regex_search(paths, std::regex("\n" + row.path + " +" + row.tool + "\n"))) << row.path;
    EXPECT_NE(row.as.empty(), row.shown.empty()) << row.path << " has outcomes, or those of another row";
  }
}

TEST(ScriptTable, NamesATestForEveryOutcome) {
  std::size_t count = 0;
  for (const Row& row : table()) {
    for (const Row::Shown& each : row.shown) {
      ++count;
      const std::string source = source_of_test(each.file, each.test);
      EXPECT_NE(source, "") << row.path << " " << each.outcome << ": there is no " << each.file << ": " << each.test;
      const std::string word =
          each.outcome.substr(each.outcome.starts_with("Stamped") ? 0 : each.outcome.find(':') + 1);
      EXPECT_TRUE(std::regex_search(source, std::regex("\\b" + word + (word.ends_with(':') ? "" : "\\b"))))
          << each.test << " does not speak of " << word;
      EXPECT_NE(source.find("\"" + row.tool + "\""), std::string::npos) << each.test << " does not run " << row.tool;
    }
  }
  EXPECT_GE(count, 45U);
}

}  // namespace
}  // namespace smbatcher::test

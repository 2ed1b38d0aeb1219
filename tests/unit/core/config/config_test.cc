#include "libregistry/core/config/config.h"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace smbatcher {
namespace {

using test::TempDir;

Result<Config> load(const std::string& text) {
  const TempDir folder;
  folder.write("config.yml", text);
  Result<Config> config = load_config(folder.at("config.yml"));
  if (!config && config.error().where.starts_with(folder.path())) {
    config.error().where.erase(0, folder.path().size() + 1);
  }
  return config;
}

std::string fault(const std::string& text) {
  const Result<Config> config = load(text);
  if (config) {
    return "accepted";
  }
  EXPECT_EQ(config.error().code, Errc::kMalformed);
  EXPECT_EQ(config.error().reason.text(), "config_invalid");
  return config.error().where + ": " + config.error().message;
}

void expect_defaults(const Result<Config>& config) {
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->lease, std::chrono::hours(2));
  EXPECT_EQ(config->max_attempts, 5);
  EXPECT_EQ(config->design_required_headings.size(), 6U);
  EXPECT_TRUE(config->columns.empty());
}

TEST(Config, AbsentFileIsAllDefaults) { expect_defaults(load_config(TempDir().at("config.yml"))); }

TEST(Config, FileWithoutSettingsIsAllDefaults) {
  for (const char* text : {"", "\n", "# nothing yet\n", "---\n", "{}\n", "design:\n  # file: x\ncolumns:\n"}) {
    SCOPED_TRACE(text);
    expect_defaults(load(text));
  }
}

TEST(Config, ReadsEverySetting) {
  const Result<Config> config = load(R"(lease: 90m
max_attempts: 7
retry:
  max_attempts: 3
  delay: {first: 0, factor: 1.5, longest: 2h}
lock_timeout: 0
clock_skew: 5
columns: {domain: Host, status: State}
batch_size: 10
sites_dir: web/sites
batches_dir: plans
design:
  file: PLAN.md
  required_headings: [Idea]
outputs:
  required_files: [index.html, js/app.js]
  allowed_hosts: [fonts.example]
similarity: {threshold: 0.5}
metrics: {min_completion: 1, max_collision: 0}
rules: {html-duplicate-id: off, html-img-alt: warn}
)");
  ASSERT_TRUE(config.has_value()) << config.error().where << config.error().message;
  EXPECT_EQ(config->lease, std::chrono::minutes(90));
  EXPECT_EQ(config->max_attempts, 3) << "an older name, and the later line";
  EXPECT_EQ(config->retry_first.count(), 0);
  EXPECT_EQ(config->retry_factor, 1.5);
  EXPECT_EQ(config->retry_longest, std::chrono::hours(2));
  EXPECT_EQ(config->lock_timeout.count(), 0);
  EXPECT_EQ(config->clock_skew.count(), 5);
  EXPECT_EQ(config->columns, (std::map<std::string, std::string>{{"domain", "Host"}, {"status", "State"}}));
  EXPECT_EQ(config->batch_size, 10);
  EXPECT_EQ(config->sites_dir, "web/sites");
  EXPECT_EQ(config->batches_dir, "plans");
  EXPECT_EQ(config->design_file, "PLAN.md");
  EXPECT_EQ(config->design_required_headings, std::vector<std::string>{"Idea"});
  EXPECT_EQ(config->outputs_required_files, (std::vector<std::string>{"index.html", "js/app.js"}));
  EXPECT_EQ(config->outputs_allowed_hosts, std::vector<std::string>{"fonts.example"});
  EXPECT_EQ(config->similarity_threshold, 0.5);
  EXPECT_EQ(config->metrics_min_completion, 1);
  EXPECT_EQ(config->metrics_max_collision, 0);
  EXPECT_EQ(config->rules,
            (std::map<std::string, std::string>{{"html-duplicate-id", "off"}, {"html-img-alt", "warn"}}));
}

TEST(Config, NamesPlaceAndNearestKeyOfAnUnknownOne) {
  EXPECT_EQ(fault("batch_size: 5\nleese: 2h\n"), "config.yml:2: unknown key 'leese'; did you mean 'lease'?");
  EXPECT_EQ(fault("design:\n  fil: x\n"), "config.yml:2: unknown key 'design.fil'; did you mean 'design.file'?");
  EXPECT_EQ(fault("columns:\n  Domain: Host\n"),
            "config.yml:2: unknown key 'columns.Domain'; did you mean 'columns.domain'?");
  EXPECT_EQ(fault("similarity: {zzzzzzzz: 1}\n"),
            "config.yml:1: unknown key 'similarity.zzzzzzzz'; known are threshold");
}

TEST(Config, NamesPlaceAndExpectedTypeOfAWrongValue) {
  const std::pair<const char*, const char*> cases[] = {
      {"lease: soon", "'lease' must be a duration such as 90s, 30m or 2h, not 'soon'"},
      {"lease: [2h]", "'lease' must be a duration such as 90s, 30m or 2h, not a list"},
      {"lease:", "'lease' must be a duration such as 90s, 30m or 2h, not nothing"},
      {"lease: 0", "'lease' must be longer than 0 s, not '0'"},
      {"clock_skew: 0s", "'clock_skew' must be longer than 0 s, not '0s'"},
      {"max_attempts: 0", "'max_attempts' must be a whole number from 1 to 1000, not '0'"},
      {"retry: {delay: 5m}", "'retry.delay' must be a map, not '5m'"},
      {"retry: {delay: {factor: 0.5}}", "'retry.delay.factor' must be a number from 1 to 100, not '0.5'"},
      {"max_attempts: 1001", "'max_attempts' must be a whole number from 1 to 1000, not '1001'"},
      {"batch_size: 2.5", "'batch_size' must be a whole number from 1 to 1000, not '2.5'"},
      {"batch_size: 0x5", "'batch_size' must be a whole number from 1 to 1000, not '0x5'"},
      {"batch_size: 99999999999", "'batch_size' must be a whole number from 1 to 1000, not '99999999999'"},
      {"similarity: {threshold: 1.1}", "'similarity.threshold' must be a number from 0 to 1, not '1.1'"},
      {"similarity: {threshold: nan}", "'similarity.threshold' must be a number from 0 to 1, not 'nan'"},
      {"metrics: {max_collision: -0.1}", "'metrics.max_collision' must be a number from 0 to 1, not '-0.1'"},
      {"design: DESIGN.md", "'design' must be a map, not 'DESIGN.md'"},
      {"design: {required_headings: Concept}",
       "'design.required_headings' must be a list such as [a, b], not 'Concept'"},
      {"design: {required_headings: [a, [b]]}", "'design.required_headings[2]' must be text, not a list"},
      {"design: {file: ''}", "'design.file' must be text, not ''"},
      {"outputs: {allowed_hosts: [\"a\\nb\"]}", "'outputs.allowed_hosts[1]' must not hold control characters"},
      {"columns: [domain]", "'columns' must be a map such as {domain: Host}, not a list"},
      {"columns: {domain: {a: b}}", "'columns.domain' must be text, not a map"},
      {"rules: {html-id: loud}", "'rules.html-id' must be off, warn or error, not 'loud'"},
      {"rules: {html-id: [off]}", "'rules.html-id' must be off, warn or error, not a list"},
      {"rules: {html-duplicate: off}", "unknown rule 'html-duplicate'; did you mean 'html-duplicate-id'?"},
      {"rules: {zzz: off}", "unknown rule 'zzz'; docs/checks.md lists the rules"},
      {"- lease", "the file must be a map of settings such as 'lease: 2h', one a line"},
      {"lease", "the file must be a map of settings such as 'lease: 2h', one a line"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(fault(text), std::string("config.yml:1: ") + message);
  }
}

TEST(Config, RefusesPathsThatLeadOutOfTheRepository) {
  for (const char* path : {"/srv/sites", "..", "../sites", "a/../b", "sites/.."}) {
    const std::string expected = "must be a relative path without '..', not '" + std::string(path) + "'";
    EXPECT_EQ(fault("sites_dir: " + std::string(path)), "config.yml:1: 'sites_dir' " + expected);
    EXPECT_EQ(fault("batches_dir: " + std::string(path)), "config.yml:1: 'batches_dir' " + expected);
    EXPECT_EQ(fault("design: {file: " + std::string(path) + "}"), "config.yml:1: 'design.file' " + expected);
    EXPECT_EQ(fault("outputs: {required_files: [" + std::string(path) + "]}"),
              "config.yml:1: 'outputs.required_files[1]' " + expected);
  }
  EXPECT_EQ(fault("sites_dir: a..b/..c"), "accepted");
}

TEST(Config, RefusesOneNameForTwoColumns) {
  EXPECT_EQ(fault("columns: {domain: Host, name: host}"),
            "config.yml:1: 'columns' gives two columns one name; the second is 'name'");
  EXPECT_EQ(fault("columns: {name: Status}"),
            "config.yml:1: 'columns' gives two columns one name; the second is 'status'");
  EXPECT_EQ(fault("columns: {name: Status, status: Name}"), "accepted");
}

TEST(Config, FileThatCannotBeReadIsNoDefault) {
  const TempDir folder;
  folder.make_dir("config.yml");
  const Result<Config> config = load_config(folder.at("config.yml"));
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().code, Errc::kIo);
}

}  // namespace
}  // namespace smbatcher

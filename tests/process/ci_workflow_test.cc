#include <filesystem>
#include <map>
#include <regex>
#include <sstream>

#include "libregistry/core/config/yaml.h"
#include "tests/process/outcome_support.h"
#include "tests/support/pages.h"

namespace smbatcher::test {
namespace {

// data/github/smbatcher-dry-run.yml, its shell steps run one after the other as a runner runs them: each by its own
// bash, with the environment of the job and of the step, and with what earlier steps wrote to GITHUB_OUTPUT.

using Variables = std::map<std::string, std::string>;

constexpr const char* kFile = "/data/github/smbatcher-dry-run.yml";

const YamlValue* member_of(const YamlValue& map, std::string_view key) {
  for (const YamlEntry& entry : map.entries) {
    if (entry.key == key) {
      return &entry.value;
    }
  }
  return nullptr;
}

std::string scalar_of(const YamlValue& map, std::string_view key) {
  const YamlValue* const found = member_of(map, key);
  return found == nullptr ? std::string() : found->scalar;
}

YamlValue job() {
  const auto workflow = parse_yaml(read_source(source_dir() + kFile), kFile, "config_invalid");
  if (!workflow) {
    throw std::runtime_error(workflow.error().message);
  }
  return *member_of(*member_of(*workflow, "jobs"), "dry-run");
}

/// "name=value" a line, as GITHUB_OUTPUT and GITHUB_ENV hold it.
Variables read_variables(const std::string& text) {
  Variables variables;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find('=');
    EXPECT_NE(equals, std::string::npos) << line;
    variables[line.substr(0, equals)] = line.substr(std::min(line.size(), equals + 1));
  }
  return variables;
}

class Runner {
 public:
  explicit Runner(const Sandbox& sandbox, const Variables& inputs = {}) : sandbox_(&sandbox) {
    for (const auto& [name, value] : inputs) {
      context_["inputs." + name] = value;
    }
  }

  /// Runs all steps until one fails; that one's name, or empty.
  std::string run_all() {
    const YamlValue all = job();
    EXPECT_EQ(scalar_of(*member_of(*member_of(all, "defaults"), "run"), "shell"), "bash");
    env_ = expanded(all);
    for (const YamlValue& step : member_of(all, "steps")->items) {
      std::string name = scalar_of(step, "name");
      const std::string script = scalar_of(step, "run");
      if (name == "Install smbatcher" || script.empty()) {
        EXPECT_TRUE(!script.empty() || !scalar_of(step, "uses").empty()) << name << " does nothing";
        continue;
      }
      if (!run_step(step, script)) {
        return name;
      }
    }
    return {};
  }

  const std::string& output() const { return output_; }
  std::string summary() const { return files_.exists("summary") ? files_.read("summary") : std::string(); }

 private:
  bool run_step(const YamlValue& step, const std::string& script) {
    files_.write("script", script);
    files_.write("output", "");
    files_.write("env", "");
    Command command{.argv = {"bash", "--noprofile", "--norc", "-eo", "pipefail", files_.at("script")},
                    .env = clean_environment(),
                    .cwd = sandbox_->dir().path()};
    command.env["PATH"] = bin_dir() + ":" + std::getenv("PATH");
    command.env["GITHUB_OUTPUT"] = files_.at("output");
    command.env["GITHUB_ENV"] = files_.at("env");
    command.env["GITHUB_STEP_SUMMARY"] = files_.at("summary");
    for (const Variables& variables : {env_, expanded(step)}) {
      for (const auto& [name, value] : variables) {
        command.env[name] = value;
      }
    }
    const ProcessResult result = run(command);
    EXPECT_EQ(result.err, "") << scalar_of(step, "name");
    output_ += result.out;
    env_.merge(read_variables(files_.read("env")));
    for (const auto& [name, value] : read_variables(files_.read("output"))) {
      context_["steps." + scalar_of(step, "id") + ".outputs." + name] = value;
    }
    return result.status == 0;
  }

  /// The `env` of a job or step, its expressions replaced. What was never set is empty, as on a runner.
  Variables expanded(const YamlValue& of) const {
    static const std::regex kExpression(R"(\$\{\{ ((?:inputs|steps)\.[A-Za-z0-9_.-]+) \}\})");
    Variables variables;
    const YamlValue* const env = member_of(of, "env");
    for (const YamlEntry& entry : env == nullptr ? std::vector<YamlEntry>() : env->entries) {
      std::string value = entry.value.scalar;
      for (std::smatch match; std::regex_search(value, match, kExpression);) {
        const auto known = context_.find(match[1]);
        value = match.prefix().str() + (known == context_.end() ? "" : known->second) + match.suffix().str();
      }
      EXPECT_EQ(value.find("${{"), std::string::npos) << value;
      variables[entry.key] = value;
    }
    return variables;
  }

  const Sandbox* sandbox_;
  TempDir files_;
  Variables env_;
  Variables context_;
  std::string output_;
};

Sandbox queue() {
  return Sandbox({{"a.example", "003", "O"},
                  {"b.example", "003", "O"},
                  {"c.example", "003", "O"},
                  {"d.example", "003", "O"},
                  {"p.example", "004", "B"}});
}

TEST(CiWorkflow, ShowsTheNextBatchAndItsFirstSites) {
  const Sandbox sandbox = queue();
  const Listing before = listing(sandbox.dir().path());
  Runner runner(sandbox, {{"batch", ""}});
  EXPECT_EQ(runner.run_all(), "");
  EXPECT_EQ(runner.output(),
            "OK:registry_valid\n"
            "OK:batch_id:003\nthe next batch of phase implement\n"
            "OK:dry_run\ndesign: would start batch 004, B -> d: p.example\n"
            "implement: would start batch 003, O -> i: a.example, b.example, c.example, d.example\n"
            "OK:limited:3\na.example\nb.example\nc.example\n");
  EXPECT_EQ(runner.summary(),
            "### smbatcher dry run\n- a.example (batch 003)\n- b.example (batch 003)\n- c.example (batch 003)\n");
  EXPECT_EQ(difference(before, listing(sandbox.dir().path())), "") << "a dry run changes nothing";
}

TEST(CiWorkflow, TakesTheBatchThatWasAskedFor) {
  const Sandbox sandbox = queue();
  Runner runner(sandbox, {{"batch", "004"}});
  EXPECT_EQ(runner.run_all(), "");
  EXPECT_EQ(runner.summary(), "### smbatcher dry run\n- p.example (batch 004)\n");
}

TEST(CiWorkflow, PassesWhereThereIsNothingToDo) {
  const Sandbox sandbox({{"q.example", "001", "Q"}});
  Runner runner(sandbox);
  EXPECT_EQ(runner.run_all(), "");
  EXPECT_NE(runner.output().find("\nERROR:missing_env:set BATCH_ID to the batch to look at; there is no next one: "),
            std::string::npos)
      << runner.output();
  EXPECT_EQ(runner.summary(), "### smbatcher dry run\nThere is nothing to work on.\n");
}

TEST(CiWorkflow, StopsAtTheFirstFault) {
  const Sandbox damaged({{"a.example", "003", "X"}});
  EXPECT_EQ(Runner(damaged).run_all(), "Check the registry");
  EXPECT_EQ(Runner(Sandbox()).run_all(), "Check the registry");
  const Sandbox sandbox = queue();
  EXPECT_EQ(Runner(sandbox, {{"batch", "../x"}}).run_all(), "Choose the batch");
  EXPECT_EQ(Runner(sandbox, {{"batch", "009"}}).run_all(), "Choose its sites");
}

TEST(CiWorkflow, InstallsByTargetsThatTheMakefileHas) {
  const std::string makefile = read_source(source_dir() + "/Makefile");
  const std::string text = read_source(source_dir() + kFile);
  const std::regex call(R"(make -C smbatcher-source ([a-z]+))");
  std::size_t count = 0;
  for (std::sregex_iterator each(text.begin(), text.end(), call), end; each != end; ++each, ++count) {
    EXPECT_NE(makefile.find("\n" + (*each)[1].str() + ":"), std::string::npos) << (*each)[1];
  }
  EXPECT_EQ(count, 2U);
}

}  // namespace
}  // namespace smbatcher::test

#include "libregistry/sync/registry_merge.h"

#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/core/config/config.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/core/fs/replace_file.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMostBytes = 64U << 20U;

struct RegistryMergeTool {
  static constexpr std::string_view kSummary = "merge two changes of one registry, row by row: git's merge driver";
  static constexpr Effect kEffect = Effect::kChanges;
  static constexpr bool kHasRegistry = false;
  std::optional<std::string> base;
  std::optional<std::string> ours;
  std::optional<std::string> theirs;
  std::optional<std::string> path;
  bool rebasing = false;
  bool dry_run = false;

  void declare(OptionSet& options) {
    options.positional("BASE", base, "the registry before both changes; empty when both made it anew").required();
    options.positional("OURS", ours, "our change of it; becomes the merged registry").required();
    options.positional("THEIRS", theirs, "their change of it").required();
    options.text("--path PATH", path, "where the registry lies: beside it, config.yml may name its columns");
    options.flag("--rebasing", rebasing, "OURS is the remote's: messages say so");
    options.flag("--dry-run", dry_run, "say what would change and change nothing");
    options.example("git config merge.smbatcher-registry.driver 'registry-merge %O %A %B --path %P'",
                    "have git call it; repo-sync --setup does this");
  }

  Result<Outcome> run(const Context& context) const {
    const auto text_of = [&](const std::optional<std::string>& file) {
      return read_file(context.ops, file.value_or(""), kMostBytes);
    };
    SMB_TRY_ASSIGN(const std::string base_text, text_of(base));
    SMB_TRY_ASSIGN(const std::string our_text, text_of(ours));
    SMB_TRY_ASSIGN(const std::string their_text, text_of(theirs));
    SMB_TRY_ASSIGN(const Config config, load_config(folder_of(path.value_or("REGISTRY.md")) + "/config.yml"));
    auto merged = merge_registries({base_text, our_text, their_text}, config.columns);
    if (!merged) {
      Error error = std::move(merged).error();
      error.message = "cannot merge " + (path ? "'" + *path + "'" : "the registry") + ": " + error.message;
      return fail(std::move(error));
    }
    if (!merged->contradictions.empty()) {
      return contradiction(merged->contradictions);
    }
    if (!dry_run) {
      SMB_TRY(write_cache_file(context.ops, ours.value_or(""), merged->text));
    }
    return Outcome::ok(dry_run ? OkWord("dry_run") : OkWord("merged")).add("changed", merged->text != our_text);
  }

 private:
  Outcome contradiction(const std::vector<Contradiction>& all) const {
    std::vector<std::string> subjects;
    std::vector<std::string> sentences;
    JsonArray list;
    for (const Contradiction& one : all) {
      if (std::find(subjects.begin(), subjects.end(), one.subject) == subjects.end()) {
        subjects.push_back(one.subject);
      }
      sentences.push_back(rebasing ? one.describe("at the remote", "here") : one.describe("in ours", "in theirs"));
      list.emplace_back(
          JsonObject{{"subject", one.subject}, {"what", one.what}, {"ours", one.ours}, {"theirs", one.theirs}});
    }
    // One line: repo-sync finds it in what git says.
    return Outcome::fail("contradiction", escape_control(join(subjects, " ")), escape_control(join(sentences, "; ")))
        .add("contradictions", list);
  }
};

}  // namespace

int registry_merge_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<RegistryMergeTool>(self, argc, argv);
}

}  // namespace smbatcher

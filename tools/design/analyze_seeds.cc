#include "libregistry/core/base/ids.h"
#include "libregistry/sites/similarity/measure.h"
#include "libregistry/sites/similarity/seed_annotation.h"
#include "tools/queue/open_queue.h"
#include "tools/support/run_tool.h"
#include "tools/support/write_options.h"

namespace smbatcher {
namespace {

struct AnalyzeSeeds {
  static constexpr std::string_view kSummary = "note in the batch files which design seeds are alike";
  static constexpr Effect kEffect = Effect::kChanges;
  std::optional<std::string> batch;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.text("--batch ID", batch, "only this batch's file; its seeds are compared with those of all")
        .must_be(is_batch_id, "a batch id");
    write.declare(options);
    options.example("smbatcher analyze-seeds", "note in every batch file which other seed each seed is most like");
    options.example("smbatcher analyze-seeds --batch 003 --dry-run", "show it for one batch, and write nothing");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const auto owner, write.named_owner());
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {owner, {}, false}));
    SMB_TRY_ASSIGN(Annotation annotation, annotate_seeds(queue, batch, write.dry_run));
    const std::string count = std::to_string(annotation.sites.size());
    Outcome outcome = write.dry_run ? Outcome::ok("dry_run") : Outcome::ok("annotated", count);
    if (write.dry_run) {
      outcome.add("would", OkWord("annotated").text());
    }
    JsonArray sites;
    for (const AnnotatedSite& site : annotation.sites) {
      outcome.line(site.domain + ": " + site.line);
      JsonObject entry{{"batch", site.batch}, {"domain", site.domain}, {"seed", site.seed}};
      if (site.nearest.empty()) {
        entry.emplace_back("nearest", Json());
      } else {
        entry.emplace_back("nearest", JsonObject{{"domain", site.nearest}, {"seed", site.nearest_seed}});
      }
      entry.emplace_back("score", shortened_score(site.score));
      sites.push_back(std::move(entry));
    }
    for (const std::string& file : annotation.files) {
      outcome.line((write.dry_run ? "would write " : "wrote ") + file);
    }
    outcome.add("sites", std::move(sites)).add("files", annotation.files);
    if (annotation.files.empty()) {
      outcome.add("repeated", true);
    }
    outcome.add("registry", queue.paths.registry);
    return std::move(outcome.warn(std::move(annotation.warnings)));
  }
};

}  // namespace

int analyze_seeds_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<AnalyzeSeeds>(self, argc, argv);
}

}  // namespace smbatcher

#include <algorithm>
#include <set>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "libregistry/sites/similarity/pairs.h"
#include "tools/queue/collected_designs.h"
#include "tools/queue/open_queue.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

Json to_json(const Traits& a, const Traits& b, const PartScores& parts, double score) {
  JsonObject pair{{"first", a.name}, {"second", b.name}, {"score", shortened_score(score)}};
  for (const LikenessPart& part : kLikenessParts) {
    const std::optional<double>& value = parts.*part.score;
    pair.emplace_back(std::string(part.name), value ? Json(shortened_score(*value)) : Json());
  }
  pair.emplace_back("why", explain(a, b, parts));
  return pair;
}

struct Similarity {
  static constexpr std::string_view kSummary = "list designs or sites that are alike, with a score and why";
  static constexpr Effect kEffect = Effect::kReads;
  std::vector<std::string> domains;
  std::optional<double> threshold;
  std::uint64_t top = 20;
  bool built = false;
  std::optional<std::string> root;

  void declare(OptionSet& options) {
    options.positionals("DOMAIN", domains, "only pairs with one of these sites");
    options.ratio("--threshold NUMBER", threshold, "from which score on two are alike, 0 to 1; else the config's");
    options.number("--top N", top, "show so many pairs, the most alike first");
    options.flag("--built", built, "compare the built sites instead of their designs");
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    options.example("smbatcher similarity", "which designs are alike, and in what");
    options.example("smbatcher similarity bakery.example --threshold 0 --top 3", "the three that are nearest to one");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {{}, root, false}));
    std::set<std::string> named;
    if (!domains.empty()) {
      SMB_TRY_ASSIGN(const NamedSites found, find_named(queue, domains, {}));
      for (const NamedSite& site : found.sites) {
        named.insert(site.domain);
      }
    }
    SMB_TRY_ASSIGN(Collection collection, collect_all(queue, built));
    const std::vector<Traits>& designs = collection.designs;
    if (designs.empty() && collection.bare.empty()) {
      return fail(no_files(queue));
    }
    for (const std::string& domain : named) {
      SMB_TRY(check_compared(queue, collection, domain));
    }
    const double from = threshold.value_or(queue.config.similarity_threshold);
    std::vector<LikePair> pairs = find_pairs(designs, from);
    if (!named.empty()) {
      std::erase_if(pairs, [&](const LikePair& pair) {
        return !named.contains(designs[pair.first].name) && !named.contains(designs[pair.second].name);
      });
    }
    Outcome outcome = Outcome::ok("similarity", std::to_string(pairs.size()));
    outcome.add("threshold", from).add("compared", static_cast<std::uint64_t>(designs.size()));
    outcome.add("count", static_cast<std::uint64_t>(pairs.size()));
    show(outcome, designs, pairs);
    if (!collection.bare.empty()) {
      outcome.line("nothing in them to compare yet: " + join(collection.bare, ", "));
    }
    outcome.add("bare", collection.bare).add("registry", queue.paths.registry);
    return std::move(outcome.warn(std::move(collection.warnings)));
  }

 private:
  Error no_files(const QueueContext& queue) const {
    const std::string what = built ? std::string("page") : "'" + queue.config.design_file + "'";
    Error error =
        not_found("no_files", "no site has a " + what + " that can be read below '" + queue.paths.work_tree + "/" +
                                  queue.config.sites_dir + "'; is the work tree the right one (--root)?");
    error.where = queue.paths.work_tree + "/" + queue.config.sites_dir;
    return error;
  }

  /// Who asks about one site must hear why it is not compared.
  Result<void> check_compared(const QueueContext& queue, const Collection& collection,
                              const std::string& domain) const {
    const auto is_it = [&domain](const Traits& traits) { return traits.name == domain; };
    if (std::any_of(collection.designs.begin(), collection.designs.end(), is_it) ||
        std::find(collection.bare.begin(), collection.bare.end(), domain) != collection.bare.end()) {
      return {};
    }
    SMB_TRY_ASSIGN(const std::string folder, site_folder(queue.paths, queue.config, domain));
    if (built) {
      Error error = not_found("no_files", "'" + folder + "' has no page that can be read");
      error.details = folder;
      error.where = folder;
      return fail(std::move(error));
    }
    SMB_TRY(read_site_design(*queue.ops, queue.paths, queue.config, domain));
    return fail(design_not_found(folder + "/" + queue.config.design_file));
  }

  void show(Outcome& outcome, const std::vector<Traits>& designs, const std::vector<LikePair>& pairs) const {
    JsonArray list;
    for (std::size_t i = 0; i < pairs.size() && i < top; ++i) {
      const Traits& a = designs[pairs[i].first];
      const Traits& b = designs[pairs[i].second];
      const PartScores parts = compare(a, b);
      outcome.line(describe_score(pairs[i].score) + " " + a.name + " " + b.name);
      for (const std::string& why : explain(a, b, parts)) {
        outcome.line("  " + why);
      }
      list.push_back(to_json(a, b, parts, pairs[i].score));
    }
    if (pairs.size() > list.size()) {
      outcome.line("and " + counted(pairs.size() - list.size(), "more pair") + ": --top N shows more");
    }
    outcome.add("pairs", std::move(list));
  }
};

}  // namespace

int similarity_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<Similarity>(self, argc, argv);
}

}  // namespace smbatcher

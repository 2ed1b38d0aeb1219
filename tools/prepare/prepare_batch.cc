#include "tools/queue/enroll_tools.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct PrepareBatch {
  static constexpr std::string_view kSummary = "group registered sites into batches";
  static constexpr Effect kEffect = Effect::kChanges;
  std::optional<std::uint64_t> size;
  std::vector<std::string> domains;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.number("--size N", size, "sites per batch (default: the config's batch_size, 5)");
    options.positionals("DOMAIN", domains, "just these sites; else every site at '-'");
    write.declare(options);
    options.example("smbatcher prepare-batch --size 5", "group all registered sites into batches: - -> B");
  }

  static Schema schema() {
    return batching_schema("Registered sites that were grouped into batches.", "the ids of the new batches",
                           {{"no_eligible_sites", "no site is at -"}, transition_refusal()}, "");
  }

  Result<Outcome> run(const Context& context) const {
    constexpr std::uint64_t kMostSites = 1000;
    if (size && (*size == 0 || *size > kMostSites)) {
      return fail(usage_error("invalid_argument", "--size " + std::to_string(*size) + " is not between 1 and 1000"));
    }
    BatchSelection selection{std::nullopt, domains};
    if (size) {
      selection.size = static_cast<std::size_t>(*size);
    }
    return batch_and_tell(context, write, selection);
  }
};

}  // namespace

int prepare_batch_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<PrepareBatch>(self, argc, argv);
}

}  // namespace smbatcher

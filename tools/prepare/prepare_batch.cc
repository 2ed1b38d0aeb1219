#include "libregistry/base/text.h"
#include "libregistry/claims/enroll.h"
#include "libregistry/designs/batch_file.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct PrepareBatch {
  static constexpr std::string_view kName = "prepare-batch";
  std::optional<std::uint64_t> size;
  std::vector<std::string> domains;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.number("--size N", size, "sites per batch (default: the config's batch_size, 5)");
    options.positionals("DOMAIN", domains, "just these sites; else every site at '-'");
    write.declare(options);
    options.example("smbatcher prepare-batch --size 5", "group all registered sites into batches: - -> B");
  }

  Result<Outcome> run(const Context& context) const {
    constexpr std::uint64_t kMostSites = 1000;
    if (size && (*size == 0 || *size > kMostSites)) {
      return fail(usage_error("invalid_argument", "--size " + std::to_string(*size) + " is not between 1 and 1000"));
    }
    SMB_TRY_ASSIGN(const auto owner, write.named_owner());
    SMB_TRY_ASSIGN(const Queue queue, open_queue(context, {owner, {}, false}));
    const std::string folder = batches_folder(queue.paths, queue.config);
    BatchRequest request;
    request.size = size ? static_cast<std::size_t>(*size) : static_cast<std::size_t>(queue.config.batch_size);
    request.domains = domains;
    request.highest_file = highest_batch_file(folder);
    request.write_files = [&](const std::vector<PlannedBatch>& batches) {
      return write_batch_files(context.ops, folder, batches, context.clock.now().wall, queue.paths.registry);
    };
    const Caller caller{std::nullopt, owner, false, {}};
    return carry_out(
        queue, write, [&](Draft& draft) { return make_batches(draft, request, caller); },
        [](const Answer& answer) { return Outcome::ok("batch_created", join(answer.batches, ", ")); });
  }
};

}  // namespace
}  // namespace smbatcher

int main(int argc, char** argv) { return smbatcher::run_tool<smbatcher::PrepareBatch>(argc, argv); }

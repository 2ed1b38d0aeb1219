#include "tools/queue/enroll_tools.h"

#include <cerrno>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/ledger/create_registry.h"
#include "libregistry/queue/records/batch_file.h"
#include "libregistry/queue/verbs/enroll.h"
#include "libregistry/sites/designs/site_list.h"

namespace smbatcher {
namespace {

/// Into the registry that is there, else into a new one.
Result<Answer> enroll(const QueueContext& queue, const WriteOptions& write, const std::vector<NewSite>& added,
                      const Caller& caller) {
  const Verb verb = [&](Draft& draft) { return register_sites(draft, added, caller); };
  struct stat status {};
  const bool begun = queue.ops->stat(queue.paths.registry, &status) == 0 || errno != ENOENT ||
                     queue.ops->stat(queue.paths.history, &status) == 0 ||
                     queue.ops->stat(queue.paths.former_history, &status) == 0;
  Result<Answer> answer;
  if (begun) {
    answer = write.dry_run ? preview(queue, verb) : change(queue, verb);
    if (answer || answer.error().reason != ErrorWord("registry_not_found") || !way_back(queue.paths).empty()) {
      return answer;
    }
  }
  answer = write.dry_run ? preview_creation(added) : create_registry(queue, added, caller);
  return !answer && answer.error().reason == FailWord("already_exists") ? change(queue, verb) : answer;
}

}  // namespace

Result<std::vector<NewSite>> parse_site_texts(const std::vector<std::string>& texts) {
  std::vector<NewSite> sites;
  for (const std::string& text : texts) {
    SMB_TRY_ASSIGN(NewSite site, parse_site_text(text));
    sites.push_back(std::move(site));
  }
  return sites;
}

Result<Outcome> register_and_tell(const Context& context, const WriteOptions& write,
                                  const std::vector<NewSite>& sites) {
  SMB_TRY_ASSIGN(const auto owner, write.named_owner());
  SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {owner, {}, true, true}));
  SMB_TRY_ASSIGN(Answer answer, enroll(queue, write, sites, {std::nullopt, owner, false, {}}));
  return tell(queue, write, std::move(answer),
              [](const Answer& done) { return Outcome::ok("registered", std::to_string(done.sites.size())); });
}

Result<Outcome> batch_and_tell(const Context& context, const WriteOptions& write, const BatchSelection& selection) {
  SMB_TRY_ASSIGN(const auto owner, write.named_owner());
  SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {owner, {}, false, true}));
  const BatchRequest request{selection.size, selection.domains};
  const Caller caller{std::nullopt, owner, false, {}};
  return carry_out(
      queue, write,
      [&](Draft& draft) {
        draft.know_highest_batch_file(highest_batch_file(batches_folder(queue.paths, queue.config)));
        return make_batches(draft, request, caller);
      },
      [](const Answer& answer) { return Outcome::ok("batch_created", join(answer.batches, ", ")); });
}

}  // namespace smbatcher

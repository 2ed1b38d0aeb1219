#include "tools/queue/enroll_tools.h"

#include "libregistry/core/base/text.h"
#include "libregistry/queue/ledger/create_registry.h"
#include "libregistry/sites/designs/site_list.h"

namespace smbatcher {
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
  const RegisterRequest request{sites};
  const Caller caller{std::nullopt, owner, false, {}};
  SMB_TRY_ASSIGN(Answer answer,
                 write.dry_run ? preview_or_create(queue, request, caller) : change_or_create(queue, request, caller));
  return tell(queue, write, std::move(answer),
              [](const Answer& done) { return Outcome::ok("registered", std::to_string(done.sites.size())); });
}

Result<Outcome> batch_and_tell(const Context& context, const WriteOptions& write, const BatchSelection& selection) {
  SMB_TRY_ASSIGN(const auto owner, write.named_owner());
  SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {owner, {}, false, true}));
  const Request request{BatchRequest{selection.size, selection.domains}, {std::nullopt, owner, false, {}}};
  return carry_out(queue, write, request,
                   [](const Answer& answer) { return Outcome::ok("batch_created", join(answer.batches, ", ")); });
}

Schema registration_schema(Literal description, std::string_view more_errors) {
  const Fields fields{field::kSites.means("the domains added"), field::kStatus.means("always -"),
                      maybe(field::kRepeated), changes(), field::kRegistry};
  return Schema(description)
      .ok("registered", fields)
      .would("registered", fields)
      .fail(
          {{"already_registered", "none was added", {field::kSites.means("the domains that are registered already")}}})
      .error(std::string(kChangeErrors) + "; " + std::string(more_errors));
}

Schema batching_schema(Literal description, Literal batches, const std::vector<Refusal>& refusals,
                       std::string_view more_errors) {
  FieldForm created = field::kBatches;
  created.meaning = batches.text;
  const Fields fields{created,
                      field::kSites.means("the domains in them"),
                      field::kFrom,
                      field::kStatus,
                      maybe(field::kRepeated),
                      changes(),
                      field::kRegistry};
  return Schema(description)
      .ok("batch_created", fields)
      .would("batch_created", fields)
      .fail(refusals)
      .error(std::string(kChangeErrors) + (more_errors.empty() ? "" : "; ") + std::string(more_errors));
}

}  // namespace smbatcher

#include "tools/worker/hand_out.h"

#include <algorithm>

#include "libregistry/base/text.h"
#include "libregistry/claims/complete.h"
#include "libregistry/designs/site_preparation.h"
#include "tools/queue/phase_check.h"
#include "tools/queue/report.h"

namespace smbatcher {
namespace {

class HandOut {
 public:
  HandOut(const Context& context, const Queue& queue, const RunClaim& claim)
      : context_(context), queue_(queue), claim_(claim), phase_(claim.request.phase) {}

  Result<Outcome> run() {
    if (claim_.request.token) {
      const auto done = preview(queue_, [&](Draft& draft) {
        return completion_targets(draft, phase_, {claim_.request.batch, {}}, caller());
      });
      if (done && done->repeated) {
        return completed(*done);
      }
    }
    SMB_TRY_ASSIGN(Answer claimed, change(queue_, claim_));
    if (claimed.refusal) {
      return fail(in_words_of(phase_, *claimed.refusal));
    }
    if (claimed.action == "continue") {
      SMB_TRY(complete_what_passes(claimed));
      if (claimed.sites.empty()) {
        return completed(claimed);
      }
    }
    return claimed_outcome(std::move(claimed));
  }

 private:
  Caller caller() const {
    return {claim_.request.token,
            claim_.request.named_owner ? std::optional(claim_.request.owner) : std::nullopt,
            false,
            {}};
  }

  /// Leaves in `claimed` what is not complete.
  Result<void> complete_what_passes(Answer& claimed) {
    std::vector<std::string> passing;
    for (const std::string& domain : claimed.sites) {
      SMB_TRY_ASSIGN(std::vector<std::string> lacks, phase_lacks(queue_, phase_, domain));
      if (lacks.empty()) {
        passing.push_back(domain);
      } else {
        lacks_.emplace_back(domain, std::move(lacks));
      }
    }
    if (passing.empty()) {
      return {};
    }
    const Caller holder{.token = claimed.lease->token, .owner = claimed.lease->owner, .why = {}};
    SMB_TRY_ASSIGN(const Answer done, change(queue_, [&](Draft& draft) {
                     return complete(draft, phase_, {claimed.batch, passing}, holder);
                   }));
    claimed.rows.insert(claimed.rows.end(), done.rows.begin(), done.rows.end());
    std::erase_if(claimed.sites, [&passing](const std::string& domain) {
      return std::find(passing.begin(), passing.end(), domain) != passing.end();
    });
    completed_ = passing;
    return {};
  }

  Outcome completed(const Answer& answer) const {
    Outcome outcome = Outcome::ok(phase_ == Phase::kDesign ? "design_complete" : "batch_complete", answer.batch);
    if (answer.repeated) {
      outcome.line("nothing was left to do");
    }
    outcome.add("batch", answer.batch);
    outcome.add("completed", completed_.empty() ? answer.sites : completed_);
    if (answer.repeated) {
      outcome.add("repeated", true);
    }
    outcome.add("registry", queue_.paths.registry);
    return std::move(outcome.warn(answer.warnings));
  }

  Outcome claimed_outcome(Answer answer) const {
    Outcome outcome = Outcome::ok(phase_ == Phase::kDesign ? "sites_claimed" : "batch_claimed", answer.batch);
    outcome.line(answer.action + ": " + describe_lease(answer));
    if (!completed_.empty()) {
      outcome.line("completed: " + join(completed_, ", "));
    }
    JsonArray orders;
    for (const std::string& domain : answer.sites) {
      orders.push_back(order_of(answer, domain, outcome));
    }
    const Json next = next_commands(context_, queue_, answer, "run");
    outcome.line("when they are done: " + *next.find("complete")->string());
    outcome.add("orders", std::move(orders)).add("completed", completed_).add("next", next);
    add_answer(outcome, queue_, answer);
    outcome.warn(warnings_);
    return std::move(outcome.warn(std::move(answer.warnings)));
  }

  /// What cannot be prepared is said, and the rest is handed out.
  Json order_of(const Answer& answer, const std::string& domain, Outcome& outcome) const {
    JsonObject order{{"domain", domain}};
    const auto found =
        std::find_if(lacks_.begin(), lacks_.end(), [&](const auto& lack) { return lack.first == domain; });
    if (found != lacks_.end()) {
      outcome.line("not complete: " + domain + ": " + join(found->second, ", "));
      order.emplace_back("lacks", found->second);
    }
    const auto prepared = prepare_site(queue_, phase_, answer.batch, domain);
    if (!prepared) {
      const Error& error = prepared.error();
      outcome.warn({{error.where, 0, error.reason, "'" + domain + "' could not be prepared: " + error.message}});
      return order;
    }
    outcome.line(domain + ": " + prepared->brief);
    order.emplace_back("folder", prepared->folder);
    order.emplace_back("brief", prepared->brief);
    order.emplace_back("design", prepared->design);
    return order;
  }

  const Context& context_;
  const Queue& queue_;
  const RunClaim& claim_;
  Phase phase_;
  std::vector<std::pair<std::string, std::vector<std::string>>> lacks_;
  std::vector<std::string> completed_;
  std::vector<Warning> warnings_;
};

}  // namespace

Result<Outcome> hand_out(const Context& context, const Queue& queue, const RunClaim& claim) {
  return HandOut(context, queue, claim).run();
}

}  // namespace smbatcher

#include "tools/worker/hand_out.h"

#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/verbs/complete.h"
#include "tools/queue/phase_check.h"
#include "tools/queue/report.h"
#include "tools/queue/site_orders.h"

namespace smbatcher {
namespace {

class HandOut {
 public:
  HandOut(const Context& context, const QueueContext& queue, const RunClaim& claim)
      : context_(context), queue_(queue), claim_(claim), phase_(claim.request.phase) {}

  Result<Outcome> run() {
    if (claim_.request.token) {
      const CompleteRequest check{phase_, {claim_.request.batch, {}}, true};
      const auto done = preview(queue_, Request{check, caller()});
      if (done && done->repeated) {
        return completed(*done);
      }
    }
    SMB_TRY_ASSIGN(Answer claimed, change(queue_, claim_.asked()));
    if (claimed.refusal) {
      return fail(in_words_of(phase_, *claimed.refusal));
    }
    if (claimed.action == "continue") {
      SMB_TRY(complete_what_passes(claimed));
      if (claimed.sites.empty()) {
        return completed(claimed);
      }
      if (claim_.request.token) {
        return incomplete(std::move(claimed));
      }
    }
    return handed_out(std::move(claimed));
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
        lacks_.emplace(domain, std::move(lacks));
      }
    }
    if (passing.empty()) {
      return {};
    }
    const Caller holder{.token = claimed.lease->token, .owner = claimed.lease->owner, .why = {}};
    SMB_TRY_ASSIGN(const Answer done,
                   change(queue_, Request{CompleteRequest{phase_, {claimed.batch, passing}}, holder}));
    claimed.rows.insert(claimed.rows.end(), done.rows.begin(), done.rows.end());
    std::erase_if(claimed.sites, [&passing](const std::string& domain) {
      return std::find(passing.begin(), passing.end(), domain) != passing.end();
    });
    completed_ = passing;
    return {};
  }

  Outcome completed(const Answer& answer) const {
    Outcome outcome =
        Outcome::ok(phase_ == Phase::kDesign ? OkWord("design_complete") : OkWord("batch_complete"), answer.batch);
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

  Outcome handed_out(Answer answer) const {
    Outcome outcome =
        Outcome::ok(phase_ == Phase::kDesign ? OkWord("sites_claimed") : OkWord("batch_claimed"), answer.batch);
    outcome.line(answer.action + ": " + describe_lease(answer));
    return with_orders(std::move(outcome), std::move(answer));
  }

  /// The caller who shows the token says that the work is done: what is not is a refusal, and the claim goes on.
  Result<Outcome> incomplete(Answer answer) const {
    SMB_TRY_ASSIGN(Lacking lacking, lacking_of(queue_, phase_, lacks_));
    Outcome outcome = Outcome::fail(
        lack_of(phase_), describe(lacks_),
        counted(completed_.size(), "site") + " completed by this call; add what is missing and call again");
    outcome.line("the claim goes on: " + describe_lease(answer));
    for (std::string& line : lacking.lines) {
      outcome.line(std::move(line));
    }
    outcome.add("missing", to_json(lacks_)).add("lacking", std::move(lacking.json));
    return with_orders(std::move(outcome), std::move(answer));
  }

  Outcome with_orders(Outcome outcome, Answer answer) const {
    if (!completed_.empty()) {
      outcome.line("completed: " + join(completed_, ", "));
    }
    JsonArray orders;
    for (OrderedSite& site : order_sites(queue_, phase_, answer.batch, answer.sites, Preparation::kSite)) {
      if (const auto found = lacks_.find(site.domain);
          found != lacks_.end() && outcome.word()->kind() == WordKind::kOk) {
        outcome.line("not complete: " + site.domain + ": " + join(found->second, ", "));
      }
      if (!site.brief.empty()) {
        outcome.line(site.domain + ": " + site.brief);
      }
      orders.emplace_back(std::move(site.json));
      outcome.warn(std::move(site.warnings));
    }
    const Json next = next_commands(context_, queue_, answer, {"run", claim_.names_root});
    outcome.line("when they are done: " + *next.find("complete")->string());
    outcome.add("orders", std::move(orders)).add("completed", completed_).add("next", next);
    add_answer(outcome, queue_, answer);
    return std::move(outcome.warn(std::move(answer.warnings)));
  }

  const Context& context_;
  const QueueContext& queue_;
  const RunClaim& claim_;
  Phase phase_;
  Lacks lacks_;
  std::vector<std::string> completed_;
};

}  // namespace

Result<Outcome> hand_out(const Context& context, const QueueContext& queue, const RunClaim& claim) {
  return HandOut(context, queue, claim).run();
}

}  // namespace smbatcher

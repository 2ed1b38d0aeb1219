#include "tests/chaos/agent.h"

#include "libregistry/core/base/json_fields.h"

namespace smbatcher::test {
namespace {

/// Above any token of the queue: one that is given to another agent later is good in whoever's hand.
constexpr std::int64_t kNeverGiven = 1'000'000'000;

}  // namespace

Call Agent::call(const std::vector<std::string>& words) {
  const bool limited = manners_->small_files && in_percent(3);
  return callers_->call(owner_, words, limited ? static_cast<int>(pick(40)) : -1);
}

void Agent::live(const std::stop_token& stop) {
  while (rest(stop, std::chrono::milliseconds(pick(60)))) {
    if (in_percent(manners_->only_claims ? 25 : 5) && !former_.empty()) {
      meddle();
    } else if (claim_) {
      work(stop);
    } else {
      look_for_work();
    }
  }
}

void Agent::look_for_work() {
  if (manners_->only_claims ? in_percent(4) : in_percent(12)) {
    look_after_others();
  } else {
    claim();
  }
}

void Agent::claim() {
  const std::string phase = manners_->only_claims || in_percent(60) ? "implement" : "design";
  const int length_s = 1 + static_cast<int>(pick(2));
  const Call made = call({"find-next", "--claim", "--phase", phase, "--lease", std::to_string(length_s) + "s"});
  const Json answer = made.answer();
  if (made.status == 0) {
    claim_ = {phase, text_of(answer, "batch"), std::to_string(number_of(answer, "token")),
              strings_field(answer, "sites").value_or(std::vector<std::string>()), length_s};
  } else if (text_of(answer, "reason") == "no_work_found" && !manners_->only_claims) {
    call({"reopen", any_site().domain, "--why", "reason " + std::to_string(random_())});
  }
}

void Agent::look_after_others() {
  const Sandbox::Site& site = any_site();
  const std::vector<std::vector<std::string>> choices{
      {"reap"},
      {"reap", "--unclaimed"},
      {"kick", site.domain},
      {"kick", "--batch", site.batch},
      {"bury", site.domain, "--why", "no photos"},
      {"lock"},
      {"implement-finish", "--batch", site.batch},
      {"implement-start", "--batch", site.batch},
      {"design-start", site.domain},
      {"reopen", site.domain, "--why", "reason " + std::to_string(random_())},
  };
  // A lease of these starts is left to end by its time.
  call(manners_->only_claims ? choices.front() : choices[pick(choices.size())]);
}

void Agent::work(const std::stop_token& stop) {
  const std::vector<std::string> mine{"--batch", claim_->batch, "--token", claim_->token};
  const auto with_claim = [&mine](std::vector<std::string> words) {
    words.insert(words.end(), mine.begin(), mine.end());
    return words;
  };
  const std::size_t what = pick(100);
  if (what < 30) {
    if (call(with_claim({"heartbeat"})).status == 1) {
      end_claim();
    }
  } else if (what < 40) {
    const Call made = call({"find-next", "--claim", "--phase", claim_->phase, "--token", claim_->token});
    if (made.status == 1) {
      end_claim();
    }
  } else if (what < 48) {
    call(with_claim({"release"}));
    end_claim();
  } else if (what < 56 && claim_->sites.size() > 1) {
    call({claim_->phase + "-complete", claim_->sites[pick(claim_->sites.size())], "--token", claim_->token});
  } else if (what < 66 && !claim_->sites.empty()) {
    call({claim_->phase + "-start", claim_->sites[pick(claim_->sites.size())], "--token", claim_->token});
  } else {
    // Some are a second late, or several: nobody may have noticed, or somebody else has the work by then.
    if (what > 92) {
      rest(stop, std::chrono::milliseconds(1000 * claim_->length_s + static_cast<int>(pick(1500))));
    }
    call(with_claim({claim_->phase + "-complete"}));
    end_claim();
  }
}

/// Comes with a token that is not the lease's: of a claim that is over, or one that never was.
void Agent::meddle() {
  const Claim& claim = former_[pick(former_.size())];
  const std::string token = in_percent(70) ? claim.token : std::to_string(std::stoll(claim.token) + kNeverGiven);
  const std::vector<std::string> tools{"heartbeat", "release", claim.phase + "-complete"};
  const std::string& tool = manners_->only_claims ? tools[pick(2)] : tools[pick(3)];
  call({tool, "--batch", claim.batch, "--token", token});
}

void Agent::end_claim() {
  if (former_.size() >= 8) {
    former_.erase(former_.begin());
  }
  former_.push_back(*claim_);
  claim_.reset();
}

}  // namespace smbatcher::test

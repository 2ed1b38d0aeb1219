#pragma once

#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "tests/chaos/callers.h"

namespace smbatcher::test {

/// How an agent lives.
struct Manners {
  std::vector<Sandbox::Site> sites;  // what there is to be buried, kicked and reopened
  bool only_claims = false;          // claims, renews, completes, releases and reaps, and nothing else
  bool small_files = false;          // now and then a call may not write large files
};

/// An agent with short leases who does the next thing at random: claims, renews, completes some or all, gives back,
/// tries with the token of a claim that is over, sleeps over the end of its lease and goes on as if nothing had been.
class Agent {
 public:
  Agent(Callers& callers, const Manners& manners, std::string owner, unsigned seed)
      : callers_(&callers), manners_(&manners), owner_(std::move(owner)), random_(seed) {}
  void live(const std::stop_token& stop);

 private:
  struct Claim {
    std::string phase;
    std::string batch;
    std::string token;
    std::vector<std::string> sites;
    int length_s = 1;
  };

  std::size_t pick(std::size_t count) { return random_() % count; }
  bool in_percent(unsigned percent) { return random_() % 100 < percent; }
  const Sandbox::Site& any_site() { return manners_->sites[pick(manners_->sites.size())]; }
  Call call(const std::vector<std::string>& words);
  void look_for_work();
  void claim();
  void look_after_others();
  void work(const std::stop_token& stop);
  void meddle();
  void end_claim();

  Callers* callers_;
  const Manners* manners_;
  std::string owner_;
  std::mt19937 random_;
  std::optional<Claim> claim_;
  std::vector<Claim> former_;
};

}  // namespace smbatcher::test

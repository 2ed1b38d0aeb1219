#include "tests/unit/queue/ledger/orders_promises.h"

namespace smbatcher::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// A claim bound to a process: what has become of the process, against what is left of the lease. The same with real
// processes is in tests/process/liveness_owner_test.cc; zombies and stopped processes have their difference there.

constexpr pid_t kPid = 10;

struct Fate {
  std::string name;
  bool proves_death;
  bool elsewhere;  // another boot: the lease begins anew when it is first seen there
  std::function<void(Bench&)> happens;
};

std::vector<Fate> fates() {
  return {
      {"alive", false, false, [](Bench&) {}},
      {"gone", true, false, [](Bench& bench) { bench.processes.running.clear(); }},
      {"another with its number", true, false, [](Bench& bench) { bench.processes.running[kPid] = 78; }},
      {"in another pid namespace", false, false,
       [](Bench& bench) {
         bench.processes.running.clear();
         bench.processes.space = "pid:[2]";
       }},
      {"in another pid namespace that has such a number", false, false,
       [](Bench& bench) {
         bench.processes.running[kPid] = 78;
         bench.processes.space = "pid:[2]";
       }},
      {"before a restart", false, true,
       [](Bench& bench) {
         bench.processes.running.clear();
         bench.clock.set_boot("boot-2");
       }},
      {"on another machine", false, true,
       [](Bench& bench) {
         bench.processes.running.clear();
         bench.processes.space = "pid:[2]";
         bench.clock.set_boot("boot-of-another", hours(1000));
         bench.clock.step_wall(minutes(3));
       }},
  };
}

/// A process table that does not look at one of the three things that tell processes apart.
class Careless final : public ProcessTable {
 public:
  Careless(const FakeProcesses& processes, bool without_start_time)
      : processes_(&processes), without_start_time_(without_start_time) {}
  std::optional<std::uint64_t> start_time(pid_t pid) const override {
    const auto time = processes_->start_time(pid);
    return time && without_start_time_ ? 77 : time;
  }
  std::string pid_namespace() const override { return without_start_time_ ? processes_->space : "pid:[1]"; }

 private:
  const FakeProcesses* processes_;
  bool without_start_time_;
};

/// a1 claims for a process, `fate` happens to it, and b1 comes while the lease is valid or after it has expired.
Violations violations_after(const Fate& fate, bool expired, const std::function<const ProcessTable*(Bench&)>& table) {
  Bench bench({{"a.example", "001", 'O'}});
  bench.processes.running[kPid] = 77;
  ClaimRequest request = Bench::request("a1");
  request.process = ProcessRef{kPid, 77, bench.clock.now().boot, bench.processes.space};
  EXPECT_TRUE(bench.claim(request));
  bench.clock.advance(minutes(expired ? 121 : 60));
  fate.happens(bench);
  QueueContext queue = bench.queue();
  queue.processes = table(bench);
  const auto claim_by_other = [&] {
    return said(change(queue, [&](Draft& draft) { return claim(draft, Bench::request("b1")); }));
  };
  Violations found;
  const auto expect = [&](bool given, const std::string& when) {
    const std::string answer = claim_by_other();
    if (answer != (given ? "ok" : "no_work_found:all_held")) {
      found.push_back(fate.name + (expired ? ", expired, " : ", valid, ") + when + ": " + answer);
    }
  };
  const bool given_at_once = fate.proves_death || (expired && !fate.elsewhere);
  expect(given_at_once, "at once");
  if (!given_at_once) {
    bench.clock.advance(minutes(fate.elsewhere ? 119 : 59));
    expect(false, "a minute before the end");
    bench.clock.advance(minutes(1));
    expect(true, "at the end");
  }
  return found;
}

const ProcessTable* its_own(Bench& bench) { return &bench.processes; }

TEST(OwnersFate, GivesADeadOwnersWorkAwayAndALiveOnesNot) {
  for (const Fate& fate : fates()) {
    for (const bool expired : {false, true}) {
      for (const std::string& violation : violations_after(fate, expired, its_own)) {
        ADD_FAILURE() << violation;
      }
    }
  }
}

TEST(OwnersFate, IsFoundMisjudgedWithoutStartTimesOrNamespaces) {
  std::vector<std::unique_ptr<Careless>> tables;
  for (const bool without_start_time : {true, false}) {
    Violations found;
    for (const Fate& fate : fates()) {
      const auto violations = violations_after(fate, false, [&](Bench& bench) {
        tables.push_back(std::make_unique<Careless>(bench.processes, without_start_time));
        return tables.back().get();
      });
      found.insert(found.end(), violations.begin(), violations.end());
    }
    EXPECT_FALSE(found.empty()) << without_start_time;
  }
}

}  // namespace
}  // namespace smbatcher::test

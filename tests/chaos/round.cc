#include "tests/chaos/round.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <set>
#include <thread>

#include "libregistry/core/base/json_fields.h"
#include "tests/chaos/agent.h"
#include "tests/chaos/editor.h"
#include "tests/chaos/history_checker.h"
#include "tests/chaos/nuisances.h"
#include "tests/chaos/small_disk.h"
#include "tests/process/queue_facts.h"

namespace smbatcher::test {
namespace {

constexpr int kAgents = 64;
constexpr const char* kFolder = ".smbatcher/";

std::vector<Sandbox::Site> all_sites() {
  std::vector<Sandbox::Site> sites;
  int first = 1;
  for (const char* const status : {"B", "D", "O", "O", "O", "Q"}) {
    const auto some = fleet(10, 2, status, first);
    sites.insert(sites.end(), some.begin(), some.end());
    first += 10;
  }
  return sites;
}

std::string registry_of(const std::vector<Sandbox::Site>& sites) {
  std::string text = std::string("# Sites\n\n") + kNotesBelow +
                     "\n| Domain | Batch | Status | Remarks |\n|--------|-------|--------|---------|\n";
  for (const Sandbox::Site& site : sites) {
    text += "| " + site.domain + " | " + site.batch + " | " + site.status + " | |\n";
  }
  return text;
}

/// One owner, left alone, does what there is to do until every site is finished. True when that came about.
bool drain(Callers& callers, const std::vector<Sandbox::Site>& sites) {
  const auto call = [&callers](const std::vector<std::string>& words) { return callers.call("drain", words); };
  call({"reap", "--unclaimed"});
  call({"prepare-batch"});
  std::set<std::string> batches;
  for (const Sandbox::Site& site : sites) {
    batches.insert(site.batch);
  }
  for (const std::string phase : {"design", "implement"}) {
    for (std::size_t calls = 0; calls < 5 * sites.size(); ++calls) {
      const Call claim = call({"find-next", "--claim", "--phase", phase});
      const Json answer = claim.answer();
      const std::string why = text_of(answer, "why");
      if (claim.status == 0 && text_of(answer, "action") != "lock") {
        batches.insert(text_of(answer, "batch"));
        call({phase + "-complete", "--token", std::to_string(number_of(answer, "token"))});
      } else if (why == "all_held") {
        call({"find-next", "--phase", phase, "--wait", "3s"});
      } else if (why == "buried" || why == "given_up") {
        for (const Sandbox::Site& site : sites) {
          call({"kick", site.domain});
          call({"kick", "--batch", site.batch});
        }
      } else if (claim.status != 0) {
        break;
      }
    }
  }
  for (const std::string& batch : batches) {
    call({"implement-finish", "--batch", batch});
  }
  const Json answer = call({"find-next", "--mode", "status"}).answer();
  const Json* const counts = answer.find("counts");
  return counts != nullptr && number_of(*counts, "Q") == static_cast<std::int64_t>(sites.size());
}

void count(const std::vector<Call>& log, std::map<std::string, long>& counts) {
  for (const Call& call : log) {
    ++counts["calls"];
    const Json answer = call.answer();
    counts["claims"] += static_cast<long>(text_of(answer, "action") == "start" || text_of(answer, "action") == "adopt");
    counts["adoptions"] += static_cast<long>(text_of(answer, "action") == "adopt");
    counts["completions"] += static_cast<long>(text_of(answer, "result") == "marked_complete");
    counts["late completions"] += static_cast<long>(answer.find("late") != nullptr);
    counts["stale tokens refused"] +=
        static_cast<long>(text_of(answer, "reason") == "stale_claim" || text_of(answer, "reason") == "not_claimed");
    counts["refusals"] += static_cast<long>(call.status == 1);
    counts["errors"] += static_cast<long>(call.status == 2);
    counts["killed calls"] += static_cast<long>(call.status < 0);
    if (call.status == 2) {
      ++counts["error " + text_of(answer, "error")];
    }
  }
}

/// Nothing that the editor saved is gone, and whoever is not killed tells of the copies that it keeps.
void check_edits(const Editor& editor, const std::vector<Call>& log, RoundResult& result) {
  for (const std::string& lost : editor.lost()) {
    result.violations.push_back("edit lost: " + lost);
  }
  const auto untold = [&log](const std::string& copy) {
    return std::none_of(log.begin(), log.end(),
                        [&copy](const Call& call) { return call.out.find(copy) != std::string::npos; });
  };
  const std::vector<std::string> copies = editor.conflict_copies();
  const long silent = std::count_if(copies.begin(), copies.end(), untold);
  if (silent > result.counts["killed calls"]) {
    result.violations.push_back("copy not told: " + std::to_string(silent) + " copies were kept and not reported");
  }
  result.counts["saves"] = static_cast<long>(editor.saves().size());
  result.counts["saves too late"] = editor.too_late();
  result.counts["conflict copies"] = static_cast<long>(copies.size());
  result.counts["conflict copies of killed calls"] = silent;
}

std::string keep(const Evidence& evidence, unsigned seed) {
  std::string folder = std::filesystem::temp_directory_path() / ("smbatcher-chaos-" + std::to_string(seed));
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/begin.md") << evidence.begin;
  std::ofstream(folder + "/REGISTRY.md") << evidence.registry;
  std::ofstream(folder + "/history.jsonl") << evidence.history;
  std::ofstream(folder + "/calls.jsonl") << to_lines(evidence.calls);
  std::ofstream(folder + "/saves.jsonl") << to_lines(evidence.saves);
  return folder;
}

/// The threads of one round; at its end each has been asked to stop, and has.
class Life {
 public:
  Life(const Sandbox& sandbox, const RoundPlan& plan, bool full_disk, Callers& callers, Editor& editor,
       std::mutex& disk, Nuisances& struck)
      : manners_{all_sites(), !plan.variant.empty(), !full_disk} {
    unsigned seed = plan.seed;
    for (int i = 0; i < kAgents; ++i) {
      agents_.push_back(std::make_unique<Agent>(callers, manners_, "a" + std::to_string(i), ++seed));
      threads_.emplace_back([agent = agents_.back().get()](const std::stop_token& stop) { agent->live(stop); });
    }
    if (!plan.variant.empty()) {
      return;
    }
    const auto start = [this](auto what) { threads_.emplace_back(what); };
    start([&editor](const std::stop_token& stop) { editor.live(stop); });
    start([&, s = ++seed](const std::stop_token& stop) { kill_some(stop, callers, struck, s); });
    for (int i = 0; i < 2; ++i) {
      start([&, s = ++seed](const std::stop_token& stop) { stop_some(stop, callers, struck, s); });
    }
    start([&, s = ++seed, path = sandbox.dir().at(std::string(kFolder) + "REGISTRY.lock")](
              const std::stop_token& stop) { remove_lock(stop, path, struck, s); });
    if (full_disk) {
      start([&, s = ++seed, path = sandbox.dir().path()](const std::stop_token& stop) {
        fill_disk(stop, path, disk, struck, s);
      });
    }
  }
  ~Life() {
    // All are told before one is waited for: an agent whose call is stopped needs the thread that lets it go on.
    for (std::jthread& thread : threads_) {
      thread.request_stop();
    }
  }
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

 private:
  Manners manners_;
  std::vector<std::unique_ptr<Agent>> agents_;
  std::vector<std::jthread> threads_;
};

}  // namespace

RoundResult chaos_round(const RoundPlan& plan) {
  RoundResult result;
  const Sandbox sandbox;
  std::unique_ptr<SmallDisk> small_disk;
  if (plan.small_disk) {
    small_disk = std::make_unique<SmallDisk>(sandbox.dir().path());
  }
  const bool full_disk = small_disk && small_disk->is_there();
  result.disk = full_disk               ? "a small tmpfs that is full for moments"
                : small_disk != nullptr ? "RLIMIT_FSIZE (no mounts here: " + small_disk->why_not() + ")"
                                        : "RLIMIT_FSIZE";
  const auto sites = all_sites();
  Evidence evidence;
  evidence.begin = registry_of(sites);
  sandbox.write_registry(evidence.begin);
  write_outputs(sandbox, sites);
  sandbox.dir().write(std::string(kFolder) + "config.yml",
                      "lease: 2s\nretry: {max_attempts: 8, delay: {first: 0}}\nlock_timeout: 30s\ndesign:\n  "
                      "required_headings: [Design]\n");

  Callers callers(sandbox, plan.variant);
  std::mutex disk;
  Nuisances struck;
  Editor editor(sandbox.dir(), kFolder, disk, plan.seed);
  {
    const Life life(sandbox, plan, full_disk, callers, editor, disk, struck);
    std::this_thread::sleep_for(plan.length);
  }
  if (plan.variant.empty()) {
    if (!drain(callers, sites)) {
      result.violations.emplace_back("work left: not every site could be finished afterwards");
    }
    const std::string check = sandbox.run("check-registry").out;
    if (check != "OK:registry_valid\n") {
      result.violations.push_back("registry not valid: " + check);
    }
  }
  evidence.calls = callers.log();
  evidence.saves = editor.saves();
  evidence.registry = sandbox.registry();
  evidence.history = sandbox.dir().read(std::string(kFolder) + "state/history.jsonl");
  count(evidence.calls, result.counts);
  for (const std::string& fault : callers.faults()) {
    result.violations.push_back("unsound answer: " + fault);
  }
  if (plan.variant.empty()) {
    check_edits(editor, evidence.calls, result);
  }
  const std::vector<std::string> found = violations(evidence);
  result.violations.insert(result.violations.end(), found.begin(), found.end());
  result.counts["kills"] = struck.kills;
  result.counts["stops"] = struck.stops;
  result.counts["removals of the lock file"] = struck.removals;
  result.counts["full disks"] = struck.full_disks;
  result.counts["events"] = std::count(evidence.history.begin(), evidence.history.end(), '\n');
  if (!result.violations.empty() && plan.variant.empty()) {
    result.evidence = keep(evidence, plan.seed);
  }
  return result;
}

std::ostream& operator<<(std::ostream& out, const RoundResult& result) {
  out << "full disk: " << result.disk << "\n";
  for (const auto& [name, number] : result.counts) {
    out << "  " << name << ": " << number << "\n";
  }
  std::map<std::string, int> kinds;
  for (const std::string& violation : result.violations) {
    if (++kinds[violation.substr(0, violation.find(':'))] <= 3) {
      out << "  " << violation << "\n";
    }
  }
  for (const auto& [kind, number] : kinds) {
    out << "  violations, " << kind << ": " << number << "\n";
  }
  return out << result.violations.size() << " violations"
             << (result.evidence.empty() ? "" : ", evidence kept in " + result.evidence) << "\n";
}

}  // namespace smbatcher::test

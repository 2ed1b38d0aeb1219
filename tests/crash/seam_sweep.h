#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crash/seam_stage.h"
#include "tests/support/violations.h"

// One thing goes wrong at one file operation of a call; then at the next one, and so on. Whatever it is, what comes out
// is the old registry or the new one, and the next call goes on from there.
namespace smbatcher::test {

/// The long form of the tests, SMB_SOAK=1, tries every action at every point.
inline bool is_soak() {
  const char* const soak = std::getenv("SMB_SOAK");  // NOLINT(concurrency-mt-unsafe): nothing sets it
  return soak != nullptr && std::string_view(soak) == "1";
}

/// A call in which one operation was disturbed.
struct Disturbed {
  std::string action;  // as SMB_SEAM_DO
  Point point;
  ProcessResult result;

  int signal() const {
    const std::map<std::string, int> signals{{"kill", SIGKILL}, {"term", SIGTERM}, {"int", SIGINT}, {"hup", SIGHUP}};
    const auto found = signals.find(action);
    return found == signals.end() ? 0 : found->second;
  }
};

/// The numbers of a sweep: every operation that the undisturbed call makes is disturbed once for each action.
struct Sweep {
  std::size_t traced = 0;
  std::size_t injected = 0;
  std::vector<std::string> violations{};
};

/// Success is said only of what is in place. A change that is in place is not denied, but the system may have refused
/// to make sure that it stays.
inline void expect_answer_agrees(const Disturbed& disturbed, const Undisturbed& normal, bool published) {
  const ProcessResult& result = disturbed.result;
  EXPECT_EQ(result.signal, disturbed.signal());
  EXPECT_EQ(result.err, "");
  EXPECT_FALSE(result.timed_out);
  if (result.signal != 0) {
    EXPECT_TRUE(result.out.empty() || published) << "this was said of a change that is not there: " << result.out;
    return;
  }
  const std::string line = result.out.substr(0, result.out.find('\n'));
  if (line.starts_with("{")) {
    json(result);
  } else {
    const std::string kind = result.status == 0 ? "OK:" : result.status == 1 ? "FAIL:" : "ERROR:";
    EXPECT_TRUE(line.starts_with(kind)) << "exit status " << result.status << " with '" << line << "'";
  }
  EXPECT_TRUE(result.status != 0 || published) << "this was said of a change that is not there: " << result.out;
  EXPECT_TRUE(disturbed.action != "short" || result.status == 0) << "a short transfer is no fault: " << result.out;
  if (result.status != 0 && normal.old_text != normal.new_text) {
    EXPECT_TRUE(!published || line.find("durability_unknown") != std::string::npos)
        << "this was said of a change that is there: " << result.out;
  }
}

inline void expect_lock_free(const Stage& stage) {
  for (const char* const name : {".smbatcher/REGISTRY.lock", ".smbatcher"}) {
    const int fd = ::open(stage.sandbox().dir().at(name).c_str(), O_RDONLY | O_CLOEXEC);
    EXPECT_TRUE(fd < 0 || ::flock(fd, LOCK_EX | LOCK_NB) == 0) << name << " is still locked";
    ::close(fd);
  }
}

/// The leases that the events in force leave behind are the ones whose tokens the tools accept.
inline void expect_leases_as_history_says(const Stage& stage, const std::string& variant) {
  struct Lease {
    std::string phase;
    std::string batch;
    std::int64_t held = 0;
    std::int64_t highest = 0;
  };
  std::map<std::string, Lease> leases;
  for (const LoggedEvent& event : logged_events(stage.sandbox())) {
    for (const Json& change : event.list("work")) {
      const Json& after = *change.find("after");
      const Json* const claim = after.find("claim");
      const std::int64_t token = claim != nullptr && claim->is_object() ? number_of(*claim->find("lease"), "token") : 0;
      Lease& lease = leases[text_of(after, "phase") + "-" + text_of(after, "batch")];
      lease.phase = text_of(after, "phase");
      lease.batch = text_of(after, "batch");
      lease.held = event.in_force() ? token : lease.held;
      lease.highest = std::max(lease.highest, token);
    }
  }
  for (const auto& [key, lease] : leases) {
    if (lease.highest > 0) {
      const ProcessResult result = test::run(stage.command(
          {"check-claim", "--batch", lease.batch, "--phase", lease.phase, "--token", std::to_string(lease.highest)},
          variant));
      EXPECT_EQ(result.status, lease.held == lease.highest ? 0 : 1)
          << key << " is with token " << lease.held << " in the history, but for token " << lease.highest << ": "
          << result.out;
    }
  }
}

/// The claim of somebody else, who waits for no lock.
inline void expect_next_claim_works(const Stage& stage, const Scene& scene, const std::string& taken,
                                    const std::string& variant) {
  std::int64_t highest = 0;
  if (stage.sandbox().dir().exists(".smbatcher/state/history.jsonl")) {
    for (const LoggedEvent& event : logged_events(stage.sandbox())) {
      highest = std::max(highest, event.token);
    }
  }
  Words words = scene.next;
  words.insert(words.end(), {"--lock-timeout", "0"});
  const ProcessResult result = test::run(stage.command(words, variant));
  EXPECT_EQ(result.status, 0) << result.command << "\n" << result.out;
  const Json next = json(result);
  EXPECT_GT(number_of(next, "token"), highest) << result.out;
  EXPECT_TRUE(taken.empty() || text_of(next, "batch") != taken) << "a batch that is held was given out: " << result.out;
}

/// The same call again by its caller, who perhaps saw no answer.
inline void expect_can_be_repeated(const Stage& stage, const Scene& scene, const std::string& variant) {
  const ProcessResult again = test::run(stage.command(scene.words, variant));
  EXPECT_EQ(again.status, 0) << "the same call again: " << again.out;
  EXPECT_EQ(again.err, "");
}

inline void expect_sound(const Stage& stage, const Scene& scene, const Undisturbed& normal, const Disturbed& disturbed,
                         const Builds& builds) {
  const std::string found = stage.registry();
  const bool published = found == normal.new_text;
  EXPECT_TRUE(published || found == normal.old_text) << "neither the old registry nor the new one:\n" << found;
  expect_answer_agrees(disturbed, normal, published);
  expect_lock_free(stage);
  if (disturbed.action != "kill" && disturbed.point.name != "unlink") {
    EXPECT_THAT(stage.temporary_files(), ::testing::IsEmpty());
  }
  if (scene.again_first) {
    expect_can_be_repeated(stage, scene, builds.next);
  }
  if (!scene.next.empty()) {
    expect_next_claim_works(stage, scene, published ? normal.batch : "", builds.next);
  }
  if (!scene.again_first) {
    expect_can_be_repeated(stage, scene, builds.next);
  }
  EXPECT_THAT(stage.temporary_files(), ::testing::IsEmpty()) << "after the next calls";
  expect_history_explains_registry(stage.sandbox(), stage.sites());
  if (disturbed.action == "kill" || is_soak()) {
    expect_leases_as_history_says(stage, builds.next);
  }
}

/// Which actions are tried at an operation, and whether it is swept at all.
using Actions = std::function<std::vector<std::string>(const Point& point)>;

inline Sweep sweep(const Scene& scene, const Actions& actions, const Builds& builds = {}) {
  Undisturbed normal;
  Sweep sweep;
  sweep.violations = violations_of([&] { normal = run_undisturbed(scene, builds.call); });
  for (const Point& point : normal.points) {
    for (const std::string& action : actions(point)) {
      ++sweep.traced;
      std::ostringstream what;
      what << scene.name << ", " << action << " at " << point << ": ";
      const auto violations = violations_of([&] {
        const Stage stage(scene);
        Disturbed disturbed{action, point, {}};
        disturbed.result =
            test::run(stage.traced(Stage::at_point(stage.command(scene.words, builds.call), point.number, action)));
        const std::vector<Point> done = stage.trace();
        const auto reached = static_cast<std::size_t>(point.number);
        if (done.size() >= reached && done[reached - 1].name == point.name && done[reached - 1].action == action) {
          ++sweep.injected;
        }
        expect_sound(stage, scene, normal, disturbed, builds);
      });
      for (const std::string& violation : violations) {
        sweep.violations.push_back(what.str() + violation);
      }
    }
  }
  return sweep;
}

/// A proof: all that was traced was disturbed, and nothing came of it.
inline void expect_sound(const Scene& scene, const Sweep& sweep) {
  std::cout << scene.name << ": points: traced " << sweep.traced << ", injected " << sweep.injected << "\n";
  EXPECT_GT(sweep.traced, 0U);
  EXPECT_EQ(sweep.traced, sweep.injected);
  EXPECT_TRUE(sweep.violations.empty()) << summary(sweep.violations);
}

/// A control: the sweep of a broken build finds what is wrong with it.
inline void expect_caught(const Sweep& sweep, const std::string& violation) {
  std::cout << "control: points: traced " << sweep.traced << ", injected " << sweep.injected << ", "
            << sweep.violations.size() << " violations\n";
  EXPECT_EQ(sweep.traced, sweep.injected);
  EXPECT_THAT(sweep.violations, ::testing::Contains(::testing::HasSubstr(violation))) << summary(sweep.violations);
}

/// All of `actions` in a soak, else one of them for each point in turn.
inline Actions in_turn(std::vector<std::string> actions, std::size_t begin = 0) {
  return [actions = std::move(actions), begin](const Point& point) {
    if (is_soak()) {
      return actions;
    }
    return std::vector<std::string>{actions[(begin + static_cast<std::size_t>(point.number)) % actions.size()]};
  };
}

}  // namespace smbatcher::test

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <set>
#include <sstream>

#include "tests/process/sync_support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in\n" << text;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::set<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::set<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    lines.insert(line);
  }
  return lines;
}

/// Agents, each in a clone of its own, who change the registry and sync; some of their syncs are killed.
class Fleet {
 public:
  static constexpr int kAgents = 8;

  explicit Fleet(unsigned seed) : random_(seed) {
    std::vector<Sandbox::Site> sites;
    for (int agent = 0; agent < kAgents; ++agent) {
      sites.push_back({site(agent), "001", "B"});
    }
    scene_.begin_with({{".smbatcher/REGISTRY.md", Sandbox::registry_text(sites)}});
    for (int agent = 0; agent < kAgents; ++agent) {
      scene_.clone(clone(agent));
    }
  }

  /// Everybody changes their row and adds one; then all sync until all could.
  void round(int number) {
    static constexpr std::string_view kLetters = "BdDOiIQ";
    std::vector<bool> done(kAgents, false);
    for (int agent = 0; agent < kAgents; ++agent) {
      const std::string file = clone(agent) + "/.smbatcher/REGISTRY.md";
      const std::string now = "| 001 | " + std::string(1, kLetters[static_cast<std::size_t>(number)]) + " |";
      const std::string next = "| 001 | " + std::string(1, kLetters[static_cast<std::size_t>(number) + 1]) + " |";
      std::string text = scene_.read(file);
      const std::size_t row = text.find("| " + site(agent));
      ASSERT_NE(row, std::string::npos) << text;
      text = text.substr(0, row) + replaced(text.substr(row), now, next);
      scene_.write(file, text + "| " + added(agent, number) + " | | | | - |\n");
      if (agent % 2 == 0) {  // the others leave it to the sync
        scene_.git(clone(agent), {"commit", "-q", "-a", "-m", subject(agent, number)});
      }
    }
    for (int attempt = 0; std::find(done.begin(), done.end(), false) != done.end(); ++attempt) {
      ASSERT_LT(attempt, 100) << "somebody waits for ever";
      sync_all(done, attempt < 3);
    }
  }

  void expect_everything_arrived(int rounds) {
    for (int turn = 0; turn < 2; ++turn) {
      for (int agent = 0; agent < kAgents; ++agent) {
        const ProcessResult result = scene_.sync(clone(agent));
        EXPECT_EQ(result.status, 0) << result.out;
      }
    }
    const std::string registry = scene_.at_remote(".smbatcher/REGISTRY.md");
    const std::set<std::string> subjects = lines_of(scene_.git("remote.git", {"log", "--format=%s", "main"}));
    for (int agent = 0; agent < kAgents; ++agent) {
      EXPECT_EQ(scene_.read(clone(agent) + "/.smbatcher/REGISTRY.md"), registry);
      EXPECT_EQ(scene_.git(clone(agent), {"status", "--porcelain"}), "");
      scene_.expect_at_rest(clone(agent));
      const std::string row = registry.substr(registry.find("| " + site(agent)));
      EXPECT_THAT(row.substr(0, row.find('\n')), HasSubstr(std::string("| ") + "BdDOiIQ"[rounds] + " |"));
      for (int number = 0; number < rounds; ++number) {
        EXPECT_THAT(registry, HasSubstr("| " + added(agent, number) + " |"));
        EXPECT_TRUE(agent % 2 != 0 || subjects.contains(subject(agent, number))) << subject(agent, number);
      }
    }
    EXPECT_EQ(scene_.git("remote.git", {"rev-list", "--merges", "main"}), "");
  }

  int killed() const { return killed_; }

 private:
  static std::string site(int agent) { return "s" + std::to_string(agent) + ".example"; }
  static std::string clone(int agent) { return "c" + std::to_string(agent); }
  static std::string added(int agent, int number) {
    return "new" + std::to_string(agent) + "-" + std::to_string(number) + ".example";
  }
  static std::string subject(int agent, int number) {
    return "agent " + std::to_string(agent) + " round " + std::to_string(number);
  }

  /// One sync for each agent who is not done, all at once; with `kills`, some do not live to the end.
  void sync_all(std::vector<bool>& done, bool kills) {
    std::vector<std::pair<int, Process>> running;
    for (int agent = 0; agent < kAgents; ++agent) {
      if (!done[static_cast<std::size_t>(agent)]) {
        running.emplace_back(agent, Process(scene_.sync_command(clone(agent))));
      }
    }
    for (auto& [agent, process] : running) {
      if (kills && random_() % 2 == 0) {
        ::usleep(static_cast<useconds_t>(random_() % 40'000));
        process.kill(SIGKILL);
      }
    }
    for (auto& [agent, process] : running) {
      const ProcessResult result = process.wait();
      EXPECT_FALSE(result.timed_out) << result.command;
      killed_ += result.signal == SIGKILL ? 1 : 0;
      if (result.status == 0) {
        done[static_cast<std::size_t>(agent)] = true;
      } else if (result.signal == 0) {
        EXPECT_TRUE(result.out.starts_with("FAIL:push_rejected") || result.status == 75) << result.out;
      }
    }
  }

  SyncScene scene_;
  std::mt19937 random_;
  int killed_ = 0;
};

TEST(SyncFleet, EveryCommitOfEightAgentsArrivesWhoeverIsKilled) {
  const int rounds = is_soak() ? 6 : 2;
  Fleet fleet(3);
  for (int number = 0; number < rounds; ++number) {
    fleet.round(number);
    ASSERT_FALSE(::testing::Test::HasFailure());
  }
  fleet.expect_everything_arrived(rounds);
  RecordProperty("killed", fleet.killed());
}

/// Agents in clones of their own who all save, commit and sync without a pause: how many syncs fail is counted.
TEST(SyncFleet, OfManyThatCompeteFewerThanOneInFiftyFails) {
  constexpr int kClones = 8;
  const int syncs = is_soak() ? 32 : 7;
  const SyncScene scene;
  scene.begin_with({{"shared.txt", "one\n"}});
  std::vector<Process> agents;
  for (int clone = 0; clone < kClones; ++clone) {
    const std::string name = "c" + std::to_string(clone);
    scene.clone(name);
    // Beside it somebody commits by hand, so that the branch moves in the middle of a sync.
    agents.emplace_back(Command{.argv = {"sh", "-c",
                                         "(while [ ! -e ../done-$1 ]; do date +%N >> hand-$1.txt; git add hand-$1.txt;"
                                         " git commit -q -m hand; sleep 0.3; done) > /dev/null 2>&1 &\n"
                                         "i=0; while [ $i -lt $2 ]; do i=$((i+1)); echo \"edit $i\" >> own-$1.txt\n"
                                         "  \"$3\" > ../said-$1-$i; echo $? >> ../statuses-$1\n"
                                         "done; touch ../done-$1; wait",
                                         "agent", name, std::to_string(syncs), tool_path("repo-sync")},
                                .env = scene.environment(),
                                .cwd = scene.dir().at(name)});
  }
  int failed = 0;
  for (int clone = 0; clone < kClones; ++clone) {
    agents[static_cast<std::size_t>(clone)].wait();
    const std::string name = "c" + std::to_string(clone);
    std::istringstream statuses(scene.read("statuses-" + name));
    for (int number = 1, status = 0; statuses >> status; ++number) {
      if (status != 0) {
        ++failed;
        std::cout << name << ": " << scene.read("said-" + name + "-" + std::to_string(number));
      }
    }
  }
  std::cout << failed << " of " << kClones * syncs << " syncs failed\n";
  EXPECT_LT(failed * 50, kClones * syncs);
  for (int clone = 0; clone < kClones; ++clone) {
    const std::string name = "c" + std::to_string(clone);
    EXPECT_EQ(scene.sync(name).status, 0);
    const std::string own = scene.at_remote("own-" + name + ".txt");
    EXPECT_EQ(std::count(own.begin(), own.end(), '\n'), syncs) << name;
    EXPECT_EQ(scene.at_remote("hand-" + name + ".txt"), scene.read(name + "/hand-" + name + ".txt"));
    scene.expect_at_rest(name);
  }
}

/// Somebody who saves files of a clone all the time: numbered lines at the end of a tracked, an untracked and an
/// ignored file, by renaming, each line only when the one before it is saved. The pauses are of several
/// lengths: some syncs find a file saved again at every attempt, others come through.
Command editor_in(const SyncScene& scene, const std::string& folder) {
  return {.argv = {"sh", "-c",
                   "i=0; while [ ! -e ../stop ]; do i=$((i+1)); for f in tracked.txt notes.txt ign/x.txt; do\n"
                   "  { cat $f; echo \"edit $i\"; } > ../tmp-edit && mv ../tmp-edit $f\n"
                   "done; echo $i > ../saved; sleep 0.$((i % 5)); done"},
          .env = scene.environment(),
          .cwd = scene.dir().at(folder)};
}

/// The editor reads a file and writes all of it: what came in between is taken back, and a later change of the same
/// line contradicts that. A person decides for what lies here.
bool resolve_conflict(const SyncScene& scene, const ProcessResult& result) {
  if (!result.out.starts_with("FAIL:rebase_conflict:tracked.txt")) {
    return false;
  }
  scene.git("a", {"merge", "-q", "-s", "ours", "-m", "decided", "@{upstream}"});
  return true;
}

TEST(SyncFleet, EditsOfFilesWhileASyncRunsThereAreNotLost) {
  SyncScene scene;
  std::string text = "top\n";
  for (int i = 0; i < 20; ++i) {
    text += "line " + std::to_string(i) + "\n";
  }
  scene.begin_with({{"tracked.txt", text}, {".gitignore", "ign/\n"}});
  scene.clone("a");
  scene.clone("b");
  scene.write("a/notes.txt", "notes\n");
  scene.write("a/ign/x.txt", "ignored\n");
  scene.write("saved", "0");
  std::mt19937 random(5);
  int came_through = 0;
  int conflicts = 0;
  Process editor(editor_in(scene, "a"));
  for (int number = 0; number < (is_soak() ? 200 : 5); ++number) {
    scene.write("b/tracked.txt", replaced(scene.read("b/tracked.txt"), "top", "top " + std::to_string(number)));
    const ProcessResult there = scene.sync("b");
    EXPECT_TRUE(there.status == 0 || there.out.starts_with("FAIL:push_rejected")) << there.out;
    Process sync(scene.sync_command("a"));
    if (number % 3 == 0) {
      ::usleep(static_cast<useconds_t>(random() % 60'000));
      sync.kill(SIGKILL);
    }
    const ProcessResult here = sync.wait();
    conflicts += resolve_conflict(scene, here) ? 1 : 0;
    came_through += here.status == 0 && here.signal == 0 ? 1 : 0;
    EXPECT_TRUE(here.status == 0 || here.signal == SIGKILL || here.out.starts_with("FAIL:push_rejected") ||
                here.out.starts_with("FAIL:busy_tree") || here.out.starts_with("FAIL:rebase_conflict"))
        << here.out;
  }
  scene.write("stop", "");
  EXPECT_EQ(editor.wait().status, 0);
  std::cout << came_through << " syncs came through, " << conflicts << " conflicts\n";
  const int saved = std::stoi(scene.read("saved"));
  ASSERT_GT(saved, 0);
  const ProcessResult last = scene.sync("a");
  EXPECT_TRUE(last.status == 0 || (resolve_conflict(scene, last) && scene.sync("a").status == 0)) << last.out;
  EXPECT_EQ(scene.head("a"), scene.git("remote.git", {"rev-parse", "main"}));

  std::string tracked = scene.read("a/tracked.txt") + scene.git("a", {"log", "-p", "--format=", "--", "tracked.txt"});
  for (const std::string& name : scene.dir().list("a")) {
    if (name.starts_with("tracked.txt.conflict-")) {
      tracked += scene.read("a/" + name);
    }
  }
  const std::set<std::string> in_tracked = lines_of(tracked);
  const std::set<std::string> in_notes = lines_of(scene.read("a/notes.txt"));
  const std::set<std::string> in_ignored = lines_of(scene.read("a/ign/x.txt"));
  for (int i = 1; i <= saved; ++i) {
    const std::string line = "edit " + std::to_string(i);
    EXPECT_TRUE(in_tracked.contains(line) || in_tracked.contains("+" + line) || in_tracked.contains(" " + line))
        << line;
    EXPECT_TRUE(in_notes.contains(line)) << line;
    EXPECT_TRUE(in_ignored.contains(line)) << line;
  }
  scene.expect_at_rest("a");
}

}  // namespace
}  // namespace smbatcher::test

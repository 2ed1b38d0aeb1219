#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crash/killing.h"
#include "tests/process/queue_facts.h"

namespace smbatcher::test {
namespace {

constexpr int kRoundsOfAVerb = 20;

/// A call that is killed, on a queue whose two batches of two sites are at `status`.
struct Call {
  std::string name;
  std::string status;
  std::vector<std::string> words;               // tool and arguments; TOKEN is the claim's
  std::vector<std::vector<std::string>> first;  // calls that lead up to it
};

std::ostream& operator<<(std::ostream& out, const Call& call) { return out << call.name; }

class KillVerb : public ::testing::TestWithParam<Call> {
 protected:
  /// A queue right before the call, and the call.
  struct Scene {
    std::vector<Sandbox::Site> sites;
    Sandbox sandbox;
    Command call;

    std::string registry() const { return sandbox.dir().exists(".smbatcher/REGISTRY.md") ? sandbox.registry() : ""; }
  };

  static std::unique_ptr<Scene> scene() {
    auto made = std::make_unique<Scene>();
    if (!GetParam().status.empty()) {
      made->sites = fleet(2, 2, GetParam().status);
      made->sandbox.write_registry(Sandbox::registry_text(made->sites));
      write_outputs(made->sandbox, made->sites);
    }
    std::string token;
    for (const std::vector<std::string>& words : GetParam().first) {
      const ProcessResult result = test::run(command(*made, words, token));
      EXPECT_EQ(result.status, 0) << result.command << "\n" << result.out;
      if (words.front() == "find-next") {
        token = std::to_string(number_of(json(result), "token"));
      }
    }
    made->call = command(*made, GetParam().words, token);
    return made;
  }

 private:
  static Command command(const Scene& scene, const std::vector<std::string>& words, const std::string& token) {
    std::vector<std::string> args(words.begin() + 1, words.end());
    std::replace(args.begin(), args.end(), std::string("TOKEN"), token);
    return scene.sandbox.command(words.front(), args);
  }
};

/// The id 003, that is the first new one, for any new id.
std::string with_first_new_id(std::string text) {
  for (const char* const id : {"004", "005"}) {
    for (auto at = text.find(id); at != std::string::npos; at = text.find(id)) {
      text.replace(at, 3, "003");
    }
  }
  return text;
}

/// What a repeat may answer differently: the batch file of a dead call keeps its id from being given again, and reap
/// tells how many it has returned itself.
std::string same_answer(const std::string& out) {
  const std::string line = with_first_new_id(out.substr(0, out.find('\n')));
  return line == "OK:reaped:0" ? "OK:reaped:1" : line;
}

TEST_P(KillVerb, IsOldOrNewAndCanBeRepeated) {
  Killer killer;
  const auto twin = scene();
  const std::string old_bytes = twin->registry();
  const std::string answer = killer.time(twin->call).out;
  const std::string new_bytes = twin->registry();
  for (int round = 0; round < kRoundsOfAVerb && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const auto now = scene();
    ASSERT_EQ(now->registry(), old_bytes);
    const ProcessResult killed = killer.run_and_kill(now->call, now->sandbox.dir().at(".smbatcher"));
    const std::string bytes = now->registry();
    EXPECT_TRUE(bytes == old_bytes || bytes == new_bytes) << bytes;
    EXPECT_TRUE(killed.out.empty() || bytes == new_bytes) << killed.out;
    killer.count(killed, bytes != old_bytes);
    const ProcessResult again = test::run(now->call);
    EXPECT_EQ(again.status, 0) << again.out;
    EXPECT_EQ(same_answer(again.out), same_answer(answer));
    EXPECT_EQ(with_first_new_id(now->registry()), new_bytes);
    expect_history_explains_registry(now->sandbox, now->sites);
  }
}

const std::vector<std::string> kClaim{"find-next", "--claim", "--owner", "anna"};
const std::vector<std::string> kDesignClaim{"find-next", "--claim", "--phase", "design", "--owner", "anna"};
const std::vector<std::string> kRegister{"prepare-register", "--sites", "new.example:New:Text:warm", "--owner", "anna"};

INSTANTIATE_TEST_SUITE_P(
    Verbs, KillVerb,
    ::testing::Values(
        Call{"Lock", "D", {"lock", "001"}, {}}, Call{"Register", "O", kRegister, {}},
        Call{"RegisterTheFirst", "", kRegister, {}},
        Call{"Batch", "O", {"prepare-batch", "--owner", "anna"}, {kRegister}},
        Call{"DesignStart", "B", {"design-start", "--batch", "001", "--owner", "anna"}, {}},
        Call{"ImplementStart", "O", {"implement-start", "s001-0.example", "--owner", "anna"}, {}},
        Call{"DesignComplete", "B", {"design-complete", "--token", "TOKEN"}, {kDesignClaim}},
        Call{"Finish", "I", {"implement-finish", "--batch", "001"}, {}},
        Call{"Reopen", "O", {"reopen", "s001-0.example", "--why", "broken"}, {}},
        Call{"Bury", "O", {"bury", "s001-0.example", "--why", "no photos"}, {}},
        Call{"Kick",
             "O",
             {"kick", "s001-0.example", "--owner", "anna"},
             {{"bury", "s001-0.example", "--why", "no photos"}}},
        Call{"Reap", "O", {"reap", "--batch", "001", "--force", "--why", "stuck", "--owner", "anna"}, {kClaim}}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace smbatcher::test

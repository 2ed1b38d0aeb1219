#include <algorithm>
#include <filesystem>
#include <functional>

#include "tests/process/queue_facts.h"
#include "tests/support/violations.h"

namespace smbatcher::test {
namespace {

// Older bytes come back, or files go, while anna holds a batch. Nobody else gets it, her token goes on to hold it, or
// is refused for good, and no later token is below it.

/// A queue in a git repository, and anna's claim on its only batch.
class Scene {
 public:
  Scene() {
    write_outputs(sandbox_, sites_);
    expect_ok(sandbox_.run("reopen", {"--batch", "001", "--why", "once more"}), "OK:reopened");
    expect_ok(sandbox_.run("lock", {"001"}), "OK:locked");  // the files beside the registry are there now
    sandbox_.git({"init", "-q", "-b", "main"});
    sandbox_.git({"add", "-A"});
    sandbox_.git({"commit", "-q", "-m", "queue"});
    std::filesystem::copy(at(""), backup_.at("all"), std::filesystem::copy_options::recursive);
    token_ = number_of(json(claim_by("anna")), "token");
    claimed_ = sandbox_.registry();
    EXPECT_GT(token_, 0);
    EXPECT_EQ(sandbox_.status_of("s001-0.example"), "i");
  }

  const Sandbox& sandbox() const { return sandbox_; }
  std::int64_t token() const { return token_; }
  std::string at(const std::string& name) const { return sandbox_.dir().at(".smbatcher/" + name); }
  std::string former_bytes() const { return backup_.read("all/REGISTRY.md"); }
  const std::string& claimed_bytes() const { return claimed_; }

  void remove(const std::string& name) const { std::filesystem::remove_all(at(name)); }
  void bring_back_everything() const {
    std::filesystem::remove_all(at(""));
    std::filesystem::copy(backup_.at("all"), at(""), std::filesystem::copy_options::recursive);
  }
  void save(const std::string& text) const {  // as an editor does, by rename
    sandbox_.dir().write(".smbatcher/editor.tmp", text);
    std::filesystem::rename(at("editor.tmp"), at("REGISTRY.md"));
  }
  ProcessResult claim_by(const std::string& owner) const {
    return sandbox_.run("find-next", {"--claim", "--owner", owner});
  }
  ProcessResult complete_with(std::int64_t token) const {
    return sandbox_.run("implement-complete", {"--batch", "001", "--token", std::to_string(token)});
  }

 private:
  std::vector<Sandbox::Site> sites_ = fleet(1, 2, "O");
  Sandbox sandbox_{sites_};
  TempDir backup_;
  std::int64_t token_ = 0;
  std::string claimed_;
};

enum class Knowledge {
  kLease,    // the history or the claim files tell of anna's lease
  kRows,     // only the rows tell that somebody works there
  kNothing,  // nothing is left that tells of the work
};

struct Event {
  std::string name;
  Knowledge left;
  std::function<void(const Scene&)> happens;
};

std::vector<Event> events() {
  const auto checkout = [](const Scene& scene) {
    scene.sandbox().git({"checkout", "-q", "--", ".smbatcher/REGISTRY.md"});
  };
  const auto undo = [](const Scene& scene) { scene.save(scene.former_bytes()); };
  const auto without = [](const std::vector<std::string>& names) {
    return [names](const Scene& scene) {
      for (const std::string& name : names) {
        scene.remove(name);
      }
    };
  };
  const auto both = [](auto first, auto second) {
    return [first, second](const Scene& scene) {
      first(scene);
      second(scene);
    };
  };
  const auto registry_gone_and_back = [](const Scene& scene) {
    scene.remove("REGISTRY.md");
    EXPECT_EQ(scene.claim_by("ben").status, 2);
    scene.save(scene.claimed_bytes());
  };
  return {
      {"git checkout", Knowledge::kLease, checkout},
      {"an editor's undo", Knowledge::kLease, undo},
      {"undo and redo", Knowledge::kLease, both(undo, [](const Scene& scene) { scene.save(scene.claimed_bytes()); })},
      {"claims deleted", Knowledge::kLease, without({"state/claims"})},
      {"history deleted", Knowledge::kLease, without({"state/history.jsonl"})},
      {"claims and history deleted", Knowledge::kRows, without({"state/claims", "state/history.jsonl"})},
      {"state deleted", Knowledge::kRows, without({"state"})},
      {"git clean -fdx", Knowledge::kRows, without({"state", "REGISTRY.lock", ".gitignore", ".REGISTRY.md.prev"})},
      {"registry deleted and written again", Knowledge::kLease, registry_gone_and_back},
      {"claims deleted, git checkout", Knowledge::kLease, both(without({"state/claims"}), checkout)},
      {"history deleted, git checkout", Knowledge::kLease, both(without({"state/history.jsonl"}), checkout)},
      {"claims and history deleted, git checkout", Knowledge::kNothing,
       both(without({"state/claims", "state/history.jsonl"}), checkout)}};
}

void check_event(const Event& event) {
  SCOPED_TRACE(event.name);
  const Scene scene;
  event.happens(scene);
  if (event.left == Knowledge::kNothing) {
    const std::int64_t next = number_of(json(scene.claim_by("ben")), "token");
    EXPECT_GT(next, scene.token());
    expect_fail(scene.complete_with(scene.token()), "FAIL:stale_claim:ben");
    expect_ok(scene.complete_with(next), "OK:marked_complete:2/2");
    return;
  }
  EXPECT_EQ(text_of(json(scene.claim_by("ben")), "reason"), "no_work_found");
  expect_fail(scene.sandbox().run("find-next", {"--claim", "--batch", "001", "--owner", "ben", "--format", "text"}),
              event.left == Knowledge::kLease ? "FAIL:held:anna" : "FAIL:held:unknown");
  if (event.left == Knowledge::kLease) {
    expect_ok(scene.sandbox().run("check-claim", {"--batch", "001", "--token", std::to_string(scene.token())}),
              "OK:held");
    expect_ok(scene.complete_with(scene.token()), "OK:marked_complete:2/2");
    EXPECT_EQ(scene.sandbox().status_of("s001-1.example"), "I");
    expect_ok(scene.sandbox().run("reopen", {"--batch", "001", "--why", "again"}), "OK:reopened");
  } else {
    EXPECT_EQ(scene.complete_with(scene.token()).status, 1);
    expect_ok(scene.sandbox().run("reap", {"--unclaimed"}), "OK:reaped:1");
  }
  const std::int64_t next = number_of(json(scene.claim_by("ben")), "token");
  EXPECT_GT(next, scene.token());
  expect_fail(scene.complete_with(scene.token()), "FAIL:stale_claim:ben");
  expect_ok(scene.complete_with(next), "OK:marked_complete:2/2");
}

TEST(FormerBytes, GiveNoHeldWorkOutAndVoidNoLeaseAndTokensGrow) {
  for (const Event& event : events()) {
    check_event(event);
  }
}

TEST(FormerBytes, CheckFindsALeaseThatIsVoidAndATokenGivenTwice) {
  const Event reaped{
      "reaped", Knowledge::kLease, [](const Scene& scene) {
        expect_ok(scene.sandbox().run("reap", {"--batch", "001", "--force", "--why", "stuck"}), "OK:reaped:1");
      }};
  EXPECT_FALSE(violations_of([&] { check_event(reaped); }).empty());
  const Event rolled_back{"the whole folder rolled back", Knowledge::kNothing,
                          [](const Scene& scene) { scene.bring_back_everything(); }};
  EXPECT_FALSE(violations_of([&] { check_event(rolled_back); }).empty());
}

}  // namespace
}  // namespace smbatcher::test

#include "tests/crash/strace_scene.h"

#include <algorithm>
#include <filesystem>

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "tests/process/queue_facts.h"
#include "tests/support/variants.h"

namespace smbatcher::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRegistry = ".smbatcher/REGISTRY.md";

/// A call's standard output as if it had ended well.
Json answer_of(const std::string& out) {
  ProcessResult result;
  result.out = out;
  result.status = 0;
  return json(result);
}

}  // namespace

std::vector<std::string> failures_of(const std::function<void()>& checks) {
  ::testing::TestPartResultArray results;
  {
    const ::testing::ScopedFakeTestPartResultReporter reporter(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    checks();
  }
  std::vector<std::string> failures;
  for (int i = 0; i < results.size(); ++i) {
    failures.emplace_back(results.GetTestPartResult(i).message());
  }
  return failures;
}

const char* Scene::name_of(Kind kind) {
  switch (kind) {
    case Kind::kClaim:
      return "Claim";
    case Kind::kFirstClaim:
      return "FirstClaim";
    case Kind::kCompletion:
      return "Completion";
    case Kind::kRegistration:
      return "Registration";
    case Kind::kFirstRegistration:
      return "FirstRegistration";
    case Kind::kRelease:
      break;
  }
  return "Release";
}

Scene::Scene(Kind kind, const std::string& variant, const std::function<ProcessResult(const Command&)>& prepare)
    : kind_(kind) {
  if (kind != Kind::kFirstRegistration) {
    sites_ = fleet(10, 2, "O");
    sandbox_.write_registry(Sandbox::registry_text(sites_));
  }
  std::string token;
  if (kind != Kind::kFirstClaim && kind != Kind::kFirstRegistration) {
    const bool annas = kind == Kind::kCompletion || kind == Kind::kRelease;
    const Json claimed = json(prepare(sandbox_.command("find-next", {"--claim", "--owner", annas ? "anna" : "ben"})));
    highest_ = number_of(claimed, "token");
    token = std::to_string(highest_);
    if (kind != Kind::kRelease) {
      taken_.insert(text_of(claimed, "batch"));
    }
    write_outputs(sandbox_, {sites_[0], sites_[1]});
  }
  switch (kind) {
    case Kind::kClaim:
    case Kind::kFirstClaim:
      call_ = sandbox_.command("find-next", {"--claim", "--owner", "anna"});
      break;
    case Kind::kCompletion:
      call_ = sandbox_.command("implement-complete", {"--batch", "001", "--token", token});
      break;
    case Kind::kRegistration:
    case Kind::kFirstRegistration:
      call_ = sandbox_.command("prepare-register", {"--sites", "new.example:New:Text:warm", "--owner", "anna"});
      break;
    case Kind::kRelease:
      call_ = sandbox_.command("release", {"--batch", "001", "--token", token, "--delay", "0"});
      break;
  }
  if (!variant.empty()) {
    call_ = in_variant(variant, call_);
  }
  keep_and_rehearse();
}

void Scene::begin_with_a_killed_claim(const std::function<void(const Command& claim)>& kill) {
  kill(sandbox_.command("find-next", {"--claim", "--owner", "carl"}));
  keep_and_rehearse();
}

void Scene::clear() const {
  for (const fs::directory_entry& entry : fs::directory_iterator(sandbox_.dir().path())) {
    fs::remove_all(entry.path());
  }
}

void Scene::restore() const {
  clear();
  fs::copy(kept_->path(), sandbox_.dir().path(), fs::copy_options::recursive);
}

void Scene::keep_and_rehearse() {
  kept_.emplace();
  fs::copy(sandbox_.dir().path(), kept_->path(), fs::copy_options::recursive);
  old_bytes_ = registry();
  const ProcessResult result = run(call_);
  EXPECT_EQ(result.status, 0) << result.out << result.err;
  EXPECT_TRUE(reports_success(result.out)) << result.out;
  answer_ = result.out;
  new_bytes_ = registry();
  EXPECT_NE(new_bytes_, old_bytes_) << "the call changes nothing";
  restore();
}

std::string Scene::registry() const { return sandbox_.dir().exists(kRegistry) ? sandbox_.registry() : ""; }

bool Scene::reports_success(const std::string& text) {
  return text.ends_with("\n") && (text.starts_with("OK:") || text.find("\"exit_code\":0") != std::string::npos);
}

void Scene::expect_recovery(const std::string& said) const {
  const bool published = shows_new();
  EXPECT_TRUE(published || shows_old()) << "the registry is neither old nor new: " << registry();
  EXPECT_TRUE(published || !reports_success(said)) << "success was reported and is not in the registry: " << said;
  if (sandbox_.dir().exists(kRegistry)) {
    EXPECT_EQ(sandbox_.run("status").status, 0);
  }
  if (kind_ == Kind::kClaim || kind_ == Kind::kFirstClaim) {
    claim_for_other(published, said);
    repeat(published, said);
  } else {
    repeat(published, said);
    EXPECT_EQ(registry(), new_bytes_);
    if (kind_ != Kind::kFirstRegistration) {
      claim_for_other(published, said);
    }
  }
}

void Scene::claim_for_other(bool published, const std::string& said) const {
  std::int64_t highest = highest_;
  std::set<std::string> taken = taken_;
  if (kind_ == Kind::kClaim || kind_ == Kind::kFirstClaim) {
    const bool reported = reports_success(said);
    highest = reported ? number_of(answer_of(said), "token") : highest;
    if (reported || published) {
      taken.insert(text_of(answer_of(answer_), "batch"));
    }
  }
  const Json other = json(sandbox_.run("find-next", {"--claim", "--owner", "other", "--lock-timeout", "0"}));
  EXPECT_EQ(text_of(other, "action"), "start") << "the next claim did not work";
  EXPECT_GT(number_of(other, "token"), highest);
  EXPECT_FALSE(taken.contains(text_of(other, "batch"))) << "a second owner got batch " << text_of(other, "batch");
}

void Scene::repeat(bool published, const std::string& said) const {
  Command command = call_;
  command.argv.front() = tool_path(command.argv.front().substr(command.argv.front().rfind('/') + 1));
  const ProcessResult again = run(command);
  EXPECT_TRUE(again.status == 0 && again.err.empty()) << "the call cannot be made again: " << again.out << again.err;
  if (kind_ != Kind::kClaim && kind_ != Kind::kFirstClaim) {
    return;
  }
  const Json claimed = json(again);
  if (published) {
    EXPECT_EQ(text_of(claimed, "action"), "continue");
    EXPECT_EQ(text_of(claimed, "batch"), text_of(answer_of(answer_), "batch"));
  }
  if (reports_success(said)) {
    EXPECT_EQ(number_of(claimed, "token"), number_of(answer_of(said), "token"))
        << "the reported claim is not continued";
  }
}

void Scene::expect_history() const {
  const std::vector<LoggedEvent> events = logged_events(sandbox_);
  const bool kept =
      std::any_of(events.begin(), events.end(), [](const LoggedEvent& event) { return event.closed_as == "kept"; });
  if (!kept) {
    expect_history_explains_registry(sandbox_, sites_);
    return;
  }
  // A claim that may have been reported before a power failure took its rows back: its lease goes on, its rows do not
  // follow from the history until its owner comes back.
  EXPECT_EQ(sandbox_.run("check-registry").out, "OK:registry_valid\n");
  LeaseBook leases;
  for (const LoggedEvent& event : events) {
    if (event.in_force()) {
      leases.apply(event);
    }
  }
}

}  // namespace smbatcher::test

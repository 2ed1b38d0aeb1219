#include <iostream>
#include <set>

#include "tests/process/fencing_calls.h"
#include "tests/support/variants.h"
#include "tests/support/violations.h"

namespace smbatcher::test {
namespace {

// A token whose claim has ended is refused by every tool that has a --token, before anything else and without a byte
// changed. A new tool fails this test until it has a row.

const std::vector<ToolCall> kWithToken{
    {"find-next", {"--claim", "--batch", "002", "--token", "IMPLEMENT", "--format", "text"}},
    {"find-next", {"--claim", "--phase", "design", "--batch", "001", "--token", "DESIGN", "--format", "text"}},
    {"check-claim", {"--batch", "002", "--token", "IMPLEMENT"}},
    {"heartbeat", {"--batch", "002", "--token", "IMPLEMENT"}},
    {"with-lease", {"--batch", "002", "--token", "IMPLEMENT", "--", "touch", "written"}},
    {"release", {"--batch", "002", "--token", "IMPLEMENT"}},
    {"bury", {"i.example", "--why", "no photos", "--token", "IMPLEMENT"}},
    {"kick", {"i.example", "--token", "IMPLEMENT"}},
    {"reopen", {"q.example", "--why", "too dark", "--token", "IMPLEMENT"}},
    {"design-start", {"--batch", "001", "--token", "DESIGN"}},
    {"design-run", {"--batch", "001", "--token", "DESIGN"}},
    {"design-run", {"--batch", "001", "--token", "DESIGN", "--exec", "touch written"}},
    {"design-complete", {"--batch", "001", "--token", "DESIGN"}},
    {"verify-post-design", {"--batch", "001", "--token", "DESIGN"}},
    {"lock", {"002", "--token", "IMPLEMENT"}},
    {"implement-start", {"--batch", "002", "--token", "IMPLEMENT"}},
    {"implement-run", {"--batch", "002", "--token", "IMPLEMENT"}},
    {"implement-complete", {"--batch", "002", "--token", "IMPLEMENT"}},
    {"implement-finish", {"q.example", "--token", "IMPLEMENT"}}};

/// Tools that write without ever acting under a claim.
const std::set<std::string> kWithoutToken{
    "prepare-register",  // new sites are nobody's
    "design-register",   // as prepare-register
    "prepare-batch",     // sites that no phase can claim yet
    "design-batch",      // as prepare-batch
    "write-design",      // a stamp in a site's own file: for people and agents at work on it
    "generate",          // as write-design
    "analyze-seeds",     // a line in batch files, under the registry's lock; no site and no status
    "reap",              // ends the claims of others, by their time or by --force
};

TEST(StaleToken, HasARowForEveryToolThatTakesAToken) {
  std::set<std::string> rows;
  for (const ToolCall& call : kWithToken) {
    rows.insert(call.tool);
  }
  for (const Operation& operation : operations()) {
    if (!works_on_a_registry(operation)) {
      continue;
    }
    const std::string tool(operation.name);
    EXPECT_EQ(has_option(tool, "--token"), rows.contains(tool)) << tool << ": add a row to kWithToken";
    EXPECT_EQ(has_option(tool, "--dry-run") && !has_option(tool, "--token"), kWithoutToken.contains(tool))
        << tool << " writes and has no --token: say in kWithoutToken why";
  }
}

enum class End { kAdopted, kReaped, kReleased };

/// The queue after anna's claims have ended in this way.
std::unique_ptr<CallScene> scene_after(End end) {
  auto scene = std::make_unique<CallScene>();
  const Sandbox& sandbox = scene->sandbox();
  if (end == End::kAdopted) {
    scene->claim_both_for_the_dead();
    claim_for(sandbox, "ben", {"--phase", "design", "--batch", "001"});
    claim_for(sandbox, "ben", {"--batch", "002"});
    return scene;
  }
  scene->claim_both();
  for (const char* const batch : {"001", "002"}) {
    if (end == End::kReaped) {
      expect_ok(sandbox.run("reap", {"--batch", batch, "--force", "--why", "stuck"}), "OK:reaped:1");
    } else {
      expect_ok(sandbox.run("release", {"--batch", batch, "--owner", "anna"}), "OK:released");
    }
  }
  return scene;
}

std::string holder_after(End end) { return end == End::kAdopted ? "ben" : "nobody"; }

/// The call with the token of a claim that has ended. With `variant`, of that build.
void check_refusal(const ToolCall& call, End end, const std::string& variant = "") {
  const auto scene = scene_after(end);
  const auto look = [&] {
    Listing all = listing(scene->sandbox().dir().path());
    all.erase(".smbatcher/REGISTRY.lock");  // who was refused under the lock has left a line about itself
    return all;
  };
  const Listing before = look();
  const Command command = scene->command(call);
  const ProcessResult result = test::run(variant.empty() ? command : in_variant(variant, command));
  expect_fail(result, "FAIL:stale_claim:" + holder_after(end));
  EXPECT_EQ(difference(before, look()), "") << result.command;
}

TEST(StaleToken, IsRefusedByEveryToolThatTakesOne) {
  int calls = 0;
  for (const ToolCall& call : kWithToken) {
    for (const End end : {End::kAdopted, End::kReaped, End::kReleased}) {
      if (call.tool != "release" || end != End::kReleased) {  // that is the repeat of the call that ended it
        check_refusal(call, end);
        ++calls;
      }
    }
  }
  std::cout << "calls with a stale token: " << calls << "\n";
}

TEST(StaleToken, IsFoundAcceptedWhereTokensAreNotCompared) {
  for (const ToolCall& call : kWithToken) {
    EXPECT_FALSE(violations_of([&] { check_refusal(call, End::kAdopted, "any_token"); }).empty()) << call.tool;
  }
}

}  // namespace
}  // namespace smbatcher::test

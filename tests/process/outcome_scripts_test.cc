#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// Answers of the former scripts that the other tests show for a part of their tools only: see docs/script-paths.md.

TEST(Scripts, StartASiteOfEachPhase) {
  const Sandbox sandbox({{"b.example", "001", "B"}, {"o.example", "002", "O"}});
  expect_ok(sandbox.run("design-start", {"b.example", "--owner", "a1"}), "OK:marked_in_progress");
  expect_ok(sandbox.run("implement-start", {"o.example", "--owner", "a1"}), "OK:marked_in_progress");
  EXPECT_EQ(sandbox.status_of("b.example") + sandbox.status_of("o.example"), "di");
}

TEST(Scripts, AreShownOrRefusedABatchToDesign) {
  const Sandbox sandbox({{"b.example", "001", "B"}, {"o.example", "002", "O"}});
  expect_untouched(sandbox, "design-run", {"--dry-run"}, 0, "OK:dry_run\nb.example B -> d\n");
  expect_untouched(sandbox, "design-run", {"--batch", "002"}, 1, "FAIL:not_ready:O\n");
  claim_for(sandbox, "ben", {"--phase", "design"});
  expect_fail(sandbox.run("design-run", {"--batch", "001", "--owner", "anna"}), "FAIL:held:ben");
}

TEST(Scripts, AreToldThatThereIsNoDesign) {
  const Sandbox sandbox({{"b.example", "001", "D"}});
  for (const char* tool : {"read-design", "write-design", "generate"}) {
    expect_untouched(sandbox, tool, {"b.example"}, 2, "ERROR:design_not_found:");
  }
}

TEST(Scripts, AreToldOfADomainThatIsNotRegistered) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  for (const char* tool :
       {"design-start", "design-complete", "implement-start", "implement-complete", "implement-finish"}) {
    expect_untouched(sandbox, tool, {"none.example"}, 2,
                     "ERROR:domain_not_found:'none.example' is not in the registry");
  }
}

TEST(Scripts, AreToldThatThereIsNoRegistry) {
  for (const char* tool : {"lock", "status", "dry-run", "metrics-batch-counts"}) {
    expect_untouched(Sandbox(), tool, {}, 2, "ERROR:registry_not_found:no registry in ");
  }
}

}  // namespace
}  // namespace smbatcher::test

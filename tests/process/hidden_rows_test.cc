#include "tests/process/worker_support.h"

namespace smbatcher::test {
namespace {

// What a person, an editor or git hides from the queue: rows outside of tables, conflicts, rewound rows. Nobody is told
// that all is well.

const std::string kWide = "| Domain | Description | Batch | Status |\n|---|---|---|---|\n";

bool says(const ProcessResult& result, const std::string& text) { return result.out.find(text) != std::string::npos; }

TEST(HiddenRows, AreListedByTheCheckAndKeepAWorkerFromBeingDone) {
  const Fleet fleet({{"a.example", "001", "O"}});
  const Sandbox& sandbox = fleet.sandbox();
  sandbox.write_registry(kWide + "| a.example | x | 001 | O |\n## More\n| b.example | x | 002 | O |\n");
  const ProcessResult check = sandbox.run("check-registry");
  expect_fail(check, "FAIL:registry_invalid:1 issue");
  EXPECT_TRUE(says(check, ":5: row_outside_table: the row of 'b.example'")) << check.out;
  const ProcessResult worker = fleet.run(kBuild, {"--loop"});
  EXPECT_EQ(worker.status, 1) << worker.out;
  EXPECT_TRUE(says(worker, "FAIL:no_batch_ready:damaged")) << worker.out;
  EXPECT_EQ(sandbox.status_of("a.example"), "I");
  expect_fail(sandbox.run("find-next", {"--claim", "--format", "text"}), "FAIL:no_work_found:damaged");
}

TEST(HiddenRows, OfAHolderAreNamedAndAConflictTakesNoSite) {
  const Sandbox sandbox({{"a.example", "001", "O"}});
  build_site(sandbox, "a.example");
  const std::string token = claim_for(sandbox, "anna");
  sandbox.write_registry(
      kWide + "<<<<<<< HEAD\n| a.example | x | 001 | i |\n=======\n| a.example | x | 001 | O |\n>>>>>>> b\n");
  const ProcessResult completion = sandbox.run("implement-complete", {"--batch", "001", "--token", token});
  expect_error(completion, "ERROR:damaged_row");
  EXPECT_TRUE(says(completion, "conflict of lines 3, 5 and 7")) << completion.out;
  expect_untouched(sandbox, "prepare-register", {"--sites", "n.example:::"}, 2, "ERROR:registry_conflict");
  EXPECT_TRUE(says(sandbox.run("check-registry"), "registry_conflict: conflict markers in lines 3, 5 and 7"));
}

TEST(HiddenRows, ThatAreGoneAreSaidToBeHeld) {
  const Sandbox sandbox({{"a.example", "001", "O"}});
  const std::string token = claim_for(sandbox, "anna");
  sandbox.write_registry(kWide);
  expect_fail(sandbox.run("find-next", {"--claim", "--format", "text"}), "FAIL:no_work_found:all_held");
  EXPECT_TRUE(says(sandbox.run("check-registry"), "lease_without_rows: 'anna' holds batch '001'"));
  EXPECT_TRUE(says(sandbox.run("status", {"001"}), "lease_without_rows"));
  expect_error(sandbox.run("implement-complete", {"--batch", "001", "--token", token}), "ERROR:rows_missing");
  expect_ok(sandbox.run("heartbeat", {"--batch", "001", "--token", token}), "OK:renewed");
}

TEST(SurplusCells, AreLeftAlone) {
  const std::string text = kWide + "| a.example | Vitamins A|O | 003 | O |\n";
  const Sandbox sandbox(text);
  const ProcessResult check = sandbox.run("check-registry");
  EXPECT_TRUE(says(check, ":3: surplus_cells: the row has 5 cells under 4 columns, and 'O' is in none")) << check.out;
  expect_fail(sandbox.run("find-next", {"--claim", "--format", "text"}), "FAIL:no_work_found:damaged");
  EXPECT_EQ(sandbox.registry(), text);
}

TEST(Rewinds, AreToldByEveryAnswer) {
  const Sandbox sandbox({{"a.example", "001", "O"}, {"b.example", "002", "O"}});
  build_site(sandbox, "a.example");
  const std::string before = sandbox.registry();
  const std::string token = claim_for(sandbox, "anna");
  expect_ok(sandbox.run("implement-complete", {"--batch", "001", "--token", token}), "OK:marked_complete");
  sandbox.write_registry(before);
  const std::string told =
      "rewound: 'a.example' of batch '001' was completed to I under token " + token + ", but its row shows ";
  const auto expect_told = [&](const std::string& tool, const Args& args, const std::string& letter) {
    const ProcessResult result = sandbox.run(tool, args);
    EXPECT_EQ(result.status, 0);
    EXPECT_TRUE(says(result, told + letter)) << result.out;
  };
  expect_told("find-next", {"--format", "text"}, "O");
  expect_told("find-next", {"--claim", "--owner", "ben", "--format", "text"}, "O");
  expect_told("status", {"001"}, "i");
  expect_told("check-registry", {}, "i");
  EXPECT_TRUE(says(sandbox.run("history"), " rewound by smbatcher, batch 001: a.example I -> O\n"));
}

TEST(Registration, ComesOutAsItWentIn) {
  const Sandbox sandbox(kWide + "| a.example | K\xC3\xA4se     | | - |\n");
  expect_ok(sandbox.run("prepare-register", {"--sites", "b.example::keep __init__ and *must* <b>:"}), "OK:registered");
  EXPECT_TRUE(sandbox.registry().ends_with(R"(| b.example | keep \_\_init\_\_ and \*must\* \<b> |  | - |)"
                                           "\n"))
      << sandbox.registry();
}

}  // namespace
}  // namespace smbatcher::test

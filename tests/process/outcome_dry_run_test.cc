#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// --dry-run of every tool that writes: it says what would change, and no byte of any file is another.

struct Writing {
  std::string tool;
  Args args;
  std::string shows;  // a line of the text answer
  std::string would;

  friend void PrintTo(const Writing& each, std::ostream* out) { *out << each.tool; }
};

class WithDryRun : public testing::TestWithParam<Writing> {};

TEST_P(WithDryRun, SaysWhatWouldChangeAndChangesNothing) {
  const Sandbox sandbox({{"o.example", "001", "O"},
                         {"n.example", "", "-"},
                         {"b.example", "002", "B"},
                         {"d.example", "003", "D"},
                         {"q.example", "004", "Q"},
                         {"i.example", "005", "I"},
                         {"r.example", "006", "O"},
                         {"g.example", "007", "B"},
                         {"k.example", "008", "O"},
                         {"e.example", "009", "O"}});
  for (const char* domain : {"r.example", "g.example"}) {
    build_site(sandbox, domain);
  }
  claim_for(sandbox, "held", {"--batch", "6"});
  claim_for(sandbox, "designer", {"--phase", "design", "--batch", "7"});
  lapsed_claim_for(sandbox, "dead", {"--batch", "9"});
  expect_ok(sandbox.run("bury", {"k.example", "--why", "x"}), "OK:buried");
  Args args = GetParam().args;
  args.emplace_back("--dry-run");
  Args in_text = args;
  in_text.insert(in_text.end(), {"--format", "text"});
  expect_untouched(sandbox, GetParam().tool, in_text, 0, "OK:dry_run\n");
  const ProcessResult text = sandbox.run(GetParam().tool, in_text);
  EXPECT_NE(text.out.find("\n" + GetParam().shows + "\n"), std::string::npos) << text.out;
  const Json answer = ask(sandbox, GetParam().tool, args);
  EXPECT_EQ(text_of(answer, "result") + " " + text_of(answer, "would"), "dry_run " + GetParam().would);
  EXPECT_EQ(answer.find("token"), nullptr) << "the token of a claim that is not made must not be given out";
}

INSTANTIATE_TEST_SUITE_P(
    Tools, WithDryRun,
    testing::Values(
        Writing{"find-next", {"--claim", "--batch", "1"}, "o.example O -> i", "claimed"},
        Writing{"heartbeat", {"--owner", "held"}, "no row would change; the answer would be OK:renewed", "renewed"},
        Writing{"release", {"--owner", "held", "--batch", "6"}, "r.example i -> O", "released"},
        Writing{"reap", {}, "e.example i -> O", "reaped"},
        Writing{"bury",
                {"o.example", "--why", "x"},
                "no row would change; the answer would be OK:buried for o.example",
                "buried"},
        Writing{"kick", {"k.example"}, "no row would change; the answer would be OK:kicked for k.example", "kicked"},
        Writing{"reopen", {"q.example", "--why", "x"}, "q.example Q -> O", "reopened"},
        Writing{"lock", {"3"}, "d.example D -> O", "locked"},
        Writing{"prepare-register", {"--sites", "new.example:N:x:y"}, "new.example (new) -> -", "registered"},
        Writing{"prepare-batch", {}, "n.example - -> B (batch 010)", "batch_created"},
        Writing{"design-register", {"--sites", "new.example:N:x:y"}, "new.example (new) -> -", "registered"},
        Writing{"design-batch", {"n.example"}, "n.example - -> B (batch 010)", "batch_created"},
        Writing{"design-run", {"--batch", "2"}, "b.example B -> d", "sites_claimed"},
        Writing{"implement-run", {"--batch", "3"}, "d.example D -> i", "batch_claimed"},
        Writing{"design-start", {"b.example"}, "b.example B -> d", "marked_in_progress"},
        Writing{"design-complete", {"--owner", "designer", "--batch", "7"}, "g.example d -> D", "marked_complete"},
        Writing{"implement-start", {"o.example"}, "o.example O -> i", "marked_in_progress"},
        Writing{"implement-complete", {"--owner", "held", "--batch", "6"}, "r.example i -> I", "marked_complete"},
        Writing{"implement-finish", {"--batch", "5"}, "i.example I -> Q", "marked_done"}),
    [](const auto& each) {
      std::string name = each.param.tool;
      std::erase(name, '-');
      return name;
    });

TEST(WithDryRun, RefusesWhatTheCallWouldRefuse) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  claim_for(sandbox, "a1");
  expect_untouched(sandbox, "release", {"--batch", "3", "--owner", "a2", "--dry-run"}, 1, "FAIL:held:a1");
  expect_untouched(sandbox, "find-next", {"--claim", "--owner", "a2", "--dry-run", "--format", "text"}, 1,
                   "FAIL:no_work_found:all_held");
}

}  // namespace
}  // namespace smbatcher::test

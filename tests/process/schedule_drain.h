#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/process/queue_facts.h"
#include "tests/support/variants.h"

namespace smbatcher::test {

inline constexpr int kDrainers = 64;

/// Claims until there is nothing left, each time as another owner, and prints the answers. A refusal to read a file
/// that an editor has emptied and not yet written, or that does not stay still, is no end: a busy machine may hold an
/// editor up between the two for longer than a call waits (docs/registry-format.md, "While somebody saves"), and the
/// next call finds the text.
inline constexpr const char* kDrainLoop = R"(
n=0
while true; do
  answer=$("$1" --claim --owner "$2-$n" --format json)
  case "$?$answer" in
    0*) n=$((n+1)) ;;
    '2{"error":"registry_empty"'* | '2{"error":"file_changing"'*) continue ;;
    *) printf '%s\n' "$answer"; exit 0 ;;
  esac
  printf '%s\n' "$answer"
done)";

/// One of many that work a queue off. With `variant`, with a tool of that build.
inline Command drainer(const Sandbox& sandbox, int number, const std::string& variant = "") {
  Command tool = sandbox.command("find-next");
  tool = variant.empty() ? tool : in_variant(variant, tool);
  return {.argv = {"sh", "-c", kDrainLoop, "sh", tool.argv.front(), "a" + std::to_string(number)},
          .env = tool.env,
          .cwd = tool.cwd};
}

/// All answers of the drainers, one object each.
inline std::vector<Json> answers_of(const std::vector<ProcessResult>& results) {
  std::vector<Json> answers;
  for (const ProcessResult& result : results) {
    EXPECT_EQ(result.err, "") << result.command;
    EXPECT_FALSE(result.timed_out) << result.command;
    for (std::string_view text = result.out; !text.empty(); text = after_first_line(text)) {
      const auto parsed = parse_json(text.substr(0, text.find('\n')));
      const Json* const answer = std::get_if<Json>(&parsed);
      EXPECT_NE(answer, nullptr) << text;
      answers.push_back(answer == nullptr ? Json() : *answer);
    }
  }
  return answers;
}

/// `batches` batches, each given to exactly one owner, under tokens that the history gave out in strict order; and
/// whoever got none was told that there is none.
inline void expect_each_given_once(const Sandbox& sandbox, const std::vector<Json>& answers, std::size_t batches) {
  std::map<std::string, int> given;
  for (const Json& answer : answers) {
    if (number_of(answer, "exit_code") == 0) {
      ++given[text_of(answer, "batch")];
    } else {
      EXPECT_EQ(text_of(answer, "reason"), "no_work_found") << answer.dump();
    }
  }
  for (const auto& [batch, times] : given) {
    EXPECT_EQ(times, 1) << "batch " << batch << " was given to " << times << " owners";
  }
  EXPECT_EQ(given.size(), batches);
  std::int64_t highest = 0;
  for (const LoggedEvent& event : logged_events(sandbox, "claim")) {
    EXPECT_GT(event.token, highest) << "event " << event.number;
    highest = event.token;
  }
}

}  // namespace smbatcher::test

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <set>

#include "tests/process/fencing_calls.h"
#include "tests/process/liveness_wait.h"
#include "tests/process/queue_facts.h"
#include "tests/support/variants.h"
#include "tests/support/violations.h"

namespace smbatcher::test {
namespace {

// A change whose answer never arrived: the same call again gets the same answer and changes nothing. For every tool
// that writes; a new one fails this test until it has a row.

const std::vector<ToolCall> kWriting{
    {"find-next", {"--claim", "--batch", "006", "--owner", "ben"}},
    {"find-next", {"--claim", "--phase", "design", "--batch", "005", "--owner", "ben"}},
    {"heartbeat", {"--batch", "002", "--token", "IMPLEMENT"}},
    {"release", {"--batch", "002", "--token", "IMPLEMENT"}},
    {"reap", {"--batch", "002", "--force", "--why", "stuck", "--owner", "carl"}},
    {"bury", {"o.example", "--why", "no photos"}},
    {"kick", {"k.example", "--owner", "ben"}},
    {"reopen", {"o.example", "--why", "too dark"}},
    {"prepare-register", {"--sites", "new.example:New:Text:warm", "--owner", "ben"}},
    {"prepare-batch", {"--owner", "ben"}},
    {"design-register", {"--sites", "new.example:New:Text:warm", "--owner", "ben"}},
    {"design-batch", {"n.example", "--owner", "ben"}},
    {"design-start", {"--batch", "005", "--owner", "ben"}},
    {"design-run", {"--batch", "005", "--owner", "ben"}},
    {"design-complete", {"--batch", "001", "--token", "DESIGN"}},
    {"verify-post-design", {"--batch", "001", "--token", "DESIGN"}},
    {"lock", {"003"}},
    {"implement-start", {"--batch", "006", "--owner", "ben"}},
    {"implement-run", {"--batch", "003", "--owner", "ben"}},
    {"implement-complete", {"--batch", "002", "--token", "IMPLEMENT"}},
    {"implement-finish", {"f.example"}}};

TEST(Repeat, HasARowForEveryToolThatWrites) {
  // with-lease writes nothing but heartbeats, and its command is not repeatable; the others write a
  // site's own files, or batch files.
  std::set<std::string> rows{"with-lease", "write-design", "generate", "analyze-seeds"};
  for (const ToolCall& call : kWriting) {
    rows.insert(call.tool);
  }
  for (const Operation& operation : operations()) {
    if (!works_on_a_registry(operation)) {
      continue;
    }
    const std::string tool(operation.name);
    EXPECT_EQ(has_option(tool, "--dry-run"), rows.contains(tool)) << tool << ": add a row to kWriting";
  }
}

/// Ends with exit status 2 after the change: nobody can read its answer.
void run_into_a_full_device(Command command) {
  command.stdout_path = "/dev/full";
  const ProcessResult result = test::run(command);
  EXPECT_EQ(result.status, 2) << result.command;
}

/// Killed between the change and the answer: standard output is a pipe that is full, so that the answer waits. The
/// change is complete when something has changed and the lock is free again.
void kill_before_the_answer(const Sandbox& sandbox, Command command) {
  command.stdout_path = sandbox.dir().at("pipe");
  ASSERT_EQ(::mkfifo(command.stdout_path.c_str(), 0600), 0);
  const int pipe = ::open(command.stdout_path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  const std::string page(4096, '.');
  while (::write(pipe, page.data(), page.size()) > 0) {
  }
  while (::write(pipe, ".", 1) > 0) {
  }
  const std::string folder = sandbox.dir().at(".smbatcher");
  const auto look = [&] {
    Listing all = listing(folder);
    all.erase("REGISTRY.lock");
    return all;
  };
  const Listing before = look();
  Process process(command);
  // In this order: a lock that is free after the first change is one that was given back.
  EXPECT_TRUE(wait_until([&] { return !difference(before, look()).empty() && lock_is_free(sandbox); }))
      << command.argv.front();
  process.kill(SIGKILL);
  EXPECT_EQ(process.wait().signal, SIGKILL) << "it had ended before it was killed";
  ::close(pipe);
  std::filesystem::remove(command.stdout_path);
}

/// What a caller goes by; the rest of an answer tells times, and that it is a repeat.
std::string core(const ProcessResult& result) {
  const Json answer = json(result);
  if (!text_of(answer, "action").empty()) {
    return text_of(answer, "batch") + " " + member(answer, "sites") + " " + text_of(answer, "owner");
  }
  std::string text = std::to_string(result.status) + " " + text_of(answer, "result");
  if (text_of(answer, "result") == "reaped") {
    return text;  // it tells how many it has returned itself, so a repeat tells of none
  }
  return text + " " + text_of(answer, "batch") + " " + member(answer, "sites");
}

/// A claim, a renewal and a reap are repeated by what they are; the others by what is remembered of them.
bool is_remembered(const ToolCall& call) {
  return call.tool != "find-next" && call.tool != "heartbeat" && call.tool != "reap" &&
         !call.tool.ends_with("-start") && !call.tool.ends_with("-run");
}

enum class Loss { kFullDevice, kKill };

/// Makes the call unseen and then again. For controls: with tools of `variant`, or with another call in place of the
/// second.
void check_repeat(const ToolCall& call, Loss loss, const std::string& variant = "", const Args& other = {}) {
  SCOPED_TRACE(call.tool);
  CallScene twin;
  twin.claim_both();
  CallScene scene;
  scene.claim_both();
  const auto command_in = [&](const CallScene& in, const Args& args) {
    Command command = in.command({call.tool, args});
    command.argv.insert(command.argv.begin() + 1, {"--format", "json"});
    return variant.empty() ? command : in_variant(variant, command);
  };
  const ProcessResult seen = test::run(command_in(twin, call.args));
  EXPECT_EQ(seen.status, 0) << seen.out;
  if (loss == Loss::kKill) {
    kill_before_the_answer(scene.sandbox(), command_in(scene, call.args));
  } else {
    run_into_a_full_device(command_in(scene, call.args));
  }
  const std::string registry = scene.sandbox().registry();
  EXPECT_EQ(registry, twin.sandbox().registry()) << "the unseen call has changed something else than the seen one";
  const std::size_t events = logged_events(scene.sandbox()).size();
  const ProcessResult again = test::run(command_in(scene, other.empty() ? call.args : other));
  EXPECT_EQ(core(again), core(seen));
  EXPECT_EQ(scene.sandbox().registry(), registry);
  EXPECT_EQ(logged_events(scene.sandbox()).size(), events) << "a repeat is no change";
  if (is_remembered(call)) {
    EXPECT_EQ(member(json(again), "repeated"), "true") << again.out;
  }
}

TEST(Repeat, AfterALostAnswerIsTheSameAnswerAndNoChange) {
  int calls = 0;
  for (const ToolCall& call : kWriting) {
    for (const Loss loss : {Loss::kFullDevice, Loss::kKill}) {
      check_repeat(call, loss);
      ++calls;
    }
  }
  std::cout << "calls whose answer was lost: " << calls << "\n";
}

TEST(Repeat, IsFoundToBeAChangeWhereNobodyRemembersTheFirst) {
  for (const ToolCall& call : kWriting) {
    if (call.tool == "release" || call.tool == "kick" || call.tool.ends_with("-complete")) {
      const auto violations = violations_of([&] { check_repeat(call, Loss::kFullDevice, "no_repeat"); });
      EXPECT_FALSE(violations.empty()) << call.tool;
    }
  }
}

TEST(Repeat, IsFoundToBeNoneWhenTheSecondCallIsAnother) {
  const std::map<std::string, Args> others{
      {"find-next", {"--claim", "--owner", "carl"}},
      {"bury", {"o.example", "--why", "another reason"}},
      {"reopen", {"o.example", "--why", "another reason"}},
      {"prepare-register", {"--sites", "new.example:New:Text:warm", "--owner", "carl"}},
      {"prepare-batch", {"--owner", "carl"}},
      {"lock", {"001"}},
      {"implement-finish", {"o.example"}}};
  for (const ToolCall& call : kWriting) {
    if (const auto other = others.find(call.tool); other != others.end()) {
      const auto violations = violations_of([&] { check_repeat(call, Loss::kFullDevice, "", other->second); });
      EXPECT_FALSE(violations.empty()) << call.tool;
    }
  }
}

}  // namespace
}  // namespace smbatcher::test

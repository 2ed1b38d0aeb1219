#include <cstdlib>
#include <iostream>
#include <sstream>

#include "tests/process/liveness_wait.h"
#include "tests/process/schedule_drain.h"
#include "tests/support/violations.h"

namespace smbatcher::test {
namespace {

// A person saves numbered lines while many claim: each line is in the file, or in a conflict copy that an answer names.

/// Loads, adds a line, saves; again and again until SIGTERM. Before it goes on it looks for its last line, as a person
/// sees his own text, for at most 0.2 s: in the very moment of an exchange another text is in place. It prints the
/// lines that it saved. A line that went into a file without a name is not one of them: an editor that writes into the
/// displaced file after the next change is the case that is not promised. It runs ahead of all others, where it may, so
/// that it is not suspended between truncating and writing.
constexpr const char* kEditor = R"(
import os, random, signal, sys, time
path = '.smbatcher/REGISTRY.md'
try:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
except OSError:
    pass
go_on = True
def end(*_):
    global go_on
    go_on = False
signal.signal(signal.SIGTERM, end)

def load(saved, last):
    until = time.monotonic() + 0.2
    while True:
        with open(path, 'rb') as file:
            text = file.read()
        if text != saved and last in text or time.monotonic() > until:
            return text
        time.sleep(0.0005)

def save_by_rename(text):
    with open('.smbatcher/editor.tmp', 'wb') as file:
        file.write(text)
    os.rename('.smbatcher/editor.tmp', path)
    return True

def save_by_truncate(text):
    file = os.open(path, os.O_WRONLY | os.O_TRUNC)
    if number in pauses:
        time.sleep(0.3)
    os.write(file, text)
    named = os.fstat(file).st_nlink > 0
    os.close(file)
    return named

pauses = range(5, 500, 40) if sys.argv[1] == 'pause' else ()
save = save_by_rename if sys.argv[1] == 'rename' else save_by_truncate
number, saved, last = 0, b'', b''
while go_on:
    load(saved, last)
    time.sleep(random.uniform(0, 0.006))
    number += 1
    line = b'saved line %d.\n' % number
    saved = load(saved, last) + line
    if save(saved):
        last = line
        sys.stdout.write(line.decode())
        sys.stdout.flush()
)";

int batches_to_drain() { return std::getenv("SMB_SOAK") == nullptr ? 130 : 2000; }  // NOLINT(concurrency-mt-unsafe)

/// The registry and all conflict copies that `answers` name.
std::string kept_text(const Sandbox& sandbox, const std::vector<Json>& answers) {
  std::string text = sandbox.registry();
  for (const Json& answer : answers) {
    const Json* const warnings = answer.find("warnings");
    for (const Json& warning : warnings == nullptr ? JsonArray{} : *warnings->array()) {
      if (text_of(warning, "code") == "conflict_copy") {
        const std::string file = text_of(warning, "file");
        text += sandbox.dir().read(".smbatcher/" + file.substr(file.rfind('/') + 1));
      }
    }
  }
  return text;
}

void drain_beside_an_editor(const std::string& way, const std::string& variant) {
  const auto sites = fleet(batches_to_drain(), 1, "O");
  const Sandbox sandbox(sites);
  Process editor({.argv = {"python3", "-c", kEditor, way}, .cwd = sandbox.dir().path()});
  ASSERT_TRUE(wait_until([&] { return !editor.out_so_far().empty(); }));
  std::vector<Command> commands;
  for (int i = 0; i < kDrainers; ++i) {
    commands.push_back(drainer(sandbox, i, variant));
  }
  std::vector<Json> answers = answers_of(run_together(commands));
  editor.kill(SIGTERM);
  const ProcessResult edited = editor.wait();
  EXPECT_EQ(edited.err, "");
  expect_each_given_once(sandbox, answers, sites.size());
  // The change that looks at what the last ones displaced.
  answers.push_back(json(sandbox.run("prepare-register", {"--sites", "new.example:N:x:y", "--format", "json"})));
  const std::string kept = kept_text(sandbox, answers);
  std::istringstream saved(edited.out);
  int lines = 0;
  for (std::string line; std::getline(saved, line); ++lines) {
    EXPECT_NE(kept.find(line + "\n"), std::string::npos) << "'" << line << "' was saved and is lost";
  }
  std::cout << way << " " << variant << ": " << lines << " saves during " << sites.size() << " claims\n";
  EXPECT_GT(lines, batches_to_drain() / 5) << "too few saves for this to show much";
}

TEST(Editor, SavingByRenameLosesNoLine) { drain_beside_an_editor("rename", ""); }

TEST(Editor, SavingByTruncatingLosesNoLine) { drain_beside_an_editor("truncate", ""); }

// As on a disk that is busy: the file stays empty for longer than a call waits, which is then refused.
TEST(Editor, SavingByTruncatingWithPausesLosesNoLine) { drain_beside_an_editor("pause", ""); }

// Where two files cannot be exchanged, a save by rename in the moment of ours can be lost; one into the file cannot.
TEST(Editor, SavingByTruncatingLosesNoLineWithoutExchange) { drain_beside_an_editor("truncate", "no_exchange"); }

TEST(Editor, IsFoundToLoseLinesToABlindRename) {
  for (const char* const way : {"rename", "truncate"}) {
    const auto violations = violations_of([way] { drain_beside_an_editor(way, "blind_rename"); });
    EXPECT_TRUE(
        std::any_of(violations.begin(), violations.end(),
                    [](const std::string& violation) { return violation.find("is lost") != std::string::npos; }))
        << way << ": " << summary(violations);
  }
}

}  // namespace
}  // namespace smbatcher::test

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include <gmock/gmock.h>

#include "tests/process/audit_support.h"
#include "tests/support/variants.h"

namespace smbatcher::test {
namespace {

std::vector<Command> lockers(const AuditHome& home, int count) {
  std::vector<Command> commands;
  for (int i = 0; i < count; ++i) {
    commands.push_back(home.command("audit-sync", {"lock", AuditHome::repo(i % 3), "i" + std::to_string(i)}));
  }
  return commands;
}

/// Rounds of 32 calls for one lock; the holder gives it back in between. Answers the rounds with another number of
/// holders than one.
int rounds_gone_wrong(const AuditHome& home, int rounds, const std::string& variant = "") {
  int wrong = 0;
  for (int round = 0; round < rounds; ++round) {
    std::vector<Command> commands = lockers(home, 32);
    if (!variant.empty()) {
      std::transform(commands.begin(), commands.end(), commands.begin(),
                     [&](const Command& command) { return in_variant(variant, command); });
    }
    int granted = 0;
    for (const ProcessResult& result : run_together(commands)) {
      granted += result.status == 0 ? 1 : 0;
      if (variant.empty()) {
        EXPECT_TRUE(result.status == 0 || answer_text(result, "error") == "already_locked") << result.out;
      }
    }
    wrong += granted == 1 ? 0 : 1;
    home.sync({"unlock", "--force"});
  }
  return wrong;
}

TEST(AuditRace, ThirtyTwoLocksAtOnceHaveOneHolderInReplaceMode) { EXPECT_EQ(rounds_gone_wrong(AuditHome(), 50), 0); }

TEST(AuditRace, ThirtyTwoLocksAtOnceHaveOneHolderInInPlaceMode) {
  EXPECT_EQ(rounds_gone_wrong(AuditHome(3, {"--in-place"}), 50), 0);
}

TEST(AuditRaceControl, WithoutALockThereAreSeveralHolders) {
  int wrong = 0;
  for (int attempt = 0; attempt < 5 && wrong == 0; ++attempt) {
    wrong = rounds_gone_wrong(AuditHome(3, {"--in-place"}), 10, "no_lock");
  }
  EXPECT_GT(wrong, 0);
}

TEST(AuditRace, OneExpiredLockIsTakenOverOnce) {
  const AuditHome home;
  for (int round = 0; round < 5; ++round) {
    ASSERT_EQ(home.sync({"lock", "r000", "dead", "--ttl", "0"}).status, 0);
    int granted = 0;
    for (const ProcessResult& result : run_together(lockers(home, 32))) {
      granted += result.status == 0 ? 1 : 0;
    }
    EXPECT_EQ(granted, 1) << "round " << round;
    EXPECT_EQ(home.sync({"unlock", "--force"}).status, 0);
  }
}

/// Counts under "counter", as often as it is told.
constexpr const char* kCount = R"(
def count(data):
    data['counter'] = data.get('counter', 0) + 1
for _ in range(int(sys.argv[1])):
    update(count)
)";

TEST(AuditRace, NoChangeOfAScriptAndOfOursIsLostInInPlaceMode) {
  constexpr int kOurs = 8;
  constexpr int kTurns = 10;
  const AuditHome home(40, {"--in-place"});
  std::vector<Command> commands;
  for (int i = 0; i < 4; ++i) {
    commands.push_back(home.script(kCount, {"50"}));
  }
  const std::string turn = "n=0; while [ $n -lt " + std::to_string(kTurns) +
                           " ]; do audit-sync lock r000 $1 >/dev/null && { audit-sync complete r000 CLEAN $1 --add "
                           ">/dev/null || exit 1; n=$((n+1)); }; done";
  home.write_report("r000");
  for (int i = 0; i < kOurs; ++i) {
    Command shell = home.command("audit-sync", {});
    shell.argv = {"sh", "-c", turn, "sh", "i" + std::to_string(i)};
    shell.env["PATH"] = bin_dir() + ":/usr/bin:/bin";
    commands.push_back(shell);
  }
  for (const ProcessResult& result : run_together(commands)) {
    EXPECT_EQ(result.status, 0) << result.out << result.err;
  }
  EXPECT_EQ(home.document().find("counter")->integer(), 200);
  EXPECT_EQ(home.document().find("completed_audits")->array()->size(), static_cast<std::size_t>(kOurs * kTurns));
}

TEST(AuditRace, AScriptThatHoldsTheDataFileIsWaitedForAndWaits) {
  const AuditHome home(3, {"--in-place"});
  Process script(home.script(R"(
import time
def slowly(data):
    open('held', 'w').close()
    while not os.path.exists('let_go'):
        time.sleep(0.002)
    data['slow'] = True
update(slowly)
)"));
  while (!home.dir().exists("held")) {
    ::usleep(1000);
  }
  const ProcessResult refused = home.sync({"lock", "r000", "i1", "--lock-timeout", "0"});
  EXPECT_EQ(answer_text(refused, "error"), "lock_timeout") << refused.out;
  EXPECT_EQ(answer_text(home.sync({"status", "--lock-timeout", "0"}), "error"), "lock_timeout");
  Process ours(home.command("audit-sync", {"lock", "r000", "i1"}));
  home.dir().write("let_go", "");
  EXPECT_EQ(ours.wait().status, 0);
  EXPECT_EQ(script.wait().status, 0);
  EXPECT_EQ(home.document().find("slow")->boolean(), true);
  EXPECT_EQ(home.document().find("current_work")->find("locked")->boolean(), true);
}

TEST(AuditRace, ReadsDuringWritesAreNeverTornInReplaceMode) {
  const AuditHome home(400);
  constexpr const char* kTurns = "for i in 1 2 3 4 5 6; do audit-sync lock r000 i1 && audit-sync unlock r000 i1; done";
  std::vector<Process> writers;
  for (int i = 0; i < 4; ++i) {
    Command shell = home.command("audit-sync", {});
    shell.argv = {"sh", "-c", kTurns};
    shell.env["PATH"] = bin_dir() + ":/usr/bin:/bin";
    writers.emplace_back(shell);
  }
  int reads = 0;
  std::set<std::string> texts;
  const auto read_once = [&] {
    std::ifstream file(home.data(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    ++reads;
    EXPECT_TRUE(text.starts_with("{\n  \"version\": \"2.0\"") && text.ends_with("\n}")) << text.size();
    texts.insert(text);
  };
  for (Process& writer : writers) {
    while (::kill(writer.pid(), 0) == 0 && reads < 20'000) {
      read_once();
      std::ifstream stat("/proc/" + std::to_string(writer.pid()) + "/stat");
      std::string word;
      std::getline(stat, word);
      if (word.find(") Z ") != std::string::npos) {
        break;
      }
    }
    writer.wait();
  }
  for (const std::string& text : texts) {
    EXPECT_TRUE(std::holds_alternative<Json>(parse_json(text)));
  }
  EXPECT_GT(texts.size(), 3U) << "nothing was read while it was written";
}

TEST(AuditRace, FiftyChangesLeaveFiftyWholeBackups) {
  const AuditHome home(20);
  std::vector<Command> commands;
  for (int i = 0; i < 25; ++i) {
    Command shell = home.command("audit-sync", {});
    shell.argv = {"sh", "-c", "until audit-sync lock r000 $1 >/dev/null; do :; done; audit-sync unlock r000 $1", "sh",
                  "i" + std::to_string(i)};
    shell.env["PATH"] = bin_dir() + ":/usr/bin:/bin";
    commands.push_back(shell);
  }
  for (const ProcessResult& result : run_together(commands)) {
    EXPECT_EQ(result.status, 0) << result.out;
  }
  std::set<std::string> texts;
  for (const std::string& name : home.backups()) {
    const std::string text = home.dir().read(std::string(AuditHome::kBackups) + "/" + name);
    EXPECT_TRUE(std::holds_alternative<Json>(parse_json(text))) << name;
    texts.insert(text);
  }
  EXPECT_EQ(home.backups().size(), 50U);
  EXPECT_EQ(texts.size(), 50U);
}

}  // namespace
}  // namespace smbatcher::test

#include <algorithm>
#include <filesystem>
#include <map>

#include "tests/process/coord_support.h"

namespace smbatcher::test {
namespace {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// The files are shared with the shell library that others use: what it writes is read, what we write is as it writes.
class CoordFiles : public ::testing::Test {
 protected:
  ProcessResult lock(const std::string& id, const std::vector<std::string>& args) const {
    return project.run_as(id, "coord-lock", args);
  }
  ProcessResult instance(const std::string& id, const std::vector<std::string>& args) const {
    return project.run_as(id, "coord-instance", args);
  }
  /// A whole project as the shell library leaves it: anna is registered and holds a.py.
  void write_original() const {
    project.dir().write(kFolder + "work-registry.json", original_registry(project.dir().path(), kAnna, seconds(10)));
    project.dir().write(kFolder + "heartbeats/" + kAnna + ".json", original_heartbeat(kAnna, seconds(10)));
    project.dir().write(kLockOfA, original_lock("a.py", kAnna, seconds(200)));
    project.dir().write(kFolder + "work-registry.json.lock", "");
    project.dir().write(kFolder + "work-registry.json.held", "4711\n");  // another one's marker: not ours to obey
  }
  std::vector<std::string> corrupt_copies(const std::string& folder) const {
    std::vector<std::string> found;
    for (const std::string& name : project.dir().list(folder)) {
      if (name.find(".corrupt-") != std::string::npos) {
        found.push_back(name);
      }
    }
    return found;
  }

  Project project;
};

TEST_F(CoordFiles, OfTheShellLibraryAreWorkedOn) {
  write_original();
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 10);
  EXPECT_EQ(lock(kAnna, {"check", "a.py"}).status, 0);
  EXPECT_EQ(instance(kAnna, {"heartbeat"}).out, "OK:heartbeat:1\n");
  EXPECT_EQ(lock(kAnna, {"renew", "a.py"}).status, 0);
  EXPECT_EQ(lock(kAnna, {"release", "a.py"}).status, 0);
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 0);
  EXPECT_EQ(project.instances(), std::vector<std::string>{kAnna});
}

TEST_F(CoordFiles, AreWrittenByteForByteAsTheShellLibraryDoes) {
  write_original();
  // A renewal changes the expiry, a heartbeat the ping and its count, and nothing else.
  ASSERT_EQ(lock(kAnna, {"renew", "a.py", "--ttl", "5m"}).status, 0);
  std::string expected = original_lock("a.py", kAnna, seconds(200));
  const Json renewed = project.file(kLockOfA);
  expected.replace(expected.find("\"locked_at\""), expected.find("\"file_hash\"") - expected.find("\"locked_at\""),
                   "\"locked_at\": \"" + text_of(renewed, "locked_at") + "\",\n  \"expires_at\": \"" +
                       text_of(renewed, "expires_at") + "\",\n  ");
  EXPECT_EQ(project.dir().read(kLockOfA), expected);

  ASSERT_EQ(instance(kAnna, {"heartbeat"}).status, 0);
  const std::string beat = kFolder + "heartbeats/" + kAnna + ".json";
  const std::string ping = text_of(project.file(beat), "last_ping");
  EXPECT_EQ(project.dir().read(beat), "{\n  \"instance_id\": \"" + std::string(kAnna) +
                                          "\",\n  \"pid\": 4711,\n  \"last_ping\": \"" + ping +
                                          "\",\n  \"ping_count\": 1,\n  \"status\": \"active\"\n}\n");

  // A lock of our own, and the registry with it, differ from the original's in times and process ids alone.
  ASSERT_EQ(lock(kAnna, {"acquire", "b.py"}).status, 0);
  const Json taken = project.file(kFolder + "locks/Yi5weQ.json");
  expected = original_lock("b.py", kAnna, seconds(300));
  expected.replace(expected.find("4711"), 4, std::to_string(number_of(*taken.find("locked_by"), "pid")));
  expected.replace(expected.find("\"locked_at\""), expected.find("\"file_hash\"") - expected.find("\"locked_at\""),
                   "\"locked_at\": \"" + text_of(taken, "locked_at") + "\",\n  \"expires_at\": \"" +
                       text_of(taken, "expires_at") + "\",\n  ");
  EXPECT_EQ(project.dir().read(kFolder + "locks/Yi5weQ.json"), expected);
}

TEST_F(CoordFiles, KeepUnknownKeysAndTheOrderOfKeys) {
  write_original();
  std::string registry = project.dir().read(kFolder + "work-registry.json");
  registry.replace(registry.find("\"instances\""), 0, "\"fleet\": {\n    \"name\": \"night\"\n  },\n  ");
  registry.replace(registry.find("\"pid\": 4711"), 0, "\"colour\": \"teal\",\n      ");
  project.dir().write(kFolder + "work-registry.json", registry);
  ASSERT_EQ(lock(kAnna, {"acquire", "b.py"}).status, 0);
  const std::string time = text_of(project.file(kFolder + "work-registry.json"), "registry_updated_at");
  const std::size_t stamp = registry.find("\"registry_updated_at\": \"") + 24;
  registry.replace(stamp, time.size(), time);
  registry.replace(registry.find("[],"), 3, "[\n        \"b.py\"\n      ],");
  EXPECT_EQ(project.dir().read(kFolder + "work-registry.json"), registry);
}

TEST_F(CoordFiles, FitTheirSchemas) {
  ASSERT_EQ(instance(kAnna, {"register", "--id", kAnna, "--task", "Fix \"it\"\n", "--role", "test-generator"}).status,
            0);
  ASSERT_EQ(instance(kBen, {"register", "--id", kBen, "--role", "custom-agent"}).status, 0);
  project.dir().write("a.py", "x\n");
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "quote\".py", "--intent", "with \"quotes\""}).status, 0);
  ASSERT_EQ(instance(kAnna, {"heartbeat"}).status, 0);
  std::map<std::string, std::string> lines{
      {"work-registry", project.file(kFolder + "work-registry.json").dump() + "\n" +
                            original_registry("/p", kCarl, seconds(0)).substr(0, 0)}};
  for (const std::string& name : project.dir().list(kFolder + "locks")) {
    if (name.ends_with(".json")) {
      lines["file-lock"] += project.file(kFolder + "locks/" + name).dump() + "\n";
    }
  }
  for (const std::string& name : project.dir().list(kFolder + "heartbeats")) {
    lines["heartbeat"] += project.file(kFolder + "heartbeats/" + name).dump() + "\n";
  }
  const auto check = [](const std::string& schema, const std::string& text) {
    const std::string path = SMB_DATA_DIR "/schemas/coordination/" + schema + ".schema.json";
    return test::run({.argv = {"python3", SMB_CHECK_SCHEMA, path}, .input = text});
  };
  for (const auto& [schema, text] : lines) {
    const ProcessResult result = check(schema, text);
    EXPECT_EQ(result.status, 0) << schema << "\n" << result.out << result.err;
    EXPECT_EQ(check(schema, "{}\n").status, 1) << schema;
  }
}

TEST_F(CoordFiles, ThatAreDamagedAreSetAsideAndWorkGoesOn) {
  ASSERT_EQ(instance(kAnna, {"register", "--id", kAnna}).status, 0);
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "b.py"}).status, 0);
  for (const char* damage : {"", "{\"instances\": [", "[]"}) {
    project.dir().write(kFolder + "work-registry.json", damage);
    const ProcessResult told = lock(kBen, {"acquire", "a.py"});
    EXPECT_EQ(told.status, 10) << damage;  // the lock files are the truth
    EXPECT_THAT(told.out, HasSubstr("invalid_json")) << damage;
    // The registry comes back of heartbeats and locks.
    ASSERT_EQ(lock(kAnna, {"acquire", "c.py"}).status, 0);
    EXPECT_EQ(project.instances(), std::vector<std::string>{kAnna}) << damage;
    const Json work = json(instance(kAnna, {"work", "--json"}));
    EXPECT_EQ(work.find("instance")->find("files_locked")->dump(), R"(["a.py","b.py","c.py"])") << damage;
  }
  EXPECT_EQ(corrupt_copies(kFolder).size(), 3U);

  project.dir().write(kFolder + "heartbeats/" + kAnna + ".json", "");
  EXPECT_EQ(instance(kAnna, {"heartbeat"}).status, 0);
  EXPECT_EQ(corrupt_copies(kFolder + "heartbeats").size(), 1U);

  // Of a shell library's lock nothing else is known: one that cannot be read is none.
  std::filesystem::remove(project.at(kFolder + "locks/YS5weQ.lease"));
  project.dir().write(kLockOfA, "{\"file_path\": \"a.py\", \"intent\": \"say \"hi\"\"}");
  EXPECT_EQ(lock(kBen, {"check", "a.py"}).status, 0);  // a reader moves nothing
  EXPECT_EQ(corrupt_copies(kFolder + "locks").size(), 0U);
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 0);
  EXPECT_EQ(corrupt_copies(kFolder + "locks").size(), 1U);
  EXPECT_EQ(text_of(*project.file(kLockOfA).find("locked_by"), "instance_id"), kBen);
}

TEST_F(CoordFiles, ALockThatIsBeingWrittenIsNotTakenForDamaged) {
  // The shell library writes in place: for a moment the file is half of itself.
  const std::string whole = original_lock("a.py", kAnna, seconds(200));
  project.dir().write(kLockOfA, whole.substr(0, whole.size() / 2));
  Process writer({.argv = {"sh", "-c", "sleep 0.02; printf %s \"$1\" > \"$0\"", project.at(kLockOfA), whole}});
  const ProcessResult asked = lock(kBen, {"check", "a.py"});
  (void)writer.wait();
  // Slow machines may see no more than the half; then the file stays where it is for the next who asks.
  EXPECT_THAT((std::vector<int>{0, 10}), Contains(asked.status));
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 10);
}

TEST_F(CoordFiles, AreLookedAtWithoutBeingMadeOrChanged) {
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"check", "a.py"}, {"conflict", "a.py"}, {"list"}}) {
    EXPECT_EQ(lock(kAnna, args).status, 0) << args.front();
  }
  EXPECT_EQ(project.run("coord-status").status, 0);
  EXPECT_EQ(instance(kAnna, {"list"}).status, 0);
  EXPECT_FALSE(project.dir().exists(".claude"));
}

TEST_F(CoordFiles, OfALongNameIsThatOfTheShellLibraryAsLongAsAFileCanBeNamedSo) {
  const std::string longest(187, 'n');  // 250 letters of base64: the longest name that the shell library can write
  ASSERT_EQ(lock(kAnna, {"acquire", longest, longest + "n"}).status, 0);
  const auto names = project.dir().list(kFolder + "locks");
  EXPECT_EQ(std::count_if(names.begin(), names.end(), [](const auto& name) { return name.size() == 255; }), 1);
  EXPECT_EQ(std::count_if(names.begin(), names.end(),
                          [](const auto& name) { return name.starts_with("h-") && name.ends_with(".json"); }),
            1);
}

}  // namespace
}  // namespace smbatcher::test

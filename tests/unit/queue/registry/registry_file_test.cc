#include "libregistry/queue/registry/registry_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "tests/support/faulty_file_ops.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

const std::string kWhole =
    "| Domain | Batch | Status |\n|---|---|---|\n| one.example | 001 | O |\n| two.example | 001 | O |\n";

const std::string kFirstRow = kWhole.substr(0, kWhole.find("| two"));

enum class Age { kJustWritten, kOld };

struct Read {
  std::string text;
  int times = 0;
};

/// Reads a registry that holds `text` at first, and everything once that was read.
Read read_beside_an_editor(const std::string& text, Age age = Age::kJustWritten) {
  const TempDir dir;
  RegistryPaths paths;
  paths.registry = dir.at("REGISTRY.md");
  dir.write("REGISTRY.md", text);
  if (age == Age::kOld) {
    const timespec times[2] = {{1'700'000'000, 0}, {1'700'000'000, 0}};
    ::utimensat(AT_FDCWD, paths.registry.c_str(), times, 0);
  }
  FaultyFileOps ops;
  ops.after = [&dir](std::string_view call, int count) {
    if (call == "close" && count == 1) {
      dir.write("REGISTRY.md", kWhole);
    }
  };
  const std::map<std::string, std::string> columns;
  const auto loaded = load_registry(ops, paths, {&columns, true});
  return {loaded ? std::string(loaded->snapshot.bytes) : loaded.error().reason.text(), ops.count("open")};
}

class HalfWritten : public ::testing::TestWithParam<const char*> {};

TEST_P(HalfWritten, RegistryIsReadAgain) { EXPECT_EQ(read_beside_an_editor(kFirstRow + GetParam()).text, kWhole); }

INSTANTIATE_TEST_SUITE_P(Within, HalfWritten,
                         ::testing::Values("|", "| two.example", "| two.example | 001 ", "  | two.example | 0"));

TEST(HalfWritten, RegistryThatWasLeftSoIsTakenAsItIs) {
  const Read read = read_beside_an_editor(kFirstRow + "| two.example", Age::kOld);
  EXPECT_EQ(read.text, kFirstRow + "| two.example");
  EXPECT_EQ(read.times, 1);
}

TEST(HalfWritten, IsNotSaidOfATextThatLacksTheLastLineEnd) {
  for (const std::string& text : {kWhole.substr(0, kWhole.size() - 1), kWhole + "\nThe last word"}) {
    EXPECT_EQ(read_beside_an_editor(text).times, 1) << text;
  }
}

}  // namespace
}  // namespace smbatcher::test

#pragma once

#include <source_location>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/listing.h"
#include "tests/support/tools.h"

// What the tests of the tools' outcomes and of bad input share: one call with its whole answer, and the steps before
// it.

namespace smbatcher::test {

using Args = std::vector<std::string>;

inline const std::vector<Sandbox::Site> kOneSite{{"a.example", "003", "O"}};

inline std::string registry_path(const Sandbox& sandbox) { return sandbox.dir().at(".smbatcher/REGISTRY.md"); }

/// The call prints exactly `out`, ends with `status`, and leaves standard error empty.
inline void expect_exactly(const Sandbox& sandbox, const std::string& tool, const Args& args, int status,
                           const std::string& out, std::source_location at = std::source_location::current()) {
  const ProcessResult result = sandbox.run(tool, args);
  if (result.out != out || result.status != status) {
    ADD_FAILURE_AT(at.file_name(), static_cast<int>(at.line()))
        << result.command << "\n  expected exit status " << status << ": " << out << "\n  but got " << result.status
        << ": " << result.out;
  }
}

/// The call's JSON answer; `args` without the format.
inline Json ask(const Sandbox& sandbox, const std::string& tool, Args args,
                std::source_location at = std::source_location::current()) {
  args.insert(args.end(), {"--format", "json"});
  return json(sandbox.run(tool, args), at);
}

/// The value of a member as JSON text: `["a.example"]`, `true`; "" when it is absent.
inline std::string member(const Json& object, std::string_view key) {
  const Json* const found = object.find(key);
  return found == nullptr ? std::string() : found->dump();
}

/// A member that is an object, and one of the objects in a member that is a list; null when it is not there.
inline Json child(const Json& object, std::string_view key) {
  const Json* const found = object.find(key);
  return found == nullptr ? Json() : *found;
}
inline Json item(const Json& object, std::string_view key, std::size_t index) {
  const Json list = child(object, key);
  return list.array() == nullptr || index >= list.array()->size() ? Json() : (*list.array())[index];
}
inline std::size_t count_of(const Json& object, std::string_view key) {
  const Json list = child(object, key);
  return list.array() == nullptr ? 0 : list.array()->size();
}

/// Claims for `owner` and answers the token as text.
inline std::string claim_for(const Sandbox& sandbox, const std::string& owner, Args more = {},
                             std::source_location at = std::source_location::current()) {
  more.insert(more.end(), {"--claim", "--owner", owner});
  const Json answer = ask(sandbox, "find-next", more, at);
  EXPECT_EQ(text_of(answer, "result"), "claimed") << answer.dump();
  return std::to_string(number_of(answer, "token"));
}

/// A claim whose process is gone: it has ended, and nobody has taken the work yet.
inline std::string lapsed_claim_for(const Sandbox& sandbox, const std::string& owner, Args more = {}) {
  Process process({.argv = {"sleep", "1000"}});
  more.insert(more.end(), {"--pid", std::to_string(process.pid())});
  const std::string token = claim_for(sandbox, owner, more);
  process.kill(SIGKILL);
  (void)process.wait();
  return token;
}

/// The files and the design that the completion checks ask for.
inline void build_site(const Sandbox& sandbox, const std::string& domain) {
  const std::string folder = "sites/" + domain + "/";
  sandbox.dir().write(folder + "index.html", "<!doctype html>\n");
  sandbox.dir().write(folder + "styles.css", "body {}\n");
  std::string design = "---\npalette: {background: \"#f4ede4\", text: \"#2e2622\"}\nfonts: [Spectral]\n---\n";
  for (const char* heading : {"Concept", "Palette", "Typography", "Layout", "Components", "Content"}) {
    design += std::string("## ") + heading + "\n\nText.\n\n";
  }
  sandbox.dir().write(folder + "DESIGN.md", design);
}

/// The call ends with `status`, its output begins with `line`, and no byte below the sandbox is another than before;
/// but who was refused under the lock has left a line about itself in the lock file.
inline void expect_untouched(const Sandbox& sandbox, const std::string& tool, const Args& args, int status,
                             const std::string& line, std::source_location at = std::source_location::current()) {
  const auto look = [&] {
    Listing all = listing(sandbox.dir().path());
    if (status != 0) {
      all.erase(".smbatcher/REGISTRY.lock");
    }
    return all;
  };
  const Listing before = look();
  const ProcessResult result = sandbox.run(tool, args);
  if (result.status != status || !result.out.starts_with(line)) {
    ADD_FAILURE_AT(at.file_name(), static_cast<int>(at.line()))
        << result.command << "\n  expected exit status " << status << ": " << line << "\n  but got " << result.status
        << ": " << result.out;
  }
  if (const std::string change = difference(before, look()); !change.empty()) {
    ADD_FAILURE_AT(at.file_name(), static_cast<int>(at.line())) << result.command << "\n  changed " << change;
  }
}

}  // namespace smbatcher::test

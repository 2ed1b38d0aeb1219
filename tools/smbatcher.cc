// smbatcher TOOL ARGS...: runs a tool by name, and says which tools there are. It becomes the tool (execv), so it adds
// no process, and it links no option parser.

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/base/result.h"
#include "libregistry/base/text.h"
#include "libregistry/output/outcome.h"
#include "tools/support/catalog.h"
#include "tools/support/standard_output.h"

namespace smbatcher {
namespace {

constexpr std::string_view kIntroduction =
    R"(smbatcher: many agents, one work queue in a Markdown table (.smbatcher/REGISTRY.md)

The loop of an agent:
  smbatcher find-next --claim                            claim the next batch; prints its id and token as JSON
  ...                                                    work on the sites it names
  smbatcher heartbeat --batch 003 --token 17             renew the lease when the work takes long
  smbatcher check-claim --batch 003 --token 17           still mine? ask before a push
  smbatcher implement-complete --batch 003 --token 17    done: check the files and mark the sites
  smbatcher release --batch 003 --token 17               or give the batch back
)";

constexpr std::string_view kClosing = R"(
smbatcher help TOOL describes one tool. Every tool takes --format text|json and --help, those of the queue also
--registry PATH.
Exit codes: 0 OK; 1 FAIL, it ran and the answer is no; 2 ERROR, it could not run.
)";

int print(std::string_view text, int exit_code) {
  return prepare_standard_output() && finish_standard_output(text) ? exit_code : 2;
}

template <class Predicate>
std::string section(std::string_view heading, Predicate belongs) {
  std::string text;
  for (const CatalogEntry& entry : kCatalog) {
    if (belongs(entry)) {
      if (text.empty()) {
        text = "\n" + std::string(heading) + ":\n";
      }
      std::string name(entry.name);
      name.resize(22, ' ');
      text += "  " + name + std::string(entry.summary) + "\n";
    }
  }
  return text;
}

std::string help() {
  const auto in = [](Area area) {
    return [area](const CatalogEntry& entry) { return entry.area == area && !entry.repair; };
  };
  return std::string(kIntroduction) + section("Every phase", in(Area::kShared)) +
         section("Prepare", in(Area::kPrepare)) + section("Design", in(Area::kDesign)) +
         section("Implement", in(Area::kImplement)) + section("Check", in(Area::kCheck)) +
         section("Several agents in one code base", in(Area::kCoordination)) +
         section("Repository audits", in(Area::kAudit)) + section("Git", in(Area::kSync)) +
         section("When something went wrong", [](const CatalogEntry& entry) { return entry.repair; }) +
         std::string(kClosing);
}

/// Installed tools are in ../libexec/smbatcher, where no other program has their names; built ones are beside this one.
std::string tools_folder() {
  std::array<char, PATH_MAX> buffer{};
  const ssize_t length = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
  const std::string self(buffer.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  const std::string folder = self.substr(0, self.rfind('/') + 1);
  const std::string installed = folder + "../libexec/smbatcher/";
  struct stat status {};
  return ::stat(installed.c_str(), &status) == 0 && S_ISDIR(status.st_mode) ? installed : folder;
}

/// Becomes the tool; answers only when that failed.
Error run_tool_named(std::string_view name, const std::vector<std::string>& arguments) {
  std::string path = tools_folder() + std::string(name);
  std::vector<char*> argv{path.data()};
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast): execv(3)
  }
  argv.push_back(nullptr);
  ::execv(path.c_str(), argv.data());
  Error error = io_error("cannot run '" + path + "'", errno);
  error.reason = "tool_not_started";
  return error;
}

Error unknown_tool(const std::string& name) {
  std::vector<std::string> names;
  std::vector<std::string> similar;  // "claim" is not near "check-claim", but meant by it
  for (const CatalogEntry& entry : kCatalog) {
    names.emplace_back(entry.name);
    if (!name.empty() && entry.name.find(name) != std::string_view::npos) {
      similar.emplace_back(entry.name);
    }
  }
  if (const std::string near = nearest(name, names); !near.empty()) {
    similar = {near};
  }
  return usage_error("unknown_tool",
                     "no tool is called '" + name + "'; " +
                         (similar.empty() ? "see smbatcher help" : "did you mean " + join(similar, " or ") + "?"));
}

Format requested_format(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--format=json" ||
        (arguments[i] == "--format" && arguments.size() > i + 1 && arguments[i + 1] == "json")) {
      return Format::kJson;
    }
  }
  return Format::kText;
}

int dispatch(std::vector<std::string> arguments) {
  if (arguments.size() == 2 && arguments[0] == "help") {
    arguments = {arguments[1], "--help"};
  }
  if (arguments.empty() || arguments[0] == "help" || arguments[0] == "--help" || arguments[0] == "-h") {
    return print(help(), 0);
  }
  if (arguments[0] == "--version") {
    return print("smbatcher " SMB_VERSION "\n", 0);
  }
  const std::string name = arguments[0];
  arguments.erase(arguments.begin());
  const Error error = find_in_catalog(name) ? run_tool_named(name, arguments) : unknown_tool(name);
  const Outcome outcome = Outcome::of(error);
  return print(outcome.render(requested_format(arguments)), outcome.exit_code());
}

}  // namespace
}  // namespace smbatcher

int main(int argc, char** argv) {
  return smbatcher::dispatch(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
}

// smbatcher TOOL ARGS...: runs a tool by name, and says which tools there are. It becomes the tool (execv), so it adds
// no process, and it links no option parser.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libregistry/base/result.h"
#include "libregistry/base/text.h"
#include "libregistry/output/outcome.h"
#include "tools/support/catalog.h"
#include "tools/support/standard_output.h"
#include "tools/support/wrapped.h"

namespace smbatcher {
namespace {

constexpr std::string_view kIntroduction =
    R"(smbatcher: many agents, one work queue in a Markdown table
(.smbatcher/REGISTRY.md)

The loop of an agent:
  smbatcher find-next --claim --start
      claim the next batch; the answer is JSON with its id, its token, its sites
      and what to make of them
  smbatcher heartbeat --batch 003 --token 17
      renew the lease while the work takes long
  smbatcher check-claim --batch 003 --token 17
      still mine? ask before a push
  smbatcher implement-complete --batch 003 --token 17
      done: check the files and mark the sites
  smbatcher release --batch 003 --token 17
      or give the batch back
)";

constexpr std::string_view kClosing = R"(
smbatcher help TOOL describes one tool, smbatcher help GROUP lists one group:
)";

constexpr std::string_view kConventions = R"(Every tool takes --format text|json and --help, those of the queue also
--registry PATH.
Exit codes: 0 OK; 1 FAIL, it ran and the answer is no; 2 ERROR, it could not
run.
)";

/// The group of the tools that are for when something went wrong, whatever their area.
constexpr std::string_view kRepair = "repair";

int print(std::string_view text, int exit_code) {
  return prepare_standard_output() && finish_standard_output(text) ? exit_code : 2;
}

std::string_view group_of(const CatalogEntry& entry) {
  if (entry.repair) {
    return kRepair;
  }
  for (const AreaEntry& area : kAreas) {
    if (area.area == entry.area) {
      return area.name;
    }
  }
  return {};
}

/// The tools of a group, in columns that fit the longest name of all, so that the groups line up.
std::string section(std::string_view group, std::string_view heading) {
  std::size_t longest = 0;
  for (const CatalogEntry& entry : kCatalog) {
    longest = std::max(longest, entry.name.size());
  }
  std::string text = "\n" + std::string(heading) + ":\n";
  for (const CatalogEntry& entry : kCatalog) {
    if (group_of(entry) == group) {
      append_row(text, entry.name, longest + 4, entry.summary);
    }
  }
  return text;
}

/// Names and headings of the groups, in order.
std::vector<std::pair<std::string_view, std::string_view>> groups() {
  std::vector<std::pair<std::string_view, std::string_view>> all;
  all.reserve(std::size(kAreas) + 1);
  for (const AreaEntry& area : kAreas) {
    all.emplace_back(area.name, area.heading);
  }
  all.emplace_back(kRepair, "When something went wrong");
  return all;
}

std::string help() {
  std::string text(kIntroduction);
  std::vector<std::string> names;
  for (const auto& [name, heading] : groups()) {
    text += section(name, heading);
    names.emplace_back(name);
  }
  text += kClosing;
  append_wrapped(text, 0, 0, join(names, ", ") + ".");
  return text.append(kConventions);
}

/// For programs: all tools, or those of one group.
Outcome help_for_programs(const std::optional<std::string>& group) {
  JsonArray tools;
  for (const CatalogEntry& entry : kCatalog) {
    if (!group || group_of(entry) == *group) {
      tools.emplace_back(JsonObject{{"name", entry.name}, {"group", group_of(entry)}, {"summary", entry.summary}});
    }
  }
  return Outcome::ok("help").add("version", SMB_VERSION).add("tools", std::move(tools));
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

/// Takes --format and its value out of the words that follow help or version.
Format take_format(std::vector<std::string>& words) {
  Format format = Format::kText;
  for (std::size_t i = 0; i < words.size();) {
    const bool apart = words[i] == "--format" && i + 1 < words.size();
    if (!apart && !words[i].starts_with("--format=")) {
      ++i;
      continue;
    }
    const std::string value = apart ? words[i + 1] : words[i].substr(words[i].find('=') + 1);
    format = value == "json" ? Format::kJson : Format::kText;
    const auto begin = words.begin() + static_cast<std::ptrdiff_t>(i);
    words.erase(begin, begin + (apart ? 2 : 1));
  }
  return format;
}

int refuse(const Error& error, Format format) {
  const Outcome outcome = Outcome::of(error);
  return print(outcome.render(format), outcome.exit_code());
}

int become(const std::string& name, const std::vector<std::string>& arguments, Format format) {
  return refuse(find_in_catalog(name) ? run_tool_named(name, arguments) : unknown_tool(name), format);
}

/// `smbatcher help [TOOL|GROUP]`.
int answer_help(std::vector<std::string> words) {
  const Format format = take_format(words);
  if (words.size() > 1) {
    return refuse(usage_error("invalid_argument", "unexpected argument '" + words[1] +
                                                      "'; smbatcher help takes the "
                                                      "name of one tool or of one group"),
                  format);
  }
  std::optional<std::string> group;
  if (!words.empty()) {
    for (const auto& [name, heading] : groups()) {
      if (name == words[0]) {
        group = name;
        if (format == Format::kText) {
          return print(section(name, heading).substr(1), 0);
        }
      }
    }
    if (!group) {
      return become(words[0],
                    format == Format::kJson ? std::vector<std::string>{"--help", "--format", "json"}
                                            : std::vector<std::string>{"--help"},
                    format);
    }
  }
  return print(format == Format::kJson ? help_for_programs(group).render(format) : help(), 0);
}

int answer_version(std::vector<std::string> words) {
  const Format format = take_format(words);
  if (!words.empty()) {
    return refuse(usage_error("invalid_argument", "unexpected argument '" + words[0] + "'"), format);
  }
  return print(format == Format::kJson ? Outcome::ok("version").add("version", SMB_VERSION).render(format)
                                       : "smbatcher " SMB_VERSION "\n",
               0);
}

int dispatch(std::vector<std::string> words) {
  const std::string name = words.empty() ? "help" : words[0];
  words.erase(words.begin(), words.begin() + (words.empty() ? 0 : 1));
  if (name == "help" || name == "--help" || name == "-h") {
    return answer_help(std::move(words));
  }
  if (name == "version" || name == "--version" || name == "-V") {
    return answer_version(std::move(words));
  }
  std::vector<std::string> looked_at = words;
  return become(name, words, take_format(looked_at));
}

}  // namespace
}  // namespace smbatcher

int main(int argc, char** argv) {
  return smbatcher::dispatch(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
}

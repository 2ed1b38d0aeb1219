#include <map>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/sites/whole/file_tree.h"
#include "tools/check/check_targets.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct Counts {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;

  void add(const Counts& other) {
    files += other.files;
    bytes += other.bytes;
    lines += other.lines;
  }
};

bool has_lines(std::string_view kind) {
  return kind == "page" || kind == "style sheet" || kind == "script" || kind == "text" || kind == "data";
}

/// Line ends, and a last line without one.
Result<std::uint64_t> count_lines(FileOps& ops, const std::string& path) {
  SMB_TRY_ASSIGN(const Descriptor file, open_regular_file(ops, path));
  std::uint64_t lines = 0;
  char last = '\n';
  const int error = read_in_parts(ops, file.get(), [&](std::string_view part) {
    for (const char c : part) {
      lines += c == '\n' ? 1U : 0U;
      last = c;
    }
    return true;
  });
  if (error != 0) {
    return fail(io_error("cannot read '" + path + "'", error));
  }
  return lines + (last == '\n' ? 0U : 1U);
}

struct FileStats {
  static constexpr std::string_view kSummary = "print the sizes, lines and kinds of a site's files";
  static constexpr Effect kEffect = Effect::kReads;
  TargetOptions target;

  void declare(OptionSet& options) {
    target.declare(options, false);
    options.example("smbatcher file-stats bakery.example", "how large is the site, and what is in it?");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(CheckTargets found, find_targets(context, target, false));
    Outcome outcome = Outcome::ok("file_stats");
    JsonArray sites;
    Counts all;
    for (const CheckTarget& each : found.targets) {
      SMB_TRY_ASSIGN(const auto kinds, count_kinds(context.ops, each));
      JsonArray json;
      Counts site;
      for (const auto& [kind, counts] : kinds) {
        site.add(counts);
        json.push_back(to_json("kind", kind, counts));
        outcome.line(each.shown + " " + kind + ": " + describe(counts));
      }
      all.add(site);
      outcome.line(each.shown + ": " + describe(site));
      Json whole = to_json("folder", each.shown, site);
      JsonObject object = *whole.object();
      object.emplace_back("kinds", std::move(json));
      sites.push_back(std::move(object));
    }
    outcome.add("sites", std::move(sites)).add("files", all.files).add("bytes", all.bytes).add("lines", all.lines);
    return std::move(outcome.warn(std::move(found.warnings)));
  }

 private:
  static Result<std::map<std::string, Counts>> count_kinds(FileOps& ops, const CheckTarget& each) {
    SMB_TRY_ASSIGN(const std::vector<FileTreeEntry> tree, list_tree(each.path));
    std::map<std::string, Counts> kinds;
    for (const FileTreeEntry& entry : tree) {
      if (entry.kind == FileTreeEntry::Kind::kFile) {
        const std::string kind(kind_of_file(entry.path));
        std::uint64_t lines = 0;
        if (has_lines(kind)) {
          SMB_TRY_ASSIGN(lines, count_lines(ops, each.path + "/" + entry.path));
        }
        kinds[kind].add({1, entry.size, lines});
      }
    }
    return kinds;
  }

  static std::string describe(const Counts& counts) {
    return counted(counts.files, "file") + ", " + counted(counts.bytes, "byte") +
           (counts.lines == 0 ? std::string() : ", " + counted(counts.lines, "line"));
  }

  static Json to_json(std::string_view key, const std::string& name, const Counts& counts) {
    return JsonObject{
        {std::string(key), name}, {"files", counts.files}, {"bytes", counts.bytes}, {"lines", counts.lines}};
  }
};

}  // namespace

int file_stats_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<FileStats>(self, argc, argv);
}

}  // namespace smbatcher

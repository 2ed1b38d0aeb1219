#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/whole/file_tree.h"
#include "tools/check/check_targets.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

using Kind = FileTreeEntry::Kind;

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::kFile:
      return "file";
    case Kind::kFolder:
      return "folder";
    case Kind::kLink:
      return "link";
    case Kind::kOther:
      break;
  }
  return "other";
}

std::size_t depth_of(const std::string& path) {
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

std::string describe(const FileTreeEntry& entry) {
  const std::string name = entry.path.substr(entry.path.rfind('/') + 1);
  switch (entry.kind) {
    case Kind::kFile:
      return name + " (" + counted(entry.size, "byte") + ")";
    case Kind::kFolder:
      return name + "/";
    case Kind::kLink:
      return name + " -> " + entry.target + (entry.leads_out ? " (leads out of the folder)" : "");
    case Kind::kOther:
      break;
  }
  return name + " (no regular file)";
}

Json to_json(const FileTreeEntry& entry) {
  JsonObject json{{"path", escape_control(entry.path)}, {"kind", name_of(entry.kind)}};
  if (entry.kind == Kind::kFile) {
    json.emplace_back("bytes", entry.size);
  }
  if (entry.kind == Kind::kLink) {
    json.emplace_back("target", escape_control(entry.target));
    json.emplace_back("leads_out", entry.leads_out);
  }
  return json;
}

struct TreeView {
  static constexpr std::string_view kSummary = "show a site's files as a tree";
  static constexpr Effect kEffect = Effect::kReads;
  TargetOptions target;

  void declare(OptionSet& options) {
    target.declare(options, false);
    options.example("smbatcher tree-view bakery.example", "what is in the site's folder");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(CheckTargets found, find_targets(context, target, false));
    Outcome outcome = Outcome::ok("tree");
    JsonArray sites;
    for (const CheckTarget& each : found.targets) {
      SMB_TRY_ASSIGN(const std::vector<FileTreeEntry> tree, list_tree(each.path));
      outcome.line(each.shown + "/");
      JsonArray entries;
      for (const FileTreeEntry& entry : tree) {
        outcome.line(std::string(2 * depth_of(entry.path) + 2, ' ') + describe(entry));
        entries.push_back(to_json(entry));
      }
      sites.push_back(JsonObject{{"folder", each.shown}, {"entries", std::move(entries)}});
    }
    outcome.add("sites", std::move(sites));
    return std::move(outcome.warn(std::move(found.warnings)));
  }
};

}  // namespace

int tree_view_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<TreeView>(self, argc, argv);
}

}  // namespace smbatcher

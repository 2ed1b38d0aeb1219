#include "libregistry/sites/scripts/check_scripts.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <variant>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/sites/html/depth.h"
#include "libregistry/sites/html/page.h"
#include "libregistry/sites/scripts/node_engine.h"
#include "libregistry/sites/scripts/page_scripts.h"
#include "libregistry/sites/scripts/places.h"
#include "libregistry/sites/scripts/site_files.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMaxPage = std::size_t{2} << 20U;
constexpr std::size_t kMaxDepth = 512;
constexpr std::size_t kMaxScript = std::size_t{8} << 20U;

constexpr auto kPages = std::to_array<std::string_view>({".html", ".htm"});
constexpr auto kScripts = std::to_array<std::string_view>({".js", ".mjs", ".cjs"});

bool has_ending(std::string_view path, std::span<const std::string_view> endings) {
  const std::string lower = to_lower(path);
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return lower.ends_with(ending); });
}

/// What the JSON reader says, without its own name and place.
std::string without_place(const std::string& message) {
  const std::size_t column = message.find("column ");
  const std::size_t end = column == std::string::npos ? column : message.find(": ", column);
  return end == std::string::npos ? message : message.substr(end + 2);
}

struct SourceFile {
  std::size_t target = 0;
  std::string path;  // absolute, without "." and ".."
  std::string name;  // relative to its target
  std::string shown;
  std::string root;  // of its site, ends in '/'; empty for a file that was named alone
  std::string bytes;
};

/// Where a judged text stands.
struct Origin {
  std::size_t file = 0;
  std::size_t begin = 0;
  bool exact = true;
};

class Check {
 public:
  Result<void> add(const ScriptTarget& target) {
    checked_.targets.emplace_back();
    const std::string path = std::filesystem::absolute(target.path).lexically_normal().string();
    if (!target.is_folder) {
      if (!has_ending(path, kPages) && !has_ending(path, kScripts)) {
        return fail(usage_error("not_a_script",
                                "'" + escape_control(target.path) +
                                    "' is not a page or script: name .html, .htm, .js, .mjs, .cjs or a folder"));
      }
      return add_file(path, target.shown, target.shown, {});
    }
    const std::string root = path.ends_with('/') ? path : path + "/";
    std::vector<std::string_view> endings(kPages.begin(), kPages.end());
    endings.insert(endings.end(), kScripts.begin(), kScripts.end());
    SMB_TRY_ASSIGN(const std::vector<std::string> names, find_site_files(target.path, endings));
    for (const std::string& name : names) {
      SMB_TRY(add_file(root + name, name, target.shown.empty() ? name : target.shown + "/" + name, root));
    }
    return {};
  }

  Result<CheckedScripts> run(const ScriptEngine& engine) && {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (has_ending(files_[i].path, kPages)) {
        read_page(i);
      }
    }
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (has_ending(files_[i].path, kScripts)) {
        read_script(i);
      }
    }
    SMB_TRY_ASSIGN(const ScriptVerdict verdict, judge_scripts(texts_, engine));
    for (const ScriptFault& fault : verdict.faults) {
      add_fault(fault);
    }
    for (const ScriptVerdict::Import& import : verdict.imports) {
      add_import(import);
    }
    checked_.files += files_.size();
    checked_.scripts += texts_.size();
    return std::move(checked_);
  }

 private:
  Result<void> add_file(const std::string& path, const std::string& name, const std::string& shown,
                        const std::string& root) {
    const std::size_t target = checked_.targets.size() - 1;
    const bool is_page = has_ending(path, kPages);
    auto bytes = read_file(system_file_ops(), path, is_page ? kMaxPage : kMaxScript);
    if (!bytes && bytes.error().reason == ErrorWord("file_too_large")) {
      add_finding({target, path, name, shown, root, {}}, is_page ? "js-page-not-read" : "js-too-large",
                  is_page ? "larger than 2 MiB: the page's scripts were not checked" : "larger than 8 MiB: not checked",
                  std::nullopt);
      ++checked_.files;
      return {};
    }
    if (!bytes) {
      return fail(std::move(bytes).error());
    }
    files_.push_back({target, path, name, shown, root, std::move(*bytes)});
    return {};
  }

  void add_finding(const SourceFile& file, std::string rule, std::string message, std::optional<std::size_t> offset) {
    Finding finding;
    finding.file = file.shown;
    if (offset) {
      const TextPlace place = place_of(file.bytes, *offset);
      finding.line = place.line;
      finding.column = place.column;
      finding.characters = place.characters;
    }
    finding.severity = default_severity(rule);
    finding.rule = std::move(rule);
    finding.message = std::move(message);
    if (seen_.insert({finding.file, finding.line, finding.column, finding.message}).second) {
      checked_.targets[file.target].findings.push_back(std::move(finding));
    }
  }

  void read_page(std::size_t index) {
    const SourceFile& file = files_[index];
    if (measure_depth(file.bytes, kMaxDepth).levels > kMaxDepth) {
      add_finding(file, "js-page-not-read", "elements are nested too deeply: the page's scripts were not checked",
                  std::nullopt);
      return;
    }
    const HtmlPage page(file.bytes);
    PageScripts scripts = scripts_of(page, file.root, file.path);
    for (LoadedScript& loaded : scripts.loaded) {
      loaded_[loaded.path].insert(loaded.is_module);
    }
    for (InlineScript& script : scripts.written) {
      const Origin origin{index, script.begin, script.exact};
      if (script.kind == InlineScript::Kind::kJson) {
        check_json(script, origin);
        continue;
      }
      const ScriptGoal goal = script.kind == InlineScript::Kind::kModule    ? ScriptGoal::kModule
                              : script.kind == InlineScript::Kind::kHandler ? ScriptGoal::kHandler
                                                                            : ScriptGoal::kClassic;
      ask(goal, std::move(script.text), origin);
    }
  }

  void check_json(const InlineScript& script, const Origin& origin) {
    ++checked_.scripts;
    const auto parsed = parse_json(script.text);
    if (const auto* const error = std::get_if<JsonError>(&parsed)) {
      const std::size_t offset = origin.exact ? std::min(error->byte, script.text.size()) : 0;
      add_finding(files_[origin.file], "js-json", "not valid JSON: " + without_place(error->message),
                  origin.begin + offset);
    }
  }

  void read_script(std::size_t index) {
    const SourceFile& file = files_[index];
    if (const std::size_t bad = find_invalid_utf8(file.bytes); bad != std::string_view::npos) {
      add_finding(file, "js-encoding", "not UTF-8: save the file as UTF-8", bad);
      return;
    }
    const std::size_t begin = file.bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    const Origin origin{index, begin, true};
    const std::string text = file.bytes.substr(begin);
    if (const auto loaded = loaded_.find(file.path); loaded != loaded_.end()) {
      for (const bool is_module : loaded->second) {
        ask(is_module ? ScriptGoal::kModule : ScriptGoal::kClassic, text, origin);
      }
      return;
    }
    const std::string lower = to_lower(file.path);
    ask(lower.ends_with(".mjs")   ? ScriptGoal::kModule
        : lower.ends_with(".cjs") ? ScriptGoal::kCommonJs
                                  : ScriptGoal::kEither,
        text, origin);
  }

  void ask(ScriptGoal goal, std::string text, const Origin& origin) {
    const SourceFile& file = files_[origin.file];
    texts_.push_back({file.path, file.root, goal, std::move(text)});
    origins_.push_back(origin);
  }

  void add_fault(const ScriptFault& fault) {
    const Origin& origin = origins_[fault.script];
    const ScriptText& script = texts_[fault.script];
    const SourceFile& file = files_[origin.file];
    std::string message = fault.message;
    if (script.goal == ScriptGoal::kHandler) {
      message += " (in an event handler)";
    } else if (fault.is_module) {
      message += " (read as a module)";
    } else if (script.goal == ScriptGoal::kClassic &&
               (message.find("outside a module") != std::string::npos || message == "Unexpected token 'export'")) {
      message += ": only a <script type=\"module\"> may hold this";
    }
    const bool is_inline = has_ending(file.path, kPages);
    if (fault.line == 0 && !is_inline) {
      add_finding(file, "js-syntax", std::move(message), std::nullopt);
      return;
    }
    const std::size_t offset = origin.exact ? offset_of(script.text, fault.line, fault.column) : 0;
    add_finding(file, "js-syntax", std::move(message), origin.begin + offset);
    std::vector<Finding>& findings = checked_.targets[file.target].findings;
    if (fault.column == 0 && fault.line > 0 && !findings.empty()) {
      findings.back().column = findings.back().characters = 0;
    }
  }

  void add_import(const ScriptVerdict::Import& import) {
    const Origin& origin = origins_[import.script];
    const SourceFile& file = files_[origin.file];
    const std::string& name = import.specifier;
    if (!name.starts_with('/') && !name.starts_with("./") && !name.starts_with("../") &&
        name.find("://") == std::string::npos) {
      return;
    }
    // node does not say where: the first place where it stands in quotes.
    const std::string& text = texts_[import.script].text;
    const std::size_t at = std::min(text.find("\"" + name + "\""), text.find("'" + name + "'"));
    const TextPlace place = place_of(file.bytes, origin.begin + (origin.exact && at != std::string::npos ? at + 1 : 0));
    checked_.targets[file.target].imports.push_back({file.name, name, place.line, place.column, place.characters});
  }

  std::vector<SourceFile> files_;
  std::map<std::string, std::set<bool>> loaded_;  // how pages load a file: as modules, as classic scripts
  std::vector<ScriptText> texts_;
  std::vector<Origin> origins_;  // of texts_
  std::set<std::tuple<std::string, std::size_t, std::size_t, std::string>> seen_;
  CheckedScripts checked_;
};

}  // namespace

Result<CheckedScripts> check_scripts(const std::vector<ScriptTarget>& targets, const ScriptEngine& engine) {
  Check check;
  for (const ScriptTarget& target : targets) {
    SMB_TRY(check.add(target));
  }
  return std::move(check).run(engine);
}

}  // namespace smbatcher

#include "libregistry/coordination/written_paths.h"

#include <algorithm>
#include <array>
#include <variant>

#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr auto kPathMembers = std::to_array<std::string_view>({"file_path",     "notebook_path",
                                                               "filePath",      "filepath",
                                                               "path",          "file",
                                                               "filename",      "file_name",
                                                               "fileName",      "absolute_path",
                                                               "absolutePath",  "relative_path",
                                                               "relativePath",  "target_file",
                                                               "targetFile",    "target_notebook",
                                                               "pathInProject", "uri",
                                                               "source",        "destination",
                                                               "source_path",   "destination_path",
                                                               "old_path",      "new_path",
                                                               "oldPath",       "newPath",
                                                               "from",          "to"});
constexpr auto kListMembers = std::to_array<std::string_view>(
    {"files", "paths", "filePaths", "file_paths", "edits", "replacements", "changes", "operations"});
constexpr auto kPatchMembers =
    std::to_array<std::string_view>({"command", "input", "patch", "patchText", "patch_text"});
constexpr auto kPatchLines =
    std::to_array<std::string_view>({"*** Add File: ", "*** Update File: ", "*** Delete File: ", "*** Move to: "});
constexpr std::string_view kPatchBegins = "*** Begin Patch";

void add_path(std::vector<std::string>& paths, std::string path) {
  if (!path.empty() && std::find(paths.begin(), paths.end(), path) == paths.end()) {
    paths.push_back(std::move(path));
  }
}

int hex_digit(char c) {
  const std::size_t at = std::string_view("0123456789abcdef").find(static_cast<char>(c | 0x20));
  return c >= '0' && c <= '9' ? c - '0' : at == std::string_view::npos ? -1 : static_cast<int>(at);
}

/// `file:///a%20b` is /a b; any other text is a path as it stands.
std::string as_path(const std::string& text) {
  constexpr std::string_view kFile = "file://";
  if (!text.starts_with(kFile)) {
    return text;
  }
  std::string path;
  for (std::size_t at = kFile.size(); at < text.size(); ++at) {
    const bool is_escape =
        text[at] == '%' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0;
    path += is_escape ? static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2])) : text[at];
    at += is_escape ? 2 : 0;
  }
  return path;
}

void add_paths_of_members(std::vector<std::string>& paths, const Json& object, int depth) {
  constexpr int kDeepest = 3;
  if (!object.is_object() || depth > kDeepest || object.find("repo") != nullptr ||
      string_field(object, "command") == "view") {
    return;
  }
  for (const auto& [key, value] : *object.object()) {
    if (const std::string* const text = value.string()) {
      if (std::find(kPathMembers.begin(), kPathMembers.end(), key) != kPathMembers.end()) {
        add_path(paths, as_path(*text));
      } else if (std::find(kPatchMembers.begin(), kPatchMembers.end(), key) != kPatchMembers.end()) {
        for (std::string& path : paths_of_patch(*text)) {
          add_path(paths, std::move(path));
        }
      }
    } else if (value.array() != nullptr &&
               std::find(kListMembers.begin(), kListMembers.end(), key) != kListMembers.end()) {
      for (const Json& item : *value.array()) {
        if (item.string() != nullptr) {
          add_path(paths, as_path(*item.string()));
        } else {
          add_paths_of_members(paths, item, depth + 1);
        }
      }
    }
  }
}

}  // namespace

std::vector<std::string> written_paths(const Json& input) {
  std::vector<std::string> paths;
  if (const std::string* const text = input.string()) {
    const auto parsed = parse_json(*text);
    const Json* const object = std::get_if<Json>(&parsed);
    if (object == nullptr || !object->is_object()) {
      return paths_of_patch(*text);
    }
    add_paths_of_members(paths, *object, 0);
  } else {
    add_paths_of_members(paths, input, 0);
  }
  return paths;
}

std::vector<std::string> paths_of_patch(std::string_view text) {
  std::vector<std::string> paths;
  if (text.find(kPatchBegins) == std::string_view::npos) {
    return paths;
  }
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    std::string_view line = trim(text.substr(0, length));
    line.remove_suffix(line.ends_with('\r') ? 1 : 0);
    for (const std::string_view begin : kPatchLines) {
      if (line.starts_with(begin)) {
        add_path(paths, std::string(trim(line.substr(begin.size()))));
      }
    }
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return paths;
}

}  // namespace smbatcher

#include <algorithm>
#include <filesystem>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/base/text_hash.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/sync/customs/customs.h"

namespace smbatcher {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 1U << 20U;

JsonObject read_record(FileOps& ops, const std::string& path) {
  const auto text = read_file(ops, path, kMostBytes);
  if (text) {
    const auto parsed = parse_json(*text);
    if (const Json* json = std::get_if<Json>(&parsed); json != nullptr && json->is_object()) {
      return *json->object();
    }
  }
  return {};  // then every copy that differs is the user's
}

std::string hash_in(const JsonObject& record, const std::string& name) {
  for (const auto& [key, value] : record) {
    if (key == name && value.string() != nullptr) {
      return *value.string();
    }
  }
  return {};
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".md" && entry.is_regular_file(error)) {
      names.push_back(entry.path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<CopiedCommands> copy_commands(FileOps& ops, const std::string& from, const std::string& to, bool dry_run) {
  const std::string record_path = to + "/.smbatcher-commands.json";
  JsonObject record = read_record(ops, record_path);
  CopiedCommands result;
  bool has_new_hash = false;
  for (const std::string& name : names_in(from)) {
    SMB_TRY_ASSIGN(const std::string text, read_file(ops, join({from, name}, "/"), kMostBytes));
    const std::string target = join({to, name}, "/");
    const auto present = read_file(ops, target, kMostBytes);
    if (!present && present.error().code != Errc::kNotFound) {
      return fail(present.error());
    }
    if (present && *present != text && hash_in(record, name) != content_hash(*present)) {
      result.kept.push_back(name);
      continue;
    }
    has_new_hash = has_new_hash || hash_in(record, name) != content_hash(text);
    set_member(record, name, content_hash(text));
    if (!present || *present != text) {
      result.copied.push_back(name);
      if (!dry_run) {
        SMB_TRY(make_folders(ops, to));
        SMB_TRY(write_cache_file(ops, target, text));
      }
    }
  }
  if (has_new_hash && !dry_run) {
    SMB_TRY(make_folders(ops, to));
    SMB_TRY(write_cache_file(ops, record_path, Json(record).pretty() + "\n"));
  }
  return result;
}

}  // namespace smbatcher

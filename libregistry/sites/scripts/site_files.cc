#include "libregistry/sites/scripts/site_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

namespace filesystem = std::filesystem;

/// True for a regular file, or a link to one inside of `root`, which has no links in it.
bool is_file_inside(const filesystem::directory_entry& entry, const filesystem::path& root) {
  std::error_code error;
  if (!entry.is_symlink(error)) {
    return entry.is_regular_file(error);
  }
  const filesystem::path target = filesystem::canonical(entry.path(), error);
  return !error && target.string().starts_with(root.string() + "/") && filesystem::is_regular_file(target, error);
}

}  // namespace

Result<std::vector<std::string>> find_site_files(const std::string& folder,
                                                 const std::vector<std::string_view>& endings) {
  std::error_code error;
  const filesystem::path root = filesystem::canonical(folder, error);
  if (error || !filesystem::is_directory(root, error)) {
    Error missing = not_found("directory_not_found", "no folder is at '" + escape_control(folder) + "'");
    missing.details = folder;
    missing.where = folder;
    return fail(std::move(missing));
  }
  std::vector<std::string> found;
  filesystem::recursive_directory_iterator entry(root, error);
  const filesystem::recursive_directory_iterator end;
  for (; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (name.starts_with(".") || name == "node_modules") {
      entry.disable_recursion_pending();
      continue;
    }
    const std::string lower = to_lower(name);
    const bool wanted = std::any_of(endings.begin(), endings.end(),
                                    [&lower](std::string_view ending) { return lower.ends_with(ending); });
    if (wanted && is_file_inside(*entry, root)) {
      found.push_back(entry->path().string().substr(root.string().size() + (root == "/" ? 0U : 1U)));
    }
  }
  if (error) {
    return fail(io_error("cannot read the folder '" + escape_control(folder) + "'", error.value()));
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace smbatcher

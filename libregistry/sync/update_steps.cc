#include "libregistry/sync/update_steps.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "libregistry/core/fs/replace_file.h"

namespace smbatcher {
namespace {

constexpr std::string_view kEndOfSteps = "end";
constexpr std::int64_t kNanoseconds = 1'000'000'000;

}  // namespace

std::string steps_of(const RepositoryPlace& place) { return place.private_dir() + "/steps"; }

std::optional<FileMark> mark_of(const FileRoot& root, const std::string& path) {
  struct stat status {};
  const Descriptor folder = root.parent_of(path, false);
  if (!folder.is_open() ||
      ::fstatat(folder.get(), FileRoot::name_of(path).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return std::nullopt;
  }
  return FileMark{status.st_ino, status.st_size, status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec};
}

Result<void> write_steps(const RepositoryPlace& place, const std::vector<UpdateStep>& steps) {
  std::ostringstream text;
  for (const UpdateStep& step : steps) {
    text << step.adds << ' ' << step.removes << ' ' << step.fresh.inode << ' ' << step.fresh.size << ' '
         << step.fresh.changed_ns << ' ' << step.before << '\0' << step.path << '\0';
  }
  text << kEndOfSteps << '\0';
  return write_cache_file(system_file_ops(), steps_of(place), text.str());
}

std::vector<UpdateStep> read_steps(const RepositoryPlace& place) {
  std::ifstream file(steps_of(place), std::ios::binary);
  const std::vector<std::string> parts = split_zero(std::string{std::istreambuf_iterator<char>(file), {}});
  if (parts.empty() || parts.back() != kEndOfSteps) {
    return {};
  }
  std::vector<UpdateStep> steps;
  for (std::size_t i = 0; i + 2 < parts.size(); i += 2) {
    UpdateStep step;
    std::istringstream(parts[i]) >> step.adds >> step.removes >> step.fresh.inode >> step.fresh.size >>
        step.fresh.changed_ns >> step.before;
    step.path = parts[i + 1];
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace smbatcher

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/sync/file_places.h"
#include "libregistry/sync/repository.h"

namespace smbatcher {

/// By which a file is known again after it was renamed, as long as nobody writes into it.
struct FileMark {
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t changed_ns = 0;  // its time of last change

  bool operator==(const FileMark&) const = default;
};
/// nullopt when nothing lies there.
std::optional<FileMark> mark_of(const FileRoot& root, const std::string& path);

/// What an update does with one name of the work tree.
struct UpdateStep {
  std::string path;
  FileMark fresh{};    // the new file, laid out; of an addition and an exchange
  std::string before;  // digest of what git allowed us to displace; of an exchange and a removal
  bool adds = false;   // there is a new file
  bool removes = false;

  bool exchanges() const { return adds && removes; }
};

/// Where they are.
std::string steps_of(const RepositoryPlace& place);
/// The steps of an update lie in the private folder before the first is done, for the sync after a crash: what was
/// displaced by then is told from what was not by the FileMark.
Result<void> write_steps(const RepositoryPlace& place, const std::vector<UpdateStep>& steps);
/// None when no step was done: they were not written, or not to the end.
std::vector<UpdateStep> read_steps(const RepositoryPlace& place);

}  // namespace smbatcher

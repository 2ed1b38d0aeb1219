#include "libregistry/core/fs/leftovers.h"

#include <cerrno>
#include <utility>

#include "libregistry/core/base/text_hash.h"
#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/replace_file.h"

namespace smbatcher {
namespace {

/// Of what an open file holds, without having all of it in memory.
Result<std::string> hash_of_file(FileOps& ops, int fd, const std::string& path) {
  ContentHash hash;
  const int error_number = read_in_parts(ops, fd, [&hash](std::string_view part) {
    hash.add(part);
    return true;
  });
  if (error_number != 0) {
    Error error = io_error("cannot read '" + path + "'", error_number);
    error.where = path;
    return fail(std::move(error));
  }
  return hash.name();
}

bool is_ours(const std::string& hash, const LeftoverFacts& facts) {
  if (hash == facts.hash_after || hash == facts.hash_now) {
    return true;
  }
  return hash == facts.hash_before && facts.took_effect;
}

}  // namespace

Result<std::vector<Warning>> clear_leftovers(FileOps& ops, const std::string& target, const LeftoverFacts& facts) {
  const ReplaceNames names = ReplaceNames::of(target);
  std::vector<Warning> kept;
  if (ops.unlink(names.part) != 0 && errno != ENOENT) {
    return fail(io_error("cannot remove '" + names.part + "'", errno));
  }
  for (const std::string& path : {names.next, names.prev}) {
    SMB_TRY_ASSIGN(const auto copy, discard_displaced(ops, names, path, [&](int fd) -> Result<bool> {
                     SMB_TRY_ASSIGN(const std::string hash, hash_of_file(ops, fd, path));
                     return is_ours(hash, facts);
                   }));
    if (copy) {
      kept.push_back(
          {*copy, 0, "conflict_copy", "an editor saved into the file that a change had displaced: kept here"});
    }
  }
  return kept;
}

}  // namespace smbatcher

#include "libregistry/claims/leftovers.h"

#include <cerrno>

#include "libregistry/fs/replace_file.h"
#include "libregistry/registry/registry.h"

namespace smbatcher {
namespace {

constexpr std::size_t kReadLimit = std::size_t{64} << 20U;

bool is_ours(const std::string& hash, const LeftoverFacts& facts) {
  if (hash == facts.hash_after || hash == facts.registry_hash) {
    return true;
  }
  return hash == facts.hash_before && facts.closing == Closing::kDone;
}

}  // namespace

Result<std::vector<Warning>> clear_leftovers(FileOps& ops, const std::string& registry, const LeftoverFacts& facts) {
  const ReplaceNames names = ReplaceNames::of(registry);
  std::vector<Warning> kept;
  if (ops.unlink(names.part) != 0 && errno != ENOENT) {
    return fail(io_error("cannot remove '" + names.part + "'", errno));
  }
  for (const std::string& path : {names.next, names.prev}) {
    const auto bytes = read_file(ops, path, kReadLimit);
    if (!bytes) {
      if (bytes.error().code == Errc::kNotFound) {
        continue;
      }
      return fail(bytes.error());
    }
    if (is_ours(content_hash(*bytes), facts)) {
      if (ops.unlink(path) != 0 && errno != ENOENT) {
        return fail(io_error("cannot remove '" + path + "'", errno));
      }
      continue;
    }
    SMB_TRY_ASSIGN(const std::string copy, set_aside(ops, path, registry, "conflict"));
    kept.push_back({copy, 0, "conflict_copy", "an editor saved into the file that a change had displaced: kept here"});
  }
  return kept;
}

}  // namespace smbatcher

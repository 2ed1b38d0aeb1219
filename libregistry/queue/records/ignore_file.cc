#include "libregistry/queue/records/ignore_file.h"

#include <cerrno>

#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/sharing.h"

namespace smbatcher {

Result<void> write_ignore_file(FileOps& ops, const RegistryPaths& paths) {
  struct stat status {};
  if (ops.lstat(paths.gitignore, &status) == 0 || errno != ENOENT) {
    return {};
  }
  auto created =
      create_file(ops, ReplaceNames::of(paths.gitignore),
                  "# smbatcher: what belongs to this machine only. REGISTRY.md, config.yml and batches/ are tracked.\n"
                  "*.lock\n"
                  "history.jsonl\n"
                  "*.history.jsonl\n"
                  "claims/\n"
                  "*.claims/\n"
                  "briefs/\n"
                  "logs/\n"
                  ".*.part\n"
                  ".*.next\n"
                  ".*.prev\n"
                  "*.conflict-*\n"
                  "*.corrupt-*\n",
                  0666, model_at(ops, paths.registry));
  if (!created && created.error().reason != FailWord("already_exists")) {
    return fail(std::move(created).error());
  }
  return {};
}

}  // namespace smbatcher

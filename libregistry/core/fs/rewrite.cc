#include "libregistry/core/fs/rewrite.h"

#include "libregistry/core/fs/descriptor.h"

namespace smbatcher {

Result<FileSnapshot> read_for_rewrite(FileOps& ops, const std::string& path, std::size_t max_size) {
  struct stat status {};
  if (ops.lstat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
    return fail(not_a_regular_file(path, status.st_mode));
  }
  return read_file_stable(ops, path, max_size);
}

Result<void> rewrite(FileOps& ops, const ReplaceNames& names, const FileSnapshot& original, std::string_view bytes) {
  SMB_TRY(check_replaceable(ops, names.target, original.state));
  SMB_TRY(stage_replacement(ops, names, original, bytes));
  SMB_TRY_ASSIGN(const Publication publication, publish_replacement(ops, names, original, bytes, nullptr, nullptr));
  if (publication.result != Published::kDone) {
    return fail({Errc::kIo,
                 ErrorWord("file_changing"),
                 {},
                 "'" + names.target + "' was saved while it was replaced; call again",
                 names.target,
                 {}});
  }
  return require_durable(publication, names.target);
}

Result<void> require_durable(const Publication& publication, const std::string& path) {
  if (!publication.durable) {
    return fail({Errc::kIo,
                 ErrorWord("not_synced"),
                 {},
                 "cannot sync the folder of '" + path + "'; check the disk, then call again",
                 path,
                 {}});
  }
  return {};
}

}  // namespace smbatcher

#include "libregistry/coordination/durable_file.h"

#include "libregistry/core/fs/rewrite.h"

namespace smbatcher {

Result<std::optional<FileSnapshot>> read_for_change(FileOps& ops, const std::string& path) {
  Result<FileSnapshot> file = read_for_rewrite(ops, path, kLargestDurableFile);
  if (!file && file.error().code == Errc::kNotFound) {
    return std::nullopt;
  }
  if (!file) {
    return fail(std::move(file).error());
  }
  return std::move(*file);
}

Result<Published> change_durably(FileOps& ops, const ReplaceNames& names, const std::optional<FileSnapshot>& before,
                                 std::string_view after, std::vector<Warning>& warnings) {
  const BlockStopSignals blocked;
  Publication publication;
  if (before) {
    SMB_TRY(check_replaceable(ops, names.target, before->state));
    SMB_TRY(stage_replacement(ops, names, *before, after));
    SMB_TRY_ASSIGN(publication, publish_replacement(ops, names, *before, after, nullptr,
                                                    [&blocked] { return blocked.stop_pending(); }));
  } else {
    Result<Publication> created = create_file(ops, names, after, kOpenMode);
    if (!created && created.error().reason == FailWord("already_exists")) {
      return Published::kChanged;
    }
    SMB_TRY_ASSIGN(publication, std::move(created));
  }
  for (const std::string& kept : publication.kept) {
    warnings.push_back(conflict_copy_of(names.target, kept));
  }
  if (publication.result == Published::kDone && !publication.durable) {
    return fail({Errc::kIo,
                 ErrorWord("durability_unknown"),
                 {},
                 "'" + names.target + "' is changed, but its folder could not be synced: check the disk",
                 names.target,
                 {}});
  }
  return publication.result;
}

Error kept_changing(const std::string& path) {
  return {Errc::kIo, ErrorWord("conflict"),
          path,      "others kept saving '" + path + "'; nothing was changed, call again",
          path,      {}};
}

Warning conflict_copy_of(const std::string& path, std::string kept) {
  return {std::move(kept), 0, "conflict_copy", "somebody's text of '" + path + "', saved while it was replaced"};
}

}  // namespace smbatcher

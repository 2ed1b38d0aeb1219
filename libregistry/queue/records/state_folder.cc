#include "libregistry/queue/records/state_folder.h"

#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>

#include "libregistry/core/fs/append_file.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/sharing.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/queue/records/history.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMaxHistory = std::size_t{1} << 32U;
constexpr std::size_t kMaxClaimFile = std::size_t{1} << 30U;
constexpr const char* kIndexName = ".state";
constexpr std::string_view kJson = ".json";

/// Its size, nullopt where there is nothing. What cannot be looked at is an error: it may hold every lease there is.
Result<std::optional<off_t>> size_at(FileOps& ops, const std::string& path) {
  struct stat status {};
  if (ops.lstat(path, &status) == 0) {
    return std::optional(status.st_size);
  }
  return errno == ENOENT || errno == ENOTDIR ? Result<std::optional<off_t>>(std::nullopt)
                                             : fail(io_error("cannot look at '" + path + "'", errno));
}

/// How a history beside the registry ends when its state was moved, or all that is left of it then.
bool is_closed(std::string_view text) { return text.ends_with(moved_line()); }

/// True of one that holds more than the line that closed it.
bool has_events(const std::optional<off_t>& size) {
  return size && static_cast<std::size_t>(*size) != moved_line().size();
}

bool is_claim_file(const std::string& name) { return name.ends_with(kJson) || name == kIndexName; }

Result<void> copy_claims(FileOps& ops, const RegistryPaths& paths) {
  const auto model = model_at(ops, paths.registry);
  const auto names = names_in_folder(paths.former_claims);
  if (names.empty()) {
    return {};
  }
  SMB_TRY(make_shared_folder(ops, paths.claims, paths.state));
  for (const std::string& name : names) {
    if (!is_claim_file(name)) {
      continue;
    }
    const auto bytes = read_file(ops, paths.former_claims + "/" + name, kMaxClaimFile);
    if (!bytes && bytes.error().code == Errc::kIo) {
      return fail(bytes.error());
    }
    if (bytes) {
      SMB_TRY(write_cache_file(ops, paths.claims + "/" + name, *bytes, model));
    }
  }
  return {};
}

/// What is kept is what was set aside there, and files of others. A failure only leaves files that nobody looks at:
/// false then, and a later call removes them.
bool remove_former_claims(FileOps& ops, const RegistryPaths& paths) {
  bool all_gone = true;
  for (const std::string& name : names_in_folder(paths.former_claims)) {
    if (is_claim_file(name) || name.ends_with(".part")) {
      all_gone = ops.unlink(paths.former_claims + "/" + name) == 0 && all_gone;
    }
  }
  std::error_code ignored;
  std::filesystem::remove(paths.former_claims, ignored);
  return all_gone;
}

/// Of the old history only the line is left that closed it: what it held is in the new one.
Result<void> empty_former_history(FileOps& ops, const RegistryPaths& paths) {
  return write_own_file(ops, paths.former_history, moved_line(), model_at(ops, paths.registry));
}

/// The commit point.
Result<void> close_former_history(FileOps& ops, const RegistryPaths& paths, const std::string& text) {
  if (is_closed(text)) {
    return {};
  }
  SMB_TRY_ASSIGN(AppendFile file, AppendFile::open(ops, paths.former_history, false));
  SMB_TRY(file.append((text.empty() || text.ends_with('\n') ? "" : torn_line_mark()) + moved_line()));
  return file.sync();
}

Result<void> move_history(FileOps& ops, const RegistryPaths& paths, const std::string& text) {
  std::string kept = text;
  if (is_closed(kept)) {
    kept.resize(kept.size() - moved_line().size());
  }
  if (parse_history(kept, paths.former_history).newer) {
    return fail(malformed("newer_format", paths.former_history,
                          "the history was written by a newer smbatcher: upgrade this one; nothing was changed"));
  }
  SMB_TRY(ensure_state_folder(ops, paths));
  SMB_TRY(copy_claims(ops, paths));
  const std::string copy = paths.history + ".copy";
  SMB_TRY(write_own_file(ops, copy, kept, model_at(ops, paths.registry)));
  SMB_TRY(close_former_history(ops, paths, text));
  if (ops.rename(copy, paths.history) != 0) {
    return fail(io_error("cannot rename '" + copy + "'", errno));
  }
  return sync_folder(ops, paths.state);
}

}  // namespace

Result<void> ensure_state_folder(FileOps& ops, const RegistryPaths& paths) {
  const std::string ignore = paths.state + "/.gitignore";
  struct stat status {};
  if (ops.lstat(ignore, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)) {
    return {};
  }
  SMB_TRY(make_shared_folder(ops, paths.state, paths.folder));
  auto created = create_file(ops, ReplaceNames::of(ignore), "*\n", 0666, model_at(ops, paths.registry));
  if (!created && created.error().reason != FailWord("already_exists")) {
    return fail(std::move(created).error());
  }
  return {};
}

std::vector<Warning> ignored_history(FileOps& ops, const RegistryPaths& paths) {
  const auto old = size_at(ops, paths.former_history);
  if (!old || !has_events(*old)) {
    return {};
  }
  return {{paths.former_history, 0, "old_history_ignored",
           "the history is in '" + paths.history +
               "'; this older one is ignored: remove it, and where git tracks it: git rm --cached"}};
}

Result<std::vector<Warning>> move_former_state(FileOps& ops, const RegistryPaths& paths) {
  SMB_TRY_ASSIGN(const auto old, size_at(ops, paths.former_history));
  if (old && !has_events(old)) {
    return std::vector<Warning>();
  }
  SMB_TRY_ASSIGN(const auto history, size_at(ops, paths.history));
  if (!old) {
    if (history) {
      return std::vector<Warning>();
    }
    SMB_TRY_ASSIGN(const auto claims, size_at(ops, paths.claims));
    SMB_TRY_ASSIGN(const auto old_claims, size_at(ops, paths.former_claims));
    if (!claims && old_claims) {
      // Somebody deleted the history: what the claim files tell of its leases goes on.
      SMB_TRY(ensure_state_folder(ops, paths));
      SMB_TRY(copy_claims(ops, paths));
      remove_former_claims(ops, paths);
    }
    return std::vector<Warning>();
  }
  auto text = read_file(ops, paths.former_history, kMaxHistory);
  if (history && (!text || !is_closed(*text))) {
    return ignored_history(ops, paths);
  }
  if (!text) {
    return fail(std::move(text).error());
  }
  if (!history) {
    SMB_TRY(move_history(ops, paths, *text));
  }
  if (remove_former_claims(ops, paths)) {
    SMB_TRY(empty_former_history(ops, paths));
  }
  return std::vector<Warning>();
}

Result<RegistryPaths> paths_in_force(FileOps& ops, const RegistryPaths& paths) {
  RegistryPaths result = paths;
  SMB_TRY_ASSIGN(const auto history, size_at(ops, paths.history));
  if (history) {
    return result;
  }
  SMB_TRY_ASSIGN(const auto old, size_at(ops, paths.former_history));
  bool is_old = has_events(old);
  if (!old) {
    SMB_TRY_ASSIGN(const auto claims, size_at(ops, paths.claims));
    SMB_TRY_ASSIGN(const auto old_claims, size_at(ops, paths.former_claims));
    is_old = !claims && old_claims;
  }
  if (is_old) {
    result.history = paths.former_history;
    result.claims = paths.former_claims;
  }
  return result;
}

}  // namespace smbatcher

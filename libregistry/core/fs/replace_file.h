#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libregistry/core/base/pieces.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/core/fs/stop_signals.h"

namespace smbatcher {

/// The atomic, durable replacement of a small file that people edit too. Source: docs/claims-and-leases.md, "How a
/// change is written".
///
/// A reader that opens the file once sees the whole old text or the whole new text. For a target `dir/NAME`:
///   dir/.NAME.part   being written; always unfinished, may be deleted by the holder of the lock
///   dir/.NAME.next   complete and synced, about to be exchanged with NAME; right after the exchange what NAME was
///   dir/.NAME.prev   what NAME was before the last change; it takes what an editor still writes into that old file
/// All names are fixed; no folder is scanned. The caller holds the lock that excludes other writers of ours; what it
/// cannot exclude is an editor, and what an editor saves is never lost. Before it stages, the caller looks at a .next
/// and a .prev that an earlier change left: a text that is neither that change's old nor its new one is a person's.
///
/// `target` has its symbolic links resolved: renaming over a link would replace the link.
///
/// The calls, in order, all under that lock:
///
///     original = read_file_stable(target)                       // what the new text is made from
///     check_replaceable(target, original.state)                 // while nothing has been written
///     clear_leftovers(target, ...)                              // libregistry/core/fs/leftovers.h
///     stage_replacement(names, original, text)                  // .part, synced, then .next
///     publish_replacement(names, original, text, ..., ...)      // .next <-> NAME, folder synced
///
/// `original` is the same object throughout: the exchange is taken back unless exactly what was read comes out of it.
/// Leftovers are looked at before staging because .next and .prev are about to be used again, and may hold a text that
/// is nowhere else. `.part` is synced before it becomes .next, so that a .next is complete even after a power failure;
/// the folder is synced after the exchange, and only then may anybody be told that the change is durable. Who announces
/// a change elsewhere (the history's intent) does it between StagedReplacement::begin() and finish(), which saves a
/// wait for the disk.
struct ReplaceNames {
  std::string target;
  std::string folder;
  std::string part;  // .NAME.part
  std::string next;  // .NAME.next
  std::string prev;  // .NAME.prev
  static ReplaceNames of(const std::string& target);
};

enum class Published {
  kDone,         // the new text is in place; what was displaced lies as .NAME.prev
  kChanged,      // somebody saved before the exchange: nothing was published, .NAME.next is removed
  kChangedBack,  // somebody saved in the moment of the exchange: exchanged back, their text is in place
  kInterrupted,  // a stop signal was pending before the exchange: nothing was published, .NAME.next is removed
};

struct Publication {
  Published result = Published::kDone;
  bool durable = true;              // false: the folder could not be synced after the exchange
  bool exchanged = true;            // false: the file system lacks the flags of renameat2(2) and rename(2) was used
  std::vector<std::string> kept{};  // conflict copies that were kept, by path
};

/// Writes `text` to .NAME.part with owner, mode, ACL and user xattrs of the original, syncs it and renames it to
/// .NAME.next. Errors leave no temporary file unless removing it failed too. kIo "cannot_keep_ownership" when group,
/// mode or ACL cannot be kept. A .NAME.next that is already there is replaced only if it holds `text` or the
/// original's; another is kept as NAME.conflict-<UTC time>.
Result<void> stage_replacement(FileOps& ops, const ReplaceNames& names, const FileView& original, const Pieces& text);

/// stage_replacement() in two steps: the disk writes the new text while the caller does something else. What was begun
/// and is not finished leaves no file behind.
class StagedReplacement {
 public:
  /// Writes .NAME.part. `names` and `text` must outlive this.
  static Result<StagedReplacement> begin(FileOps& ops, const ReplaceNames& names, const FileView& original,
                                         const Pieces& text);
  StagedReplacement(StagedReplacement&& other) noexcept;
  StagedReplacement& operator=(StagedReplacement&&) = delete;
  StagedReplacement(const StagedReplacement&) = delete;
  StagedReplacement& operator=(const StagedReplacement&) = delete;
  ~StagedReplacement();

  /// Syncs it and renames it to .NAME.next.
  Result<void> finish();

 private:
  StagedReplacement(FileOps& ops, const ReplaceNames& names, const FileView& original, const Pieces& text,
                    Descriptor part)
      : ops_(&ops), names_(&names), original_(original), text_(&text), part_(std::move(part)) {}

  FileOps* ops_;
  const ReplaceNames* names_;
  FileView original_;
  const Pieces* text_;
  Descriptor part_;
  bool is_open_ = true;
};

/// Exchanges .NAME.next with NAME, provided that NAME is still `original`; compares what came out with `original.bytes`
/// and exchanges back when somebody saved in between, keeping every version (a version that is neither ours nor in
/// place is kept as NAME.conflict-<UTC time>); then syncs the folder. `may_publish` is asked right before the exchange:
/// false stops with kChanged (used where the lock's identity must be checked once more). `stop_pending` the same with
/// kInterrupted.
///
/// An error means that the new text was not published or, when the system refused even to exchange back, that it is not
/// known: then the files lie where the next look at .NAME.next and NAME finds them, and no version is gone.
///
/// Without RENAME_EXCHANGE (some network file systems) the promise is smaller: what is written into the old file in the
/// moment of the rename is kept as a conflict copy, but a save *by rename* in the microseconds between the last look
/// and our rename is replaced, and there is no .NAME.prev.
Result<Publication> publish_replacement(FileOps& ops, const ReplaceNames& names, const FileView& original,
                                        const Pieces& text, const std::function<bool()>& may_publish,
                                        const std::function<bool()>& stop_pending);

/// Removes `path`, a file that has been in the target's place, when `is_ours` says of its bytes, read from `fd`, that
/// nothing is lost with them. Otherwise it is kept as a conflict copy, whose path is the answer. So is what an editor,
/// who has had it open since then, saves into it between that look and the end of its name. nullopt: removed, or not
/// there.
Result<std::optional<std::string>> discard_displaced(FileOps& ops, const ReplaceNames& names, const std::string& path,
                                                     const std::function<Result<bool>(int fd)>& is_ours);

/// Creates a file that must not exist yet (RENAME_NOREPLACE), with its folder synced; `mode` less the umask, or shared
/// like `model`. kRefused "already_exists".
Result<Publication> create_file(FileOps& ops, const ReplaceNames& names, std::string_view bytes, mode_t mode,
                                const std::optional<FileState>& model = std::nullopt);

/// Replaces a file that is only a cache: atomic for readers, not synced, no attributes kept, but shared like `model`.
Result<void> write_cache_file(FileOps& ops, const std::string& path, std::string_view bytes,
                              const std::optional<FileState>& model = std::nullopt);
/// The same with a .part of the caller's choice in the target's folder: one for a whole folder, where the caller's lock
/// covers the folder, or a short one where a name is as long as names may be.
Result<void> write_cache_file(FileOps& ops, const ReplaceNames& names, std::string_view bytes,
                              const std::optional<FileState>& model = std::nullopt);
/// Like write_cache_file(), with the file and its folder synced: for facts of ours that nobody edits, and that last.
Result<void> write_own_file(FileOps& ops, const std::string& path, std::string_view bytes,
                            const std::optional<FileState>& model = std::nullopt);

}  // namespace smbatcher

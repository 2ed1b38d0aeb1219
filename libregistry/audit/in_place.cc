#include "libregistry/audit/in_place.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "libregistry/audit/document.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/sharing.h"

namespace smbatcher {
namespace {

Error cannot_write(const AuditPlace& place, int error_number) {
  Error error = io_error("cannot write '" + place.data + "'", error_number);
  error.where = place.data;
  return error;
}

/// Bytes that the file grew by and that were not written yet are zero.
bool is_cut_copy(std::string_view data, std::string_view from, std::string_view to) {
  if (data.size() > std::max(from.size(), to.size()) || data.size() < std::min(from.size(), to.size())) {
    return false;
  }
  for (std::size_t i = 0; i < data.size(); ++i) {
    const bool new_byte = i < to.size() && data[i] == to[i];
    const bool old_byte = i < from.size() ? data[i] == from[i] : data[i] == '\0';
    if (!new_byte && !old_byte) {
      return false;
    }
  }
  return true;
}

/// 0 or the errno of the pwrite(2) that failed.
int write_at(FileOps& ops, int fd, std::string_view text, std::size_t offset) {
  while (offset < text.size()) {
    const ssize_t written = ops.pwrite(fd, text.data() + offset, text.size() - offset, static_cast<off_t>(offset));
    if (written < 0 && errno != EINTR) {
      return errno;
    }
    offset += static_cast<std::size_t>(std::max<ssize_t>(written, 0));
  }
  return 0;
}

Result<void> copy_over(FileOps& ops, const AuditPlace& place, const FileLock& data, std::string_view text) {
  const int fd = data.descriptor();
  int error_number = write_at(ops, fd, text, 0);
  if (error_number == 0 && ops.ftruncate(fd, static_cast<off_t>(text.size())) != 0) {
    error_number = errno;
  }
  if (error_number == 0 && ops.fsync(fd) != 0) {
    error_number = errno;
  }
  return error_number == 0 ? Result<void>() : fail(cannot_write(place, error_number));
}

Result<void> remove_next(FileOps& ops, const ReplaceNames& names) {
  if (ops.unlink(names.next) != 0 && errno != ENOENT) {
    return fail(io_error("cannot remove '" + names.next + "'", errno));
  }
  return sync_folder(ops, names.folder);
}

}  // namespace

Result<std::optional<std::string>> cut_copy(FileOps& ops, const AuditPlace& place, std::string_view data,
                                            const AuditBackups& backups) {
  auto next = read_file(ops, ReplaceNames::of(place.data).next, kLargestQueue);
  if (!next) {
    return next.error().code == Errc::kNotFound ? Result<std::optional<std::string>>(std::nullopt)
                                                : fail(std::move(next).error());
  }
  if (*next == data) {
    return std::nullopt;
  }
  // Without the old text, a file that can be read is somebody's, and one that cannot is worth less than the copy.
  const std::optional<std::string> old = backups.last_text(ops);
  const bool cut = old ? is_cut_copy(data, *old, *next) : !parse_audit_document(data, place.data);
  return cut ? std::optional(std::move(*next)) : std::nullopt;
}

Result<std::optional<std::string>> finish_cut_copy(FileOps& ops, const AuditPlace& place, const FileLock& data,
                                                   const AuditBackups& backups) {
  const ReplaceNames names = ReplaceNames::of(place.data);
  struct stat status {};
  if (ops.lstat(names.next, &status) != 0) {
    return errno == ENOENT ? Result<std::optional<std::string>>(std::nullopt)
                           : fail(io_error("cannot look at '" + names.next + "'", errno));
  }
  SMB_TRY_ASSIGN(const std::string text, read_file(ops, place.data, kLargestQueue));
  SMB_TRY_ASSIGN(const std::optional<std::string> rest, cut_copy(ops, place, text, backups));
  if (rest) {
    SMB_TRY(copy_over(ops, place, data, *rest));
  } else {
    SMB_TRY_ASSIGN(const std::string next, read_file(ops, names.next, kLargestQueue));
    if (next != text) {
      SMB_TRY_ASSIGN(std::string kept, set_aside(ops, names.next, names.target, "conflict"));
      return kept;
    }
    // Complete, but who copied it may not have come to syncing it: until then .next is all that a power failure leaves.
    if (ops.fsync(data.descriptor()) != 0) {
      return fail(cannot_write(place, errno));
    }
  }
  SMB_TRY(remove_next(ops, names));
  return std::nullopt;
}

Result<void> write_in_place(FileOps& ops, const AuditPlace& place, const FileLock& data, std::string_view old_text,
                            std::string_view text) {
  const ReplaceNames names = ReplaceNames::of(place.data);
  SMB_TRY(write_own_file(ops, names.next, text, model_at(ops, place.data)));
  // What the file grows by comes first: when the disk is full, the old text is still whole.
  if (const int error_number = write_at(ops, data.descriptor(), text, std::min(old_text.size(), text.size()));
      error_number != 0) {
    if (ops.ftruncate(data.descriptor(), static_cast<off_t>(old_text.size())) == 0) {
      ops.unlink(names.next);
    }
    return fail(cannot_write(place, error_number));
  }
  SMB_TRY(copy_over(ops, place, data, text));
  return remove_next(ops, names);
}

}  // namespace smbatcher

#include "libregistry/core/fs/stage.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "libregistry/core/fs/attributes.h"
#include "libregistry/core/fs/descriptor.h"

namespace smbatcher {
namespace {

// Nobody else may look in while the owner, the mode and the ACL are not yet those of the original.

Error cannot_write(const std::string& path, int error_number) {
  Error error = io_error("cannot write '" + path + "'", error_number);
  error.where = path;
  return error;
}

Descriptor create_new(FileOps& ops, const std::string& path, mode_t mode) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  Descriptor file = open_file(ops, path, kFlags, mode);
  if (!file.is_open() && errno == EEXIST && ops.unlink(path) == 0) {
    file = open_file(ops, path, kFlags, mode);
  }
  return file;
}

Result<void> fill(FileOps& ops, const Descriptor& file, const std::string& path, const Pieces& text,
                  const std::function<Result<void>(int fd)>& prepare) {
  if (prepare) {
    SMB_TRY(prepare(file.get()));
  }
  if (const int error_number = write_all(ops, file.get(), text); error_number != 0) {
    return fail(cannot_write(path, error_number));
  }
  return {};
}

Result<void> sync_and_close(FileOps& ops, Descriptor& file, const std::string& path, Sync sync) {
  // Never again on this file after a failure: the kernel may have dropped the data and would then report success.
  if (sync == Sync::kYes && ops.fsync(file.get()) != 0) {
    return fail(cannot_write(path, errno));
  }
  if (file.close() != 0) {
    return fail(cannot_write(path, errno));
  }
  return {};
}

Result<void> rename_part_to_next(FileOps& ops, const ReplaceNames& names, const FileView& original,
                                 const Pieces& text) {
  int error_number = rename_to_free_name(ops, names.part, names.next);
  if (error_number == EEXIST) {
    // Left by a change that was cut short. Whatever is not known to be in another place is somebody's text.
    SMB_TRY_ASSIGN(const bool is_new, holds_text(ops, names.next, text));
    SMB_TRY_ASSIGN(const bool is_old, holds_text(ops, names.next, original.bytes));
    if (!is_new && !is_old) {
      SMB_TRY(set_aside(ops, names.next, names.target, "conflict"));
    }
    error_number = ops.rename(names.part, names.next) == 0 ? 0 : errno;
  }
  if (error_number != 0) {
    Error error = io_error("cannot rename '" + names.part + "' to '" + names.next + "'", error_number);
    error.where = names.next;
    return fail(std::move(error));
  }
  return {};
}

}  // namespace

ReplaceNames ReplaceNames::of(const std::string& target) {
  const std::size_t name_at = target.find_last_of('/') + 1;  // npos + 1 is 0: no slash
  const std::string hidden = target.substr(0, name_at) + "." + target.substr(name_at);
  return {target, folder_of(target), hidden + ".part", hidden + ".next", hidden + ".prev"};
}

Result<void> write_part(FileOps& ops, const ReplaceNames& names, const Pieces& text, mode_t mode, Sync sync,
                        const std::function<Result<void>(int fd)>& prepare) {
  Descriptor file = create_new(ops, names.part, mode);
  if (!file.is_open()) {
    return fail(cannot_write(names.part, errno));
  }
  Result<void> filled = fill(ops, file, names.part, text, prepare);
  filled = filled ? sync_and_close(ops, file, names.part, sync) : filled;
  if (!filled) {
    ops.unlink(names.part);
  }
  return filled;
}

Result<void> try_attributes(FileOps& ops, const std::string& path, const FileState& original) {
  const ReplaceNames names = ReplaceNames::of(path);
  SMB_TRY(write_part(ops, names, "", kPrivateMode, Sync::kNo,
                     [&](int fd) { return keep_attributes(ops, fd, path, original); }));
  ops.unlink(names.part);
  return {};
}

Result<bool> holds_text(FileOps& ops, const std::string& path, const Pieces& text, FileState* state) {
  const Descriptor file = open_file(ops, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (!file.is_open()) {
    // Not ours: ours are regular files that we may read. What cannot be told apart (EIO, EMFILE) is an error.
    if (errno == ELOOP || errno == ENXIO || errno == EACCES) {
      return false;
    }
    return fail(cannot_open_file(ops, path, errno));
  }
  struct stat status {};
  if (ops.fstat(file.get(), &status) != 0) {
    return fail(io_error("cannot read '" + path + "'", errno));
  }
  if (state != nullptr) {
    *state = FileState::of(status);
  }
  if (!S_ISREG(status.st_mode) || std::cmp_not_equal(status.st_size, text.size())) {
    return false;
  }
  return is_text(ops, file.get(), path, text);
}

Result<bool> is_text(FileOps& ops, int fd, const std::string& path, const Pieces& text) {
  PieceComparison comparison(text);
  bool same = true;
  const int error_number = read_in_parts(ops, fd, [&](std::string_view part) {
    same = comparison.matches(part);
    return same;
  });
  if (error_number != 0) {
    return fail(io_error("cannot read '" + path + "'", error_number));
  }
  return same && comparison.complete();
}

Result<StagedReplacement> StagedReplacement::begin(FileOps& ops, const ReplaceNames& names, const FileView& original,
                                                   const Pieces& text) {
  Descriptor part = create_new(ops, names.part, kPrivateMode);
  if (!part.is_open()) {
    return fail(cannot_write(names.part, errno));
  }
  StagedReplacement staged(ops, names, original, text, std::move(part));
  SMB_TRY(fill(ops, staged.part_, names.part, text,
               [&](int fd) { return keep_attributes(ops, fd, names.target, original.state); }));
  ops.start_write_back(staged.part_.get());
  return staged;
}

StagedReplacement::StagedReplacement(StagedReplacement&& other) noexcept
    : ops_(other.ops_),
      names_(other.names_),
      original_(other.original_),
      text_(other.text_),
      part_(std::move(other.part_)),
      is_open_(std::exchange(other.is_open_, false)) {}

StagedReplacement::~StagedReplacement() {
  if (is_open_) {
    ops_->unlink(names_->part);
  }
}

Result<void> StagedReplacement::finish() {
  SMB_TRY(sync_and_close(*ops_, part_, names_->part, Sync::kYes));
  SMB_TRY(rename_part_to_next(*ops_, *names_, original_, *text_));
  is_open_ = false;
  return {};
}

Result<void> stage_replacement(FileOps& ops, const ReplaceNames& names, const FileView& original, const Pieces& text) {
  SMB_TRY_ASSIGN(StagedReplacement staged, StagedReplacement::begin(ops, names, original, text));
  return staged.finish();
}

}  // namespace smbatcher

#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <utility>

#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/stage.h"

namespace smbatcher {
namespace {

constexpr int kOpenDisplaced = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

Error cannot_replace(const ReplaceNames& names, int error_number) {
  Error error = io_error("cannot replace '" + names.target + "'", error_number);
  error.where = names.target;
  return error;
}

// What the rename itself does not change. Same bytes with another time or mode were saved too: somebody is at work on
// that file, and it must stay where they find it. The inode is left out: some file systems give it a new number at its
// first rename.
bool untouched(const FileState& now, const FileState& original) {
  return now.size == original.size && now.mode == original.mode && now.owner == original.owner &&
         now.group == original.group && now.modified.tv_sec == original.modified.tv_sec &&
         now.modified.tv_nsec == original.modified.tv_nsec;
}

// One publication. Each step returns what the caller of publish_replacement gets.
class Publisher {
 public:
  Publisher(FileOps& ops, const ReplaceNames& names, const FileView& original, const Pieces& text)
      : ops_(ops), names_(names), original_(original), text_(text) {}

  Result<Publication> run(const std::function<bool()>& may_publish, const std::function<bool()>& stop_pending) {
    // Opened now, since a failure after the exchange would leave open whether the change is durable.
    folder_ = open_file(ops_, names_.folder, O_RDONLY | O_DIRECTORY);
    if (!folder_.is_open()) {
      return not_published(cannot_replace(names_, errno));
    }
    struct stat now {};
    if (ops_.lstat(names_.target, &now) != 0) {
      return errno == ENOENT ? stopped(Published::kChanged) : not_published(cannot_replace(names_, errno));
    }
    if (!FileState::of(now).same_content_as(original_.state) || (may_publish && !may_publish())) {
      return stopped(Published::kChanged);
    }
    if (stop_pending && stop_pending()) {
      return stopped(Published::kInterrupted);
    }
    if (ops_.rename_with(names_.next, names_.target, RENAME_EXCHANGE) == 0) {
      return after_exchange();
    }
    if (means_unsupported(errno)) {
      return publish_by_rename();
    }
    return after_failed_rename(errno);
  }

 private:
  // Before any attempt to publish .next is known to be ours.
  Result<Publication> stopped(Published result) {
    ops_.unlink(names_.next);
    return Publication{.result = result};
  }

  Result<Publication> not_published(Error error) {
    ops_.unlink(names_.next);
    return fail(std::move(error));
  }

  // A call that failed may still have worked (a lost answer of a server). So .next goes only if it is still our text;
  // otherwise it is what was displaced, and stays for the next look.
  Result<Publication> after_failed_rename(int error_number) {
    if (holds_text(ops_, names_.next, text_).value_or(false)) {
      ops_.unlink(names_.next);
      if (error_number == ENOENT) {
        return Publication{.result = Published::kChanged};  // deleted, or an editor between its two renames
      }
    }
    return fail(cannot_replace(names_, error_number));
  }

  // .next is now the displaced file.
  Result<Publication> after_exchange() {
    FileState displaced;
    const Result<bool> same = holds_text(ops_, names_.next, original_.bytes, &displaced);
    if (!same) {
      return exchange_back(same.error());
    }
    if (!*same || !untouched(displaced, original_.state)) {
      return exchange_back(std::nullopt);
    }
    // Tried twice, since .next should not stay; if it does, the next look finds the old text in it.
    if (ops_.rename(names_.next, names_.prev) != 0) {
      ops_.rename(names_.next, names_.prev);
    }
    return Publication{.result = Published::kDone, .durable = sync()};
  }

  // `unreadable`: why it is not known whether what came out was saved by somebody. Without that knowledge nothing is
  // published either.
  Result<Publication> exchange_back(std::optional<Error> unreadable) {
    Publication publication{.result = Published::kChangedBack};
    if (ops_.rename_with(names_.next, names_.target, RENAME_EXCHANGE) != 0) {
      Error error = cannot_replace(names_, errno);
      if (const auto kept = set_aside(ops_, names_.next, names_.target, "conflict")) {
        error.message += "; what was saved there meanwhile is kept as '" + *kept + "': merge it by hand";
        error.facts.emplace_back("kept", *kept);
      } else {
        error.message += "; what was saved there meanwhile is in '" + names_.next + "': merge it by hand";
        error.facts.emplace_back("kept", names_.next);
      }
      sync();
      return fail(std::move(error));
    }
    // Ours comes out again, unless somebody saved once more over it: then that is a version of its own.
    const auto kept =
        discard_displaced(ops_, names_, names_.next, [this](int fd) { return is_text(ops_, fd, names_.next, text_); });
    if (!kept) {
      publication.kept.push_back(names_.next);
    } else if (*kept) {
      publication.kept.push_back(**kept);
    }
    publication.durable = sync();
    if (unreadable) {
      for (const std::string& path : publication.kept) {
        unreadable->facts.emplace_back("kept", path);
      }
      return fail(std::move(*unreadable));
    }
    return publication;
  }

  // Looks again, with the old file held open: it can be read after its name is gone.
  Result<Publication> publish_by_rename() {
    const Descriptor displaced = open_file(ops_, names_.target, kOpenDisplaced);
    if (!displaced.is_open()) {
      return errno == ENOENT || errno == ELOOP ? stopped(Published::kChanged)
                                               : not_published(cannot_replace(names_, errno));
    }
    struct stat now {};
    if (ops_.fstat(displaced.get(), &now) != 0) {
      return not_published(cannot_replace(names_, errno));
    }
    if (!FileState::of(now).same_content_as(original_.state)) {
      return stopped(Published::kChanged);
    }
    if (ops_.rename(names_.next, names_.target) != 0) {
      return after_failed_rename(errno);
    }
    Publication publication{.result = Published::kDone, .exchanged = false};
    std::string old;
    constexpr std::size_t kNoLimit = static_cast<std::size_t>(-1) / 2;
    if (const int error_number = read_all(ops_, displaced.get(), kNoLimit, old); error_number != 0) {
      return fail(
          io_error("cannot check that nobody saved '" + names_.target + "' while it was replaced", error_number));
    }
    if (old != original_.bytes) {
      SMB_TRY(write_part(ops_, names_, old, original_.state.mode & 0666, Sync::kYes, nullptr));
      SMB_TRY_ASSIGN(std::string kept, set_aside(ops_, names_.part, names_.target, "conflict"));
      publication.kept.push_back(std::move(kept));
    }
    publication.durable = sync();
    return publication;
  }

  bool sync() { return ops_.fsync(folder_.get()) == 0; }

  FileOps& ops_;
  const ReplaceNames& names_;
  const FileView& original_;
  const Pieces& text_;
  Descriptor folder_;
};

}  // namespace

Result<Publication> publish_replacement(FileOps& ops, const ReplaceNames& names, const FileView& original,
                                        const Pieces& text, const std::function<bool()>& may_publish,
                                        const std::function<bool()>& stop_pending) {
  return Publisher(ops, names, original, text).run(may_publish, stop_pending);
}

}  // namespace smbatcher

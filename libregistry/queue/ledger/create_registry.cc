#include "libregistry/queue/ledger/create_registry.h"

#include <algorithm>
#include <cerrno>

#include "libregistry/core/base/text_hash.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/stop_signals.h"
#include "libregistry/queue/ledger/change.h"
#include "libregistry/queue/records/claim_files.h"
#include "libregistry/queue/records/history_file.h"
#include "libregistry/queue/records/ignore_file.h"
#include "libregistry/queue/records/state_folder.h"
#include "libregistry/queue/verbs/enroll.h"

namespace smbatcher {
namespace {

// Longer than the new text by more than this, a file at the registry's place is not read to its end.
constexpr std::size_t kReadBeyond = std::size_t{1} << 20U;

Result<bool> has_registry(const QueueContext& queue, std::size_t size) {
  const auto found = read_file_stable(*queue.ops, queue.paths.registry, size + kReadBeyond);
  if (!found && found.error().code != Errc::kNotFound) {
    return fail(found.error());
  }
  return found.has_value();
}

/// The line that opens the history of a registry.
Result<std::string> opening_line(const QueueContext& queue, const Instant& now) {
  Event begin;
  begin.number = 1;
  begin.verb = kOpened;
  begin.at = now.wall;
  begin.boot = now.boot;
  // Claim files without a history are of an earlier life: its tokens stay below.
  const ClaimFiles files(*queue.ops, queue.paths.claims);
  SMB_TRY_ASSIGN(const auto found, files.scan());
  const bool first_life = found.empty() && !files.read_index(FileAccess::kRead);
  begin.floor = first_life ? 1 : static_cast<Token>(now.wall.time_since_epoch().count());
  return to_line(begin);
}

/// What an earlier life of the registry left in its history is ended, and `event` numbered after it: tokens and numbers
/// go on.
Result<std::string> lines_after(const QueueContext& queue, HistoryFile& history, Event& event) {
  SMB_TRY_ASSIGN(const History earlier, history.read());
  if (earlier.newer) {
    return fail(malformed("newer_format", queue.paths.history,
                          "the history was written by a newer smbatcher: upgrade this one; nothing was changed"));
  }
  for (const HistoryEntry& entry : earlier.entries) {
    event.number = std::max(event.number, entry.event.number + 1);
  }
  std::string lines = earlier.torn ? torn_line_mark() : "";
  if (!earlier.entries.empty() && earlier.entries.back().is_open()) {
    lines += closing_line(earlier.entries.back().event.number, Closing::kVoid);  // the registry is not there
  }
  return lines;
}

Event registration(const std::string& text, const Answer& answer, const Caller& caller, const Instant& now) {
  Event event;
  event.number = 2;
  event.verb = "register";
  event.at = now.wall;
  event.boot = now.boot;
  event.owner = caller.name();
  event.hash_before = content_hash("");
  event.hash_after = content_hash(text);
  event.rows = answer.rows;
  return event;
}

/// A registry or its history was here: rows are added to it, or the error says what is wrong.
bool is_begun(const QueueContext& queue) {
  struct stat status {};
  return queue.ops->stat(queue.paths.registry, &status) == 0 || errno != ENOENT ||
         queue.ops->stat(queue.paths.history, &status) == 0 ||
         queue.ops->stat(queue.paths.former_history, &status) == 0;
}

bool must_be_created(const QueueContext& queue, const Result<Answer>& answer) {
  return !answer && answer.error().reason == ErrorWord("registry_not_found") && way_back(queue.paths).empty();
}

}  // namespace

Result<Answer> create_registry(const QueueContext& queue, const std::vector<NewSite>& sites, const Caller& caller) {
  SMB_TRY_ASSIGN(Answer answer, preview_creation(sites));
  SMB_TRY_ASSIGN(const Registry empty,
                 Registry::parse(new_registry_text(queue.config.columns), queue.paths.registry, queue.config.columns));
  SMB_TRY_ASSIGN(const std::string text, empty.with_changes({}, sites));

  SMB_TRY(make_folders(*queue.ops, queue.paths.folder));
  SMB_TRY_ASSIGN(const RegistryLock lock,
                 RegistryLock::acquire(*queue.ops, queue.paths, LockDeadline(queue.lock_timeout), queue.holder,
                                       queue.clock->now()));
  const BlockStopSignals block;
  SMB_TRY(write_ignore_file(*queue.ops, queue.paths));
  SMB_TRY(move_former_state(*queue.ops, queue.paths));
  SMB_TRY(ensure_state_folder(*queue.ops, queue.paths));
  SMB_TRY_ASSIGN(HistoryFile history, HistoryFile::open(*queue.ops, queue.paths, FileAccess::kAppend));
  // Looked for under the lock: whoever waited for it may have been made to wait by the one who created it.
  SMB_TRY_ASSIGN(const bool exists, has_registry(queue, text.size()));
  if (exists) {
    return fail(refused("already_exists", queue.paths.registry, "there is a registry already"));
  }
  const Instant now = queue.clock->now();
  Event event = registration(text, answer, caller, now);
  SMB_TRY_ASSIGN(const std::string lines,
                 history.exists() ? lines_after(queue, history, event) : opening_line(queue, now));
  SMB_TRY(history.append_synced(lines + to_line(event)));
  auto created = create_file(*queue.ops, ReplaceNames::of(queue.paths.registry), text, 0666);
  if (!created) {
    (void)history.append(closing_line(event.number, Closing::kVoid));
    return fail(std::move(created).error());
  }
  (void)history.append(closing_line(event.number, Closing::kDone));
  answer.durable = created->durable;
  return answer;
}

Result<Answer> change_or_create(const QueueContext& queue, const RegisterRequest& request, const Caller& caller) {
  if (is_begun(queue)) {
    Result<Answer> answer = change(queue, Request{request, caller});
    if (!must_be_created(queue, answer)) {
      return answer;
    }
  }
  Result<Answer> created = create_registry(queue, request.sites, caller);
  const bool was_late = !created && created.error().reason == FailWord("already_exists");
  return was_late ? change(queue, Request{request, caller}) : created;
}

Result<Answer> preview_or_create(const QueueContext& queue, const RegisterRequest& request, const Caller& caller) {
  if (is_begun(queue)) {
    Result<Answer> answer = preview(queue, Request{request, caller});
    if (!must_be_created(queue, answer)) {
      return answer;
    }
  }
  return preview_creation(request.sites);
}

}  // namespace smbatcher

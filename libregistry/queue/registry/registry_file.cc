#include "libregistry/queue/registry/registry_file.h"

#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <thread>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr std::size_t kReadLimit = std::size_t{64} << 20U;  // Document::parse names the smaller limit and the remedy
constexpr milliseconds kAbsentFor{1000};
constexpr milliseconds kUnsettledFor{100};
constexpr milliseconds kUnfinishedFor{1000};
constexpr milliseconds kPause{5};

std::string holder_line(const HolderFacts& holder, const Instant& now) {
  return Json(JsonObject{{"owner", holder.owner},
                         {"pid", static_cast<std::int64_t>(::getpid())},
                         {"command", holder.command},
                         {"since", format_time(now.wall)}})
      .dump();
}

/// Names the holder in a timeout, provided that the process which wrote the line still runs: the line stays behind.
void describe_holder(Error& error, const std::string& line) {
  const auto parsed = parse_json(line);
  const Json* facts = std::get_if<Json>(&parsed);
  const Json* pid = facts == nullptr ? nullptr : facts->find("pid");
  const Json* command = facts == nullptr ? nullptr : facts->find("command");
  if (pid == nullptr || !pid->integer() || command == nullptr || command->string() == nullptr) {
    return;
  }
  if (::access(("/proc/" + std::to_string(*pid->integer())).c_str(), F_OK) != 0) {
    return;
  }
  error.message += "; held by " + *command->string() + ", pid " + std::to_string(*pid->integer());
  error.facts.emplace_back("holder", *facts);
}

/// Errors that an editor or git causes for a moment while it saves.
bool may_be_a_save_in_progress(const Error& error) {
  return error.reason == ErrorWord("registry_empty") || error.reason == ErrorWord("nul_byte") ||
         error.reason == ErrorWord("no_queue_table") || error.reason == ErrorWord("file_changing");
}

/// True for a text that ends within a row and was written to just now: an editor that truncates and writes has more to
/// say. Left like that for longer, it is what somebody wants.
bool may_be_half_written(const FileView& file) {
  const auto row = trim(file.bytes.substr(file.bytes.rfind('\n') + 1));
  if (!row.starts_with('|') || (row.size() > 1 && row.ends_with('|'))) {
    return false;
  }
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const auto since = [](const timespec& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  return since(now) - since(file.state.modified) < kUnfinishedFor;
}

Result<LoadedRegistry> load_once(FileOps& ops, const RegistryPaths& paths, const LoadRequest& request) {
  SMB_TRY_ASSIGN(FileSnapshot snapshot, read_file_stable(ops, paths.registry, kReadLimit));
  if (snapshot.bytes.empty()) {
    return fail(malformed("registry_empty", paths.registry,
                          "the file is empty; bring it back (git checkout) or remove it and run prepare-register"));
  }
  const std::string hash = content_hash(snapshot.bytes);
  SMB_TRY_ASSIGN(Registry registry,
                 Registry::parse(std::move(snapshot.bytes), paths.registry, *request.columns, request.all_warnings));
  const std::string_view bytes = registry.document().bytes();
  return LoadedRegistry{{snapshot.state, bytes}, std::move(registry), hash};
}

}  // namespace

Result<RegistryLock> RegistryLock::acquire(FileOps& ops, const RegistryPaths& paths, const LockDeadline& deadline,
                                           const HolderFacts& holder, const Instant& now) {
  auto lock = GuardedLock::acquire(ops, {paths.lock, paths.folder, paths.registry}, deadline);
  if (!lock) {
    Error error = std::move(lock).error();
    if (error.code == Errc::kBusy) {
      describe_holder(error, FileLock::read_holder(ops, paths.lock));
    }
    return fail(std::move(error));
  }
  lock->write_holder(holder_line(holder, now));
  return RegistryLock(std::move(*lock), deadline);
}

Result<LoadedRegistry> load_registry(FileOps& ops, const RegistryPaths& paths, const LoadRequest& request) {
  const auto start = std::chrono::steady_clock::now();
  while (true) {
    auto loaded = load_once(ops, paths, request);
    const auto waited = std::chrono::steady_clock::now() - start;
    if (loaded && may_be_half_written(loaded->snapshot) && waited < kUnfinishedFor) {
      std::this_thread::sleep_for(kPause);
      continue;
    }
    if (loaded) {
      return loaded;
    }
    const bool absent = loaded.error().code == Errc::kNotFound;
    const bool wait = request.known && (absent ? waited < kAbsentFor
                                               : may_be_a_save_in_progress(loaded.error()) && waited < kUnsettledFor);
    if (!wait) {
      if (absent) {
        const std::string tracked = way_back(paths);
        return fail(not_found("registry_not_found", tracked.empty() ? "there is no file '" + paths.registry +
                                                                          "'; bring it back, or start with: smbatcher "
                                                                          "prepare-register"
                                                                    : tracked));
      }
      return loaded;
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace smbatcher

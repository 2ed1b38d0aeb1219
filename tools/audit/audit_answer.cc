#include "tools/audit/audit_answer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "libregistry/audit/document.h"

namespace smbatcher {
namespace {

struct Remedy {
  Word word;
  std::string_view text;
};

/// As the callers of these tools have known them: the table of words speaks of all tools.
constexpr auto kRemedies = std::to_array<Remedy>({
    {FailWord("already_locked"), "Wait until it is completed or unlocked; the queue has what suggested_repos names"},
    {FailWord("not_owner"), "Name the instance that holds the lock, or its --token; to take it away: unlock --force"},
    {FailWord("not_locked"), "Lock the repository first: audit-sync lock REPO INSTANCE"},
    {FailWord("not_in_queue"), "Take a repository from the queue, or complete with --add, or lock without --strict"},
    {FailWord("report_not_found"), "Write the report there, then check it with verify-audit"},
    {FailWord("report_incomplete"), "Add the missing sections, then check it with verify-audit"},
    {FailWord("report_unreadable"), "Write the report as UTF-8"},
    {ErrorWord("file_not_found"), "Set the system up: audit-handoff"},
    {ErrorWord("invalid_json"), "Repair the file by hand, or bring it back: audit-sync restore"},
    {ErrorWord("permission_denied"), "Check the permissions of the file and of its folder"},
    {ErrorWord("ambiguous_location"), "Name one of them with --file, or move one away"},
    {ErrorWord("backup_not_found"), "Look into .coordination_backups, or begin anew: audit-handoff --force"},
    {ErrorWord("lock_timeout"), "Try again, or wait longer with --lock-timeout"},
    {ErrorWord("conflict"), "Find out who else writes the file, then try again"},
    {ErrorWord("durability_unknown"), "It is written; look at the disk, since a power failure could still undo it"},
    {ErrorWord("missing_argument"), "See audit-sync --help"},
    {ErrorWord("invalid_argument"), "See audit-sync --help"},
});

/// Empty where the message has to be enough.
std::string_view known_remedy(Word word) {
  const auto* const found =
      std::find_if(kRemedies.begin(), kRemedies.end(), [word](const Remedy& remedy) { return remedy.word == word; });
  return found == kRemedies.end() ? std::string_view() : found->text;
}

std::string_view remedy_for(Word word) {
  const std::string_view known = known_remedy(word);
  return known.empty() ? "Read the message, then try again" : known;
}

std::string printed(JsonObject object) { return audit_text(Json(std::move(object))) + "\n"; }

}  // namespace

Outcome audit_success(std::string_view operation, const AuditAnswer& answer, bool dry_run, const JsonObject& more) {
  JsonObject json;
  if (!answer.durable) {
    const ErrorWord word = "durability_unknown";
    json = {{"error", word.text()},
            {"message", "Operation " + std::string(operation) + " is written, but may not survive a power failure"},
            {"remedy", remedy_for(word)}};
  } else {
    json = {{"message", "Operation " + std::string(operation) + (dry_run ? " would be successful" : " successful")}};
  }
  json.emplace_back("data", answer.document);
  if (answer.lease) {
    json.emplace_back("token", answer.lease->token);
    json.emplace_back("expires_at", audit_time(answer.lease->expires.wall));
  }
  json.insert(json.end(), more.begin(), more.end());
  if (!answer.backup.empty()) {
    json.emplace_back("backup", answer.backup);
  }
  if (!answer.warnings.empty()) {
    json.emplace_back("warnings", answer.warnings);
  }
  if (!answer.kept.empty()) {
    json.emplace_back("kept", answer.kept);
  }
  return Outcome::verbatim(printed(std::move(json)), answer.durable ? 0 : 2);
}

Outcome audit_failure(const Error& error) {
  JsonObject json{{"error", error.reason.text()}, {"message", error.message}};
  for (auto& [key, value] : error.json_facts()) {
    json.emplace_back(std::move(key), std::move(value));
  }
  json.emplace_back("remedy", remedy_for(error.reason));
  return Outcome::verbatim(printed(std::move(json)), error.code == Errc::kRefused ? 1 : 2);
}

Error with_remedy(Error error) {
  if (const std::string_view remedy = known_remedy(error.reason); !remedy.empty()) {
    error.message += ". " + std::string(remedy);
  }
  return error;
}

}  // namespace smbatcher

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libregistry/queue/ledger/change.h"
#include "libregistry/queue/ledger/create_registry.h"
#include "libregistry/queue/ledger/view.h"
#include "libregistry/queue/verbs/attempt.h"
#include "libregistry/queue/verbs/bury.h"
#include "libregistry/queue/verbs/claim.h"
#include "libregistry/queue/verbs/complete.h"
#include "libregistry/queue/verbs/enroll.h"
#include "libregistry/queue/verbs/release.h"
#include "libregistry/queue/verbs/renew.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/core/leases/fake_processes.h"

namespace smbatcher::test {

/// The kernel's calls, but no waiting for the disk.
class QuickFileOps final : public FileOps {
 public:
  int fsync(int /*fd*/) override { return 0; }
};

struct Row {
  std::string domain;
  std::string batch;
  char status = '-';
};

inline std::string registry_text(const std::vector<Row>& rows) {
  std::string text = "# Sites\n\n| Domain | Batch | Status |\n|--------|-------|--------|\n";
  for (const Row& row : rows) {
    text += "| " + row.domain + " | " + row.batch + " | " + row.status + " |\n";
  }
  return text;
}

/// One registry in a folder of its own, and the verbs on it as a tool would call them.
class Bench {
 public:
  explicit Bench(const std::vector<Row>& rows) : Bench(registry_text(rows)) {}
  explicit Bench(const std::string& text) { dir.write("REGISTRY.md", text); }

  QueueContext queue(FileOps& file_ops) const {
    QueueContext queue;
    queue.ops = &file_ops;
    queue.clock = &clock;
    queue.processes = &processes;
    queue.paths = paths_beside(dir.at("REGISTRY.md"));
    queue.config = config;
    queue.lock_timeout = std::chrono::seconds(5);
    queue.holder = {"test", "test"};
    return queue;
  }
  QueueContext queue() { return queue(ops); }

  Result<Answer> change(const Verb& verb) {
    if (before_change) {
      before_change(verb);
    }
    return smbatcher::change(queue(), verb);
  }
  Result<Answer> claim(const ClaimRequest& request) {
    return change([&](Draft& draft) { return smbatcher::claim(draft, request); });
  }
  Result<Answer> claim(const std::string& owner, Phase phase = Phase::kImplement) {
    return claim(request(owner, phase));
  }
  static ClaimRequest request(const std::string& owner, Phase phase = Phase::kImplement) {
    ClaimRequest request;
    request.phase = phase;
    request.owner = owner;
    request.named_owner = true;
    return request;
  }
  Result<Answer> complete(const Target& target, const Caller& caller, Phase phase = Phase::kImplement) {
    return change([&](Draft& draft) { return smbatcher::complete(draft, phase, target, caller); });
  }
  Result<Answer> begin(const std::vector<std::string>& domains, const Caller& caller, Phase phase = Phase::kImplement) {
    return change([&](Draft& draft) { return smbatcher::begin(draft, phase, {std::nullopt, domains}, caller); });
  }
  Result<Answer> release(const ReleaseRequest& request, const Caller& caller) {
    return change([&](Draft& draft) { return smbatcher::release(draft, request, caller); });
  }
  Result<Answer> reap(const ReapRequest& request, const Caller& caller = {}) {
    return change([&](Draft& draft) { return smbatcher::reap(draft, request, caller); });
  }
  Result<Answer> heartbeat(const Target& target, const Caller& caller) {
    return change([&](Draft& draft) { return renew_claims(draft, std::nullopt, target, caller); });
  }

  std::string registry() const { return dir.read("REGISTRY.md"); }
  std::string history() const { return dir.read(".smbatcher-state/history.jsonl"); }
  void write_history(const std::string& text) const { dir.write(".smbatcher-state/history.jsonl", text); }
  Registry parsed() const { return Registry::parse(registry(), "REGISTRY.md", {}).value(); }
  /// '?' when there is no such row.
  char status(const std::string& domain) const {
    const Registry now = parsed();
    const Site* site = now.find(domain);
    return site == nullptr ? '?' : letter(site->status);
  }
  /// The letters of all rows, in order.
  std::string statuses() const {
    std::string letters;
    const Registry now = parsed();
    for (const Site& site : now.sites()) {
      letters += letter(site.status);
    }
    return letters;
  }
  View view() { return read_view(queue()).value(); }
  std::optional<Claim> claim_of(Phase phase, const std::string& batch) {
    const View now = view();
    const WorkRecord* record = now.state.find({phase, batch});
    return record == nullptr ? std::nullopt : record->claim;
  }

  TempDir dir;
  FakeClock clock;
  FakeProcesses processes;
  Config config;
  QuickFileOps ops;
  std::function<void(const Verb&)> before_change;  // sees every verb before it is run
};

inline Caller named(const std::string& owner) { return {std::nullopt, owner, false, {}}; }
inline Caller with_token(Token token) { return {token, std::nullopt, false, {}}; }
inline Target batch_target(const std::string& batch) { return {batch, {}}; }
inline Target domains_target(std::vector<std::string> domains) { return {std::nullopt, std::move(domains)}; }

/// "ok", or "reason:details".
template <class T>
std::string said(const Result<T>& result) {
  return result ? "ok"
                : result.error().reason.text() + (result.error().details.empty() ? "" : ":" + result.error().details);
}
/// The same, with a refusal that the answer carries.
inline std::string said(const Result<Answer>& answer) {
  if (answer && answer->refusal) {
    return answer->refusal->reason.text() + ":" + answer->refusal->details;
  }
  return said<Answer>(answer);
}

}  // namespace smbatcher::test

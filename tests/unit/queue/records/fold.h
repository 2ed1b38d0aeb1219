#pragma once

#include <string>

#include "libregistry/queue/records/claim_files.h"
#include "libregistry/queue/records/history_file.h"
#include "tests/unit/queue/verbs/support.h"

namespace smbatcher::test {

/// A state as text, to be compared. Renewals are left out: they are in the claim files only.
inline std::string text_of(const ClaimsState& state, bool with_renewals) {
  std::string text = "next " + std::to_string(state.next_token) + " " + std::to_string(state.next_event) + " " +
                     state.highest_batch + " " + state.registry_before + " " + state.registry_after + "\n";
  text += state.last ? to_json(*state.last).dump() + "\n" : "";
  for (const auto& [key, record] : state.records) {
    WorkRecord shown = record;
    if (shown.claim && !with_renewals) {
      Lease& lease = shown.claim->lease;
      lease.length = {};
      lease.renewed = lease.acquired;
      lease.expires = {};
      lease.seen_on.clear();
    }
    text += to_json(key, shown).dump() + "\n";
  }
  return text;
}

/// What the index and the claim files say, all of them read; nullopt where they do not fit the history or each other.
inline std::optional<ClaimsState> cached_state(Bench& bench) {
  QueueContext queue = bench.queue();
  const ClaimFiles files(bench.ops, queue.paths.claims);
  const auto index = files.read_index(FileAccess::kRead);
  const auto history = HistoryFile::open(bench.ops, queue.paths, FileAccess::kRead).value();
  auto state = state_of_index(index, files, history.mark().value(), bench.clock.now().boot).value();
  if (state) {
    (void)state->records.all();
  }
  return state && state->records.fits() ? std::move(state) : std::nullopt;
}

inline ClaimsState folded_state(Bench& bench) {
  const Registry registry = bench.parsed();
  const auto history = HistoryFile::open(bench.ops, bench.queue().paths, FileAccess::kRead).value();
  return fold(history.read().value(), registry, content_hash(bench.registry()), bench.clock.now().boot);
}

}  // namespace smbatcher::test

#pragma once

#include <string>

#include "libregistry/claims/claim_files.h"
#include "libregistry/claims/history_file.h"
#include "tests/unit/claims/support.h"

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

/// What the claim files say; nullopt where they do not fit the history.
inline std::optional<ClaimsState> cached_state(Bench& bench) {
  Queue queue = bench.queue();
  const ClaimFiles files(bench.ops, queue.paths.claims);
  const auto cache = files.read_state();
  const auto history = HistoryFile::open(bench.ops, queue.paths, FileAccess::kRead).value();
  return cache ? files.load(*cache, history.mark().value(), bench.clock.now().boot) : std::nullopt;
}

inline ClaimsState folded_state(Bench& bench) {
  const Registry registry = bench.parsed();
  const auto history = HistoryFile::open(bench.ops, bench.queue().paths, FileAccess::kRead).value();
  return fold(history.read().value(), registry, content_hash(bench.registry()), bench.clock.now().boot);
}

}  // namespace smbatcher::test

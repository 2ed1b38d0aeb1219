#pragma once

#include <string>
#include <vector>

#include "libregistry/queue/records/claim_index.h"
#include "tests/unit/queue/records/fold.h"

namespace smbatcher::test {

enum class Expiry { kShown, kLeftOut };

/// All that a slot says, as text.
inline std::string text_of(const IndexSlot& slot, Expiry expiry = Expiry::kShown) {
  std::string text = slot.key().name() + " event " + std::to_string(slot.event) + " token " +
                     std::to_string(slot.token) + " last " + std::to_string(slot.last_token) + " by " +
                     std::to_string(slot.changed_by) + " owner " + std::to_string(slot.owner);
  text += " past " + std::string(slot.past_tokens) + " domains " + std::string(slot.domains);
  text += slot.newer ? " newer" : "";
  text += slot.buried ? " buried" : "";
  text += slot.delayed ? " delayed until " + std::to_string(slot.delayed_until.count()) : "";
  text += slot.bound ? " bound to " + std::to_string(slot.pid) + " since " + std::to_string(slot.start_time) + " in " +
                           std::to_string(slot.pid_namespace)
                     : "";
  if (expiry == Expiry::kShown) {
    text += std::string(" until ") + (slot.by_boot_clock ? "boot " : "wall ") + std::to_string(slot.expires.count());
  }
  return text + "\n";
}

/// All that an index says, whatever the order of its slots.
inline std::string text_of(const ClaimIndex& index, Expiry expiry = Expiry::kShown) {
  std::vector<std::string> slots;
  index.each([&](const IndexSlot& slot) { slots.push_back(text_of(slot, expiry)); });
  std::sort(slots.begin(), slots.end());
  std::string text;
  for (const std::string& slot : slots) {
    text += slot;
  }
  return text;
}

inline std::string head_text_of(const IndexHead& head) {
  const ClaimsFacts& facts = head.facts;
  return std::to_string(head.history.length) + " " + head.history.ends_with + " " + head.boot + " " +
         std::to_string(facts.next_token) + " " + std::to_string(facts.next_event) + " " + facts.highest_batch + " " +
         facts.registry_before + " " + facts.registry_after + " " + (facts.last ? to_json(*facts.last).dump() : "");
}

/// Where the index on the disk differs from one made of the records that it leads to; empty when nowhere, or when it is
/// not believed. A lease may have been renewed since its slot was written, but never the other way round.
inline std::string difference_of_index(Bench& bench) {
  const auto state = cached_state(bench);
  if (!state) {
    return {};
  }
  const std::string boot = bench.clock.now().boot;
  const ClaimIndex& found = state->records.index(boot);
  const ClaimIndex made = ClaimIndex::build({{}, boot, {}}, state->records.all(), state->held_back);
  if (text_of(found, Expiry::kLeftOut) != text_of(made, Expiry::kLeftOut)) {
    return text_of(found) + "instead of\n" + text_of(made);
  }
  std::string later;
  found.each([&](const IndexSlot& slot) {
    const auto right = made.find(slot.phase, slot.batch);
    if (slot.by_boot_clock != right->by_boot_clock || slot.expires > right->expires) {
      later += text_of(slot) + "runs longer than its claim file says\n";
    }
  });
  return later;
}

}  // namespace smbatcher::test

#include "libregistry/queue/verbs/no_work.h"

#include <algorithm>
#include <array>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/verbs/absent_rows.h"
#include "libregistry/queue/verbs/authority.h"

namespace smbatcher {
namespace {

struct Reason {
  Obstacle obstacle;
  WhyWord word;
  std::string_view explanation;
};

constexpr std::array<Reason, kObstacleCount> kReasons{{
    {Obstacle::kHeld, "all_held", "it is held under a live lease"},
    {Obstacle::kDelayed, "delayed", "its sites are delayed"},
    {Obstacle::kDamaged, "damaged", "a row of it is damaged; smbatcher check-registry says which"},
    {Obstacle::kBuried, "buried", "its sites are buried; smbatcher kick takes them up again"},
    {Obstacle::kGivenUp, "given_up",
     "so many claims of it ended before a site was begun that a person must look; smbatcher kick --batch ID takes it "
     "up "
     "again"},
    {Obstacle::kBehind, "behind", "its sites have not reached the phase"},
    {Obstacle::kDone, "all_done", "its sites are past the phase"},
    {Obstacle::kNone, "empty", "it has no sites"},
}};

const Reason& reason_of(Obstacle obstacle) {
  return *std::find_if(kReasons.begin(), kReasons.end(),
                       [obstacle](const Reason& reason) { return reason.obstacle == obstacle; });
}

std::string phase_command(Phase phase) {
  return "smbatcher find-next --phase " + std::string(rule_of(phase).name) + " --claim";
}

/// What the caller could do instead of waiting.
std::string what_would_work(const Draft& draft, Phase phase, std::size_t unbatched) {
  const Phase other = phase == Phase::kDesign ? Phase::kImplement : Phase::kDesign;
  std::size_t waiting = 0;
  for (const Batch batch : draft.registry().batches()) {
    waiting += examine(draft, other, batch).obstacle == Obstacle::kNone ? 1 : 0;
  }
  if (waiting > 0) {
    return counted(waiting, "batch") + (waiting == 1 ? " waits for " : " wait for ") +
           std::string(rule_of(other).name) + ": " + phase_command(other);
  }
  if (unbatched > 0) {
    return counted(unbatched, "site") + (unbatched == 1 ? " waits for a batch: " : " wait for a batch: ") +
           "smbatcher prepare-batch";
  }
  return {};
}

std::string opening(Obstacle why, Phase phase, std::size_t count, std::chrono::seconds retry) {
  const std::string name(rule_of(phase).name);
  switch (why) {
    case Obstacle::kHeld:
      return counted(count, "batch") + " in phase " + name + " held by others; the first may come back in " +
             describe_duration(retry);
    case Obstacle::kDelayed:
      return counted(count, "batch") + " delayed; the first is ready in " + describe_duration(retry);
    case Obstacle::kDamaged:
      return counted(count, "batch") + " held back by damaged rows: smbatcher check-registry";
    case Obstacle::kBuried:
      return counted(count, "batch") + " buried: smbatcher kick --batch ID takes one up again";
    case Obstacle::kGivenUp:
      return counted(count, "batch") +
             " given up: so many claims ended before a site was begun; smbatcher status says why, and smbatcher kick "
             "--batch ID takes one up again";
    case Obstacle::kBehind:
      return "nothing has reached phase " + name;
    case Obstacle::kDone:
      return "everything is past phase " + name;
    case Obstacle::kNone:
      break;
  }
  return "the registry has no sites: smbatcher prepare-register adds some";
}

/// 0 is never.
milliseconds sooner(milliseconds a, milliseconds b) {
  if (a.count() <= 0 || b.count() <= 0) {
    return std::max({a, b, milliseconds(0)});
  }
  return std::min(a, b);
}

/// {"held":1,"delayed":2}: how many batches there are of each kind.
Json batches_by(const std::array<std::size_t, kObstacleCount>& found) {
  JsonObject json;
  for (const Reason& reason : kReasons) {
    const std::size_t count = found[static_cast<std::size_t>(reason.obstacle)];
    if (count > 0) {
      std::string name = reason.obstacle == Obstacle::kHeld ? "held" : reason.word.text();
      json.emplace_back(std::move(name), static_cast<std::uint64_t>(count));
    }
  }
  return json;
}

}  // namespace

WhyWord word_of(Obstacle obstacle) { return reason_of(obstacle).word; }
std::string explain(Obstacle obstacle) { return std::string(reason_of(obstacle).explanation); }

Json counts_by_status(const Draft& draft) {
  std::array<std::int64_t, kStatusCount> counts{};
  for (std::size_t site = 0; site < draft.registry().sites().size(); ++site) {
    if (!draft.site(site).damaged) {
      ++counts[static_cast<std::size_t>(draft.status(site))];
    }
  }
  JsonObject json;
  for (std::size_t i = 0; i < kStatusCount; ++i) {
    json.emplace_back(std::string(1, kStatusLetters[i]), counts[i]);
  }
  return json;
}

Error no_work(const Draft& draft, Phase phase) {
  std::array<std::size_t, kObstacleCount> found{};
  std::array<milliseconds, kObstacleCount> first_back{};
  for (const Batch batch : draft.registry().batches()) {
    const Candidate candidate = examine(draft, phase, batch);
    const auto slot = static_cast<std::size_t>(candidate.obstacle);
    ++found[slot];
    first_back[slot] = sooner(first_back[slot], candidate.retry_after);
  }
  // What is hidden is not done: rows that are gone while somebody works on them, and damage wherever it stands.
  for (const milliseconds left : leases_of_absent_batches(draft)) {
    const auto held = static_cast<std::size_t>(Obstacle::kHeld);
    ++found[held];
    first_back[held] = sooner(first_back[held], left);
  }
  const Json kept_back = batches_by(found);
  std::size_t unbatched = 0;
  for (const Site& site : draft.registry().sites()) {
    unbatched += site.batch.empty() && !site.damaged ? 1 : 0;
  }
  found[static_cast<std::size_t>(Obstacle::kBehind)] += unbatched;
  const std::size_t damages = draft.registry().damage_count();
  const std::size_t held_by_damage = found[static_cast<std::size_t>(Obstacle::kDamaged)];
  if (held_by_damage == 0) {
    found[static_cast<std::size_t>(Obstacle::kDamaged)] = damages;
  }

  Obstacle why = Obstacle::kNone;
  for (const Reason& reason : kReasons) {
    if (found[static_cast<std::size_t>(reason.obstacle)] > 0) {
      why = reason.obstacle;
      break;
    }
  }
  const auto seconds_of = [&](Obstacle obstacle) {
    return std::chrono::ceil<std::chrono::seconds>(first_back[static_cast<std::size_t>(obstacle)]);
  };
  std::string message = why == Obstacle::kDamaged && held_by_damage == 0
                            ? counted(damages, "damaged row") + " may hide work: smbatcher check-registry lists them"
                            : opening(why, phase, found[static_cast<std::size_t>(why)], seconds_of(why));
  const std::size_t delayed = found[static_cast<std::size_t>(Obstacle::kDelayed)];
  if (why == Obstacle::kHeld && delayed > 0) {
    message += "; " + opening(Obstacle::kDelayed, phase, delayed, seconds_of(Obstacle::kDelayed));
  }
  milliseconds retry{0};
  for (const milliseconds back : first_back) {
    retry = sooner(retry, back);
  }
  const auto retry_after = std::chrono::ceil<std::chrono::seconds>(retry);
  if (const std::string help = what_would_work(draft, phase, unbatched); !help.empty()) {
    message += "; " + help;
  }
  Error error = refused("no_work_found", word_of(why).text(), std::move(message))
                    .because(word_of(why))
                    .with("phase", rule_of(phase).name)
                    .with("counts", counts_by_status(draft))
                    .with("kept_back", kept_back);
  if (retry_after.count() > 0) {
    error.retry_after = retry_after;
  }
  return error;
}

}  // namespace smbatcher

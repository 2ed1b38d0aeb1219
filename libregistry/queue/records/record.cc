#include "libregistry/queue/records/record.h"

#include <algorithm>

#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/leases/lease_json.h"

namespace smbatcher {
namespace {

Json to_json(const Claim& claim) {
  JsonObject json{{"lease", to_json(claim.lease)}, {"domains", claim.domains}, {"to_lock", claim.to_lock}};
  if (claim.worked) {
    json.emplace_back("worked", true);
    json.emplace_back("begun", claim.begun);
  }
  if (claim.formerly != 0) {
    json.emplace_back("formerly", claim.formerly);
  }
  return json;
}

std::optional<Claim> claim_from_json(const Json& json) {
  const Json* lease = json.find("lease");
  const auto parsed = lease == nullptr ? std::nullopt : lease_from_json(*lease);
  const auto domains = strings_field(json, "domains");
  const Json* to_lock = json.find("to_lock");
  if (!parsed || !domains || to_lock == nullptr || !to_lock->boolean()) {
    return std::nullopt;
  }
  Claim claim{*parsed, *domains, *to_lock->boolean(), {}, false};
  if (const Json* worked = json.find("worked"); worked != nullptr) {
    auto begun = strings_field(json, "begun");
    if (!worked->boolean() || !begun) {
      return std::nullopt;
    }
    claim.worked = *worked->boolean();
    claim.begun = std::move(*begun);
  }
  claim.formerly = static_cast<Token>(std::max<std::int64_t>(integer_field(json, "formerly").value_or(0), 0));
  return claim;
}

Json to_json(const Reached& reached) {
  JsonObject json{{"status", std::string(1, letter(reached.status))}, {"token", reached.token}};
  if (reached.rewound) {
    json.emplace_back("rewound", true);
  }
  return json;
}

std::optional<Reached> reached_from_json(const Json& json) {
  const auto status = string_field(json, "status");
  const auto letter = status ? status_of(*status) : std::nullopt;
  const auto token = integer_field(json, "token");
  const Json* rewound = json.find("rewound");
  if (!letter || !token || *token < 0) {
    return std::nullopt;
  }
  return Reached{*letter, static_cast<Token>(*token), rewound != nullptr && rewound->boolean().value_or(false)};
}

}  // namespace

Json to_json(const LastChange& last) {
  return JsonObject{
      {"verb", last.verb}, {"token", last.token}, {"owner", last.owner}, {"why", last.why}, {"domains", last.domains}};
}

std::optional<LastChange> last_change_from_json(const Json& json) {
  const auto verb = string_field(json, "verb");
  const auto token = integer_field(json, "token");
  const auto owner = string_field(json, "owner");
  const auto why = string_field(json, "why");
  const auto domains = strings_field(json, "domains");
  if (!verb || !token || *token < 0 || !owner || !why || !domains) {
    return std::nullopt;
  }
  return LastChange{*verb, static_cast<Token>(*token), *owner, *why, *domains};
}

Json to_json(const WorkKey& key, const WorkRecord& record) {
  JsonObject sites;
  for (const auto& [domain, attempts] : record.sites) {
    sites.emplace_back(domain, to_json(attempts));
  }
  JsonObject json{{"format", kFormat},
                  {"phase", rule_of(key.phase).name},
                  {"batch", key.batch},
                  {"event", record.event},
                  {"last_token", record.last_token},
                  {"claim", record.claim ? to_json(*record.claim) : Json()},
                  {"sites", sites}};
  if (!record.unbegun.nothing()) {
    json.emplace_back("unbegun", to_json(record.unbegun));
  }
  if (record.found_at_start) {
    json.emplace_back("found_at_start", true);
  }
  if (!record.past.empty()) {
    json.emplace_back("past_tokens", JsonArray(record.past.begin(), record.past.end()));
  }
  if (!record.done.empty()) {
    JsonObject done;
    for (const auto& [domain, reached] : record.done) {
      done.emplace_back(domain, to_json(reached));
    }
    json.emplace_back("done", std::move(done));
  }
  if (record.last) {
    json.emplace_back("last", to_json(*record.last));
  }
  return json;
}

namespace {

/// Reads a member of values by domain; an absent one is empty. False when it is not one.
template <class Value, class FromJson>
bool read_by_domain(const Json* json, std::map<std::string, Value>& values, FromJson from_json) {
  if (json == nullptr) {
    return true;
  }
  if (!json->is_object()) {
    return false;
  }
  return std::all_of(json->object()->begin(), json->object()->end(), [&](const auto& member) {
    const auto value = from_json(member.second);
    if (value) {
      values.emplace(member.first, *value);
    }
    return value && is_domain(member.first);
  });
}

std::vector<Token> tokens_in(const Json* json) {
  std::vector<Token> tokens;
  if (json != nullptr && json->array() != nullptr) {
    for (const Json& token : *json->array()) {
      if (token.integer() && *token.integer() > 0) {
        tokens.push_back(static_cast<Token>(*token.integer()));
      }
    }
  }
  return tokens;
}

}  // namespace

std::optional<std::pair<WorkKey, WorkRecord>> keyed_record_from_json(const Json& json) {
  const auto phase_name = string_field(json, "phase");
  const auto phase = phase_name ? phase_of(*phase_name) : std::nullopt;
  const auto batch = string_field(json, "batch");
  const auto event = integer_field(json, "event");
  const auto last_token = integer_field(json, "last_token");
  const Json* claim = json.find("claim");
  const Json* sites = json.find("sites");
  if (!is_known_format(json) || !phase || !batch || !is_batch_id(*batch) || !event || *event < 0 || !last_token ||
      *last_token < 0 || claim == nullptr || sites == nullptr || !sites->is_object()) {
    return std::nullopt;
  }
  WorkRecord record;
  record.event = static_cast<std::uint64_t>(*event);
  record.last_token = static_cast<Token>(*last_token);
  if (!claim->is_null()) {
    record.claim = claim_from_json(*claim);
    if (!record.claim) {
      return std::nullopt;
    }
  }
  if (!read_by_domain(sites, record.sites, attempts_from_json) ||
      !read_by_domain(json.find("done"), record.done, reached_from_json)) {
    return std::nullopt;
  }
  if (const Json* unbegun = json.find("unbegun"); unbegun != nullptr && !unbegun->is_null()) {
    const auto attempts = attempts_from_json(*unbegun);
    if (!attempts) {
      return std::nullopt;
    }
    record.unbegun = *attempts;
  }
  const Json* found_at_start = json.find("found_at_start");
  record.found_at_start = found_at_start != nullptr && found_at_start->boolean().value_or(false);
  record.past = tokens_in(json.find("past_tokens"));
  if (const Json* last = json.find("last"); last != nullptr && !last->is_null()) {
    record.last = last_change_from_json(*last);
    if (!record.last) {
      return std::nullopt;
    }
  }
  return std::pair(WorkKey{*phase, *batch}, std::move(record));
}

std::optional<WorkRecord> record_from_json(const Json& json, const WorkKey& key) {
  auto keyed = keyed_record_from_json(json);
  if (!keyed || !(keyed->first == key)) {
    return std::nullopt;
  }
  return std::move(keyed->second);
}

bool is_known_format(const Json& json) {
  const auto format = integer_field(json, "format");
  return format && *format >= 1 && *format <= kFormat;
}

bool is_newer_format(const Json& json) {
  const auto format = integer_field(json, "format");
  return (format && *format > kFormat) || unknown_needs(json);
}

bool unknown_needs(const Json& json) {
  const Json* needs = json.find("needs");
  return needs != nullptr && !(needs->array() != nullptr && needs->array()->empty());
}

}  // namespace smbatcher

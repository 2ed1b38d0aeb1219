#include "libregistry/core/leases/lease_json.h"

#include "libregistry/core/base/json_fields.h"

namespace smbatcher {
namespace {

std::optional<WallTime> time_of(const Json& json, std::string_view key) {
  const auto text = string_field(json, key);
  if (!text) {
    return std::nullopt;
  }
  const auto time = parse_time(*text);
  return time ? std::optional(*time) : std::nullopt;
}

Json to_json(const Deadline& deadline) {
  return JsonObject{
      {"at", format_time_ms(deadline.wall)}, {"boot_ms", deadline.since_boot.count()}, {"boot", deadline.boot}};
}

std::optional<Deadline> deadline_of(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  const auto at = time_of(*value, "at");
  const auto since_boot = integer_field(*value, "boot_ms");
  const auto boot = string_field(*value, "boot");
  if (!at || !since_boot || !boot) {
    return std::nullopt;
  }
  return Deadline{*at, milliseconds(*since_boot), *boot};
}

std::optional<Surroundings> surroundings_from_json(const Json& json) {
  const auto boot = string_field(json, "boot");
  const auto pid_namespace = string_field(json, "pid_namespace");
  return boot && pid_namespace ? std::optional(Surroundings{*boot, *pid_namespace}) : std::nullopt;
}

/// Present and readable, or absent; a present one that cannot be read makes the whole unreadable.
bool is_present(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value != nullptr && !value->is_null();
}

}  // namespace

Json to_json(const ProcessRef& process) {
  return JsonObject{{"pid", process.pid},
                    {"start_time", process.start_time},
                    {"boot", process.boot},
                    {"pid_namespace", process.pid_namespace}};
}

std::optional<ProcessRef> process_from_json(const Json& json) {
  const auto pid = integer_field(json, "pid");
  const auto start = integer_field(json, "start_time");
  const auto boot = string_field(json, "boot");
  const auto pid_namespace = string_field(json, "pid_namespace");
  if (!pid || !start || !boot || !pid_namespace) {
    return std::nullopt;
  }
  return ProcessRef{static_cast<pid_t>(*pid), static_cast<std::uint64_t>(*start), *boot, *pid_namespace};
}

Json to_json(const Lease& lease) {
  JsonObject json{{"token", lease.token},
                  {"owner", lease.owner},
                  {"length_s", lease.length.count()},
                  {"acquired_at", format_time_ms(lease.acquired)},
                  {"renewed_at", format_time_ms(lease.renewed)},
                  {"expires", to_json(lease.expires)},
                  {"seen_on", lease.seen_on}};
  if (lease.process) {
    json.emplace_back("process", to_json(*lease.process));
  }
  if (lease.claimed_in) {
    json.emplace_back("claimed_in",
                      JsonObject{{"boot", lease.claimed_in->boot}, {"pid_namespace", lease.claimed_in->pid_namespace}});
  }
  return json;
}

std::optional<Lease> lease_from_json(const Json& json) {
  const auto token = integer_field(json, "token");
  const auto owner = string_field(json, "owner");
  const auto length = integer_field(json, "length_s");
  const auto acquired = time_of(json, "acquired_at");
  const auto renewed = time_of(json, "renewed_at");
  const auto expires = deadline_of(json, "expires");
  const Json* seen_on = json.find("seen_on");
  if (!token || *token <= 0 || !owner || !length || *length < 0 || !acquired || !renewed || !expires ||
      seen_on == nullptr || seen_on->array() == nullptr) {
    return std::nullopt;
  }
  Lease lease{
      static_cast<Token>(*token), *owner, std::chrono::seconds(*length), *acquired, *renewed, *expires, {}, {}, {}};
  for (const Json& boot : *seen_on->array()) {
    if (boot.string() == nullptr) {
      return std::nullopt;
    }
    lease.seen_on.push_back(*boot.string());
  }
  if (is_present(json, "process")) {
    lease.process = process_from_json(*json.find("process"));
    if (!lease.process) {
      return std::nullopt;
    }
  }
  if (is_present(json, "claimed_in")) {
    lease.claimed_in = surroundings_from_json(*json.find("claimed_in"));
    if (!lease.claimed_in) {
      return std::nullopt;
    }
  }
  return lease;
}

Json to_json(const Attempts& attempts) {
  JsonObject json{{"attempts", attempts.count}};
  if (attempts.not_before) {
    json.emplace_back("not_before", to_json(*attempts.not_before));
    json.emplace_back("delay_s", attempts.delay.count());
  }
  if (attempts.buried) {
    json.emplace_back("buried", JsonObject{{"why", attempts.buried->why},
                                           {"by", attempts.buried->by},
                                           {"at", format_time_ms(attempts.buried->at)}});
  }
  if (attempts.failure) {
    json.emplace_back("failure",
                      JsonObject{{"why", attempts.failure->why}, {"at", format_time_ms(attempts.failure->at)}});
  }
  return json;
}

std::optional<Attempts> attempts_from_json(const Json& json) {
  const auto count = integer_field(json, "attempts");
  if (!count || *count < 0 || *count > 1'000'000) {
    return std::nullopt;
  }
  Attempts attempts;
  attempts.count = static_cast<int>(*count);
  if (is_present(json, "not_before")) {
    attempts.not_before = deadline_of(json, "not_before");
    if (!attempts.not_before) {
      return std::nullopt;
    }
  }
  if (is_present(json, "delay_s")) {
    const auto delay = integer_field(json, "delay_s");
    if (!delay || *delay < 0) {
      return std::nullopt;
    }
    attempts.delay = std::chrono::seconds(*delay);
  }
  if (is_present(json, "buried")) {
    const Json& burial = *json.find("buried");
    const auto why = string_field(burial, "why");
    const auto by = string_field(burial, "by");
    const auto at = time_of(burial, "at");
    if (!why || !by || !at) {
      return std::nullopt;
    }
    attempts.buried = Burial{*why, *by, *at};
  }
  if (is_present(json, "failure")) {
    const Json& failure = *json.find("failure");
    const auto why = string_field(failure, "why");
    const auto at = time_of(failure, "at");
    if (!why || !at) {
      return std::nullopt;
    }
    attempts.failure = Failure{*why, *at};
  }
  return attempts;
}

}  // namespace smbatcher

#include "libregistry/queue/verbs/request_json.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/core/leases/lease_json.h"
#include "libregistry/core/output/field.h"

namespace smbatcher {
namespace {

constexpr auto kVerbNames =
    std::to_array<std::string_view>({"claim", "start", "begin", "complete", "release", "renew", "lock", "finish",
                                     "bury", "kick", "reopen", "reap", "register", "batch"});
static_assert(kVerbNames.size() == std::variant_size_v<decltype(Request::verb)>, "a verb has no name");

constexpr std::array<std::string_view, 2> kPhaseNames{kPhases[0].name, kPhases[1].name};
constexpr std::array<std::string_view, 3> kRenewalNames{"renew", "check", "check_and_renew"};

using PhaseName = OneOf<kPhaseNames>;
using Seconds = std::chrono::seconds;

constexpr Field<std::string> kVerb{"verb", "what is asked"};
constexpr Field<std::uint64_t> kVersion{"version", "of this form"};
constexpr Field<PhaseName> kPhase{"phase", "the phase of the work"};
constexpr Field<std::string> kBatch{"batch", "the batch; absent: the one of the domains, or of the token"};
constexpr Field<std::vector<std::string>> kDomains{"domains", "some of its sites; absent: all that the verb is about"};
constexpr Field<std::uint64_t> kToken{"token", "the fencing token of the claim"};
constexpr Field<std::string> kOwner{"owner", "who calls; absent: a person"};
constexpr Field<bool> kForce{"force", "overrides the claim of somebody else; with why"};
constexpr Field<std::string> kWhy{"why", "the reason, for the history"};
constexpr Record kNewSite{Field<std::string>{"domain", "a host name"}, Field<std::string>{"name", "its name"},
                          Field<std::string>{"description", "what it is about"},
                          Field<std::string>{"theme", "how it is to look"}};
constexpr Field<ListOf<kNewSite>> kSites{"sites", "the sites to add, each with domain, name, description and theme"};
constexpr Field<JsonObject> kProcess{"process",
                                     "the lease ends when this process is gone: pid, start_time, boot, pid_namespace"};

// ---- the members of each verb, declared once ------------------------------------------------------------------------

template <class Each>
void each_member(Target& target, Each& each) {
  each(kBatch, target.batch);
  each(kDomains, target.domains);
}

template <class Each>
void each_member(Caller& caller, Each& each) {
  each(kToken, caller.token);
  each(kOwner, caller.owner);
  each(kForce, caller.force);
  each(kWhy, caller.why);
}

template <class Each>
void each_member_of_claim(ClaimRequest& claim, Each& each) {
  each.required(kPhase, claim.phase);
  each.required(kOwner.means("who claims"), claim.owner);
  each(Field<bool>{"named_owner", "the owner is a name that other calls use too"}, claim.named_owner);
  each(kToken, claim.token);
  each(Field<Seconds>{"lease", "seconds; absent: the queue's"}, claim.lease);
  each(kProcess, claim.process);
  each(Field<bool>{"may_lock", "false: a batch that must be locked first is not ready"}, claim.may_lock);
  each(Field<bool>{"through_lock", "D -> i in one step"}, claim.through_lock);
  each(Field<bool>{"only_again", "only where the claim of the token went with a deleted state"}, claim.only_again);
}

template <class Each>
void each_member(ClaimRequest& request, Caller& /*caller*/, Each& each) {
  each_member_of_claim(request, each);
  each(kBatch.means("just this one"), request.batch);
}

template <class Each>
void each_member(StartRequest& request, Caller& /*caller*/, Each& each) {
  each_member_of_claim(request.claim, each);
  each(Field<bool>{"begins", "the work on the sites that are named begins at once"}, request.claim.begins);
  each_member(request.target, each);
}

template <class Each>
void each_member(BeginRequest& request, Caller& caller, Each& each) {
  each.required(kPhase, request.phase);
  each_member(request.target, each);
  each_member(caller, each);
}

template <class Each>
void each_member(CompleteRequest& request, Caller& caller, Each& each) {
  each(kPhase.means("absent: that of the claim"), request.phase);
  each_member(request.target, each);
  each(Field<bool>{"only_check", "says which sites' files must pass, and changes nothing"}, request.only_check);
  each_member(caller, each);
}

template <class Each>
void each_member(ReleaseRequest& request, Caller& caller, Each& each) {
  each(kPhase, request.phase);
  each_member(request.target, each);
  each(Field<Seconds>{"delay", "seconds for which it is not given out; absent: the queue's, for a counted attempt"},
       request.delay);
  each(Field<bool>{"count_attempt", "false: it costs neither site nor batch an attempt"}, request.count_attempt);
  each_member(caller, each);
}

template <class Each>
void each_member(RenewRequest& request, Caller& caller, Each& each) {
  each(kPhase, request.phase);
  each_member(request.target, each);
  each(Field<OneOf<kRenewalNames>>{"form", "check: is the claim still the caller's?"}, request.form);
  each_member(caller, each);
}

template <class Each>
void each_member(LockRequest& request, Caller& caller, Each& each) {
  each(kBatch.means("absent: the next one in order"), request.batch);
  each_member(caller, each);
}

template <class Each>
void each_member_of_target(Target& target, Caller& caller, Each& each) {
  each_member(target, each);
  each_member(caller, each);
}

template <class Each>
void each_member(FinishRequest& request, Caller& caller, Each& each) {
  each_member_of_target(request.target, caller, each);
}

template <class Each>
void each_member(BuryRequest& request, Caller& caller, Each& each) {
  each_member_of_target(request.target, caller, each);
}

template <class Each>
void each_member(KickRequest& request, Caller& caller, Each& each) {
  each_member_of_target(request.target, caller, each);
}

template <class Each>
void each_member(ReopenRequest& request, Caller& caller, Each& each) {
  each_member_of_target(request.target, caller, each);
}

template <class Each>
void each_member(ReapRequest& request, Caller& caller, Each& each) {
  each(kPhase, request.phase);
  each(kBatch.means("just this one; with force also a live lease"), request.batch);
  each(Field<bool>{"unclaimed", "also work in progress that nobody claimed through us"}, request.unclaimed);
  each_member(caller, each);
}

template <class Each>
void each_member(RegisterRequest& request, Caller& caller, Each& each) {
  each.required(kSites, request.sites);
  each_member(caller, each);
}

template <class Each>
void each_member(BatchRequest& request, Caller& caller, Each& each) {
  each(Field<Positive>{"size", "sites of a batch; absent: the queue's"}, request.size);
  each(kDomains.means("just these; absent: every site at -"), request.domains);
  each_member(caller, each);
}

template <class Each>
void each_member(Request& request, Each& each) {
  std::visit([&](auto& verb) { each_member(verb, request.caller, each); }, request.verb);
}

// ---- a member's value as JSON, and back -----------------------------------------------------------------------------

Json shown(const std::string& value) { return value; }
Json shown(bool value) { return value; }
Json shown(std::uint64_t value) { return value; }
Json shown(Seconds value) { return std::int64_t{value.count()}; }
Json shown(Phase value) { return rule_of(value).name; }
Json shown(Renewal value) { return kRenewalNames[static_cast<std::size_t>(value)]; }
Json shown(const std::vector<std::string>& value) { return value; }
Json shown(const ProcessRef& value) { return to_json(value); }
Json shown(const std::vector<NewSite>& sites) {
  JsonArray array;
  for (const NewSite& site : sites) {
    array.push_back(kNewSite.print(site.domain, site.name, site.description, site.theme));
  }
  return array;
}
template <class T>
Json shown(const std::optional<T>& value) {
  return value ? shown(*value) : Json();
}

/// Each answers what the value must be, and nothing where it was read.
std::string_view read(const Json& json, std::string& value) {
  const std::string* const text = json.string();
  value = text == nullptr ? "" : *text;
  return text == nullptr ? "a text" : "";
}
std::string_view read(const Json& json, bool& value) {
  const auto boolean = json.boolean();
  value = boolean.value_or(value);
  return boolean ? "" : "true or false";
}
std::string_view read(const Json& json, std::uint64_t& value) {
  const auto integer = json.integer();
  value = static_cast<std::uint64_t>(integer.value_or(0));
  return integer && *integer >= 0 ? "" : "a whole number";
}
std::string_view read(const Json& json, Seconds& value) {
  const auto integer = json.integer();
  value = Seconds(integer.value_or(0));
  return integer && *integer >= 0 ? "" : "a whole number of seconds";
}
std::string_view read(const Json& json, Phase& value) {
  const auto phase = json.string() == nullptr ? std::nullopt : phase_of(*json.string());
  value = phase.value_or(value);
  return phase ? "" : "design or implement";
}
std::string_view read(const Json& json, Renewal& value) {
  const auto* const name = json.string() == nullptr
                               ? kRenewalNames.end()
                               : std::find(kRenewalNames.begin(), kRenewalNames.end(), *json.string());
  value = name == kRenewalNames.end() ? value : static_cast<Renewal>(name - kRenewalNames.begin());
  return name == kRenewalNames.end() ? "renew, check or check_and_renew" : "";
}
std::string_view read(const Json& json, ProcessRef& value) {
  const auto process = process_from_json(json);
  value = process.value_or(value);
  return process ? "" : "an object with pid, start_time, boot and pid_namespace";
}
std::string_view read(const Json& json, NewSite& site) {
  constexpr std::string_view kWhat = "a list of objects with the texts domain, name, description and theme";
  const JsonObject* const members = json.object();
  if (members == nullptr || json.find("domain") == nullptr) {
    return kWhat;
  }
  for (const auto& [key, value] : *members) {
    std::string* const text = key == "domain"        ? &site.domain
                              : key == "name"        ? &site.name
                              : key == "description" ? &site.description
                              : key == "theme"       ? &site.theme
                                                     : nullptr;
    if (text == nullptr || !read(value, *text).empty()) {
      return kWhat;
    }
  }
  return "";
}
template <class T>
std::string_view read(const Json& json, std::vector<T>& values) {
  const JsonArray* const array = json.array();
  if (array == nullptr) {
    return "a list";
  }
  for (const Json& each : *array) {
    if (const std::string_view what = read(each, values.emplace_back()); !what.empty()) {
      return std::is_same_v<T, std::string> ? "a list of texts" : what;
    }
  }
  return "";
}
template <class T>
std::string_view read(const Json& json, std::optional<T>& value) {
  return read(json, value.emplace());
}

// ---- what is done with each member ----------------------------------------------------------------------------------

class Writer {
 public:
  template <class Of, class T>
  void operator()(const Field<Of>& field, const T& member) {
    members_.emplace_back(std::string(field.name), shown(member));
  }
  template <class Of, class T>
  void required(const Field<Of>& field, const T& member) {
    (*this)(field, member);
  }
  const JsonObject& members() const { return members_; }

 private:
  JsonObject members_;
};

tl::unexpected<Error> invalid_request(std::string message) {
  return fail(usage_error("invalid_argument", "the request is not valid: " + std::move(message)));
}

class Reader {
 public:
  explicit Reader(const JsonObject& object) : object_(object) {}

  template <class Of, class T>
  void operator()(const Field<Of>& field, T& member) {
    known_.emplace_back(field.name);
    if (const Json* const json = find(field.name)) {
      if (const std::string_view what = read(*json, member); !what.empty()) {
        note("'" + std::string(field.name) + "' must be " + std::string(what) + ", not " + json->dump());
      }
    }
  }
  template <class Of, class T>
  void required(const Field<Of>& field, T& member) {
    if (find(field.name) == nullptr) {
      note("'" + std::string(field.name) + "' is lacking: " + std::string(field.meaning));
    }
    (*this)(field, member);
  }

  /// The first fault of all.
  Result<void> end() {
    for (const auto& [key, value] : object_) {
      if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
        const std::string near = nearest(key, known_);
        note("'" + key + "' is not a member of it" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
      }
    }
    return fault_ ? Result<void>(invalid_request(*fault_)) : Result<void>();
  }

 private:
  const Json* find(std::string_view name) const {
    const auto found =
        std::find_if(object_.begin(), object_.end(), [name](const auto& member) { return member.first == name; });
    return found == object_.end() ? nullptr : &found->second;
  }
  void note(std::string fault) {
    if (!fault_) {
      fault_ = std::move(fault);
    }
  }

  const JsonObject& object_;
  std::vector<std::string> known_{std::string(kVersion.name), std::string(kVerb.name)};
  std::optional<std::string> fault_;
};

class Describer {
 public:
  template <class Of, class T>
  void operator()(const Field<Of>& field, const T& /*member*/) {
    fields_.emplace_back(field);
    fields_.back().required = false;
  }
  template <class Of, class T>
  void required(const Field<Of>& field, const T& /*member*/) {
    fields_.emplace_back(field);
  }
  const Fields& fields() const { return fields_; }

 private:
  Fields fields_;
};

template <std::size_t kAt = 0>
Request empty_request(std::size_t verb) {
  if constexpr (kAt + 1 < kVerbNames.size()) {
    if (verb != kAt) {
      return empty_request<kAt + 1>(verb);
    }
  }
  return {decltype(Request::verb)(std::in_place_index<kAt>), {}};
}

std::optional<std::size_t> verb_named(std::string_view name) {
  const auto* const found = std::find(kVerbNames.begin(), kVerbNames.end(), name);
  return found == kVerbNames.end() ? std::nullopt : std::optional<std::size_t>(found - kVerbNames.begin());
}

}  // namespace

Json to_json(const Request& request) {
  Request written = request;
  Request untouched = empty_request(request.verb.index());
  Writer values;
  Writer defaults;
  each_member(written, values);
  each_member(untouched, defaults);
  JsonObject object{{std::string(kVersion.name), kRequestVersion},
                    {std::string(kVerb.name), kVerbNames[request.verb.index()]}};
  Describer described;
  each_member(untouched, described);
  for (std::size_t i = 0; i < values.members().size(); ++i) {
    const auto& [name, value] = values.members()[i];
    if (described.fields()[i].required || value.dump() != defaults.members()[i].second.dump()) {
      object.emplace_back(name, value);
    }
  }
  return object;
}

Result<Request> request_from_json(const Json& json) {
  const JsonObject* const object = json.object();
  if (object == nullptr) {
    return invalid_request("it must be a JSON object");
  }
  const Json* const version = json.find(kVersion.name);
  if (version == nullptr || version->integer() != kRequestVersion) {
    return invalid_request("'version' must be " + std::to_string(kRequestVersion) +
                           (version == nullptr ? "" : ", not " + version->dump()));
  }
  const Json* const name = json.find(kVerb.name);
  const auto verb = name == nullptr || name->string() == nullptr ? std::nullopt : verb_named(*name->string());
  if (!verb) {
    return invalid_request("'verb' must be one of " +
                           join(std::vector<std::string>(kVerbNames.begin(), kVerbNames.end()), ", ") +
                           (name == nullptr ? "" : ", not " + name->dump()));
  }
  Request request = empty_request(*verb);
  Reader reader(*object);
  each_member(request, reader);
  SMB_TRY(reader.end());
  return request;
}

std::span<const std::string_view> verb_names() { return kVerbNames; }

JsonObject request_schema(std::string_view verb) {
  Request request = empty_request(verb_named(verb).value());
  Describer describer;
  each_member(request, describer);
  Fields fields{FieldForm(kVersion), FieldForm(kVerb)};
  fields.insert(fields.end(), describer.fields().begin(), describer.fields().end());
  return object_schema(fields);
}

}  // namespace smbatcher

#pragma once

#include "libregistry/core/base/json.h"
#include "libregistry/core/leases/attempts.h"
#include "libregistry/core/leases/lease.h"

namespace smbatcher {

/// The stored form of leases: docs/claims-and-leases.md, "The files". Reading answers nullopt for anything that lacks a
/// required member or has one of another type; unknown members are ignored.
Json to_json(const Lease& lease);
std::optional<Lease> lease_from_json(const Json& json);

Json to_json(const ProcessRef& process);
std::optional<ProcessRef> process_from_json(const Json& json);

Json to_json(const Attempts& attempts);
std::optional<Attempts> attempts_from_json(const Json& json);

}  // namespace smbatcher

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "libregistry/core/base/json.h"
#include "libregistry/queue/verbs/request.h"

namespace smbatcher {

/// The form of requests as JSON:
///
///     {"version": 1, "verb": "complete", "phase": "implement", "batch": "003", "token": 17}
///
/// A member that is absent has its default, and is not written. Source: docs/requests.md.
inline constexpr int kRequestVersion = 1;

Json to_json(const Request& request);

/// Errors: kUsage "invalid_argument" for a text that is no such object: another version, an unknown verb or member
/// (with the nearest one), a member that is lacking or has another type. The message names the member.
Result<Request> request_from_json(const Json& json);

/// "claim", "start", … in the order of Request::verb.
std::span<const std::string_view> verb_names();

/// The members of a verb's request as a JSON schema; `verb` is one of verb_names().
JsonObject request_schema(std::string_view verb);

}  // namespace smbatcher

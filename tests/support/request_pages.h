#pragma once

#include <string>
#include <string_view>

namespace smbatcher::test {

/// The page with the tables of requests as libregistry/queue/verbs/request_json.h has them: what stands between
///
///     <!-- requests -->
///     <!-- end of requests -->
///
/// is written anew, the rest of the page stays. Throws std::runtime_error where the first comment has no end.
std::string with_request_tables(std::string_view page);

}  // namespace smbatcher::test

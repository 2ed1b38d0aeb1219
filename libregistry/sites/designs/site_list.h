#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/queue/registry/registry.h"

namespace smbatcher {

/// Reads "domain:Name:Description:Theme". In a field `\:` is a colon and `\\` a backslash; any other backslash is
/// itself. Fields are trimmed and may be empty, but for the domain, which is lower-cased too.
///
/// Errors, all kUsage: "invalid_argument" for fewer or more than four fields and for bytes that are not UTF-8;
/// "invalid_domain".
Result<NewSite> parse_site_text(std::string_view text);

/// Reads a list of sites; the ending of `path` says how it is written. Source: docs/site-files.md, "Lists of sites".
///
///   .csv         RFC 4180 in UTF-8, LF or CRLF, with a header line: the columns domain, name, description and theme in
///                any order and case; others are ignored, but not those that look like a slip
///   .yaml .yml   a list of maps with the keys domain, name, description and theme, or a map that has it as `sites`
///   .json        the same as an array of objects
///
/// Only the domain must be there. Fields are trimmed, domains lower-cased; no domain stands twice in the answer.
/// Errors: kMalformed with "path:line" — "invalid_site_file", "invalid_domain", "duplicate_domain"; kUsage "no_sites"
/// for a file without any, "invalid_argument" for another ending; those of read_file(), with a limit of 8 MiB.
Result<std::vector<NewSite>> read_site_file(FileOps& ops, const std::string& path);

}  // namespace smbatcher

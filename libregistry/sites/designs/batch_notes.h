#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/queue/document/lines.h"
#include "libregistry/queue/registry/registry.h"

namespace smbatcher {

/// What a batch file says of one site.
struct SiteNotes {
  NewSite site;
  std::string design_seed;
  std::string text;   // every line of its section, also those that people and other tools added
  ByteRange range{};  // of the section below its heading, in the file
};

/// Reads the section of `domain` in the batch file at `path`. Source: docs/site-files.md, "Batch files".
///
/// nullopt when there is no such file or section. Errors: the guards of Document::parse; those of read_file(), with a
/// limit of 8 MiB.
Result<std::optional<SiteNotes>> read_site_notes(FileOps& ops, const std::string& path, const std::string& domain);

/// The notes of all sites in the text of a batch file, in order. `path` is for messages. Errors: as above.
Result<std::vector<SiteNotes>> find_site_notes(std::string_view bytes, const std::string& path);

}  // namespace smbatcher

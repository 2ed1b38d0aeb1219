#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// What is at one place below a folder.
struct FileTreeEntry {
  enum class Kind { kFile, kFolder, kLink, kOther };

  std::string path;  // relative to the folder
  Kind kind = Kind::kFile;
  std::uint64_t size = 0;  // of a file, in bytes
  std::string target;      // of a link, as it is written
  bool leads_out = false;  // of a link: to nothing, or out of the folder
};

/// Everything below `folder`, each folder before what is in it, names in the order of their bytes. Links are not
/// followed. Errors: kNotFound "directory_not_found"; kIo when a folder cannot be read; kMalformed "too_many_files"
/// for more than 100,000 entries.
Result<std::vector<FileTreeEntry>> list_tree(const std::string& folder);

/// "page", "style sheet", "script", "image", "font", "media", "data", "text" or "other", by the name's ending.
std::string_view kind_of_file(std::string_view name);
/// "text/html; charset=utf-8": what a browser is told.
std::string_view content_type_of(std::string_view name);

}  // namespace smbatcher

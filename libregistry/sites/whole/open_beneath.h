#pragma once

#include <sys/stat.h>

#include <string>

namespace smbatcher {

/// Opens the regular file at `path` below the folder `root` (a descriptor) for reading, and says what it is. The kernel
/// itself refuses what would lead out of the folder. -1 when there is no such file.
int open_file_beneath(int root, const std::string& path, struct stat& status);

/// Whether a folder is at `path` below `root`.
bool is_folder_beneath(int root, const std::string& path);

}  // namespace smbatcher

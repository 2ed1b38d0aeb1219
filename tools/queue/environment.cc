#include "tools/queue/environment.h"

#include <cstdlib>

#include "libregistry/core/fs/append_file.h"

namespace smbatcher {

std::optional<std::string> environment_value(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing sets it
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

Result<void> add_github_output(FileOps& ops, std::string_view name, std::string_view value) {
  const auto path = environment_value("GITHUB_OUTPUT");
  if (!path) {
    return {};
  }
  SMB_TRY_ASSIGN(AppendFile file, AppendFile::open(ops, *path, true));
  std::string line = std::string(name) + "=" + std::string(value) + "\n";
  if (file.size() > 0) {
    SMB_TRY_ASSIGN(const std::string last, file.read(file.size() - 1, 1));
    if (last != "\n") {  // an earlier step left its line open; ours would become a part of it
      line.insert(0, 1, '\n');
    }
  }
  return file.append(line);
}

}  // namespace smbatcher

#include "libregistry/coordination/hook_env_file.h"

#include "libregistry/core/fs/append_file.h"

namespace smbatcher {

Result<void> export_instance(FileOps& ops, const std::string& path, const std::string& id) {
  const std::string name = "export COORD_INSTANCE_ID=";
  SMB_TRY_ASSIGN(AppendFile file, AppendFile::open(ops, path, true));
  SMB_TRY_ASSIGN(const std::string text, file.read(0, static_cast<std::size_t>(file.size())));
  if (const std::size_t at = text.rfind(name); at != std::string::npos && (at == 0 || text[at - 1] == '\n')) {
    const std::size_t value = at + name.size();
    if (text.substr(value, text.find('\n', value) - value) == id) {
      return {};
    }
  }
  return file.append((text.empty() || text.back() == '\n' ? "" : "\n") + name + id + "\n");
}

}  // namespace smbatcher

#include "libregistry/core/config/config.h"

#include "libregistry/core/config/settings.h"
#include "libregistry/core/config/yaml.h"
#include "libregistry/core/fs/replace_file.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMaxSize = 256UL * 1024;

}  // namespace

Result<Config> load_config(const std::string& path) {
  const Result<std::string> text = read_file(system_file_ops(), path, kMaxSize);
  if (!text) {
    if (text.error().code == Errc::kNotFound) {
      return Config{};
    }
    return fail(text.error());
  }
  SMB_TRY_ASSIGN(const YamlValue document, parse_yaml(*text, path, "config_invalid"));
  return read_settings(document, path);
}

}  // namespace smbatcher

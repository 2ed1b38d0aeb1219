#include "libregistry/sites/designs/yaml_kinds.h"

namespace smbatcher {

std::string described(YamlValue::Kind kind) {
  switch (kind) {
    case YamlValue::Kind::kScalar:
      return "text";
    case YamlValue::Kind::kList:
      return "a list";
    case YamlValue::Kind::kMap:
      return "a map";
    case YamlValue::Kind::kNull:
      break;
  }
  return "nothing";
}

}  // namespace smbatcher
